//! WavPack (.wv): lossless, and hybrid files without their correction file.
//!
//! Every block can be decoded by itself, and its checksum tells whether that went right. A block that
//! is damaged is silent, so that what follows keeps its time; at the end the damage is reported.

mod scan;

use crate::decoder::source::{FrameSource, StreamInfo};
use crate::error::MediaError;
use crate::track_bytes::TrackBytes;
use ::wavpack::{BlockDecoder, MAX_CHANNELS, custom_rate_hz, is_correction};
use scan::{Blocks, FoundBlock};

/// Longest gap between blocks that is filled with silence: frames.
const MAX_GAP_FRAMES: u64 = 1 << 20;
/// Frames of silence at a time.
const SILENCE_FRAMES: u64 = 1 << 16;

/// An open file.
pub(super) struct WavPack {
    blocks: Blocks,
    info: StreamInfo,
    /// Where the first block with sound is.
    first_offset: u64,
    /// The number of the track's first frame.
    first_index: u64,
    frames: u64,
    /// The frame the next block should begin with, unless it is only now to be learnt.
    position: u64,
    is_resyncing: bool,
    damaged_blocks: usize,
    decoder: BlockDecoder,
    body: Vec<u8>,
}

impl WavPack {
    /// Reads the first blocks' headers, and looks for the last block if they do not tell the length.
    ///
    /// # Errors
    /// When they cannot be read, or ask for what is not supported.
    pub(super) fn open(bytes: TrackBytes) -> Result<Self, MediaError> {
        let mut blocks = Blocks::new(bytes);
        let no_sound = || MediaError::Damaged("it has no block with sound".into());
        let first = loop {
            let block = blocks.next_block()?.ok_or_else(no_sound)?;
            if block.header.frames > 0 && block.header.is_initial() {
                break block;
            }
            blocks.skip(&block);
        };
        let header = first.header;
        if header.is_dsd() {
            return Err(MediaError::Unsupported("DSD in WavPack".into()));
        }
        let mut body = Vec::new();
        blocks.read_body(&first, &mut body)?;
        if is_correction(&body) {
            let name = "a WavPack correction file, whose sound is in the .wv file it belongs to,";
            return Err(MediaError::Unsupported(name.into()));
        }
        let sample_rate_hz = header
            .sample_rate_hz()
            .or_else(|| custom_rate_hz(&body))
            .filter(|rate| *rate > 0)
            .ok_or_else(|| MediaError::Damaged("it does not tell its rate".into()))?;
        let channels = count_channels(&mut blocks, &first)?;
        // Where the length is known, blocks missing in front are too.
        let (first_index, frames) = match header.total_frames {
            Some(frames) => (0, frames),
            None => {
                let end = blocks.last_block()?.map_or(0, |last| last.end_index());
                (header.index, end.saturating_sub(header.index))
            }
        };
        blocks.go_to(first.offset);
        let mut this = Self {
            blocks,
            info: StreamInfo {
                codec: "WavPack".into(),
                container: "wv".into(),
                sample_rate_hz,
                channels,
                bits_per_sample: Some(header.bits()),
                frames: Some(frames),
                rough_duration: None,
                encoder_delay_frames: 0,
                encoder_padding_frames: 0,
                warnings: Vec::new(),
                links: Vec::new(),
            },
            first_offset: first.offset,
            first_index,
            frames,
            position: 0,
            is_resyncing: false,
            damaged_blocks: 0,
            decoder: BlockDecoder::default(),
            body,
        };
        if frames > 0 {
            this.expect_sound()?;
        }
        Ok(this)
    }

    /// Looks for a block that can be decoded, and goes back to the beginning.
    ///
    /// # Errors
    /// When there is none.
    fn expect_sound(&mut self) -> Result<(), MediaError> {
        let (mut samples, mut tried) = (Vec::new(), 0);
        loop {
            let Some((block, start)) = self.next_initial()? else {
                let reason = format!("none of its {tried} blocks can be decoded");
                return Err(MediaError::Damaged(reason));
            };
            tried += 1;
            // Where the file ends within the block, it is told to be cut when it is played.
            if !self.decode_from(block, &mut samples)? || self.damaged_blocks == 0 {
                break;
            }
            self.damaged_blocks = 0;
            self.position = start + block.header.frames as u64;
        }
        self.blocks.go_to(self.first_offset);
        (self.position, self.damaged_blocks) = (0, 0);
        Ok(())
    }

