//! WAVE and its larger kin: RF64, RIFX, Wave64.

use super::super::adpcm::{AdpcmBlocks, AdpcmKind};
use super::super::names;
use super::blocks::BlocksLayout;
use super::chunks::{Chunk, ChunkReader, SoundBytes, Style};
use super::samples::Coding;
use super::{Content, Layout, integer};
use crate::error::MediaError;
use crate::track_bytes::{Piece, TrackBytes};

/// Bytes of a format chunk that are looked at: those of the extensible form, or of ADPCM's tables.
const FORMAT_BYTES: usize = 1_024;
/// Bytes of the shortest form, which does not say its bits, and of the common one.
const MIN_FORMAT_BYTES: usize = 14;
const COMMON_FORMAT_BYTES: usize = 16;
/// The two codings of differences in four bits, which are played.
const MS_ADPCM: u16 = 2;
const IMA_ADPCM: u16 = 0x11;

/// The fields of a format chunk.
struct Format {
    tag: u16,
    channels: u16,
    sample_rate_hz: u32,
    block_bytes: u16,
    bits: u16,
    /// Of the bits in a sample's bytes, those with sound.
    valid_bits: u16,
}

impl Format {
    /// `None` for what is shorter than any format.
    fn parse(bytes: &[u8], is_big_endian: bool) -> Option<Self> {
        let word = |at: usize| -> Option<u16> {
            let word = [*bytes.get(at)?, *bytes.get(at + 1)?];
            Some(match is_big_endian {
                true => u16::from_be_bytes(word),
                false => u16::from_le_bytes(word),
            })
        };
        let (low, high) = match is_big_endian {
            true => (6, 4),
            false => (4, 6),
        };
        let sample_rate_hz = u32::from(word(high)?) << 16 | u32::from(word(low)?);
        // The shortest form, 14 bytes, has no bits.
        let bits = word(14).unwrap_or(0);
        let is_extensible = word(0)? == 0xFFFE && word(24).is_some();
        let tag = match word(0)? {
            0xFFFE if is_extensible => word(24)?,
            // The long form cut to a short one, which nobody writes of anything but plain samples.
            0xFFFE => 1,
            tag => tag,
        };
        let valid_bits = word(18).filter(|valid| is_extensible && (1..=bits).contains(valid));
        Some(Self {
            tag,
            channels: word(2)?,
            sample_rate_hz,
            block_bytes: word(12)?,
            bits,
            valid_bits: valid_bits.unwrap_or(bits),
        })
    }

    /// Bytes of a sample, if the block's and the bits agree.
    fn container_bytes(&self) -> Option<usize> {
        let (block, channels) = (self.block_bytes, self.channels.max(1));
        let bytes = usize::from(block / channels);
        let least = usize::from(self.bits).div_ceil(8);
        let is_possible = block.is_multiple_of(channels) && (least..=least.max(4)).contains(&bytes);
        (is_possible && bytes > 0).then_some(bytes)
    }

    /// The blocks of ADPCM, which this is a format of; `None` where that cannot be.
    fn blocks(&self, format: &[u8], sound: &SoundBytes) -> Option<AdpcmBlocks> {
        let kind = match self.tag {
            MS_ADPCM => AdpcmKind::Microsoft,
            _ => AdpcmKind::Ima,
        };
        let channels = usize::from(self.channels);
        let frames = match format.get(18..20) {
            Some(&[low, high]) => u64::from(u16::from_le_bytes([low, high])),
            _ => 0,
        };
        let bytes = self.repaired_block_bytes(frames, sound.there);
        AdpcmBlocks::new(kind, channels, bytes.into(), frames)
    }

    /// Bytes of a block of ADPCM: by the `frames` that it has, where `sound_bytes` are as many blocks and not as many
    /// of those that the header says.
    fn repaired_block_bytes(&self, frames: u64, sound_bytes: Option<u64>) -> u16 {
        let (channels, declared) = (u64::from(self.channels), u64::from(self.block_bytes));
        let block = match self.tag {
            MS_ADPCM => frames
                .checked_sub(2)
                .map(|coded| coded * channels / 2 + 7 * channels),
            IMA_ADPCM => frames
                .checked_sub(1)
                .map(|coded| coded * channels / 2 + 4 * channels),
            _ => None,
        };
        let all = sound_bytes.unwrap_or(0);
        // The heads of the channels alone are four bytes each.
        let is_whole = |block: u64| all > 0 && block > 4 * channels && all.is_multiple_of(block);
        let repaired = block.filter(|block| is_whole(*block) && !is_whole(declared));
        let repaired = repaired.and_then(|block| u16::try_from(block).ok());
        repaired.unwrap_or(self.block_bytes)
    }

