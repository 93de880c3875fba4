//! Decoding single MPEG audio frames: by symphonia, and by `nanomp3` what symphonia refuses.

use super::header::FrameHeader;
use crate::media::decoder::codecs::make_decoder;
use crate::media::decoder::words::decode_error;
use crate::media::error::MediaError;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder};
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, Timestamp};

/// A decoder for one run of frames.
pub(in crate::media::decoder) enum FrameDecoder {
    Symphonia(Box<dyn AudioDecoder>),
    /// For layer II where symphonia holds bit rates for impossible that are not.
    Nano(Box<nanomp3::Decoder>),
}

impl FrameDecoder {
    /// A decoder for frames like that of `header`.
    ///
    /// # Errors
    /// When there is none.
    pub(in crate::media::decoder) fn new(header: &FrameHeader) -> Result<Self, MediaError> {
        if header.is_rare_layer2() {
            return Ok(Self::nano());
        }
        let mut params = AudioCodecParameters::new();
        params.for_codec(match header.layer {
            1 => CODEC_ID_MP1,
            2 => CODEC_ID_MP2,
            _ => CODEC_ID_MP3,
        });
        make_decoder(&params)
            .map(Self::Symphonia)
            .map_err(decode_error)
    }

    fn nano() -> Self {
        Self::Nano(Box::new(nanomp3::Decoder::new()))
    }

    /// Forgets what came before.
    pub(in crate::media::decoder) fn reset(&mut self) {
        match self {
            Self::Symphonia(decoder) => decoder.reset(),
            Self::Nano(decoder) => **decoder = nanomp3::Decoder::new(),
        }
    }

    /// Replaces `samples` by those of a frame; by none where it cannot be decoded.
    pub(in crate::media::decoder) fn decode(
        &mut self,
        frame: &[u8],
        header: &FrameHeader,
        samples: &mut Vec<f32>,
    ) {
        samples.clear();
        if matches!(self, Self::Symphonia(_)) && header.is_rare_layer2() {
            *self = Self::nano();
        }
        match self {
            Self::Symphonia(decoder) => {
                let frames = Duration::from(header.frames());
                let packet = Packet::new(0, Timestamp::from(0), frames, frame);
                if let Ok(buffer) = decoder.decode(&packet) {
                    buffer.copy_to_vec_interleaved(samples);
                }
            }
            Self::Nano(decoder) => {
                samples.resize(nanomp3::MAX_SAMPLES_PER_FRAME, 0.0);
                let (_, decoded) = decoder.decode(frame, samples);
                let frames = decoded.map_or(0, |frame| frame.samples_produced);
                samples.truncate(frames * usize::from(header.channels));
            }
        }
    }
}
