//! Tags, title and attached cover of Matroska and WebM files (RFC 9559).

use super::bytes::{FileBytes, be, to_zero};
use super::ebml::{Element, element_at, elements};
use super::matroska_tags::{Targets, read_tags};
use super::set::{Field, TagSet, Text};
use super::values::MAX_TAG_BYTES;
use std::collections::BTreeSet;

const SEGMENT: u32 = 0x1853_8067;
const SEEK_HEAD: u32 = 0x114D_9B74;
const SEEK: u32 = 0x4DBB;
const SEEK_ID: u32 = 0x53AB;
const SEEK_POSITION: u32 = 0x53AC;
const INFO: u32 = 0x1549_A966;
const TITLE: u32 = 0x7BA9;
const TRACKS: u32 = 0x1654_AE6B;
const TRACK_ENTRY: u32 = 0xAE;
const TRACK_UID: u32 = 0x73C5;
const TRACK_TYPE: u32 = 0x83;
const FLAG_DEFAULT: u32 = 0x88;
const AUDIO: u64 = 2;
const CLUSTER: u32 = 0x1F43_B675;
const TAGS: u32 = 0x1254_C367;
const ATTACHMENTS: u32 = 0x1941_A469;
const ATTACHED_FILE: u32 = 0x61A7;
const FILE_NAME: u32 = 0x466E;
const FILE_TYPE: u32 = 0x4660;
const FILE_DATA: u32 = 0x465C;

/// Elements looked at in one file; a film of many hours has some ten thousand clusters.
const MAX_ELEMENTS: usize = 1 << 17;
/// Elements inside one of those that are read.
const MAX_INSIDE: usize = 1 << 14;
/// Bytes at a file's end in which tags are looked for where the elements do not lead to them.
const SEARCHED_BYTES: u64 = 512 << 10;

#[derive(Default)]
struct Found {
    want_cover: bool,
    /// Elements already read, by their places.
    seen: BTreeSet<u64>,
    title: Option<Text>,
    /// Of the track that plays, and whether it is the default one.
    track_uid: Option<(u64, bool)>,
    tags: Vec<Vec<u8>>,
    cover: TagSet,
}

/// What the file says about its track and about its album, in that order.
pub(super) fn read(file: &mut FileBytes, start: u64, want_cover: bool) -> Vec<TagSet> {
    let mut found = Found {
        want_cover,
        ..Found::default()
    };
    found.walk(file, start);
    if found.tags.is_empty() {
        found.search(file);
    }
    let targets = Targets {
        track_uid: found.track_uid.map(|(uid, _)| uid),
    };
    let mut sets = read_tags(&found.tags, targets);
    let mut own = found.cover;
    if let Some(title) = found.title {
        own.push(Field::Title, title);
    }
    sets.push(own);
    sets
}

impl Found {
    fn walk(&mut self, file: &mut FileBytes, start: u64) {
        let end = file.len();
        let (mut at, mut segment_start) = (start, None);
        let mut elsewhere: Vec<(u32, u64)> = Vec::new();
        let mut has_jumped = false;
        for _ in 0..MAX_ELEMENTS {
            let Some(element) = element_at(file, at, end) else {
                break;
            };
            at = element.end;
            match element.id {
                SEGMENT => {
                    at = element.start;
                    segment_start = segment_start.or(Some(element.start));
                }
                SEEK_HEAD => elsewhere.extend(places(&self.content(file, element))),
                CLUSTER => {
                    // What is behind the sound is looked up, not walked to.
                    if !std::mem::replace(&mut has_jumped, true) {
                        for (id, place) in elsewhere.drain(..) {
                            let place = segment_start.unwrap_or(0).saturating_add(place);
                            if let Some(other) = element_at(file, place, end)
                                && other.id == id
                            {
                                self.take(file, other);
                            }
                        }
                        if !self.tags.is_empty() {
                            return;
                        }
                    }
                    // One of unknown size is followed from child to child.
                    if !element.is_sized {
                        at = element.start;
                    }
                }
                _ => self.take(file, element),
            }
        }
    }

