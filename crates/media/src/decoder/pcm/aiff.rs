//! AIFF and AIFF-C.

use super::super::names;
use super::blocks::apple_blocks;
use super::chunks::{ChunkReader, Style};
use super::samples::Coding;
use super::{Content, Layout, integer};
use crate::error::MediaError;
use crate::track_bytes::TrackBytes;

/// Reads the header.
pub(super) fn read(bytes: &mut TrackBytes) -> Result<Content, MediaError> {
    let damaged = |what: &str| MediaError::Damaged(what.into());
    let head = bytes.read_at(0, 12)?;
    let is_compressed = head.ends_with(b"AIFC");
    let outer_end = head.get(4..8).and_then(|size| size.try_into().ok());
    let outer_end = outer_end.map(|size| 8 + u64::from(u32::from_be_bytes(size)));
    let mut reader = ChunkReader::new(bytes, Style::Big);
    let chunks = reader.walk(12, &[*b"COMM", *b"SSND"], *b"SSND")?;
    let named = |id: &[u8; 4]| chunks.iter().find(|chunk| chunk.id == *id).copied();
    let common = named(b"COMM").ok_or_else(|| damaged("its common chunk is missing"))?;
    let data = named(b"SSND").ok_or_else(|| damaged("no sound is in it"))?;
    // Its size tells whether a packing follows; where it cannot be, the fields do.
    let is_compressed = is_compressed && !(18..22).contains(&common.declared_bytes);
    let common = bytes.read_at(common.start, 22)?;
    let Some((&[c0, c1, _, _, _, _, b0, b1], rate)) = common.split_first_chunk::<8>() else {
        return Err(damaged("its common chunk is cut short"));
    };
    let sample_rate_hz = rate.first_chunk().and_then(rate_hz);
    let sample_rate_hz = sample_rate_hz.ok_or_else(|| damaged("no sample rate or channels"))?;
    let (channels, bits) = (u16::from_be_bytes([c0, c1]), u16::from_be_bytes([b0, b1]));
    let packing = match common.get(18..22) {
        Some(packing) if is_compressed => packing,
        _ => b"NONE",
    };
    let signed = |bits| integer(bits, None, false);
    let (coding, is_big_endian) = match packing {
        b"NONE" | b"twos" => (signed(bits), true),
        b"sowt" => (signed(bits), false),
        b"raw " => (integer(bits, None, true), true),
        b"in16" => (signed(16), true),
        b"in24" => (signed(24), true),
        b"in32" => (signed(32), true),
        b"42ni" => (signed(24), false),
        b"23ni" => (signed(32), false),
        b"fl32" | b"FL32" => (Some(Coding::Float { bytes: 4 }), true),
        b"fl64" | b"FL64" => (Some(Coding::Float { bytes: 8 }), true),
        b"alaw" | b"ALAW" => (Some(Coding::ALaw), true),
        b"ulaw" | b"ULAW" => (Some(Coding::MuLaw), true),
        b"ima4" => (None, true),
        packing => {
            let kind = packing.first_chunk().copied().unwrap_or_default();
            let name = names::of_four_characters(kind);
            return Err(MediaError::Unsupported(format!("{name} in AIFF-C")));
        }
    };
    // In front of the sound stand an offset to it and the size of its blocks.
    let offset = bytes.read_at(data.start, 4)?;
    let offset = offset
        .try_into()
        .map_or(0, |offset| u64::from(u32::from_be_bytes(offset)));
    let content = data.start + 8;
    let content = match bytes.len() {
        Some(end) if offset >= end.saturating_sub(content) => content,
        None if offset > 1 << 20 => content,
        _ => content + offset,
    };
    let sound = ChunkReader::new(bytes, Style::Big).sound_bytes(&data, content, outer_end)?;
    if packing == b"ima4" {
        let layout = apple_blocks("aiff", channels.into(), sample_rate_hz, content, sound);
        return layout.map(Content::Adpcm);
    }
    let coding = coding.ok_or_else(|| MediaError::Unsupported(format!("AIFF of {bits} bits")))?;
    let is_integer = matches!(coding, Coding::Integer { .. });
    Ok(Content::Pcm(Layout {
        container: "aiff",
        coding,
        is_big_endian,
        sample_rate_hz,
        channels,
        bits: match packing {
            b"NONE" | b"twos" | b"sowt" | b"raw " if is_integer && bits > 0 => u32::from(bits),
            _ => coding.bits(),
        },
        start: content,
        sound,
    }))
}

/// A rate in the 80-bit form of IEEE 754: sign and exponent, then a whole number of 64 bits.
fn rate_hz(bytes: &[u8; 10]) -> Option<u32> {
    let [e0, e1, m @ ..] = *bytes;
    let shift = 16_383 + 63 - i32::from(u16::from_be_bytes([e0, e1]));
    let mantissa = u64::from_be_bytes(m);
    let value = u32::try_from(shift)
        .ok()
        .and_then(|shift| mantissa.checked_shr(shift));
    value.and_then(|value| u32::try_from(value).ok())
}
