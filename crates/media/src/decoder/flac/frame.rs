//! Heads of FLAC frames, and the block that describes the stream (RFC 9639, sections 8.2 and 9.1).

use crate::decoder::StreamInfo;

/// The block STREAMINFO.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StreamInfoBlock([u8; StreamInfoBlock::BYTES]);

impl StreamInfoBlock {
    pub(super) const BYTES: usize = 34;

    /// `None` for what describes no sound.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let this = Self(*bytes.first_chunk()?);
        (this.sample_rate_hz() > 0).then_some(this)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// What a file without a frame is.
    pub(super) fn info(&self) -> StreamInfo {
        StreamInfo {
            codec: "FLAC".into(),
            container: "flac".into(),
            sample_rate_hz: self.sample_rate_hz(),
            channels: usize::from(self.channels()),
            bits_per_sample: Some(u32::from(self.bits())),
            frames: Some(0),
            rough_duration: None,
            encoder_delay_frames: 0,
            encoder_padding_frames: 0,
            warnings: Vec::new(),
            links: Vec::new(),
        }
    }

    /// The longest block, in frames.
    fn max_block_frames(&self) -> u64 {
        u64::from(u16::from_be_bytes([self.0[2], self.0[3]]))
    }

    fn min_block_frames(&self) -> u64 {
        u64::from(u16::from_be_bytes([self.0[0], self.0[1]]))
    }

    /// The longest frame in bytes, where it is known.
    pub(super) fn max_frame_bytes(&self) -> Option<usize> {
        let bytes = u32::from_be_bytes([0, self.0[7], self.0[8], self.0[9]]);
        (bytes > 0).then_some(bytes as usize)
    }

    fn sample_rate_hz(&self) -> u32 {
        u32::from_be_bytes([0, self.0[10], self.0[11], self.0[12]]) >> 4
    }

    fn channels(&self) -> u8 {
        (self.0[12] >> 1 & 7) + 1
    }

    fn bits(&self) -> u8 {
        ((self.0[12] & 1) << 4 | self.0[13] >> 4) + 1
    }

    /// Frames of sound in all; 0 where they are not known.
    pub(super) fn frames(&self) -> u64 {
        let [h, a, b, c, d] = [self.0[13], self.0[14], self.0[15], self.0[16], self.0[17]];
        u64::from_be_bytes([0, 0, 0, h & 15, a, b, c, d])
    }

    pub(super) fn set_frames(&mut self, frames: u64) {
        // More than 36 bits cannot be said: then they are not known.
        let frames = if frames >> 36 == 0 { frames } else { 0 };
        let [.., h, a, b, c, d] = frames.to_be_bytes();
        self.0[13] = self.0[13] & 0xF0 | h;
        self.0[14..18].copy_from_slice(&[a, b, c, d]);
    }
}

/// The head of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameHeader {
    /// Number of its first frame of sound.
    pub(super) first_frame: u64,
    /// Frames of sound in it.
    pub(super) frames: u64,
    /// Bytes of the head itself.
    pub(super) bytes: usize,
}

impl FrameHeader {
    /// The longest head.
    pub(super) const MAX_BYTES: usize = 16;

    /// Reads the head that `bytes` begin with; `None` for what is none, or does not belong to `stream`.
    pub(super) fn parse(bytes: &[u8], stream: &StreamInfoBlock) -> Option<Self> {
        let &[0xFF, second, sizes, form, ..] = bytes else {
            return None;
        };
        // Fourteen bits of sync, one that is reserved, and whether blocks have different lengths.
        if second & 0xFE != 0xF8 || form & 1 != 0 {
            return None;
        }
        let is_variable = second & 1 == 1;
        let (size, rate) = (sizes >> 4, sizes & 15);
        let (assignment, width) = (form >> 4, form >> 1 & 7);
        let channels = if assignment < 8 { assignment + 1 } else { 2 };
        let bits = [0, 8, 12, 0xFF, 16, 20, 24, 32][usize::from(width)];
        if assignment > 10
            || channels != stream.channels()
            || bits != 0 && bits != stream.bits()
            || rate == 15
            || size == 0
        {
            return None;
        }
        let mut at = 4;
        let number = coded_number(bytes, &mut at)?;
        let mut word = |bytes_of: usize| -> Option<u64> {
            let value = bytes.get(at..at + bytes_of)?;
            at += bytes_of;
            Some(
                value
                    .iter()
                    .fold(0, |value, byte| value << 8 | u64::from(*byte)),
            )
        };
        let frames = match size {
            1 => 192,
            2..=5 => 576 << (size - 2),
            6 => word(1)? + 1,
            7 => word(2)? + 1,
            _ => 256 << (size - 8),
        };
        let stated_hz = match rate {
            12 => word(1)? * 1_000,
            13 => word(2)?,
            14 => word(2)? * 10,
            0 => 0,
            rate => {
                const RATES_HZ: [u64; 11] = [
                    88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100,
                    48_000, 96_000,
                ];
                RATES_HZ[usize::from(rate) - 1]
            }
        };
        if stated_hz != 0 && stated_hz != u64::from(stream.sample_rate_hz()) {
            return None;
        }
        let max = stream.max_block_frames();
        if max >= 16 && frames > max {
            return None;
        }
        let sum = *bytes.get(at)?;
        if bytes[..at]
            .iter()
            .fold(0, |sum, byte| checksum_8(sum, *byte))
            != sum
        {
            return None;
        }
        // Blocks of one length are numbered; the last may be shorter than the others.
        let block = if stream.min_block_frames() >= 16 {
            stream.min_block_frames()
        } else {
            frames
        };
        let block = if stream.min_block_frames() == max {
            max.max(1)
        } else {
            block
        };
        Some(Self {
            first_frame: if is_variable {
                number
            } else {
                number.checked_mul(block)?
            },
            frames,
            bytes: at + 1,
        })
    }
}

/// A number in the form of UTF-8, of up to 36 bits.
fn coded_number(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let first = *bytes.get(*at)?;
    let more = match first.leading_ones() {
        0 => 0,
        ones @ 2..=7 => ones as usize - 1,
        _ => return None,
    };
    let mut number = u64::from(first) & (0x7F >> more);
    for byte in bytes.get(*at + 1..*at + 1 + more)? {
        if byte >> 6 != 0b10 {
            return None;
        }
        number = number << 6 | u64::from(byte & 0x3F);
    }
    *at += 1 + more;
    Some(number)
}

/// CRC of a head: polynomial 0x07.
fn checksum_8(sum: u8, byte: u8) -> u8 {
    (0..8).fold(sum ^ byte, |sum, _| {
        sum << 1 ^ if sum & 0x80 != 0 { 0x07 } else { 0 }
    })
}

/// CRC of a frame: polynomial 0x8005. Over a whole frame with its sum it is 0.
pub(super) fn checksum_16(sum: u16, byte: u8) -> u16 {
    (0..8).fold(sum ^ u16::from(byte) << 8, |sum, _| {
        sum << 1 ^ if sum & 0x8000 != 0 { 0x8005 } else { 0 }
    })
}
