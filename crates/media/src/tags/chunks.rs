//! Files of chunks other than RIFF: AIFF, CAF, DSF and DFF.

use super::bytes::{FileBytes, be, be_at, le, split_zero, to_zero};
use super::id3v2;
use super::set::{Field, TagSet, Text};
use super::values::MAX_TAG_BYTES;

/// Chunks looked at; real files have a handful.
const MAX_CHUNKS: usize = 4_096;
/// Fields of a CAF file.
const MAX_FIELDS: usize = 1_024;

/// The ID3v2 tags, then name and author, of an AIFF file.
pub(super) fn read_aiff(file: &mut FileBytes, start: u64, want_cover: bool) -> Vec<TagSet> {
    let (mut sets, mut own) = (Vec::new(), TagSet::default());
    let mut at = start + 12;
    for _ in 0..MAX_CHUNKS {
        let Some(head) = file.array::<8>(at) else {
            break;
        };
        let (body, size) = (at + 8, be(&head[4..]));
        let content = size.min(MAX_TAG_BYTES);
        match &head[..4] {
            b"ID3 " | b"id3 " => sets.push(id3v2::read(&file.read(body, content), want_cover)),
            b"NAME" => own.push(Field::Title, Text::of(&file.read(body, content))),
            b"AUTH" => own.push(Field::Artist, Text::of(&file.read(body, content))),
            _ => {}
        }
        at = body.saturating_add(size);
        // A byte of padding is behind odd sizes; some programs leave it out.
        let name_at = |file: &mut FileBytes, at| {
            let name = file.array::<4>(at);
            name.is_some_and(|name| name.iter().all(|byte| matches!(byte, b' '..=b'~')))
        };
        if size % 2 == 1 && (name_at(file, at.saturating_add(1)) || !name_at(file, at)) {
            at = at.saturating_add(1);
        }
    }
    sets.push(own);
    sets
}

/// The information chunk of a CAF file: names and values, each with a zero behind.
pub(super) fn read_caf(file: &mut FileBytes, start: u64) -> TagSet {
    let mut set = TagSet::default();
    let mut at = start + 8;
    for _ in 0..MAX_CHUNKS {
        let Some(head) = file.array::<12>(at) else {
            break;
        };
        let body = at + 12;
        if head.starts_with(b"info") {
            let bytes = file.read(body, be(&head[4..]).min(MAX_TAG_BYTES));
            let mut rest = bytes.get(4..).unwrap_or_default();
            for _ in 0..MAX_FIELDS {
                let Some((name, behind)) = split_zero(rest) else {
                    break;
                };
                let (value, next) = split_zero(behind).unwrap_or((behind, &[]));
                let name = String::from_utf8_lossy(name);
                if let Some(field) = Field::named(&name) {
                    set.push(field, Text::of_utf8(value));
                }
                rest = next;
            }
        }
        // A size of all ones means up to the end.
        match body.checked_add(be(&head[4..])) {
            Some(next) if next <= file.len() => at = next,
            _ => break,
        }
    }
    set
}

/// The ID3v2 tag of a DSF file ("DSF File Format Specification" 1.01).
pub(super) fn read_dsf(file: &mut FileBytes, start: u64, want_cover: bool) -> TagSet {
    // In front of the format chunk stand the sizes of this one and of the file, and the tag's place.
    let place = file.array::<8>(start + 20).map(|bytes| le(&bytes));
    match place.filter(|place| *place > 0) {
        Some(place) => id3v2::read(
            &file.read(start.saturating_add(place), MAX_TAG_BYTES),
            want_cover,
        ),
        None => TagSet::default(),
    }
}

/// The ID3v2 tags, then title and artist of its own, of a DFF file.
pub(super) fn read_dff(file: &mut FileBytes, start: u64, want_cover: bool) -> Vec<TagSet> {
    let (mut sets, mut own) = (Vec::new(), TagSet::default());
    let mut at = start + 16;
    for _ in 0..MAX_CHUNKS {
        let Some(head) = file.array::<12>(at) else {
            break;
        };
        let (body, size) = (at + 12, be(&head[4..]));
        let content = size.min(MAX_TAG_BYTES);
        let field = match &head[..4] {
            b"ID3 " => {
                sets.push(id3v2::read(&file.read(body, content), want_cover));
                None
            }
            // Its chunks are walked like those beside it.
            b"DIIN" => {
                at = body;
                continue;
            }
            b"DITI" => Some(Field::Title),
            b"DIAR" => Some(Field::Artist),
            _ => None,
        };
        if let Some(field) = field {
            let bytes = file.read(body, content);
            let text = be_at(&bytes, 0, 4).and_then(|n| bytes.get(4..4_usize.checked_add(n)?));
            let text = text.or(bytes.get(4..)).unwrap_or_default();
            own.push(field, Text::of(to_zero(text)));
        }
        // Chunks begin at even places.
        let next = body
            .checked_add(size)
            .and_then(|end| end.checked_add(size % 2));
        match next.filter(|next| *next < file.len()) {
            Some(next) => at = next,
            None => break,
        }
    }
    sets.push(own);
    sets
}
