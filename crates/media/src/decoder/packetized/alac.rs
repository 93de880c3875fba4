//! ALAC, whose packets have no checksum: a damaged one is told by where its sound ends.

use super::decoded::{Shape, decode_by_symphonia};
use crate::error::MediaError;
use symphonia::core::codecs::audio::AudioDecoder;

/// Bytes at the end of a packet without which its sound is never whole: behind the sound stand three bits, and up to
/// seven that fill a byte.
const LAST_BYTES: usize = 2;

/// The decoder, and what it finds out about packets.
pub(super) struct Alac {
    decoder: Box<dyn AudioDecoder>,
    is_doubtful: bool,
    unused: Vec<f32>,
}

impl Alac {
    pub(super) fn new(decoder: Box<dyn AudioDecoder>) -> Self {
        Self {
            decoder,
            is_doubtful: false,
            unused: Vec::new(),
        }
    }

    pub(super) fn reset(&mut self) {
        self.decoder.reset();
        self.is_doubtful = false;
    }

    /// Whether the packet decoded last has bits left over, as one has whose sound ended too early.
    pub(super) fn is_doubtful(&self) -> bool {
        self.is_doubtful
    }

    /// Replaces `samples` by the packet's.
    ///
    /// # Errors
    /// When it cannot be decoded.
    pub(super) fn decode(
        &mut self,
        packet: &[u8],
        samples: &mut Vec<f32>,
    ) -> Result<Shape, MediaError> {
        let shape = decode_by_symphonia(self.decoder.as_mut(), packet, samples)?;
        // The decoder does not say how many bits it used, but without the last ones it must fail.
        let shorter = &packet[..packet.len().saturating_sub(LAST_BYTES)];
        let again = decode_by_symphonia(self.decoder.as_mut(), shorter, &mut self.unused);
        self.is_doubtful = again.is_ok();
        Ok(shape)
    }
}
