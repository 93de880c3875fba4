//! WAVE: "fmt " and "data".

use super::{SoundSummary, duration};
use crate::tags::bytes::{FileBytes, le};

/// Chunks looked at; real files have a handful.
const MAX_CHUNKS: usize = 64;
const PCM: u64 = 1;
const FLOAT: u64 = 3;
const EXTENSIBLE: u64 = 0xFFFE;

/// Reads integer and floating-point PCM; all else is left to the decoder.
pub(super) fn read(file: &mut FileBytes) -> Option<SoundSummary> {
    let head = file.read(0, 12);
    if head.get(8..12)? != b"WAVE" {
        return None;
    }
    let (mut at, mut format) = (12, None);
    for _ in 0..MAX_CHUNKS {
        let head: [u8; 8] = file.array(at)?;
        let (length, body) = (le(&head[4..]), at + 8);
        match &head[..4] {
            b"fmt " => format = Some(file.read(body, length.min(40))),
            b"data" => {
                let format = format?;
                let number = |from: usize, to| format.get(from..to).map(le);
                let tag = match number(0, 2)? {
                    EXTENSIBLE => number(24, 26)?,
                    tag => tag,
                };
                let (rate_hz, frame_bytes) = (u32::try_from(number(4, 8)?).ok()?, number(12, 14)?);
                let (channels, bits) = (number(2, 4)?, number(14, 16)?);
                // A whole number of bytes a sample, or the header is not to be trusted.
                if ![PCM, FLOAT].contains(&tag)
                    || channels == 0
                    || rate_hz == 0
                    || frame_bytes == 0
                    || frame_bytes != channels * bits.div_ceil(8)
                {
                    return None;
                }
                // A stream that was not finished claims nothing, or too much: the decoder knows more.
                let is_there = length > 0 && body.checked_add(length)? <= file.len();
                return is_there.then(|| SoundSummary {
                    codec: if tag == FLOAT { "PCM float" } else { "PCM" }.into(),
                    sample_rate_hz: rate_hz,
                    channels: channels as u32,
                    bits_per_sample: Some(bits as u32),
                    duration: duration(length / frame_bytes, rate_hz),
                });
            }
            _ => {}
        }
        at = body.checked_add(length)?.checked_next_multiple_of(2)?;
    }
    None
}
