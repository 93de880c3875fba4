//! The items of MP4 and QuickTime files: `moov/udta/meta/ilst`, and text right in `udta`.

use super::bytes::{FileBytes, be, be_at, find};
use super::set::{Field, TagSet, Text};
use super::values::MAX_TAG_BYTES;
use disk::text::decode_utf16;

/// Boxes looked at in one file; long films in pieces have some ten thousand at their top.
const MAX_BOXES: usize = 1 << 16;
/// Items of one list.
const MAX_ITEMS: usize = 4_096;
/// Boxes inside boxes that lead to a list: `moov/trak/udta/meta/ilst`.
const DEEPEST: usize = 5;
const UTF_16: u32 = 2;
const PICTURES: [u32; 4] = [12, 13, 14, 27];

const ITEMS: [(&[u8; 4], Field); 10] = [
    (b"\xA9nam", Field::Title),
    (b"\xA9ART", Field::Artist),
    (b"\xA9alb", Field::Album),
    (b"aART", Field::AlbumArtist),
    (b"\xA9wrt", Field::Composer),
    (b"\xA9gen", Field::Genre),
    (b"\xA9day", Field::RecordingDate),
    (b"\xA9lyr", Field::Lyrics),
    (b"\xA9trk", Field::TrackNumber),
    (b"\xA9com", Field::Composer),
];

/// Names of QuickTime's own list, behind the last point.
const KEYS: [(&str, Field); 3] = [
    ("year", Field::Year),
    ("creationdate", Field::RecordingDate),
    ("displayname", Field::Title),
];

struct Reader<'a> {
    file: &'a mut FileBytes,
    boxes_left: usize,
    want_cover: bool,
    set: TagSet,
}

/// The items of the file.
pub(super) fn read(file: &mut FileBytes, want_cover: bool) -> TagSet {
    let end = file.len();
    let mut reader = Reader {
        file,
        boxes_left: MAX_BOXES,
        want_cover,
        set: TagSet::default(),
    };
    reader.walk(0, end, 0);
    reader.set
}

impl Reader<'_> {
    fn walk(&mut self, mut at: u64, end: u64, depth: usize) {
        while let Some((name, start, stop)) = self.next_box(at, end) {
            at = stop;
            let is_deeper = depth < DEEPEST;
            match &name {
                b"moov" | b"udta" | b"trak" if is_deeper => self.walk(start, stop, depth + 1),
                b"meta" => self.meta(start, stop),
                [0xA9, ..] if depth > 0 => {
                    // QuickTime's form: length, language, text.
                    let body = self.read(start, stop);
                    let text =
                        be_at(&body, 0, 2).and_then(|n| body.get(4..4_usize.checked_add(n)?));
                    if let (Some(field), Some(text)) = (field_of(&name), text) {
                        self.set.push(field, Text::of_utf8(text));
                    }
                }
                _ => {}
            }
        }
    }

    /// Name, begin and end of the content of the box at `at`. One that is longer than the box around it
    /// ends with that.
    fn next_box(&mut self, at: u64, end: u64) -> Option<([u8; 4], u64, u64)> {
        self.boxes_left = self.boxes_left.checked_sub(1)?;
        if at.checked_add(8)? > end {
            return None;
        }
        let [s0, s1, s2, s3, name @ ..] = self.file.array::<8>(at)?;
        let (size, head) = match u32::from_be_bytes([s0, s1, s2, s3]) {
            0 => (end - at, 8),
            1 => (u64::from_be_bytes(self.file.array(at + 8)?), 16),
            size => (u64::from(size), 8),
        };
        if size < head {
            return None;
        }
        Some((name, at + head, at.saturating_add(size).min(end)))
    }

    fn read(&mut self, start: u64, end: u64) -> Vec<u8> {
        self.file
            .read(start, end.saturating_sub(start).min(MAX_TAG_BYTES))
    }

    fn meta(&mut self, start: u64, end: u64) {
        // A version and flags in front; QuickTime has none.
        let is_bare = self
            .file
            .array::<8>(start)
            .is_some_and(|head| head[4..] == *b"hdlr");
        let mut at = if is_bare { start } else { start + 4 };
        let mut keys = Vec::new();
        while let Some((name, start, stop)) = self.next_box(at, end) {
            at = stop;
            match &name {
                b"keys" => keys = key_names(&self.read(start, stop)),
                b"ilst" => self.list(start, stop, &keys),
                _ => {}
            }
        }
    }

    fn list(&mut self, start: u64, end: u64, keys: &[String]) {
        let mut at = start;
        for _ in 0..MAX_ITEMS {
            let Some((name, start, stop)) = self.next_box(at, end) else {
                break;
            };
            at = stop;
            if name == *b"covr" && !self.want_cover {
                continue;
            }
            let body = self.read(start, stop);
            self.item(name, &body, keys);
        }
    }

    fn item(&mut self, name: [u8; 4], body: &[u8], keys: &[String]) {
        let parts = parts(body);
        let named = || {
            let part = parts.iter().find(|(name, _)| name == b"name");
            Field::named(std::str::from_utf8(part?.1.get(4..)?).ok()?)
        };
        let field = match &name {
            b"----" => named(),
            [0, 0, ..] => {
                let index = u32::from_be_bytes(name) as usize;
                index
                    .checked_sub(1)
                    .and_then(|index| key_field(keys.get(index)?))
            }
            _ => field_of(&name),
        };
        let data = parts.iter().filter(|(name, _)| name == b"data");
        // The kind's upper byte is a version; behind it is a locale.
        let data = data.filter_map(|(_, body)| Some((be(body.get(1..4)?) as u32, body.get(8..)?)));
        for (kind, value) in data {
            match &name {
                b"trkn" | b"disk" => self.number(&name, value),
                b"gnre" => {
                    // One more than in ID3v1's list.
                    let number = be(&value[..value.len().min(2)]).checked_sub(1);
                    let genre = number.map(|number| format!("({number})"));
                    genre
                        .map(|genre| self.set.push(Field::Id3Genre, genre))
                        .unwrap_or_default();
                }
                b"covr" => {
                    let is_picture = PICTURES.contains(&kind) || value.len() > 16;
                    if is_picture {
                        self.set.push_picture(true, value);
                    }
                }
                _ => {
                    if let Some(field) = field {
                        self.set.push(field, text(kind, value));
                    }
                }
            }
        }
    }

    /// A number and a total, two bytes each, behind two others.
    fn number(&mut self, name: &[u8; 4], value: &[u8]) {
        let (number, total) = match name {
            b"trkn" => (Field::TrackNumber, Field::TrackTotal),
            _ => (Field::DiscNumber, Field::DiscTotal),
        };
        for (field, at) in [(number, 2), (total, 4)] {
            // Zero stands for none.
            if let Some(value) = be_at(value, at, 2).filter(|value| *value > 0) {
                self.set.push(field, value.to_string());
            }
        }
    }
}

