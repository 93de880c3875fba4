//! Heads of FLAC frames, and the block that describes the stream (RFC 9639, sections 8.2 and 9.1).

/// The shortest blocks there may be, but for the last.
const MIN_BLOCK_FRAMES: u64 = 16;
/// Room for the heads and the sum of a frame.
const FRAME_EXTRA_BYTES: u64 = 1_024;

/// The block STREAMINFO.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StreamInfoBlock([u8; StreamInfoBlock::BYTES]);

impl StreamInfoBlock {
    pub(super) const BYTES: usize = 34;

    /// `None` for what is shorter than the block. Its fields may be empty, or wrong.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        bytes.first_chunk().copied().map(Self)
    }

    /// One that knows nothing.
    pub(super) fn unknown() -> Self {
        Self([0; Self::BYTES])
    }

    /// Whether the fields that decoding stands on are possible.
    pub(super) fn is_usable(&self) -> bool {
        let (min, max) = (self.min_block_frames(), self.max_block_frames());
        self.sample_rate_hz() > 0 && max >= MIN_BLOCK_FRAMES && min <= max
    }

    /// This STREAMINFO with what a frame's `header` says of itself. `None` if neither knows the rate or the
    /// bits.
    pub(super) fn corrected_by(&self, header: &FrameHeader) -> Option<Self> {
        let is_known = self.sample_rate_hz() > 0;
        let rate_hz = Some(header.sample_rate_hz).filter(|rate_hz| *rate_hz > 0);
        let rate_hz = rate_hz.or(Some(self.sample_rate_hz()).filter(|_| is_known))?;
        let bits = Some(header.bits).filter(|bits| *bits > 0);
        // Without a rate the block is empty, and its bits mean nothing.
        let has_bits = is_known || self.bits() > 1;
        let bits = bits.or(Some(self.bits()).filter(|_| has_bits))?;
        let mut this = *self;
        let word = rate_hz << 12
            | u32::from(header.channels - 1) << 9
            | u32::from(bits - 1) << 4
            | u32::from(self.0[13] & 15);
        this.0[10..14].copy_from_slice(&word.to_be_bytes());
        let (min, max) = (self.min_block_frames(), self.max_block_frames());
        let is_possible = MIN_BLOCK_FRAMES <= max && min <= max && header.frames <= max;
        if header.is_variable && !is_possible {
            this.set_blocks(MIN_BLOCK_FRAMES, u64::from(u16::MAX));
        } else if !(header.is_variable || min == max && is_possible) {
            this.set_blocks(header.frames, header.frames);
        }
        Some(this)
    }

    fn set_blocks(&mut self, min: u64, max: u64) {
        for (at, frames) in [(0, min), (2, max)] {
            let frames = u16::try_from(frames).unwrap_or(u16::MAX);
            self.0[at..at + 2].copy_from_slice(&frames.to_be_bytes());
        }
    }

    /// What a decoder wants to know, with any length of blocks, as their heads give it.
    pub(super) fn for_decoder(&self) -> Vec<u8> {
        let mut any = *self;
        any.set_blocks(MIN_BLOCK_FRAMES, u64::from(u16::MAX));
        any.0[4..10].fill(0);
        any.0[18..].fill(0);
        any.set_frames(0);
        any.0.to_vec()
    }

    /// More bytes than any frame has: each sample as it is, or a little worse.
    pub(super) fn most_frame_bytes(&self, frames: u64) -> usize {
        let bits = frames * u64::from(self.channels()) * (u64::from(self.bits()) + 1);
        let bytes = bits / 8 * 5 / 4 + FRAME_EXTRA_BYTES;
        usize::try_from(bytes).unwrap_or(usize::MAX)
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

    pub(super) fn sample_rate_hz(&self) -> u32 {
        u32::from_be_bytes([0, self.0[10], self.0[11], self.0[12]]) >> 4
    }

    pub(super) fn channels(&self) -> u8 {
        (self.0[12] >> 1 & 7) + 1
    }

    pub(super) fn bits(&self) -> u8 {
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
    pub(super) channels: u8,
    /// 0 for that of the stream.
    pub(super) sample_rate_hz: u32,
    /// 0 for those of the stream.
    pub(super) bits: u8,
    /// Whether it counts frames of sound, because blocks have different lengths.
    is_variable: bool,
}

impl FrameHeader {
    /// The longest head.
    pub(super) const MAX_BYTES: usize = 16;

    /// Reads the head that `bytes` begin with; `None` for what is none, or does not belong to `stream`.
    pub(super) fn parse(bytes: &[u8], stream: &StreamInfoBlock) -> Option<Self> {
        let this = Self::parse_any(bytes)?;
        let (min, max) = (stream.min_block_frames(), stream.max_block_frames());
        if this.channels != stream.channels()
            || ![0, stream.bits()].contains(&this.bits)
            || ![0, stream.sample_rate_hz()].contains(&this.sample_rate_hz)
            || max >= MIN_BLOCK_FRAMES && this.frames > max
        {
            return None;
        }
        if this.is_variable {
            return Some(this);
        }
        // Blocks of one length are numbered; the last may be shorter than the others.
        let block = match min {
            min if min == max => max.max(1),
            MIN_BLOCK_FRAMES.. => min,
            _ => this.frames,
        };
        Some(Self {
            first_frame: (this.first_frame / this.frames).checked_mul(block)?,
            ..this
        })
    }

    /// Reads the head that `bytes` begin with, of whatever stream it is.
    pub(super) fn parse_any(bytes: &[u8]) -> Option<Self> {
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
        if assignment > 10 || bits == 0xFF || rate == 15 || size == 0 {
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
        let sum = *bytes.get(at)?;
        if bytes[..at]
            .iter()
            .fold(0, |sum, byte| checksum_8(sum, *byte))
            != sum
        {
            return None;
        }
        Some(Self {
            first_frame: if is_variable {
                number
            } else {
                number.checked_mul(frames)?
            },
            frames,
            bytes: at + 1,
            channels,
            sample_rate_hz: u32::try_from(stated_hz).ok()?,
            bits,
            is_variable,
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

/// Whether `frame` is whole by its sum, with zeros behind it at the most.
pub(in crate::decoder) fn is_whole_frame(frame: &[u8]) -> bool {
    frame.iter().fold(0, |sum, byte| checksum_16(sum, *byte)) == 0
}

/// CRC of a frame: polynomial 0x8005. Over a whole frame with its sum it is 0.
pub(super) fn checksum_16(sum: u16, byte: u8) -> u16 {
    const TABLE: [u16; 256] = {
        let mut table = [0; 256];
        let mut index = 0;
        while index < 256 {
            let (mut sum, mut bit) = ((index as u16) << 8, 0);
            while bit < 8 {
                sum = sum << 1 ^ if sum & 0x8000 != 0 { 0x8005 } else { 0 };
                bit += 1;
            }
            table[index] = sum;
            index += 1;
        }
        table
    };
    sum << 8 ^ TABLE[usize::from(sum >> 8) ^ usize::from(byte)]
}
