//! Monkey's Audio (.ape) of version 3.99 and later: its container here, its frames by `ape-decoder`.
//!
//! The container is read here because that crate trusts its fields: a damaged seek table could ask
//! it for memory without bound.

use crate::decoder::source::{FrameSource, StreamInfo};
use crate::error::MediaError;
use crate::track_bytes::TrackBytes;
use ape_decoder::FrameDecoder;
use std::io::{Read, Seek, SeekFrom};

/// Before this the entropy coder was another one (2004).
const OLDEST_VERSION: u16 = 3990;
const DESCRIPTOR_BYTES: u64 = 52;
const HEADER_BYTES: u64 = 24;
/// Sixteen times the usual frame: what the highest compression level uses.
const MAX_FRAME_BLOCKS: u32 = 73_728 * 16;
/// Bytes of compressed frames above those of their samples; no encoder writes as many.
const FRAME_OVERHEAD_BYTES: u64 = 65_536;

/// What a frame's decoder must know.
#[derive(Debug, Clone, Copy)]
struct FrameFormat {
    version: u16,
    channels: u16,
    bits: u16,
    level: u16,
}

impl FrameFormat {
    fn decoder(self) -> Result<FrameDecoder, MediaError> {
        FrameDecoder::new(self.version, self.channels, self.bits, self.level)
            .map_err(|error| damaged(&error.to_string()))
    }
}

/// An open file. Every frame can be decoded by itself.
pub(super) struct MonkeysAudio {
    bytes: TrackBytes,
    info: StreamInfo,
    format: FrameFormat,
    decoder: FrameDecoder,
    file_bytes: u64,
    /// Where each frame begins in the file.
    frame_offsets: Vec<u64>,
    /// Behind the last frame.
    frames_end: u64,
    /// Sample frames in each of them but the last.
    blocks_per_frame: u64,
    total_blocks: u64,
    bytes_per_sample: usize,
    next_frame: usize,
    damaged_frames: usize,
}

impl MonkeysAudio {
    /// Reads the headers that begin at byte `start` of the file.
    ///
    /// # Errors
    /// When they cannot be read, contradict themselves, or ask for what is not supported.
    pub(super) fn open(mut bytes: TrackBytes, start: u64) -> Result<Self, MediaError> {
        let file_bytes = bytes.len().unwrap_or(0);
        bytes.seek(SeekFrom::Start(start))?;
        let mut descriptor = [0; DESCRIPTOR_BYTES as usize];
        read_header(&mut bytes, &mut descriptor)?;
        let version = u16_at(&descriptor, 4);
        if version < OLDEST_VERSION {
            return Err(MediaError::Unsupported(
                "Monkey's Audio before version 3.99".into(),
            ));
        }
        let [
            descriptor_bytes,
            header_bytes,
            table_bytes,
            wave_header_bytes,
        ] = [8, 12, 16, 20].map(|at| u64::from(u32_at(&descriptor, at)));
        if descriptor_bytes < DESCRIPTOR_BYTES || header_bytes < HEADER_BYTES {
            return Err(damaged("its headers are too short"));
        }
        let frame_data_bytes =
            u64::from(u32_at(&descriptor, 24)) | u64::from(u32_at(&descriptor, 28)) << 32;

        bytes.seek(SeekFrom::Start(start + descriptor_bytes))?;
        let mut header = [0; HEADER_BYTES as usize];
        read_header(&mut bytes, &mut header)?;
        let [level, bits, channels] = [0, 16, 18].map(|at| u16_at(&header, at));
        let [blocks_per_frame, last_blocks, frames, sample_rate_hz] =
            [4, 8, 12, 20].map(|at| u32_at(&header, at));
        if !matches!(channels, 1 | 2) || !matches!(bits, 8 | 16 | 24) {
            return Err(MediaError::Unsupported(format!(
                "Monkey's Audio with {channels} channels of {bits} bits"
            )));
        }
        if [sample_rate_hz, frames, blocks_per_frame].contains(&0) || last_blocks > blocks_per_frame
        {
            return Err(damaged("its header makes no sense"));
        }
        if blocks_per_frame > MAX_FRAME_BLOCKS {
            return Err(damaged("its frames are too large"));
        }

        let table_start = start + descriptor_bytes + header_bytes;
        bytes.seek(SeekFrom::Start(table_start))?;
        let frame_offsets = read_seek_table(&mut bytes, frames, table_bytes, start)?;
        let frames_start = table_start + table_bytes + wave_header_bytes;
        let total_blocks =
            u64::from(frames - 1) * u64::from(blocks_per_frame) + u64::from(last_blocks);
        let format = FrameFormat {
            version,
            channels,
            bits,
            level,
        };
        Ok(Self {
            bytes,
            info: StreamInfo {
                codec: "Monkey's Audio".into(),
                container: "ape".into(),
                sample_rate_hz,
                channels: usize::from(channels),
                bits_per_sample: Some(u32::from(bits)),
                frames: Some(total_blocks),
                rough_duration: None,
                encoder_delay_frames: 0,
                encoder_padding_frames: 0,
                warnings: Vec::new(),
                links: Vec::new(),
            },
            decoder: format.decoder()?,
            format,
            file_bytes,
            frame_offsets,
            frames_end: frames_start.saturating_add(frame_data_bytes),
            blocks_per_frame: u64::from(blocks_per_frame),
            total_blocks,
            bytes_per_sample: usize::from(bits / 8),
            next_frame: 0,
            damaged_frames: 0,
        })
    }

