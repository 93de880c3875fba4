//! FLAC: the STREAMINFO block (RFC 9639, section 8.2).

use super::{SoundSummary, duration};
use crate::tags::bytes::{FileBytes, be};

/// Of the mark, the head of the block and the block itself.
const HEAD_BYTES: u64 = 42;

/// Reads the stream whose mark is at `start`; none where it does not say how long it is.
pub(super) fn read(file: &mut FileBytes, start: u64) -> Option<SoundSummary> {
    let head = file.read(start, HEAD_BYTES);
    let block = head.strip_prefix(b"fLaC\0\0\0\x22".as_slice());
    let last = head.strip_prefix(b"fLaC\x80\0\0\x22".as_slice());
    let packed = be(block.or(last)?.get(10..18)?);
    let frames = packed & 0xF_FFFF_FFFF;
    let rate_hz = u32::try_from(packed >> 44).ok()?;
    if frames == 0 || rate_hz == 0 {
        return None;
    }
    Some(SoundSummary {
        codec: "FLAC".into(),
        sample_rate_hz: rate_hz,
        channels: (packed >> 41 & 7) as u32 + 1,
        bits_per_sample: Some((packed >> 36 & 31) as u32 + 1),
        duration: duration(frames, rate_hz),
    })
}
