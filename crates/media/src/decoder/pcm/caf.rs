//! Core Audio Format (Apple's "Core Audio Format Specification").

use super::super::names;
use super::blocks::apple_blocks;
use super::chunks::{ChunkReader, Style};
use super::packet_table::Packets;
use super::samples::Coding;
use super::{Content, Layout, integer};
use crate::error::MediaError;
use crate::track_bytes::TrackBytes;

/// Bytes of the file's own header.
const HEADER_BYTES: u64 = 8;
/// Bytes in front of the sound in its chunk: a count of edits.
const EDIT_BYTES: u64 = 4;
/// Flags of plain samples.
const IS_FLOAT: u32 = 1;
const IS_LITTLE_ENDIAN: u32 = 2;

/// Reads the header.
pub(super) fn read(bytes: &mut TrackBytes) -> Result<Content, MediaError> {
    let damaged = |what: &str| MediaError::Damaged(what.into());
    let mut reader = ChunkReader::new(bytes, Style::Caf);
    let chunks = reader.walk(HEADER_BYTES, &[*b"desc", *b"data"], *b"data")?;
    let named = |id: &[u8; 4]| chunks.iter().find(|chunk| chunk.id == *id).copied();
    let description = named(b"desc").ok_or_else(|| damaged("its description is missing"))?;
    let data = named(b"data").ok_or_else(|| damaged("no sound is in it"))?;
    let content = data.start + EDIT_BYTES;
    let sound = reader.sound_bytes(&data, content, None)?;
    let description = bytes.read_at(description.start, 32)?;
    let word = |at: usize| {
        let bytes = description.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(bytes))
    };
    let rate = description.first_chunk().copied().map(f64::from_be_bytes);
    let fields = (
        rate,
        description.get(8..12),
        word(12),
        word(16),
        word(20),
        word(24),
        word(28),
    );
    let (
        Some(rate_hz),
        Some(format),
        Some(flags),
        Some(packet_bytes),
        Some(frames_per_packet),
        Some(channels),
        Some(bits),
    ) = fields
    else {
        return Err(damaged("its description is cut short"));
    };
    let sample_bytes = packet_bytes
        .checked_div(channels)
        .and_then(|bytes| usize::try_from(bytes).ok());
    let coding = match (format, flags & IS_FLOAT != 0) {
        (b"lpcm", false) => {
            let bits = u16::try_from(bits).ok().filter(|bits| *bits > 0);
            let bits = bits.or(sample_bytes.and_then(|bytes| u16::try_from(bytes * 8).ok()));
            bits.and_then(|bits| integer(bits, sample_bytes.filter(|bytes| *bytes <= 4), false))
        }
        (b"lpcm", true) => Some(Coding::Float {
            bytes: if bits == 64 { 8 } else { 4 },
        }),
        (b"alaw", _) => Some(Coding::ALaw),
        (b"ulaw", _) => Some(Coding::MuLaw),
        (b"ima4", _) => {
            let (channels, rate_hz) = (channels as usize, rate_hz.round() as u32);
            let mut layout = apple_blocks("caf", channels, rate_hz, content, sound)?;
            // The second number of the table of packets: frames that are heard.
            if let Some(table) = named(b"pakt") {
                let heard = bytes.read_at(table.start + 8, 8)?;
                layout.declared_frames = heard.try_into().ok().map(u64::from_be_bytes);
            }
            return Ok(Content::Adpcm(layout));
        }
        _ => {
            let packets = Packets {
                data,
                content,
                sound,
                table: named(b"pakt"),
                are_alike: packet_bytes > 0,
                frames_vary: frames_per_packet == 0,
            };
            let (pieces, warnings) = packets.read(bytes)?;
            let kind = format.first_chunk().copied().unwrap_or_default();
            let name = format!("{} in CAF", names::of_four_characters(kind));
            return Ok(Content::Packed(bytes.spliced(pieces)?, name, warnings));
        }
    };
    let coding = coding.ok_or_else(|| MediaError::Unsupported(format!("CAF of {bits} bits")))?;
    Ok(Content::Pcm(Layout {
        container: "caf",
        coding,
        is_big_endian: flags & IS_LITTLE_ENDIAN == 0,
        sample_rate_hz: rate_hz.round() as u32,
        channels: u16::try_from(channels).unwrap_or(u16::MAX),
        bits: match coding {
            Coding::Integer { .. } if bits > 0 => bits,
            coding => coding.bits(),
        },
        start: content,
        sound,
    }))
}