    fn coding(&self) -> Option<Coding> {
        match self.tag {
            1 => {
                let bytes = self.container_bytes();
                let bits = match self.bits {
                    0 => bytes? as u16 * 8,
                    bits => bits,
                };
                integer(bits, bytes, bits <= 8)
            }
            3 => Some(Coding::Float {
                bytes: if self.bits == 64 { 8 } else { 4 },
            }),
            6 => Some(Coding::ALaw),
            7 => Some(Coding::MuLaw),
            _ => None,
        }
    }
}

/// Reads the header of a file whose first chunk is the whole of it.
pub(super) fn read(bytes: &mut TrackBytes, style: Style) -> Result<Content, MediaError> {
    let damaged = |what: &str| MediaError::Damaged(what.into());
    let is_big_endian = style == Style::Big;
    let head = bytes.read_at(0, style.head_bytes() as usize)?;
    let outer_bytes = match style {
        Style::W64 => head
            .get(16..24)
            .and_then(|size| size.try_into().ok())
            .map(u64::from_le_bytes),
        _ => head
            .get(4..8)
            .and_then(|size| size.try_into().ok())
            .map(|size| {
                8 + u64::from(if is_big_endian {
                    u32::from_be_bytes(size)
                } else {
                    u32::from_le_bytes(size)
                })
            }),
    };
    let first = match style {
        Style::W64 => style.head_bytes() + 16,
        _ => 12,
    };
    let chunks = ChunkReader::new(bytes, style).walk(first, &[*b"fmt ", *b"data"], *b"data")?;
    let named = |id: &[u8; 4]| chunks.iter().find(|chunk| chunk.id == *id).copied();
    let format = named(b"fmt ").ok_or_else(|| damaged("its format chunk is missing"))?;
    let wanted = match usize::try_from(format.declared_bytes) {
        Ok(declared @ MIN_FORMAT_BYTES..FORMAT_BYTES) => declared,
        // A size that cannot be: the common form is there at least.
        Ok(0..MIN_FORMAT_BYTES) => COMMON_FORMAT_BYTES,
        _ => FORMAT_BYTES,
    };
    let format_bytes = bytes.read_at(format.start, wanted)?;
    let format = Format::parse(&format_bytes, is_big_endian)
        .ok_or_else(|| damaged("its format chunk is cut short"))?;
    // An empty one may stand in front of the one with sound.
    let with_sound = chunks
        .iter()
        .find(|chunk| chunk.id == *b"data" && chunk.declared_bytes > 0);
    let data = with_sound.copied().or(named(b"data"));
    let data = data.ok_or_else(|| damaged("no sound is in it"))?;
    let data = with_long_size(bytes, data, named(b"ds64"))?;
    let sound = ChunkReader::new(bytes, style).sound_bytes(&data, data.start, outer_bytes)?;
    if let Some(coding) = format.coding() {
        let frame_bytes = coding.bytes() as u64 * u64::from(format.channels);
        let mut sound = sound;
        if style == Style::W64
            && let Some(there) = sound.there
        {
            sound.there = Some(without_padding(bytes, data.start, there, frame_bytes)?);
        }
        let start = join_chunks(bytes, style, &chunks, data, &mut sound, frame_bytes)?;
        return Ok(Content::Pcm(Layout {
            container: if style == Style::W64 { "w64" } else { "wave" },
            coding,
            is_big_endian,
            sample_rate_hz: format.sample_rate_hz,
            channels: format.channels,
            bits: match coding {
                Coding::Integer { .. } if format.valid_bits > 0 => u32::from(format.valid_bits),
                coding => coding.bits(),
            },
            start,
            sound,
        }));
    }
    let slice = Piece::Of {
        start: data.start,
        length: sound.there,
    };
    match format.tag {
        1 => Err(MediaError::Unsupported(format!(
            "WAVE of {} bits",
            format.bits
        ))),
        0x50 | 0x55 => Ok(Content::Mpeg {
            sound: bytes.spliced(vec![slice])?,
            is_cut: sound.promised.is_some(),
        }),
        // As two programs number it.
        0xFF | 0x1600 | 0x706D => Ok(Content::Adts(bytes.spliced(vec![slice])?)),
        tag => match names::of_wave_tag(tag) {
            name if !is_big_endian && ![MS_ADPCM, IMA_ADPCM].contains(&tag) => {
                Err(MediaError::Unsupported(format!("{name} in WAVE")))
            }
            _ if is_big_endian => Err(MediaError::Unsupported(format!(
                "RIFX of format {tag:#06x}"
            ))),
            name => {
                let fact = match named(b"fact") {
                    Some(fact) => bytes.read_at(fact.start, 4)?,
                    None => Vec::new(),
                };
                let layout = format
                    .blocks(&format_bytes, &sound)
                    .map(|blocks| BlocksLayout {
                        container: "wave",
                        codec: name.clone(),
                        blocks,
                        channels: format.channels.into(),
                        sample_rate_hz: format.sample_rate_hz,
                        start: data.start,
                        sound,
                        declared_frames: fact
                            .try_into()
                            .ok()
                            .map(|frames| u64::from(u32::from_le_bytes(frames)))
                            .filter(|frames| *frames > 0),
                    });
                layout.map(Content::Adpcm).ok_or_else(|| {
                    MediaError::Unsupported(format!("{name} of {} channels", format.channels))
                })
            }
        },
    }
}

