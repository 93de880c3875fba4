//! ADPCM in MP4 and Matroska: packets of one block or several.

use super::super::adpcm::{AdpcmBlocks, AdpcmKind, Carried};
use super::decoded::Shape;
use crate::error::MediaError;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_ADPCM_IMA_QT, CODEC_ID_ADPCM_IMA_WAV, CODEC_ID_ADPCM_MS,
};

/// Where a WAVE header has the bytes of a block, and its frames.
const BLOCK_BYTES_AT: usize = 12;
const BLOCK_FRAMES_AT: usize = 18;

/// The decoder.
pub(super) struct Adpcm {
    blocks: AdpcmBlocks,
    shape: Shape,
    carried: Carried,
    block: Vec<f32>,
    has_loss: bool,
}

/// Describes `params` as sound in blocks, with the WAVE header `header`; `None` where `tag` is of none.
pub(super) fn describe(params: &mut AudioCodecParameters, tag: u16, header: &[u8]) -> Option<()> {
    params.for_codec(match tag {
        2 => CODEC_ID_ADPCM_MS,
        0x11 => CODEC_ID_ADPCM_IMA_WAV,
        _ => return None,
    });
    params
        .with_extra_data(header.into())
        .with_bits_per_sample(16);
    Some(())
}

/// Describes `params` as sound in Apple's blocks.
pub(super) fn describe_apple(params: &mut AudioCodecParameters) {
    params
        .for_codec(CODEC_ID_ADPCM_IMA_QT)
        .with_bits_per_sample(16);
}

/// The blocks of the sound that `params` describe; `None` where it is in none.
pub(super) fn blocks(params: &AudioCodecParameters) -> Option<AdpcmBlocks> {
    let channels = params.channels.as_ref()?.count();
    let kind = match params.codec {
        CODEC_ID_ADPCM_MS => AdpcmKind::Microsoft,
        CODEC_ID_ADPCM_IMA_WAV => AdpcmKind::Ima,
        CODEC_ID_ADPCM_IMA_QT => return AdpcmBlocks::apple(channels),
        _ => return None,
    };
    let header = params.extra_data.as_deref().unwrap_or_default();
    let word = |at: usize| Some(u16::from_le_bytes([*header.get(at)?, *header.get(at + 1)?]));
    let frames = word(BLOCK_FRAMES_AT).unwrap_or(0);
    AdpcmBlocks::new(kind, channels, word(BLOCK_BYTES_AT)?.into(), frames.into())
}

impl Adpcm {
    /// `None` for what is not in such blocks.
    pub(super) fn new(params: &AudioCodecParameters) -> Option<Self> {
        Some(Self {
            blocks: blocks(params)?,
            shape: Shape {
                rate_hz: params.sample_rate?,
                channels: params.channels.as_ref()?.count(),
            },
            carried: Carried::default(),
            block: Vec::new(),
            has_loss: false,
        })
    }

    pub(super) fn name(&self) -> &'static str {
        if self.blocks.kind() == AdpcmKind::Microsoft {
            "Microsoft ADPCM"
        } else {
            "IMA ADPCM"
        }
    }

    pub(super) fn reset(&mut self) {
        self.carried = Carried::default();
    }

    /// Whether a block decoded last was damaged, and is silent.
    pub(super) fn has_loss(&self) -> bool {
        self.has_loss
    }

    /// Replaces `samples` by the packet's.
    ///
    /// # Errors
    /// When it holds no block that can be.
    pub(super) fn decode(
        &mut self,
        packet: &[u8],
        samples: &mut Vec<f32>,
    ) -> Result<Shape, MediaError> {
        samples.clear();
        let (mut found, mut right) = (0, 0);
        for block in packet.chunks(self.blocks.block_bytes() as usize) {
            found += 1;
            let is_right = self
                .blocks
                .decode(block, &mut self.carried, &mut self.block);
            right += usize::from(is_right);
            samples.extend_from_slice(&self.block);
        }
        self.has_loss = right < found;
        if right == 0 || samples.is_empty() {
            return Err(MediaError::Damaged("a packet is damaged".into()));
        }
        Ok(self.shape)
    }
}
