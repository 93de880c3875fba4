//! AAC in LOAS frames (ISO 14496-3, section 1.7.2), as digital radio and television send it.

use super::ebml::Reader;
use super::index::PacketIndex;
use super::lengths::AAC_FRAMES;
use super::rows::{Rows, is_loss};
use super::stream::{Cut, Heard, Stream, Wrapping};
use super::subframes::{self, Subframes};
use crate::error::MediaError;
use crate::track_bytes::TrackBytes;
use rusty_aac::latm::LatmReader;
use std::io::{self, Read, Seek};
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_AAC;

/// Bytes of the sync word and the length.
const HEADER_BYTES: usize = 3;
/// Bytes looked at of what is no frame.
const HEAD_BYTES: u64 = 8;

/// The bytes of the frame that begins here, with its header.
fn frame_bytes(bytes: &[u8]) -> Option<usize> {
    let &[first, second, third, ..] = bytes else {
        return None;
    };
    let word = u32::from_be_bytes([0, first, second, third]);
    (word >> 13 == 0x2B7).then_some((word & 0x1FFF) as usize + HEADER_BYTES)
}

const ROWS: Rows = Rows {
    in_place: 3,
    anywhere: 6,
    head_bytes: HEADER_BYTES,
    frame_bytes: |_, bytes| frame_bytes(bytes),
};

/// Whether `head`, the first bytes of a file, begins with LOAS frames; `is_whole` if it is all of the file.
pub(in crate::decoder) fn starts_loas(head: &[u8], is_whole: bool) -> bool {
    ROWS.start(head, is_whole)
}

/// Whether LOAS frames begin somewhere in `head`, behind damage.
pub(in crate::decoder) fn finds_loas(head: &[u8]) -> bool {
    ROWS.are_in(head)
}

/// Finds the frames of `file`, from the first on that says what they hold.
///
/// # Errors
/// When it cannot be read, or has none.
pub(super) fn read(file: &mut TrackBytes) -> Result<Stream, MediaError> {
    let mut reader = Reader::new(file)?;
    let mut index = PacketIndex::default();
    let mut loas = LatmReader::new();
    let mut subframes = Subframes::default();
    let mut frames = None;
    let mut end = 0;
    let mut warnings = Vec::new();
    let mut params = AudioCodecParameters::new();
    params.for_codec(CODEC_ID_AAC);
    while let Some((offset, bytes)) = next(&mut reader)? {
        if end > 0 && offset > end {
            reader.go_to(end)?;
            if is_loss(offset - end, &reader.take(HEAD_BYTES)?) {
                MediaError::warn_of_loss(&mut warnings);
            }
        }
        if frames.is_none() {
            reader.go_to(offset)?;
            let frame = reader.take(bytes)?;
            let Ok(found) = loas.parse(&frame) else {
                continue;
            };
            let length = u32::try_from(found.stream.frame_length).unwrap_or(0);
            frames = Some(if length == 0 { AAC_FRAMES } else { length });
            params.with_sample_rate(found.stream.sample_rate);
        }
        reader.go_to(offset)?;
        let head = reader.take(bytes.min(subframes::HEAD_BYTES))?;
        let units = subframes.count(&head);
        index.push(offset, bytes, frames.unwrap_or(AAC_FRAMES) * units);
        end = offset + bytes;
        reader.go_to(end)?;
    }
    // What is left may be the beginning of a frame.
    reader.go_to(end)?;
    let rest = reader.take(HEAD_BYTES)?;
    let is_cut = frame_bytes(&rest).is_some_and(|bytes| end + bytes as u64 > reader.length());
    if !is_cut && end > 0 && is_loss(reader.length() - end, &rest) {
        MediaError::warn_of_loss(&mut warnings);
    }
    Ok(Stream {
        container: "latm",
        params,
        index,
        wrapping: Wrapping::Loas,
        heard: Heard::default(),
        warnings,
        cut: is_cut.then_some(Cut::Somewhere),
    })
}

/// The place and bytes of the next whole frame that another one, or the end, comes behind.
fn next<R: Read + Seek>(reader: &mut Reader<R>) -> io::Result<Option<(u64, u64)>> {
    let mut bytes = [0; HEADER_BYTES];
    loop {
        let at = reader.position();
        if !reader.fill(&mut bytes)? {
            return Ok(None);
        }
        if let Some(count) = frame_bytes(&bytes) {
            let end = at + count as u64;
            reader.go_to(end)?;
            let is_at_end = end == reader.length();
            if is_at_end || reader.fill(&mut bytes)? && frame_bytes(&bytes).is_some() {
                return Ok(Some((at, count as u64)));
            }
        }
        reader.go_to(at + 1)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn frame(bytes: usize) -> Vec<u8> {
        let word = 0x2B7 << 13 | (bytes - HEADER_BYTES) as u32;
        let mut frame = word.to_be_bytes()[1..].to_vec();
        frame.resize(bytes, 0x11);
        frame
    }

    #[test]
    fn frames_are_found_between_damage() {
        let file = [&[0x56; 20][..], &frame(100).repeat(2), &[7; 9], &frame(50)].concat();
        let mut reader = Reader::new(Cursor::new(&file)).unwrap();
        let mut found = Vec::new();
        while let Some((at, bytes)) = next(&mut reader).unwrap() {
            found.push((at, bytes));
            reader.go_to(at + bytes).unwrap();
        }
        // The one before the damage is not followed by another.
        assert_eq!(found, [(20, 100), (229, 50)]);
        assert!(starts_loas(&frame(100).repeat(3), false));
        assert!(starts_loas(&frame(100), true));
        assert!(!starts_loas(&frame(100), false));
        assert!(!starts_loas(&[], true));
        assert!(finds_loas(&[&[0; 99][..], &frame(100).repeat(6)].concat()));
    }
}
