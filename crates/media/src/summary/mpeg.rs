//! MP3: the frame in which encoders count their frames, where it is there and can be right.

use super::{SoundSummary, duration};
use crate::decoder::counted_frames;
use crate::tags::bytes::FileBytes;

/// ID3v2 tags in a row.
const MAX_TAGS: usize = 8;
/// Bytes in which the first frame lies.
const FRAME_BYTES: u64 = 3_072;

/// Reads a file that says how many frames it has; none where they have to be counted.
pub(super) fn read(file: &mut FileBytes) -> Option<SoundSummary> {
    let mut at = 0;
    for _ in 0..MAX_TAGS {
        let head: [u8; 10] = file.array(at)?;
        let [b'I', b'D', b'3', _, _, flags, size @ ..] = head else {
            break;
        };
        if size.iter().any(|byte| *byte > 0x7F) {
            return None;
        }
        let size = size.iter().fold(0, |n, byte| n << 7 | u64::from(*byte));
        at += 10 + size + if flags & 0x10 != 0 { 10 } else { 0 };
    }
    let head = file.read(at, FRAME_BYTES);
    let counted = counted_frames(&head, file.len() - at)?;
    Some(SoundSummary {
        codec: "MP3".into(),
        sample_rate_hz: counted.sample_rate_hz,
        channels: counted.channels,
        bits_per_sample: None,
        duration: duration(counted.frames, counted.sample_rate_hz),
    })
}