    /// The next block that begins a stretch of time not yet returned.
    fn next_initial(&mut self) -> Result<Option<(FoundBlock, u64)>, MediaError> {
        while self.position < self.frames || self.is_resyncing {
            let Some(block) = self.blocks.next_block()? else {
                return Ok(None);
            };
            let start = block.header.index.wrapping_sub(self.first_index);
            let is_inside = start
                .checked_add(block.header.frames as u64)
                .is_some_and(|end| end <= self.frames && end > self.position);
            if block.header.frames > 0 && block.header.is_initial() && is_inside {
                return Ok(Some((block, start)));
            }
            self.blocks.skip(&block);
        }
        Ok(None)
    }

    /// Replaces `samples` by the blocks from `block` on that belong to one stretch of time; false
    /// where the file ends within them.
    fn decode_from(
        &mut self,
        mut block: FoundBlock,
        samples: &mut Vec<f32>,
    ) -> Result<bool, MediaError> {
        let (channels, first) = (self.info.channels, block.header);
        samples.clear();
        samples.resize(first.frames * channels, 0.0);
        let mut channel = 0;
        let mut is_whole = false;
        loop {
            let header = block.header;
            if !self.blocks.read_body(&block, &mut self.body)? {
                return Ok(false);
            }
            let width = header.channels();
            let is_fitting = (header.frames, header.index) == (first.frames, first.index)
                && channel + width <= channels
                && !header.is_dsd();
            if !is_fitting {
                break;
            }
            let put = |n: usize, frame: [f32; 2]| {
                let at = n * channels + channel;
                samples[at..at + width].copy_from_slice(&frame[..width]);
            };
            if self.decoder.decode(&header, &self.body, put).is_none() {
                break;
            }
            channel += width;
            if header.is_final() || channel == channels {
                is_whole = channel == channels;
                break;
            }
            match self.blocks.next_block()? {
                Some(next) if !next.header.is_initial() => block = next,
                Some(_) => break,
                None => return Ok(false),
            }
        }
        if !is_whole {
            self.damaged_blocks += 1;
            samples.fill(0.0);
        }
        Ok(true)
    }
}

impl FrameSource for WavPack {
    fn info(&self) -> &StreamInfo {
        &self.info
    }

    fn declares_exact_length(&self) -> bool {
        true
    }

    fn may_exceed_full_scale(&self) -> bool {
        // Floating-point samples have as many bits as the widest integers.
        self.info.bits_per_sample == Some(32)
    }

    fn read(&mut self, samples: &mut Vec<f32>) -> Result<Option<u64>, MediaError> {
        if let Some((block, start)) = self.next_initial()? {
            let gap = start.saturating_sub(self.position);
            if gap > 0 && gap <= MAX_GAP_FRAMES && !self.is_resyncing {
                let silence = gap.min(SILENCE_FRAMES);
                samples.clear();
                samples.resize(silence as usize * self.info.channels, 0.0);
                self.damaged_blocks += usize::from(silence == gap);
                self.position += silence;
                return Ok(Some(self.position - silence));
            }
            if self.decode_from(block, samples)? {
                self.is_resyncing = false;
                self.position = start + block.header.frames as u64;
                return Ok(Some(start));
            }
        }
        match std::mem::take(&mut self.damaged_blocks) {
            0 => Ok(None),
            count => Err(MediaError::Damaged(format!(
                "{count} blocks could not be decoded"
            ))),
        }
    }

    fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        let index = self.first_index.saturating_add(frame);
        self.blocks.seek(self.first_offset, index)?;
        self.position = 0;
        self.is_resyncing = true;
        self.damaged_blocks = 0;
        Ok(())
    }
}

/// Channels of the blocks from `first` on that belong to one stretch of time.
fn count_channels(blocks: &mut Blocks, first: &FoundBlock) -> Result<usize, MediaError> {
    let (mut channels, mut block) = (0, *first);
    loop {
        channels += block.header.channels();
        if channels > MAX_CHANNELS {
            return Err(MediaError::Unsupported(format!(
                "WavPack with more than {MAX_CHANNELS} channels"
            )));
        }
        if block.header.is_final() {
            return Ok(channels);
        }
        blocks.skip(&block);
        block = match blocks.next_block()? {
            Some(next) if !next.header.is_initial() => next,
            _ => return Err(MediaError::Damaged("its first blocks make no sense".into())),
        };
    }
}
