//! What a file is, by its content alone, and what of it must not change when its tags do.
//!
//! A file whose structure is not clear to its last byte is refused: a writer of tags would have to guess.

use super::mpeg;
use crate::tags::tag_free_span;
use lofty::file::FileType;
use std::borrow::Cow;

mod mp4;
mod ogg;

/// Chunks or blocks of one file.
const MAX_CHUNKS: usize = 1 << 16;
/// Containers whose tags are not written, by their first bytes.
const REFUSED: [(&[u8], &str); 14] = [
    (b"\x1AE\xDF\xA3", "a Matroska or WebM file"),
    (b"caff", "a CAF file"),
    (b"RF64", "an RF64 file"),
    (b"BW64", "a BW64 file"),
    (b"RIFX", "a RIFX file"),
    (b"riff", "a Wave64 file"),
    (b"FRM8", "a DFF file"),
    (b"DSD ", "a DSF file"),
    (b"0&\xB2u", "a WMA file"),
    (b"MPCK", "a Musepack file"),
    (b"MP+", "a Musepack file"),
    (b"TTA", "a TTA file"),
    (b"FLV", "a video"),
    (b"\0\0\x01\xBA", "a video"),
];
/// Containers whose tags are written, but not with an ID3v2 tag in front of them.
const CONTAINERS: [(&[u8], &str); 6] = [
    (b"fLaC", "a FLAC stream"),
    (b"OggS", "an Ogg stream"),
    (b"RIFF", "a WAVE file"),
    (b"FORM", "an AIFF file"),
    (b"wvpk", "a WavPack file"),
    (b"MAC ", "a Monkey's Audio file"),
];

/// Parts of a file, in order.
type Parts<'a> = Vec<Cow<'a, [u8]>>;

/// A kind of file whose tags can be written, and all that has to stay.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Content<'a> {
    pub(super) kind: FileType,
    kept: Parts<'a>,
}

impl<'a> Content<'a> {
    /// Understands a whole file.
    ///
    /// # Errors
    /// In words for its owner, when its tags must not be written, and why.
    pub(super) fn of(bytes: &'a [u8]) -> Result<Self, String> {
        if let Some((_, name)) = REFUSED.iter().find(|(mark, _)| bytes.starts_with(mark)) {
            return Err(format!("is {name}, whose tags cannot be written"));
        }
        let (kind, kept) = match bytes {
            [b'f', b'L', b'a', b'C', ..] => (FileType::Flac, flac(bytes)?),
            [b'O', b'g', b'g', b'S', ..] => ogg::understand(bytes)?,
            [
                b'R',
                b'I',
                b'F',
                b'F',
                _,
                _,
                _,
                _,
                b'W',
                b'A',
                b'V',
                b'E',
                ..,
            ] => (FileType::Wav, chunks(bytes, u32::from_le_bytes)?),
            [
                b'F',
                b'O',
                b'R',
                b'M',
                _,
                _,
                _,
                _,
                b'A',
                b'I',
                b'F',
                b'F' | b'C',
                ..,
            ] => (FileType::Aiff, chunks(bytes, u32::from_be_bytes)?),
            [_, _, _, _, b'f', b't', b'y', b'p', ..] => (FileType::Mp4, mp4::understand(bytes)?),
            _ => bare(bytes)?,
        };
        Ok(Self { kind, kept })
    }
}

/// Streams without a container, between tags at either end.
fn bare(bytes: &[u8]) -> Result<(FileType, Parts<'_>), String> {
    let span = tag_free_span(bytes);
    let has_front = span.front_tags > 0;
    if span.front_tags > 1 {
        return Err("has several ID3v2 tags in front, of which only one could be written".into());
    }
    let sound = bytes.get(span.sound).unwrap_or_default();
    let known = CONTAINERS.iter().chain(&REFUSED);
    let mut known = known.filter(|(mark, _)| sound.starts_with(mark));
    let name = known.next().map(|(_, name)| *name);
    let name = name.or_else(|| (sound.get(4..8) == Some(b"ftyp")).then_some("an MP4 file"));
    let kind = match (name, sound) {
        (Some("a WavPack file"), _) if !has_front => FileType::WavPack,
        (Some("a Monkey's Audio file"), _) if !has_front => FileType::Ape,
        (Some(name), _) if has_front => {
            return Err(format!(
                "has an ID3v2 tag in front of {name}, where none belongs"
            ));
        }
        (None, sound) if mpeg::has_frames(sound) => FileType::Mpeg,
        (None, sound) if mpeg::has_adts_frames(sound) => FileType::Aac,
        _ => return Err("is of a kind whose tags cannot be written".into()),
    };
    Ok((kind, vec![Cow::Borrowed(sound)]))
}

/// Blocks other than comments, pictures and padding, and all that is behind them.
fn flac(bytes: &[u8]) -> Result<Parts<'_>, String> {
    let fault = || "has damaged FLAC blocks".to_owned();
    let (mut kept, mut at) = (Vec::new(), 4);
    for _ in 0..MAX_CHUNKS {
        let [kind, l0, l1, l2] = *bytes
            .get(at..)
            .and_then(<[u8]>::first_chunk)
            .ok_or_else(fault)?;
        let end = at + 4 + u32::from_be_bytes([0, l0, l1, l2]) as usize;
        let block = bytes.get(at + 4..end).ok_or_else(fault)?;
        if !matches!(kind & 0x7F, 1 | 4 | 6) {
            kept.push(Cow::Borrowed(block));
        }
        at = end;
        if kind & 0x80 != 0 {
            // Where frames begin, if there are any: else a size was wrong.
            let rest = &bytes[at..];
            if !rest.is_empty() && !matches!(rest, [0xFF, 0xF8..=0xFB, ..]) {
                return Err(fault());
            }
            kept.push(Cow::Borrowed(rest));
            return Ok(kept);
        }
    }
    Err(fault())
}

/// The chunks of RIFF or AIFF but for ID3v2 tags, with their names.
fn chunks(bytes: &[u8], number: fn([u8; 4]) -> u32) -> Result<Parts<'_>, String> {
    let fault = || "has chunks of wrong sizes, which writing would change".to_owned();
    let number_at = |at: usize| {
        let bytes = bytes.get(at..).and_then(<[u8]>::first_chunk);
        bytes.map(|bytes| number(*bytes) as usize).ok_or_else(fault)
    };
    let end = number_at(4)?.checked_add(8).ok_or_else(fault)?;
    if end.next_multiple_of(2) != bytes.len().next_multiple_of(2) {
        return Err(fault());
    }
    let (mut kept, mut at) = (Vec::new(), 12);
    while at < bytes.len() {
        let name = bytes.get(at..at + 4).ok_or_else(fault)?;
        let stop = number_at(at + 4)?.checked_add(at + 8).ok_or_else(fault)?;
        let body = bytes.get(at + 8..stop).ok_or_else(fault)?;
        if !name.iter().all(|byte| matches!(byte, b' '..=b'~')) || kept.len() > MAX_CHUNKS {
            return Err(fault());
        }
        // Readers take everything up to the end for it, tags too.
        if matches!(name, b"data" | b"SSND") && body.is_empty() {
            let reason = "has a size of 0 for its sound: tags behind it would be taken for sound";
            return Err(reason.into());
        }
        if !name.eq_ignore_ascii_case(b"ID3 ") {
            kept.extend([Cow::Borrowed(name), Cow::Borrowed(body)]);
        }
        at = stop.next_multiple_of(2);
    }
    Ok(kept)
}

#[cfg(test)]
#[path = "content_tests.rs"]
mod tests;
