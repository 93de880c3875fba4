//! Core Audio Format (Apple's "Core Audio Format Specification").

use super::super::names;
use super::blocks::apple_blocks;
use super::chunks::{Chunk, ChunkReader, Style};
use super::samples::Coding;
use super::{Content, Layout, cut_line, integer};
use crate::error::MediaError;
use crate::track_bytes::{Piece, TrackBytes};

/// Bytes of the file's own header.
const HEADER_BYTES: u64 = 8;
/// Bytes in front of the sound in its chunk: a count of edits.
const EDIT_BYTES: u64 = 4;
/// The longest table of packets that is read.
const MAX_TABLE_BYTES: usize = 64 << 20;
/// Bytes of its head: packets, frames that are heard, frames in front and behind.
const TABLE_HEAD_BYTES: usize = 24;
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
            let size = sound.there.map_or(u64::MAX, |there| there + EDIT_BYTES);
            let whole = |start, length| Piece::Of { start, length };
            let mut warnings: Vec<String> = cut_line(sound).into_iter().collect();
            let there = sound.there.unwrap_or(0);
            // Packets of different lengths are told apart by the table alone.
            if packet_bytes == 0 && there > 0 {
                let Some(table) = named(b"pakt") else {
                    return Err(damaged("its table of packets (\"pakt\") is missing"));
                };
                let content = bytes.read_at(table.start, MAX_TABLE_BYTES)?;
                match led_to(&content, frames_per_packet == 0) {
                    0 => return Err(damaged("its table of packets leads to no sound")),
                    // What stands in the file behind the last packet is none of them.
                    led_to if warnings.is_empty() && led_to < there => {
                        MediaError::warn_of_loss(&mut warnings);
                    }
                    _ => {}
                }
            }
            let mut pieces = vec![
                whole(0, Some(data.start - 8)),
                Piece::Bytes(size.to_be_bytes().as_slice().into()),
            ];
            match named(b"pakt").filter(|table| is_cut(table, bytes.len())) {
                Some(table) => {
                    warnings.push("cut short: its table of packets is incomplete".into());
                    let table_start = table.start - Style::Caf.head_bytes();
                    pieces.push(whole(data.start, table_start.checked_sub(data.start)));
                    let content = bytes.read_at(table.start, MAX_TABLE_BYTES)?;
                    pieces.push(Piece::Bytes(shorter_table(&content).into()));
                }
                None => pieces.push(whole(data.start, None)),
            }
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

/// Bytes of sound that a table of packets leads to; each packet has a number of frames, too, where those `vary`.
fn led_to(table: &[u8], vary: bool) -> u64 {
    let (Some(count), Some(numbers)) = (
        table.first_chunk().copied().map(u64::from_be_bytes),
        table.get(TABLE_HEAD_BYTES..),
    ) else {
        return 0;
    };
    let (mut packets, mut sum, mut value) = (0, 0_u64, 0_u64);
    let mut is_size = true;
    for byte in numbers {
        if packets >= count {
            break;
        }
        value = value << 7 | u64::from(byte & 0x7F);
        if byte & 0x80 != 0 {
            continue;
        }
        if is_size {
            sum = sum.saturating_add(value);
            packets += 1;
        }
        is_size = !vary || !is_size;
        value = 0;
    }
    sum
}

fn is_cut(chunk: &Chunk, file_bytes: Option<u64>) -> bool {
    file_bytes.is_some_and(|end| chunk.declared_bytes > end.saturating_sub(chunk.start))
}

/// The chunk of a table of packets that tells only of those that `content`, which is cut short, tells of. Each of
/// its numbers ends with a byte below 128.
fn shorter_table(content: &[u8]) -> Vec<u8> {
    let Some((head, sizes)) = content.split_at_checked(TABLE_HEAD_BYTES) else {
        return Vec::new();
    };
    let packets = sizes.iter().filter(|byte| **byte < 0x80).count();
    let used = sizes
        .iter()
        .rposition(|byte| *byte < 0x80)
        .map_or(0, |last| last + 1);
    let mut chunk = b"pakt".to_vec();
    chunk.extend(((TABLE_HEAD_BYTES + used) as u64).to_be_bytes());
    chunk.extend((packets as u64).to_be_bytes());
    chunk.extend(&head[8..]);
    chunk.extend(&sizes[..used]);
    chunk
}
