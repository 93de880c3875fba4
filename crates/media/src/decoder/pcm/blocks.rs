//! ADPCM in WAVE, AIFF-C and CAF: blocks of one length, one behind the other.

use super::super::adpcm::{AdpcmBlocks, Carried};
use super::chunks::SoundBytes;
use crate::decoder::source::{FrameSource, StreamInfo};
use crate::error::MediaError;
use crate::track_bytes::TrackBytes;
use std::io::{Read, Seek, SeekFrom};

/// Blocks that go on from one another are begun at every so many-th, where their state is kept.
const KEPT_BLOCKS: u64 = 1_024;

/// What the header says, as far as it can be believed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BlocksLayout {
    pub(super) container: &'static str,
    pub(super) codec: String,
    pub(super) blocks: AdpcmBlocks,
    pub(super) channels: usize,
    pub(super) sample_rate_hz: u32,
    /// Where the first block stands.
    pub(super) start: u64,
    pub(super) sound: SoundBytes,
    /// Frames in all, as another chunk has them.
    pub(super) declared_frames: Option<u64>,
}

/// Apple's blocks of ADPCM.
///
/// # Errors
/// When there are no channels, or too many.
pub(super) fn apple_blocks(
    container: &'static str,
    channels: usize,
    sample_rate_hz: u32,
    start: u64,
    sound: SoundBytes,
) -> Result<BlocksLayout, MediaError> {
    let blocks = AdpcmBlocks::apple(channels).ok_or_else(|| match channels {
        0 => MediaError::Damaged("no sample rate or channels".into()),
        channels => MediaError::Unsupported(format!("IMA ADPCM of {channels} channels")),
    })?;
    Ok(BlocksLayout {
        container,
        codec: "IMA ADPCM".into(),
        blocks,
        channels,
        sample_rate_hz,
        start,
        sound,
        declared_frames: None,
    })
}

/// An open file.
pub(super) struct Blocks {
    bytes: TrackBytes,
    info: StreamInfo,
    blocks: AdpcmBlocks,
    start: u64,
    /// The block that is read next.
    next: u64,
    /// Whether the file stands there.
    is_in_place: bool,
    has_loss: bool,
    carried: Carried,
    /// The state in front of every [`KEPT_BLOCKS`]th block, as far as has been decoded.
    kept: Vec<Carried>,
    block: Vec<u8>,
}

impl Blocks {
    /// Opens the sound that `layout` describes.
    ///
    /// # Errors
    /// When it has no rate.
    pub(super) fn new(bytes: TrackBytes, layout: &BlocksLayout) -> Result<Self, MediaError> {
        if layout.sample_rate_hz == 0 {
            return Err(MediaError::Damaged("no sample rate or channels".into()));
        }
        let blocks = layout.blocks;
        // The last block may have frames too many, which "fact" leaves out.
        let heard = |bytes: u64| {
            let all = blocks.frames_of(bytes);
            let least = all.saturating_sub(blocks.block_frames());
            let declared = layout.declared_frames;
            declared
                .filter(|frames| *frames > least && *frames < all)
                .unwrap_or(all)
        };
        let frames = layout.sound.there.map(heard);
        let promised = layout.sound.promised.map(heard);
        let cut = frames
            .zip(promised)
            .filter(|(found, declared)| found < declared);
        let cut = cut.map(|(found, declared)| MediaError::Truncated { declared, found });
        Ok(Self {
            info: StreamInfo {
                codec: layout.codec.clone(),
                container: layout.container.into(),
                sample_rate_hz: layout.sample_rate_hz,
                channels: layout.channels,
                // What comes out, like that of the laws.
                bits_per_sample: Some(16),
                frames,
                rough_duration: None,
                encoder_delay_frames: 0,
                encoder_padding_frames: 0,
                warnings: cut.map(|error| error.to_string()).into_iter().collect(),
                links: Vec::new(),
            },
            bytes,
            blocks,
            start: layout.start,
            next: 0,
            is_in_place: false,
            has_loss: false,
            carried: Carried::default(),
            kept: Vec::new(),
            block: Vec::new(),
        })
    }
}

impl FrameSource for Blocks {
    fn info(&self) -> &StreamInfo {
        &self.info
    }

    fn declares_exact_length(&self) -> bool {
        true
    }

    fn read(&mut self, samples: &mut Vec<f32>) -> Result<Option<u64>, MediaError> {
        let position = self.next.saturating_mul(self.blocks.block_frames());
        let end = self.info.frames.unwrap_or(u64::MAX);
        if position < end {
            if !self.is_in_place {
                let place = self.start + self.next * self.blocks.block_bytes();
                self.bytes.seek(SeekFrom::Start(place))?;
                self.is_in_place = true;
            }
            self.block.clear();
            (&mut self.bytes)
                .take(self.blocks.block_bytes())
                .read_to_end(&mut self.block)?;
            if self.next == self.kept.len() as u64 * KEPT_BLOCKS {
                self.kept.push(self.carried);
            }
            let is_right = self.blocks.decode(&self.block, &mut self.carried, samples);
            self.has_loss |= !is_right;
            self.next += 1;
            let left = usize::try_from(end - position).unwrap_or(usize::MAX);
            samples.truncate(left.saturating_mul(self.info.channels));
            if !samples.is_empty() {
                return Ok(Some(position));
            }
        }
        match std::mem::take(&mut self.has_loss) {
            true => Err(MediaError::lost()),
            false => Ok(None),
        }
    }

    fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        self.next = frame / self.blocks.block_frames();
        if self.blocks.is_chained() {
            // No farther than to where all is known; from there it is decoded to the frame.
            let last = self.kept.len().saturating_sub(1) as u64;
            let kept = (self.next / KEPT_BLOCKS).min(last);
            self.carried = self.kept.get(kept as usize).copied().unwrap_or_default();
            self.next = kept * KEPT_BLOCKS;
        }
        self.is_in_place = false;
        Ok(())
    }
}
