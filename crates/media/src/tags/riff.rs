//! RIFF, RF64, RIFX and Wave64 files: INFO lists, and ID3v2 tags in chunks.

use super::bytes::{FileBytes, find, le_at};
use super::id3v2;
use super::set::{Field, TagSet, Text};
use super::values::MAX_TAG_BYTES;
use disk::text::decode_utf16;

/// Chunks looked at; real files have some dozens.
const MAX_CHUNKS: usize = 4_096;
/// Fields of one list.
const MAX_FIELDS: usize = 1_024;
/// Bytes at a file's end in which lists are looked for where the chunks do not lead to the end.
const SEARCHED_BYTES: u64 = 512 << 10;
/// Sizes of chunks in RF64 that are given elsewhere.
const ELSEWHERE: u64 = 0xFFFF_FFFF;
/// How the names of Wave64's own chunks go on.
const WAVE64_SUMMARY: &[u8; 4] = b"\xBC\x94\x5F\x92";

const FIELDS: [(&[u8; 4], Field); 15] = [
    (b"INAM", Field::Title),
    (b"TITL", Field::Title),
    (b"IART", Field::Artist),
    (b"IPRD", Field::Album),
    (b"IALB", Field::Album),
    (b"IAAR", Field::AlbumArtist),
    (b"IMUS", Field::Composer),
    (b"ICOM", Field::Composer),
    (b"IGNR", Field::Genre),
    (b"ICRD", Field::RecordingDate),
    (b"YEAR", Field::Year),
    (b"ITRK", Field::TrackNumber),
    (b"IPRT", Field::TrackNumber),
    (b"TRCK", Field::TrackNumber),
    (b"IFRM", Field::TrackTotal),
];

struct Found {
    want_cover: bool,
    is_big_endian: bool,
    id3: Vec<TagSet>,
    info: TagSet,
}

/// The ID3v2 tags, then the INFO fields, of the file whose first chunk is at `start`.
pub(super) fn read(file: &mut FileBytes, start: u64, want_cover: bool) -> Vec<TagSet> {
    let mark = file.array::<4>(start);
    let mut found = Found {
        want_cover,
        is_big_endian: mark.as_ref() == Some(b"RIFX"),
        id3: Vec::new(),
        info: TagSet::default(),
    };
    let is_complete = if mark.as_ref() == Some(b"riff") {
        walk_wave64(file, start, &mut found)
    } else {
        walk(file, start, &mut found)
    };
    if !is_complete {
        search(file, &mut found);
    }
    let mut sets = found.id3;
    sets.push(found.info);
    sets
}

/// Whether the chunks lead to the file's end.
fn walk(file: &mut FileBytes, start: u64, found: &mut Found) -> bool {
    let is_big_endian = found.is_big_endian;
    let mut data_bytes = None;
    let mut at = start + 12;
    for _ in 0..MAX_CHUNKS {
        if at + 8 > file.len() {
            return true;
        }
        let Some(head) = file.array::<8>(at).filter(|head| is_name(&head[..4])) else {
            return false;
        };
        let size = number(&head[4..], is_big_endian);
        let body = at + 8;
        let size = match &head[..4] {
            b"ds64" => {
                // Sizes of the file, of its sound, and so on.
                data_bytes = file.array::<8>(body + 8).map(u64::from_le_bytes);
                size
            }
            b"data" if size == ELSEWHERE => data_bytes.unwrap_or(size),
            name => {
                found.take(file, name, body, size);
                size
            }
        };
        let Some(end) = body.checked_add(size).filter(|end| *end <= file.len()) else {
            return false;
        };
        at = end;
        // A byte of padding is behind odd sizes; some programs leave it out.
        if size % 2 == 1 {
            let name_at =
                |file: &mut FileBytes, at| file.array::<4>(at).is_some_and(|name| is_name(&name));
            if name_at(file, end + 1) || !name_at(file, end) {
                at += 1;
            }
        }
    }
    true
}

fn walk_wave64(file: &mut FileBytes, start: u64, found: &mut Found) -> bool {
    let mut at = start + 40;
    for _ in 0..MAX_CHUNKS {
        let Some(head) = file.array::<24>(at) else {
            return true;
        };
        let size = number(&head[16..], false);
        let (body, length) = (at + 24, size.saturating_sub(24));
        match &head[..4] {
            b"list" => found.take(file, b"LIST", body, length),
            b"id3 " | b"ID3 " => found.take(file, b"id3 ", body, length),
            name if name == WAVE64_SUMMARY && length <= MAX_TAG_BYTES => {
                let bytes = file.read(body, length);
                read_summary(&bytes, &mut found.info);
            }
            _ => {}
        }
        let end = at
            .checked_add(size)
            .and_then(|end| end.checked_next_multiple_of(8));
        match end.filter(|end| size >= 24 && *end <= file.len().saturating_add(7)) {
            Some(end) => at = end,
            None => return false,
        }
    }
    true
}

