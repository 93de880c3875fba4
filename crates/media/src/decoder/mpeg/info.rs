//! The frame without sound in which encoders count their frames: Xing's, with what LAME added, and VBRI.

use super::header::{FrameHeader, HEADER_BYTES};
use std::ops::RangeInclusive;

/// Frames that every decoder gives before the encoder's first one: of layer III's filters.
const DECODER_DELAY_FRAMES: u64 = 529;
/// Where VBRI stands behind the head, whatever the side information.
const VBRI_OFFSET: usize = 32;

/// The shortest and the longest frames of layer III.
const FRAME_BYTES: RangeInclusive<u64> = 24..=2_881;
/// No file is as long as two days.
const MAX_SECONDS: u64 = 2 * 24 * 3_600;

/// What such a frame says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct InfoFrame {
    /// MPEG frames, without this one.
    pub(super) mpeg_frames: Option<u64>,
    /// Bytes of all MPEG frames, this one included.
    pub(super) bytes: Option<u64>,
    /// Frames of sound in front that are none of the source's, the decoder's own included.
    pub(super) delay_frames: u64,
    /// Frames of sound at the end that are none of the source's.
    pub(super) padding_frames: u64,
}

impl InfoFrame {
    /// Reads what `frame` says, which begins with `header`; `None` for a frame with sound. A count that cannot be is
    /// left out.
    pub(super) fn parse(header: &FrameHeader, frame: &[u8]) -> Option<Self> {
        let mut this = Self::read(header, frame)?;
        this.mpeg_frames = this.mpeg_frames.filter(|frames| {
            let seconds = frames * header.frames() / u64::from(header.sample_rate_hz);
            let bytes = this.bytes.filter(|bytes| *bytes > 0);
            let are_possible = |bytes: u64| {
                FRAME_BYTES.contains(&(bytes / frames))
                    || bytes <= header.bytes + *FRAME_BYTES.end()
            };
            *frames > 0 && seconds <= MAX_SECONDS && bytes.is_none_or(are_possible)
        });
        Some(this)
    }

    fn read(header: &FrameHeader, frame: &[u8]) -> Option<Self> {
        if header.layer != 3 {
            return None;
        }
        let word = |at: usize| -> Option<u64> {
            let bytes = frame.get(at..at + 4)?.try_into().ok()?;
            Some(u64::from(u32::from_be_bytes(bytes)))
        };
        let vbri = HEADER_BYTES + VBRI_OFFSET;
        if frame.get(vbri..)?.starts_with(b"VBRI") {
            return Some(Self {
                bytes: word(vbri + 10),
                mpeg_frames: word(vbri + 14),
                ..Self::default()
            });
        }
        // Some programs write a checksum's flag and no checksum.
        let side = HEADER_BYTES + header.side_bytes();
        let without = side - if header.has_checksum { 2 } else { 0 };
        let mut at = [side, without].into_iter().find(|at| {
            let name = frame.get(*at..*at + 4);
            matches!(name, Some(b"Xing" | b"Info"))
        })?;
        let flags = word(at + 4)?;
        at += 8;
        let mut field = |flag: u64, bytes: usize| {
            let value = (flags & flag != 0).then(|| word(at)).flatten();
            at += if flags & flag != 0 { bytes } else { 0 };
            value
        };
        let (mpeg_frames, bytes) = (field(1, 4), field(2, 4));
        field(4, 100);
        field(8, 4);
        let mut info = Self {
            mpeg_frames: mpeg_frames.filter(|frames| *frames > 0),
            bytes,
            ..Self::default()
        };
        // LAME's part: a name of nine bytes, and twelve bytes on three for both lengths.
        let lame = frame.get(at..at + 24)?;
        let is_named = lame[..4].iter().all(u8::is_ascii_alphanumeric);
        if is_named {
            let (first, second, third) = (
                u64::from(lame[21]),
                u64::from(lame[22]),
                u64::from(lame[23]),
            );
            let (delay, padding) = (first << 4 | second >> 4, (second & 15) << 8 | third);
            info.delay_frames = delay + DECODER_DELAY_FRAMES;
            info.padding_frames = padding.saturating_sub(DECODER_DELAY_FRAMES);
        }
        Some(info)
    }
}