fn field_of(name: &[u8; 4]) -> Option<Field> {
    // Some programs write the names in other letters.
    let known = ITEMS
        .iter()
        .find(|(item, _)| item.eq_ignore_ascii_case(name));
    known.map(|(_, field)| *field)
}

fn key_field(key: &str) -> Option<Field> {
    let name = key.rsplit('.').next().unwrap_or(key);
    let known = KEYS.iter().find(|(known, _)| *known == name);
    known
        .map(|(_, field)| *field)
        .or_else(|| Field::named(name))
}

/// A version, a count, and so many names, each behind its length and a namespace.
fn key_names(bytes: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = bytes.get(8..).unwrap_or_default();
    while let Some(length) = be_at(rest, 0, 4)
        && let Some(name) = rest.get(8..length)
        && names.len() < MAX_ITEMS
    {
        names.push(String::from_utf8_lossy(name).into_owned());
        rest = &rest[length..];
    }
    names
}

/// The boxes in an item. Where their sizes are wrong, its value is what is behind the word "data".
fn parts(body: &[u8]) -> Vec<([u8; 4], &[u8])> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(size) = be_at(body, at, 4)
        && let Some(name) = body.get(at + 4..at + 8)
    {
        let end = if size == 0 {
            body.len()
        } else {
            at.saturating_add(size)
        };
        let name = [name[0], name[1], name[2], name[3]];
        if end < at + 8 || found.len() == MAX_ITEMS {
            break;
        }
        let end = end.min(body.len());
        found.push((name, &body[at + 8..end]));
        at = end;
    }
    if !found.iter().any(|(name, _)| name == b"data")
        && let Some(at) = find(&body[..body.len().min(256)], b"data")
    {
        found.push((*b"data", &body[at + 4..]));
    }
    found
}

fn text(kind: u32, value: &[u8]) -> Text {
    match kind {
        UTF_16 => Text::Unicode(decode_utf16(value, Some(true))),
        // Numbers, big-endian.
        21 | 22 if value.len() <= 8 && !value.is_empty() => Text::Unicode(be(value).to_string()),
        // UTF-8; and kinds that say something else, or nothing, hold it too.
        _ => Text::of_utf8(value),
    }
}
