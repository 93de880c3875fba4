//! Which tags a file has: by its content, in the order in which they count.

use super::bytes::{FileBytes, find};
use super::set::TagSet;
use super::values::MAX_TAG_BYTES;
use super::{ape, chunks, flac, id3v1, id3v2, matroska, mp4, ogg, riff};
use std::ops::Range;

/// Tags in a row, at either end of a file.
const MAX_TAGS: usize = 8;
/// Zeros stepped over behind an ID3v2 tag, and bytes in which a FLAC stream is looked for behind one of
/// a wrong size.
const SEARCHED_BYTES: u64 = 1 << 20;
/// The mark of FLAC, and the head of the block that is always first.
const FLAC_START: &[u8; 8] = b"fLaC\0\0\0\x22";
/// How MP4 files may begin, behind a size.
const MP4_BOXES: [&[u8; 4]; 6] = [b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide"];

/// Everything found, the tags that count first in front.
pub(super) fn read(file: &mut FileBytes, want_cover: bool) -> Vec<TagSet> {
    let (mut leading, start) = leading_tags(file, want_cover);
    let head = file.read(start, 16);
    let is_chunks = |id: &[u8; 4]| head.starts_with(id);
    let mut sets = match &head[..] {
        [b'f', b'L', b'a', b'C', ..] => flac::read(file, start, want_cover),
        [b'O', b'g', b'g', b'S', ..] => ogg::read(file, start, want_cover),
        [b'F', b'O', b'R', b'M', ..] => chunks::read_aiff(file, start, want_cover),
        [b'c', b'a', b'f', b'f', ..] => vec![chunks::read_caf(file, start)],
        [b'D', b'S', b'D', b' ', ..] => vec![chunks::read_dsf(file, start, want_cover)],
        [b'F', b'R', b'M', b'8', ..] => chunks::read_dff(file, start, want_cover),
        [0x1A, 0x45, 0xDF, 0xA3, ..] => matroska::read(file, start, want_cover),
        [_, _, _, _, name @ ..] if MP4_BOXES.iter().any(|known| name.starts_with(*known)) => {
            vec![mp4::read(file, want_cover)]
        }
        _ if [b"RIFF", b"RIFX", b"RF64", b"BW64", b"riff"]
            .into_iter()
            .any(is_chunks) =>
        {
            riff::read(file, start, want_cover)
        }
        _ => Vec::new(),
    };
    let mut trailing = trailing_tags(file, want_cover);
    // Monkey's Audio, WavPack and others of their kind have APE tags of their own.
    let has_ape = [b"MAC ", b"wvpk", b"MPCK", b"TTA1", b"OFR ", b"tBaK"];
    if has_ape.into_iter().any(is_chunks) || head.starts_with(b"MP+") {
        sets.append(&mut trailing);
    }
    sets.append(&mut leading);
    sets.append(&mut trailing);
    sets
}

/// The ID3v2 and APE tags in front, and where the rest begins.
fn leading_tags(file: &mut FileBytes, want_cover: bool) -> (Vec<TagSet>, u64) {
    let (mut sets, mut at) = (Vec::new(), 0);
    for _ in 0..MAX_TAGS {
        let head = file.read(at, 32);
        if let Some(header) = id3v2::Header::parse(&head, b"ID3") {
            let size = header.total_bytes();
            sets.push(id3v2::read(
                &file.read(at, size.min(MAX_TAG_BYTES)),
                want_cover,
            ));
            at = at.saturating_add(size);
        } else if let Some((set, end)) = ape::read_at(file, at, want_cover) {
            sets.push(set);
            at = end;
        } else if head.starts_with(&[0]) && !sets.is_empty() {
            let rest = file.read(at, SEARCHED_BYTES);
            match rest.iter().position(|byte| *byte != 0) {
                Some(zeros) => at += zeros as u64,
                None => break,
            }
        } else {
            break;
        }
    }
    if !sets.is_empty() && !file.read(at, 4).starts_with(b"fLaC") {
        let bytes = file.read(0, SEARCHED_BYTES);
        if let Some(place) = find(&bytes, FLAC_START) {
            at = place as u64;
        }
    }
    (sets, at)
}

/// The APE, ID3v2 and ID3v1 tags at the end.
fn trailing_tags(file: &mut FileBytes, want_cover: bool) -> Vec<TagSet> {
    let mut end = file.len();
    let mut sets = Vec::new();
    let mut version_1 = None;
    for _ in 0..MAX_TAGS {
        let tail_at = end.saturating_sub(id3v1::BYTES);
        let tail = file.read(tail_at, end - tail_at);
        if let Some(set) = id3v1::read(&tail) {
            version_1 = version_1.or(Some(set));
            end = tail_at;
        } else if let Some((set, start)) = ape::read_before(file, end, want_cover) {
            sets.push(set);
            end = start;
        } else if let Some(header) = tail
            .len()
            .checked_sub(id3v2::HEADER_BYTES)
            .and_then(|at| id3v2::Header::parse(&tail[at..], b"3DI"))
        {
            let Some(start) = end.checked_sub(header.total_bytes()) else {
                break;
            };
            let size = header.total_bytes().min(MAX_TAG_BYTES);
            sets.push(id3v2::read(&file.read(start, size), want_cover));
            end = start;
        } else if let Some(bytes) = lyrics3_bytes(&tail) {
            let Some(start) = end.checked_sub(bytes) else {
                break;
            };
            end = start;
        } else {
            break;
        }
    }
    sets.extend(version_1);
    sets
}

/// Where the tags at either end of a stream without a container leave off.
pub(crate) struct TagFreeSpan {
    /// ID3v2 tags in front.
    pub(crate) front_tags: usize,
    /// Everything between the tags.
    pub(crate) sound: Range<usize>,
}

/// Finds the tags at the beginning and at the end of a whole file, by their own sizes.
pub(crate) fn tag_free_span(bytes: &[u8]) -> TagFreeSpan {
    let (mut start, mut end, mut front_tags) = (0, bytes.len(), 0);
    while let Some(header) = bytes
        .get(start..)
        .and_then(|rest| id3v2::Header::parse(rest, b"ID3"))
    {
        front_tags += 1;
        let size = usize::try_from(header.total_bytes()).unwrap_or(usize::MAX);
        start = start.saturating_add(size).min(bytes.len());
    }
    loop {
        let rest = &bytes[start..end];
        let size = if rest.len() as u64 >= id3v1::BYTES
            && id3v1::is_tag(&rest[rest.len() - id3v1::BYTES as usize..])
        {
            Some(id3v1::BYTES)
        } else {
            let footer = rest
                .len()
                .checked_sub(id3v2::HEADER_BYTES)
                .map(|at| &rest[at..]);
            let footer = footer.and_then(|footer| id3v2::Header::parse(footer, b"3DI"));
            let footer = footer.map(id3v2::Header::total_bytes);
            footer
                .or_else(|| ape::bytes_before_end(rest))
                .or_else(|| lyrics3_bytes(rest))
        };
        match size.and_then(|size| end.checked_sub(usize::try_from(size).ok()?)) {
            Some(before) if before >= start && before < end => end = before,
            _ => break,
        }
    }
    TagFreeSpan {
        front_tags,
        sound: start..end,
    }
}

/// Bytes of the Lyrics3 tag (version 2) that ends here: it says so in six digits.
fn lyrics3_bytes(tail: &[u8]) -> Option<u64> {
    let digits = tail.strip_suffix(b"LYRICS200")?;
    let digits = digits.get(digits.len().checked_sub(6)?..)?;
    let size: u64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some(size + 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_lyrics3_tag_is_in_front_of_its_end() {
        assert_eq!(lyrics3_bytes(b"LYRICSBEGIN000011LYRICS200"), Some(26));
        assert_eq!(lyrics3_bytes(b"00x011LYRICS200"), None);
        assert_eq!(lyrics3_bytes(b"LYRICS200"), None);
    }
}