    /// Decodes frame `index` of `blocks` sample frames to little-endian samples, unless it is damaged.
    fn decode_frame(&mut self, index: usize, blocks: u64) -> Result<Option<Vec<u8>>, MediaError> {
        let (begin, end) = (self.frame_offsets[index], self.frame_end(index));
        let sample_bytes = blocks * self.info.channels as u64 * self.bytes_per_sample as u64;
        if end <= begin || end - begin > sample_bytes + FRAME_OVERHEAD_BYTES {
            return Ok(None);
        }
        // Frames are read in words of four bytes, counted from the first frame.
        let skip_bytes = begin.wrapping_sub(self.frame_offsets[0]) % 4;
        let from = begin.saturating_sub(skip_bytes);
        self.bytes.seek(SeekFrom::Start(from))?;
        let mut data = Vec::new();
        Read::by_ref(&mut self.bytes)
            .take(end - from + 4)
            .read_to_end(&mut data)?;
        let decoded = self
            .decoder
            .decode_frame(&data, skip_bytes as u32, blocks as usize);
        if decoded.is_err() {
            // It has tried another form of 24-bit prediction, and would stay with that.
            self.decoder = self.format.decoder()?;
        }
        Ok(decoded.ok())
    }

    fn blocks_of(&self, index: usize) -> u64 {
        let position = index as u64 * self.blocks_per_frame;
        (self.total_blocks.saturating_sub(position)).min(self.blocks_per_frame)
    }

    /// Whether a frame behind the first one can be decoded.
    fn is_any_whole(&mut self) -> Result<bool, MediaError> {
        for index in 1..self.frame_offsets.len() {
            let blocks = self.blocks_of(index);
            if blocks > 0
                && self.frame_end(index) <= self.file_bytes
                && self.decode_frame(index, blocks)?.is_some()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn frame_end(&self, index: usize) -> u64 {
        let next = self.frame_offsets.get(index + 1);
        next.copied().unwrap_or(self.frames_end)
    }
}

impl FrameSource for MonkeysAudio {
    fn info(&self) -> &StreamInfo {
        &self.info
    }

    fn declares_exact_length(&self) -> bool {
        true
    }

    /// A damaged frame is silent; after the last one they are reported.
    fn read(&mut self, samples: &mut Vec<f32>) -> Result<Option<u64>, MediaError> {
        let index = self.next_frame;
        let position = index as u64 * self.blocks_per_frame;
        let blocks = self.blocks_of(index);
        let begin = self.frame_offsets.get(index).copied().unwrap_or(u64::MAX);
        if blocks == 0 || begin >= self.file_bytes {
            return match std::mem::take(&mut self.damaged_frames) {
                0 => Ok(None),
                count => Err(damaged(&format!("{count} frames could not be decoded"))),
            };
        }
        samples.clear();
        match self.decode_frame(index, blocks)? {
            Some(pcm) => append_samples(&pcm, self.bytes_per_sample, samples),
            None if self.frame_end(index) > self.file_bytes => return Ok(None),
            None if index == 0 && !self.is_any_whole()? => {
                let count = self.frame_offsets.len();
                return Err(damaged(&format!(
                    "none of its {count} frames can be decoded"
                )));
            }
            None => {
                self.damaged_frames += 1;
                samples.resize(blocks as usize * self.info.channels, 0.0);
            }
        }
        self.next_frame += 1;
        Ok(Some(position))
    }

    fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        self.next_frame = (frame / self.blocks_per_frame) as usize;
        self.damaged_frames = 0;
        Ok(())
    }
}

/// The file offsets of `frames` frames. The table has 32 bits an entry, which wrap in larger files.
fn read_seek_table(
    bytes: &mut TrackBytes,
    frames: u32,
    table_bytes: u64,
    start: u64,
) -> Result<Vec<u64>, MediaError> {
    let wanted_bytes = u64::from(frames) * 4;
    let mut table = Vec::new();
    // Grows as bytes come, so that a false count costs no more memory than the file has bytes.
    Read::by_ref(bytes)
        .take(wanted_bytes.min(table_bytes))
        .read_to_end(&mut table)?;
    if (table.len() as u64) < wanted_bytes {
        return Err(damaged("its seek table is too short"));
    }
    let (mut wraps, mut previous) = (0_u64, 0);
    let entries = table.as_chunks::<4>().0.iter().map(|entry| {
        let entry = u32::from_le_bytes(*entry);
        wraps += u64::from(entry < previous);
        previous = entry;
        start + (wraps << 32 | u64::from(entry))
    });
    Ok(entries.collect())
}

/// Little-endian samples as `ape-decoder` returns them, to full scale 1.
fn append_samples(pcm: &[u8], bytes_per_sample: usize, samples: &mut Vec<f32>) {
    match bytes_per_sample {
        1 => samples.extend(pcm.iter().map(|byte| (f32::from(*byte) - 128.0) / 128.0)),
        2 => samples.extend(
            pcm.as_chunks()
                .0
                .iter()
                .map(|bytes| f32::from(i16::from_le_bytes(*bytes)) / 32_768.0),
        ),
        _ => samples.extend(pcm.as_chunks().0.iter().map(|[low, middle, high]| {
            let value = i32::from_le_bytes([0, *low, *middle, *high]) >> 8;
            value as f32 / 8_388_608.0
        })),
    }
}

fn read_header(bytes: &mut TrackBytes, buffer: &mut [u8]) -> Result<(), MediaError> {
    bytes
        .read_exact(buffer)
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => damaged("it ends within its headers"),
            _ => error.into(),
        })
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn damaged(reason: &str) -> MediaError {
    MediaError::Damaged(reason.into())
}
