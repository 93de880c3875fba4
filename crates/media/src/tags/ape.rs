//! APE tags, versions 1 and 2: at the end of a file, or at its beginning.

use super::bytes::{FileBytes, find, le, le_at, split_zero};
use super::pictures::picture_of;
use super::set::{Field, TagSet, Text};
use super::values::MAX_TAG_BYTES;

/// Bytes of a header and of a footer.
pub(super) const FOOTER_BYTES: u64 = 32;
pub(super) const MARK: &[u8; 8] = b"APETAGEX";
/// Items looked at in one tag.
const MAX_ITEMS: usize = 4_096;
/// How far in front of a footer its header is looked for where its size is wrong.
const SEARCHED_BYTES: u64 = 1 << 20;
const HAS_HEADER: u64 = 1 << 31;

/// The tag whose footer ends at `end`, and where it begins.
pub(super) fn read_before(
    file: &mut FileBytes,
    end: u64,
    want_cover: bool,
) -> Option<(TagSet, u64)> {
    let footer_at = end.checked_sub(FOOTER_BYTES)?;
    let footer = file.array::<32>(footer_at)?;
    if !footer.starts_with(MARK) {
        return None;
    }
    // With the footer, without a header.
    let (bytes, flags) = (le(&footer[12..16]), le(&footer[20..24]));
    let start = end.checked_sub(bytes);
    let start = start.filter(|start| *start <= footer_at && footer_at - start <= MAX_TAG_BYTES);
    let start = start.or_else(|| {
        let from = footer_at.saturating_sub(SEARCHED_BYTES);
        let before = file.read(from, footer_at - from);
        let header = before
            .windows(MARK.len())
            .rposition(|window| window == MARK)?;
        Some(from + header as u64 + FOOTER_BYTES)
    });
    let Some(start) = start else {
        return Some((TagSet::default(), footer_at));
    };
    let items = file.read(start, footer_at - start);
    let has_header = flags & HAS_HEADER != 0 || le(&footer[8..12]) >= 2_000;
    let header_at = start.checked_sub(FOOTER_BYTES).filter(|_| has_header);
    let header_at = header_at.filter(|at| file.array::<8>(*at).as_ref() == Some(MARK));
    Some((read_items(&items, want_cover), header_at.unwrap_or(start)))
}

/// Bytes of the tag that `bytes` end with, header and footer counted.
pub(super) fn bytes_before_end(bytes: &[u8]) -> Option<u64> {
    let footer = &bytes[bytes.len().checked_sub(FOOTER_BYTES as usize)?..];
    let header = if le(&footer[20..24]) & HAS_HEADER != 0 {
        FOOTER_BYTES
    } else {
        0
    };
    footer
        .starts_with(MARK)
        .then(|| le(&footer[12..16]) + header)
}

/// The tag whose header is at `start`, and where it ends.
pub(super) fn read_at(file: &mut FileBytes, start: u64, want_cover: bool) -> Option<(TagSet, u64)> {
    let header = file.array::<32>(start)?;
    if !header.starts_with(MARK) {
        return None;
    }
    let bytes = le(&header[12..16]);
    if bytes > MAX_TAG_BYTES {
        return None;
    }
    let items = file.read(start + FOOTER_BYTES, bytes);
    let items = &items[..find(&items, MARK).unwrap_or(items.len())];
    Some((read_items(items, want_cover), start + FOOTER_BYTES + bytes))
}

/// Length of the value, flags, name, zero, value; and so on. Their count is not asked.
fn read_items(bytes: &[u8], want_cover: bool) -> TagSet {
    let mut set = TagSet::default();
    // Where the header is counted too.
    let mut at = if bytes.starts_with(MARK) {
        FOOTER_BYTES as usize
    } else {
        0
    };
    for _ in 0..MAX_ITEMS {
        let Some(start) = (at..bytes.len().saturating_sub(9)).find(|at| is_item(bytes, *at)) else {
            break;
        };
        let (Some(length), Some(flags)) = (le_at(bytes, start, 4), le_at(bytes, start + 4, 4))
        else {
            break;
        };
        let Some((name, rest)) = split_zero(&bytes[start + 8..]) else {
            break;
        };
        let value_at = bytes.len() - rest.len();
        // One that is longer than there is ends where the next begins.
        let end = value_at
            .checked_add(length)
            .filter(|end| *end <= bytes.len());
        let end = end.unwrap_or_else(|| {
            let mut places = value_at..bytes.len().saturating_sub(9);
            places.find(|at| is_item(bytes, *at)).unwrap_or(bytes.len())
        });
        read_item(name, flags, &bytes[value_at..end], want_cover, &mut set);
        at = end;
    }
    set
}

/// Whether flags that exist and a name are at `at`.
fn is_item(bytes: &[u8], at: usize) -> bool {
    let known_flags = |flags: usize| flags & !(0x8000_0007 | HAS_HEADER as usize) == 0;
    if !le_at(bytes, at + 4, 4).is_some_and(known_flags) {
        return false;
    }
    let name = bytes.get(at + 8..).unwrap_or_default();
    let name = &name[..name.len().min(256)];
    split_zero(name).is_some_and(|(name, _)| {
        name.len() >= 2 && name.iter().all(|byte| matches!(byte, b' '..=b'~'))
    })
}

fn read_item(name: &[u8], flags: usize, value: &[u8], want_cover: bool, set: &mut TagSet) {
    let Ok(name) = std::str::from_utf8(name) else {
        return;
    };
    let is_binary = flags >> 1 & 3 == 1;
    if is_binary {
        let is_cover = name.to_ascii_lowercase().starts_with("cover art");
        if want_cover && is_cover {
            // A file's name is in front.
            let (_, picture) = split_zero(value).unwrap_or((&[], value));
            let is_front = name.to_ascii_lowercase().contains("front");
            if let Some(picture) = picture_of(picture, value) {
                set.push_picture(is_front, picture);
            }
        }
    } else if let Some(field) = Field::named(name) {
        for value in value
            .split(|byte| *byte == 0)
            .filter(|value| !value.is_empty())
        {
            set.push(field, Text::of_utf8(value));
        }
    }
}
