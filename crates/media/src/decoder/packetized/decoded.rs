//! What comes out of a packet, and the packets that symphonia decodes.

use super::super::symphonia_names::decode_error;
use crate::error::MediaError;
use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::errors::Error;
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, Timestamp};

/// What a packet was decoded to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) rate_hz: u32,
    pub(super) channels: usize,
}

/// Replaces `samples` by what a decoder of symphonia makes of a packet.
///
/// # Errors
/// When the packet is damaged.
pub(super) fn decode_by_symphonia(
    decoder: &mut dyn AudioDecoder,
    packet: &[u8],
    samples: &mut Vec<f32>,
) -> Result<Shape, MediaError> {
    let packet = Packet::new(0, Timestamp::ZERO, Duration::ZERO, packet);
    let buffer = decoder.decode(&packet).map_err(|error| match error {
        Error::IoError(_) => MediaError::Damaged("a packet is cut short".into()),
        error => decode_error(error),
    })?;
    buffer.copy_to_vec_interleaved(samples);
    let spec = buffer.spec();
    Ok(Shape {
        rate_hz: spec.rate(),
        channels: spec.channels().count(),
    })
}
