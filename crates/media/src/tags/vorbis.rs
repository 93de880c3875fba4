//! Vorbis comments: of Ogg Vorbis, Opus and Speex, of FLAC and of Ogg FLAC.

use super::bytes::le_at;
use super::pictures::{decode_base64, read_base64_block};
use super::set::{Field, TagSet, Text};

/// Fields looked at in one comment; real ones have some dozens.
const MAX_FIELDS: usize = 1 << 16;
/// By how much a length is wrong that was counted otherwise, rather than damaged.
const NEAR_BYTES: usize = 8;
/// Letters of a name.
const MAX_NAME: usize = 128;

/// The fields of a comment: a vendor's name, a count, and so many fields, each behind its length.
///
/// The count is not believed, and a field of a wrong length is followed by the next one that looks like
/// one.
pub(super) fn read(bytes: &[u8], want_cover: bool) -> TagSet {
    let mut set = TagSet::default();
    let vendor_end = le_at(bytes, 0, 4).and_then(|length| length.checked_add(4));
    let mut at = match vendor_end {
        Some(end) if end.checked_add(4).is_some_and(|end| end <= bytes.len()) => end + 4,
        _ => 4,
    };
    for _ in 0..MAX_FIELDS {
        let Some(start) = (if is_field(bytes, at) {
            Some(at)
        } else {
            next_field(bytes, at)
        }) else {
            break;
        };
        let begin = start + 4;
        let claimed = le_at(bytes, start, 4).and_then(|length| begin.checked_add(length));
        let claimed = claimed.filter(|end| *end <= bytes.len());
        let end = field_end(bytes, begin, claimed);
        if let Some(field) = bytes.get(begin..end) {
            read_field(field, want_cover, &mut set);
        }
        at = end;
    }
    set
}

/// Where the field that begins at `begin` ends. What its length says is right at the end of all, and where
/// another begins; else that is where the next one begins.
fn field_end(bytes: &[u8], begin: usize, claimed: Option<usize>) -> usize {
    if let Some(end) = claimed
        && (end + 4 >= bytes.len() || is_whole_field(bytes, end))
    {
        return end;
    }
    let next = next_field(bytes, begin);
    let is_near = |end: &usize| next.is_some_and(|next| next.abs_diff(*end) < NEAR_BYTES);
    // The next one may be that whose length is wrong.
    let claimed_right = claimed.filter(|end| !is_near(end) && is_field(bytes, *end));
    claimed_right.or(next).or(claimed).unwrap_or(bytes.len())
}

/// Whether a field is at `at`, where one may be: behind another. A length that is there and some text, or
/// a wrong length and a name.
fn is_field(bytes: &[u8], at: usize) -> bool {
    is_whole_field(bytes, at) || bytes.get(at + 4..).is_some_and(has_name)
}

fn is_whole_field(bytes: &[u8], at: usize) -> bool {
    let Some(length) = le_at(bytes, at, 4) else {
        return false;
    };
    // A field without a sign has no name, and is stepped over; zeros are padding.
    bytes[at + 4..]
        .get(..length)
        .is_some_and(|field| has_name(field) || (length > 0 && !field.iter().any(|b| *b < b'\t')))
}

fn has_name(field: &[u8]) -> bool {
    let head = &field[..field.len().min(MAX_NAME)];
    let end = head.iter().position(|byte| *byte == b'=');
    end.is_some_and(|end| end > 0 && head[..end].iter().all(|byte| matches!(byte, b' '..=b'}')))
}

/// The first place behind `at` where a field with a name and of a length that is there begins.
fn next_field(bytes: &[u8], at: usize) -> Option<usize> {
    (at..bytes.len().saturating_sub(5)).find(|at| {
        let length = le_at(bytes, *at, 4).unwrap_or(usize::MAX);
        bytes[at + 4..].get(..length).is_some_and(has_name)
    })
}

fn read_field(field: &[u8], want_cover: bool, set: &mut TagSet) {
    let Some(sign) = field.iter().position(|byte| *byte == b'=') else {
        return;
    };
    let (name, value) = (&field[..sign], &field[sign + 1..]);
    let Ok(name) = std::str::from_utf8(name) else {
        return;
    };
    if let Some(field) = Field::named(name) {
        set.push(field, Text::of_utf8(value));
    } else if want_cover && name.eq_ignore_ascii_case("METADATA_BLOCK_PICTURE") {
        read_base64_block(value, set);
    } else if want_cover && name.eq_ignore_ascii_case("COVERART") {
        // The form of before there were picture blocks.
        if let Some(picture) = decode_base64(value) {
            set.push_picture(false, &picture);
        }
    }
}
