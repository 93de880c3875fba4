//! Decoding single MPEG audio frames: by symphonia, and by `nanomp3` what symphonia refuses or makes noise of.

use super::header::{FrameHeader, HEADER_BYTES};
use crate::decoder::codecs::make_decoder;
use crate::decoder::symphonia_names::decode_error;
use crate::error::MediaError;
use std::collections::VecDeque;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder};
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, Timestamp};

/// Frames kept for a change of decoders: layer III borrows bytes from up to ten before.
const KEPT_FRAMES: usize = 12;

/// A decoder for one run of frames.
pub(in crate::decoder) struct FrameDecoder {
    decoder: Decoder,
    /// The last frames, of layer III.
    kept: VecDeque<Vec<u8>>,
}

enum Decoder {
    Symphonia(Box<dyn AudioDecoder>),
    /// For layer II where symphonia holds bit rates for impossible that are not, and for layer III from the
    /// first mixed block on, of which symphonia makes noise far over full scale.
    Nano(Box<nanomp3::Decoder>),
}

impl Decoder {
    fn nano() -> Self {
        Self::Nano(Box::new(nanomp3::Decoder::new()))
    }
}

impl FrameDecoder {
    /// A decoder for frames like that of `header`.
    ///
    /// # Errors
    /// When there is none.
    pub(in crate::decoder) fn new(header: &FrameHeader) -> Result<Self, MediaError> {
        let kept = VecDeque::new();
        if header.is_rare_layer2() {
            let decoder = Decoder::nano();
            return Ok(Self { decoder, kept });
        }
        let mut params = AudioCodecParameters::new();
        params.for_codec(match header.layer {
            1 => CODEC_ID_MP1,
            2 => CODEC_ID_MP2,
            _ => CODEC_ID_MP3,
        });
        let decoder = make_decoder(&params).map_err(decode_error)?;
        let decoder = Decoder::Symphonia(decoder);
        Ok(Self { decoder, kept })
    }

    /// Forgets what came before.
    pub(in crate::decoder) fn reset(&mut self) {
        self.kept.clear();
        match &mut self.decoder {
            Decoder::Symphonia(decoder) => decoder.reset(),
            Decoder::Nano(decoder) => **decoder = nanomp3::Decoder::new(),
        }
    }

    /// Goes on with the other decoder, if `frame` is one that symphonia cannot decode.
    fn choose(&mut self, frame: &[u8], header: &FrameHeader) {
        if matches!(self.decoder, Decoder::Nano(_)) {
            return;
        }
        if header.is_rare_layer2() {
            self.decoder = Decoder::nano();
            return;
        }
        if header.layer != 3 {
            return;
        }
        if has_mixed_block(frame, header) {
            let mut decoder = Box::new(nanomp3::Decoder::new());
            let mut samples = vec![0.0; nanomp3::MAX_SAMPLES_PER_FRAME];
            for frame in self.kept.drain(..) {
                let _ = decoder.decode(&frame, &mut samples);
            }
            self.decoder = Decoder::Nano(decoder);
            return;
        }
        let mut kept = match self.kept.len() {
            KEPT_FRAMES => self.kept.pop_front().unwrap_or_default(),
            _ => Vec::new(),
        };
        kept.clear();
        kept.extend_from_slice(frame);
        self.kept.push_back(kept);
    }

    /// Replaces `samples` by those of a frame; by none where it cannot be decoded.
    pub(in crate::decoder) fn decode(
        &mut self,
        frame: &[u8],
        header: &FrameHeader,
        samples: &mut Vec<f32>,
    ) {
        samples.clear();
        self.choose(frame, header);
        match &mut self.decoder {
            Decoder::Symphonia(decoder) => {
                let frames = Duration::from(header.frames());
                let packet = Packet::new(0, Timestamp::from(0), frames, frame);
                if let Ok(buffer) = decoder.decode(&packet) {
                    buffer.copy_to_vec_interleaved(samples);
                }
            }
            Decoder::Nano(decoder) => {
                samples.resize(nanomp3::MAX_SAMPLES_PER_FRAME, 0.0);
                let (_, decoded) = decoder.decode(frame, samples);
                let frames = decoded.map_or(0, |frame| frame.samples_produced);
                samples.truncate(frames * usize::from(header.channels));
            }
        }
    }
}

/// Whether a granule of a layer III frame has long blocks below short ones (ISO 11172-3, 2.4.1.7).
fn has_mixed_block(frame: &[u8], header: &FrameHeader) -> bool {
    let channels = usize::from(header.channels);
    let side = HEADER_BYTES + if header.has_checksum { 2 } else { 0 };
    let bit = |at: usize| {
        frame
            .get(side + at / 8)
            .is_some_and(|byte| byte >> (7 - at % 8) & 1 == 1)
    };
    // Bits in front of the granules, of a granule of one channel, and in it up to the flag of other windows.
    let (front, granules, bits, flag) = match (header.is_mpeg1, channels) {
        (true, 1) => (18, 2, 59, 33),
        (true, _) => (20, 2, 59, 33),
        (false, 1) => (9, 1, 63, 38),
        (false, _) => (10, 1, 63, 38),
    };
    (0..granules * channels).any(|granule| {
        let at = front + granule * bits + flag;
        // The flag of other windows, two bits of their kind, and the flag of a mixed block.
        bit(at) && bit(at + 3)
    })
}
