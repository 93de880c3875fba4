//! DSD: one-bit files (.dsf, .dff) as PCM.
//!
//! A decimating filter makes 88.2 kHz of DSD64 and 176.4 kHz of all faster ones. A bit stream of ones
//! alone would be full scale, so that 0 dB SA-CD, half of that modulation, is -6 dBFS and the peaks
//! the format allows above it (+3.1 dB) do not clip.
//!
//! The filters' delay is removed: frame `n` is the signal at bit `n` times the decimation, and there
//! are as many frames as such bits, which is the bit count divided by the decimation, rounded up.

mod container;
mod decimator;

use super::content::FileKind;
use crate::decoder::source::{FrameSource, StreamInfo};
use crate::error::MediaError;
use crate::track_bytes::TrackBytes;
use container::DsdLayout;
use decimator::{Decimator, IDLE_BYTE};
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

/// Frames decoded at a time.
const CHUNK_FRAMES: u64 = 2048;

/// An open file. Any stretch of it can be decoded without what is before it.
pub(super) struct Dsd {
    bytes: TrackBytes,
    info: StreamInfo,
    layout: DsdLayout,
    decimator: Decimator,
    /// Bytes of each channel that the file really has.
    available_bytes: u64,
    available_frames: u64,
    position: u64,
    /// Blocks of all channels as they are in the file, and the bytes of one channel.
    blocks: Vec<u8>,
    channel_bytes: Vec<u8>,
    pcm: Vec<f32>,
}

impl Dsd {
    /// Reads the headers of a file of `kind`.
    ///
    /// # Errors
    /// When they cannot be read, contradict themselves, or ask for what is not supported.
    pub(super) fn open(mut bytes: TrackBytes, kind: FileKind) -> Result<Self, MediaError> {
        let (layout, container) = match kind {
            FileKind::Dsf => (container::read_dsf(&mut bytes)?, "dsf"),
            _ => (container::read_dff(&mut bytes)?, "dff"),
        };
        let decimator = Decimator::new(layout.bit_rate_hz);
        let decimation = u64::from(decimator.decimation());
        let data_bytes = bytes.len().unwrap_or(0).saturating_sub(layout.data_start);
        let available_bytes = layout.channel_bytes_in(data_bytes);
        let available_bits = available_bytes.saturating_mul(8).min(layout.bits);
        let info = StreamInfo {
            codec: "DSD".into(),
            container: container.into(),
            sample_rate_hz: layout.bit_rate_hz / decimator.decimation(),
            channels: layout.channels,
            bits_per_sample: Some(1),
            frames: Some(layout.bits.div_ceil(decimation)),
            rough_duration: None,
            encoder_delay_frames: 0,
            encoder_padding_frames: 0,
            warnings: Vec::new(),
            links: Vec::new(),
        };
        Ok(Self {
            bytes,
            info,
            layout,
            decimator,
            available_bytes,
            available_frames: available_bits.div_ceil(decimation),
            position: 0,
            blocks: Vec::new(),
            channel_bytes: Vec::new(),
            pcm: Vec::new(),
        })
    }

    /// Reads the blocks that hold the bytes `wanted` of every channel; returns the first one's number.
    fn read_blocks(&mut self, wanted: &Range<i64>) -> Result<u64, MediaError> {
        let block_bytes = self.layout.block_bytes;
        let available = |byte: i64| (byte.max(0) as u64).min(self.available_bytes);
        let first = available(wanted.start) / block_bytes;
        let end = available(wanted.end).div_ceil(block_bytes);
        let group_bytes = block_bytes * self.layout.channels as u64;
        let from = self.layout.data_start + first * group_bytes;
        self.bytes.seek(SeekFrom::Start(from))?;
        self.blocks.clear();
        Read::by_ref(&mut self.bytes)
            .take((end - first) * group_bytes)
            .read_to_end(&mut self.blocks)?;
        Ok(first)
    }

    /// Copies the bytes `wanted` of `channel`, first bit highest, with silence for those the file has not.
    fn gather_channel(&mut self, channel: usize, wanted: &Range<i64>, first_block: u64) {
        let block_bytes = self.layout.block_bytes;
        let channels = self.layout.channels as u64;
        self.channel_bytes.clear();
        for byte in wanted.clone() {
            let inside = u64::try_from(byte)
                .ok()
                .filter(|byte| *byte < self.available_bytes);
            let stored = inside.and_then(|byte| {
                let block = byte / block_bytes - first_block;
                let at = (block * channels + channel as u64) * block_bytes + byte % block_bytes;
                self.blocks.get(at as usize).copied()
            });
            self.channel_bytes.push(match stored {
                Some(byte) if self.layout.is_lowest_bit_first => byte.reverse_bits(),
                Some(byte) => byte,
                None => IDLE_BYTE,
            });
        }
    }
}

impl FrameSource for Dsd {
    fn info(&self) -> &StreamInfo {
        &self.info
    }

    fn declares_exact_length(&self) -> bool {
        true
    }

    fn read(&mut self, samples: &mut Vec<f32>) -> Result<Option<u64>, MediaError> {
        let start = self.position;
        let frames = self
            .available_frames
            .saturating_sub(start)
            .min(CHUNK_FRAMES);
        if frames == 0 {
            return Ok(None);
        }
        let wanted = self.decimator.bytes_for(start..start + frames);
        let first_block = self.read_blocks(&wanted)?;
        let channels = self.info.channels;
        samples.clear();
        samples.resize(frames as usize * channels, 0.0);
        for channel in 0..channels {
            self.gather_channel(channel, &wanted, first_block);
            self.decimator.run(&self.channel_bytes, &mut self.pcm);
            let of_channel = samples[channel..].iter_mut().step_by(channels);
            for (sample, value) in of_channel.zip(&self.pcm) {
                *sample = *value;
            }
        }
        self.position += frames;
        Ok(Some(start))
    }

    fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        self.position = frame;
        Ok(())
    }
}