/// Looks for lists and ID3 chunks near the end, behind a chunk whose size is wrong.
fn search(file: &mut FileBytes, found: &mut Found) {
    let from = file.len().saturating_sub(SEARCHED_BYTES);
    let bytes = file.read(from, SEARCHED_BYTES);
    let mut at = 0;
    while let Some(place) = find(&bytes[at..], b"INFO") {
        let list = at + place;
        at = list + 4;
        let is_list = list >= 8 && bytes[list - 8..].starts_with(b"LIST");
        if is_list && found.info.texts.is_empty() {
            let size = number(&bytes[list - 4..list], found.is_big_endian);
            found.take(file, b"LIST", from + list as u64, size);
        }
    }
    for mark in [b"id3 ", b"ID3 "] {
        if found.id3.is_empty()
            && let Some(place) = find(&bytes, mark)
            && bytes
                .get(place + 8..)
                .is_some_and(|rest| rest.starts_with(b"ID3"))
        {
            found.take(file, b"id3 ", from + place as u64 + 8, MAX_TAG_BYTES);
        }
    }
}

impl Found {
    fn take(&mut self, file: &mut FileBytes, name: &[u8], body: u64, size: u64) {
        let size = size.min(MAX_TAG_BYTES);
        match name {
            b"LIST" | b"list" => {
                let bytes = file.read(body, size);
                if let Some(fields) = bytes.strip_prefix(b"INFO") {
                    read_info(fields, self.is_big_endian, &mut self.info);
                }
            }
            b"id3 " | b"ID3 " | b"Id3 " => {
                let bytes = file.read(body, size);
                // Some put zeros in front.
                let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(0);
                self.id3.push(id3v2::read(&bytes[start..], self.want_cover));
            }
            // Fields that stand alone, outside of a list.
            name if name.starts_with(b"I") && size < 4_096 => {
                if let Some(field) = field_of(name) {
                    let bytes = file.read(body, size);
                    self.info.push(field, text_of(&bytes));
                }
            }
            _ => {}
        }
    }
}

/// Name, size, text, in a row.
fn read_info(bytes: &[u8], is_big_endian: bool, set: &mut TagSet) {
    let mut at = 0;
    for _ in 0..MAX_FIELDS {
        let Some(head) = bytes.get(at..at + 8) else {
            break;
        };
        if !is_name(&head[..4]) {
            // Padding, or a field of a wrong size: the next known name goes on.
            let rest = bytes.get(at + 1..).unwrap_or_default();
            let next = rest.windows(4).position(|name| field_of(name).is_some());
            match next {
                Some(next) => at += 1 + next,
                None => break,
            }
            continue;
        }
        let size = usize::try_from(number(&head[4..], is_big_endian)).unwrap_or(usize::MAX);
        let body = at + 8;
        let end = body.checked_add(size).filter(|end| *end <= bytes.len());
        let end = end.unwrap_or_else(|| {
            let rest = &bytes[body..];
            let next = rest.windows(4).position(|name| field_of(name).is_some());
            next.map_or(bytes.len(), |next| body + next)
        });
        if let Some(field) = field_of(&head[..4]) {
            set.push(field, text_of(&bytes[body..end]));
        }
        at = end;
        if (end - body) % 2 == 1 {
            let is_padded = bytes.get(end + 1..end + 5).is_some_and(is_name);
            let is_bare = bytes.get(end..end + 4).is_some_and(is_name);
            if is_padded || !is_bare {
                at += 1;
            }
        }
    }
}

/// The text of a field up to its zero. Some programs write UTF-16, which INFO does not know.
fn text_of(bytes: &[u8]) -> Text {
    let has_mark = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
    let is_big_endian = match bytes {
        _ if has_mark => None,
        [first, 0, third, _, ..] if *first != 0 && *third != 0 => Some(false),
        [0, second, _, fourth, ..] if *second != 0 && *fourth != 0 => Some(true),
        _ => return Text::of(super::bytes::to_zero(bytes)),
    };
    let units = bytes.as_chunks::<2>().0;
    let end = units.iter().position(|unit| *unit == [0, 0]);
    let text = units[..end.unwrap_or(units.len())].as_flattened();
    Text::Unicode(decode_utf16(text, is_big_endian))
}

/// A count, then names and texts in UTF-16.
fn read_summary(bytes: &[u8], set: &mut TagSet) {
    let mut rest = bytes.get(4..).unwrap_or_default();
    for _ in 0..MAX_FIELDS {
        let (Some(name), Some(size)) = (rest.get(..4), le_at(rest, 4, 4)) else {
            break;
        };
        let text = rest
            .get(8..8_usize.saturating_add(size))
            .unwrap_or(&rest[8..]);
        if let Some(field) = field_of(name) {
            set.push(field, decode_utf16(text, Some(false)));
        }
        rest = rest.get(8 + text.len()..).unwrap_or_default();
    }
}

fn field_of(name: &[u8]) -> Option<Field> {
    let known = FIELDS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    known.map(|(_, field)| *field)
}

fn is_name(bytes: &[u8]) -> bool {
    bytes.len() == 4 && bytes.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

fn number(bytes: &[u8], is_big_endian: bool) -> u64 {
    match is_big_endian {
        true => super::bytes::be(bytes),
        false => super::bytes::le(bytes),
    }
}