/// Where sound stands in more than one chunk, puts those behind one another in `bytes` and `sound`. Returns where the
/// sound begins.
fn join_chunks(
    bytes: &mut TrackBytes,
    style: Style,
    chunks: &[Chunk],
    first: Chunk,
    sound: &mut SoundBytes,
    frame_bytes: u64,
) -> Result<u64, MediaError> {
    let others = chunks.iter().filter(|chunk| {
        chunk.id == *b"data" && chunk.declared_bytes > 0 && chunk.start > first.start
    });
    let mut parts = vec![(first.start, sound.there.unwrap_or(0))];
    let mut is_short = sound.promised.is_some();
    let mut promised = sound.promised.or(sound.there).unwrap_or(0);
    for chunk in others.copied() {
        let found = ChunkReader::new(bytes, style).sound_bytes(&chunk, chunk.start, None)?;
        parts.push((chunk.start, found.there.unwrap_or(0)));
        is_short |= found.promised.is_some();
        promised += found.promised.or(found.there).unwrap_or(0);
    }
    if parts.len() == 1 || frame_bytes == 0 {
        return Ok(first.start);
    }
    let whole = |length: u64| length / frame_bytes * frame_bytes;
    let pieces = parts.iter().map(|(start, length)| Piece::Of {
        start: *start,
        length: Some(whole(*length)),
    });
    *bytes = bytes.spliced(pieces.collect())?;
    let there = parts.iter().map(|(_, length)| whole(*length)).sum();
    *sound = SoundBytes {
        promised: is_short.then_some(promised),
        ..SoundBytes::of(Some(there))
    };
    Ok(0)
}

/// RF64 keeps the size of its sound in another chunk (EBU Tech 3306), and -1 in its place.
fn with_long_size(
    bytes: &mut TrackBytes,
    data: Chunk,
    sizes: Option<Chunk>,
) -> Result<Chunk, MediaError> {
    let Some(sizes) = sizes.filter(|_| data.declared_bytes == u64::from(u32::MAX)) else {
        return Ok(data);
    };
    let size = bytes.read_at(sizes.start + 8, 8)?;
    let size = size.try_into().map(u64::from_le_bytes);
    Ok(Chunk {
        // What cannot be is left to the end of the file.
        declared_bytes: size
            .ok()
            .filter(|size| *size > 0)
            .unwrap_or(data.declared_bytes),
        ..data
    })
}

/// Wave64 chunks begin at every eighth byte, and a common encoder counts the zeros in between as sound. Whole frames
/// of zeros in the last seven bytes are taken for such.
fn without_padding(
    bytes: &mut TrackBytes,
    start: u64,
    there: u64,
    frame_bytes: u64,
) -> Result<u64, MediaError> {
    let is_whole = frame_bytes > 0 && there.is_multiple_of(frame_bytes);
    if is_whole && !there.is_multiple_of(8) || there < 8 || frame_bytes == 0 {
        return Ok(there);
    }
    let tail = bytes.read_at(start + there - 7, 7)?;
    let zeros = tail.iter().rev().take_while(|byte| **byte == 0).count() as u64;
    Ok(there - zeros / frame_bytes * frame_bytes)
}