    fn content(&self, file: &mut FileBytes, element: Element) -> Vec<u8> {
        let size = element.end - element.start;
        file.read(element.start, size.min(MAX_TAG_BYTES))
    }

    fn take(&mut self, file: &mut FileBytes, element: Element) {
        let is_wanted = matches!(element.id, INFO | TRACKS | TAGS)
            || (element.id == ATTACHMENTS && self.want_cover);
        if !is_wanted || !self.seen.insert(element.start) {
            return;
        }
        let content = self.content(file, element);
        match element.id {
            INFO => {
                let mut titles = elements(&content, MAX_INSIDE).filter(|(id, _)| *id == TITLE);
                let title = titles.next().map(|(_, text)| Text::of_utf8(to_zero(text)));
                self.title = self.title.take().or(title);
            }
            TRACKS => self.tracks(&content),
            TAGS => self.tags.push(content),
            _ => self.attachments(&content),
        }
    }

    fn tracks(&mut self, content: &[u8]) {
        for (_, entry) in elements(content, MAX_INSIDE).filter(|(id, _)| *id == TRACK_ENTRY) {
            let (mut uid, mut kind, mut is_default) = (0, 0, true);
            for (id, value) in elements(entry, MAX_INSIDE) {
                match id {
                    TRACK_UID => uid = be(value),
                    TRACK_TYPE => kind = be(value),
                    FLAG_DEFAULT => is_default = be(value) != 0,
                    _ => {}
                }
            }
            let is_better = self.track_uid.is_none_or(|(_, known)| is_default && !known);
            if kind == AUDIO && is_better {
                self.track_uid = Some((uid, is_default));
            }
        }
    }

    fn attachments(&mut self, content: &[u8]) {
        for (_, file) in elements(content, MAX_INSIDE).filter(|(id, _)| *id == ATTACHED_FILE) {
            let (mut name, mut kind, mut data): (&[u8], &[u8], &[u8]) = (&[], &[], &[]);
            for (id, value) in elements(file, MAX_INSIDE) {
                match id {
                    FILE_NAME => name = value,
                    FILE_TYPE => kind = value,
                    FILE_DATA => data = value,
                    _ => {}
                }
            }
            if kind.to_ascii_lowercase().starts_with(b"image/") {
                // Beside "cover.jpg" there may be "small_cover.jpg" and others.
                let is_front = name.to_ascii_lowercase().starts_with(b"cover");
                self.cover.push_picture(is_front, data);
            }
        }
    }

    /// Looks for tags near the end, behind something of a wrong size.
    fn search(&mut self, file: &mut FileBytes) {
        let from = file.len().saturating_sub(SEARCHED_BYTES);
        let bytes = file.read(from, SEARCHED_BYTES);
        let mark = TAGS.to_be_bytes();
        let places = bytes.windows(mark.len()).enumerate();
        let places: Vec<usize> = places
            .filter(|(_, window)| *window == mark)
            .map(|(place, _)| place)
            .take(8)
            .collect();
        for place in places {
            let end = file.len();
            if let Some(element) = element_at(file, from + place as u64, end) {
                self.take(file, element);
            }
        }
    }
}

/// Numbers of elements, and where they are in the segment.
fn places(content: &[u8]) -> Vec<(u32, u64)> {
    let seeks = elements(content, 64).filter(|(id, _)| *id == SEEK);
    let place = |(_, seek): (u32, &[u8])| {
        let value = |wanted| {
            let mut inside = elements(seek, 16);
            inside
                .find(|(id, _)| *id == wanted)
                .map(|(_, value)| be(value))
        };
        Some((u32::try_from(value(SEEK_ID)?).ok()?, value(SEEK_POSITION)?))
    };
    seeks.filter_map(place).collect()
}
