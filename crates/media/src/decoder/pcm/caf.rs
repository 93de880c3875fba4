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
            let table = named(b"pakt");
            let mut repaired = None;
            match table {
                None if packet_bytes == 0 && there > 0 => {
                    return Err(damaged("its table of packets (\"pakt\") is missing"));
                }
                None => {}
                Some(table) => {
                    let size = usize::try_from(table.declared_bytes).unwrap_or(usize::MAX);
                    let content = bytes.read_at(table.start, size.min(MAX_TABLE_BYTES))?;
                    let packets = PacketTable::read(&content, frames_per_packet == 0, there);
                    if is_cut(&table, bytes.len()) {
                        warnings.push("cut short: its table of packets is incomplete".into());
                    }
                    if packet_bytes == 0 && there > 0 && packets.sound_bytes == 0 {
                        return Err(damaged("its table of packets leads to no sound"));
                    }
                    if packet_bytes == 0 && warnings.is_empty() && packets.sound_bytes < there {
                        MediaError::warn_of_loss(&mut warnings);
                    }
                    // Behind a repaired table, nothing is needed.
                    if !packets.is_right || is_cut(&table, bytes.len()) {
                        repaired = Some((table, packets.chunk(&content)));
                    }
                }
            }
            let mut pieces = vec![
                whole(0, Some(data.start - 8)),
                Piece::Bytes(size.to_be_bytes().as_slice().into()),
            ];
            match repaired {
                Some((table, chunk)) => {
                    let table_start = table.start - Style::Caf.head_bytes();
                    pieces.push(whole(data.start, table_start.checked_sub(data.start)));
                    pieces.push(Piece::Bytes(chunk.into()));
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

fn is_cut(chunk: &Chunk, file_bytes: Option<u64>) -> bool {
    file_bytes.is_some_and(|end| chunk.declared_bytes > end.saturating_sub(chunk.start))
}

/// What a table of packets leads to. Each of its numbers ends with a byte below 128.
struct PacketTable {
    packets: u64,
    /// Bytes of the table that tell of them.
    used: usize,
    sound_bytes: u64,
    /// Whether the table says itself how many packets it has.
    is_right: bool,
}

impl PacketTable {
    /// Reads `content`, in which each packet has a number of frames, too, where those `vary`. All packets count where
    /// they are no longer than the sound, whose bytes are `there`; else as many as the table says to have.
    fn read(content: &[u8], vary: bool, there: u64) -> Self {
        let said = content.first_chunk().copied().map_or(0, u64::from_be_bytes);
        let numbers = content.get(TABLE_HEAD_BYTES..).unwrap_or_default();
        let mut found = Self {
            packets: 0,
            used: 0,
            sound_bytes: 0,
            is_right: false,
        };
        let (mut value, mut size, mut is_size) = (0_u64, 0, true);
        for (index, byte) in numbers.iter().enumerate() {
            value = value << 7 | u64::from(byte & 0x7F);
            if byte & 0x80 != 0 {
                continue;
            }
            if is_size {
                size = value;
            }
            if !is_size || !vary {
                let sum = found.sound_bytes.saturating_add(size);
                // Zeros behind the table tell of nothing.
                if found.packets >= said && (sum > there || size == 0) {
                    break;
                }
                found.sound_bytes = sum;
                found.packets += 1;
                found.used = index + 1;
            }
            is_size = !vary || !is_size;
            value = 0;
        }
        found.is_right = found.packets == said;
        found
    }

    /// The chunk with these packets alone.
    fn chunk(&self, content: &[u8]) -> Vec<u8> {
        let Some((head, numbers)) = content.split_at_checked(TABLE_HEAD_BYTES) else {
            return Vec::new();
        };
        let mut chunk = b"pakt".to_vec();
        chunk.extend(((TABLE_HEAD_BYTES + self.used) as u64).to_be_bytes());
        chunk.extend(self.packets.to_be_bytes());
        chunk.extend(&head[8..]);
        chunk.extend(&numbers[..self.used]);
        chunk
    }
}
