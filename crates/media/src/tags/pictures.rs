//! Pictures inside tags.

use super::bytes::{be_at, find};
use super::set::TagSet;
use data_encoding::BASE64;

/// How the files of pictures begin.
const MARKS: [&[u8]; 5] = [b"\xFF\xD8\xFF", b"\x89PNG", b"GIF8", b"RIFF", b"BM"];
/// Of those, the ones that do not come about by chance.
const CERTAIN_MARKS: usize = 3;
/// How far into a field a picture is looked for where the field's own structure is wrong.
const SEARCHED_BYTES: usize = 512;

/// The picture's bytes: `picture` if it looks like one; else, if one begins in the `field` around it,
/// that; else `picture` as it is, unless it is empty.
pub(super) fn picture_of<'a>(picture: &'a [u8], field: &'a [u8]) -> Option<&'a [u8]> {
    if MARKS.iter().any(|mark| picture.starts_with(mark)) {
        return Some(picture);
    }
    let head = &field[..field.len().min(SEARCHED_BYTES)];
    let places = MARKS[..CERTAIN_MARKS].iter();
    let found = places.filter_map(|mark| find(head, mark)).min();
    let found = found.map(|at| &field[at..]);
    found.or(Some(picture).filter(|picture| !picture.is_empty()))
}

/// Takes the picture of a FLAC picture block (RFC 9639, section 8.8); none where it is shorter than it
/// says.
pub(super) fn read_block(block: &[u8], set: &mut TagSet) {
    let read = || {
        let kind = be_at(block, 0, 4)?;
        let type_end = 8_usize.checked_add(be_at(block, 4, 4)?)?;
        let text_end = type_end
            .checked_add(4)?
            .checked_add(be_at(block, type_end, 4)?)?;
        // Width, height, depth and colours.
        let at = text_end.checked_add(16)?;
        let length = be_at(block, at, 4)?;
        let start = at + 4;
        let picture = block.get(start..start.checked_add(length)?)?;
        Some((kind == 3, picture))
    };
    if let Some((is_front, picture)) = read() {
        set.push_picture(is_front, picture);
    }
}

/// Takes a picture block in base 64, as Vorbis comments hold it.
pub(super) fn read_base64_block(text: &[u8], set: &mut TagSet) {
    if let Some(block) = decode_base64(text) {
        read_block(&block, set);
    }
}

/// Bytes in base 64, with line breaks and without padding too.
pub(super) fn decode_base64(text: &[u8]) -> Option<Vec<u8>> {
    let is_digit = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let mut digits: Vec<u8> = text.iter().copied().filter(is_digit).collect();
    if digits.len() % 4 == 1 {
        digits.pop();
    }
    let padding = digits.len().next_multiple_of(4) - digits.len();
    digits.extend(std::iter::repeat_n(b'=', padding));
    BASE64.decode(&digits).ok()
}
