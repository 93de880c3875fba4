//! What the encoder did to samples before it coded them, undone: bits left out of integers, and the
//! way of floating-point numbers to 24 bits.

use crate::bits::BitReader;
use crate::header::BlockHeader;

/// The bits that did not fit the main stream, with the checksum of what comes of them.
#[derive(Debug, Clone)]
pub(crate) struct ExtraBits<'a> {
    bits: BitReader<'a>,
    crc: u32,
    /// Encoders from 2020 on leave out bits that are the same in all samples.
    least_zeros: u32,
    most_ones: u32,
    most_width: u32,
}

impl<'a> ExtraBits<'a> {
    /// Opens the metadata; `None` where it is too short.
    pub(crate) fn new(header: &BlockHeader, data: &'a [u8], is_new_form: bool) -> Option<Self> {
        let (crc, data) = data.split_first_chunk()?;
        let mut bits = BitReader::new(data);
        let (mut least_zeros, mut most_ones, mut most_width) = (0, 0, 0);
        match (is_new_form, header.is_float()) {
            (true, true) => (least_zeros, most_ones) = (bits.bits(5), bits.bits(5)),
            (true, false) => most_width = bits.bits(5),
            (false, _) => {}
        }
        Some(Self {
            bits,
            crc: u32::from_le_bytes(*crc),
            least_zeros,
            most_ones,
            most_width,
        })
    }
}

/// How the low bits of integers were left out: so many sent apart, and below them so many zeros,
/// ones, or copies of the lowest bit.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct IntegerForm {
    sent: u32,
    zeros: u32,
    ones: u32,
    copies: u32,
}

impl IntegerForm {
    /// From the metadata; `None` if it is not of its length.
    pub(crate) fn read(data: &[u8]) -> Option<Self> {
        let [sent, zeros, ones, copies] = data else {
            return None;
        };
        let [sent, zeros, ones, copies] =
            [sent, zeros, ones, copies].map(|byte| u32::from(byte & 0x1F));
        Some(Self {
            sent,
            zeros,
            ones,
            copies,
        })
    }

    /// Puts the bits back; false if the checksum says they are not what they were.
    pub(crate) fn restore(
        self,
        header: &BlockHeader,
        extra: Option<ExtraBits<'_>>,
        samples: &mut [i32],
    ) -> bool {
        let mut shift = header.shift();
        if let Some(mut extra) = extra {
            let mut crc = u32::MAX;
            for sample in samples.iter_mut() {
                *sample = self.pad(self.append(*sample, &mut extra));
                let (low, high) = (*sample as u32 & 0xFFFF, *sample as u32 >> 16);
                crc = crc.wrapping_mul(9).wrapping_add(low * 3).wrapping_add(high);
            }
            if crc != extra.crc {
                return false;
            }
        } else if self.sent == 0 && !header.is_hybrid() {
            samples.iter_mut().for_each(|s| *s = self.pad(*s));
        } else {
            shift += self.sent + self.zeros + self.ones + self.copies;
        }
        shift &= 0x1F;
        if header.is_hybrid() {
            // What is lost may have carried a sample past the range.
            let largest = (i32::MAX >> (32 - 8 * header.sample_bytes())) >> shift;
            for sample in samples.iter_mut() {
                *sample = (*sample).clamp(-largest - 1, largest);
            }
        }
        samples.iter_mut().for_each(|s| *s <<= shift);
        true
    }

    fn append(self, sample: i32, extra: &mut ExtraBits<'_>) -> i32 {
        let magnitude = if sample < 0 { !sample } else { sample } as u32;
        let width = u32::BITS - magnitude.leading_zeros() + self.sent;
        let left_out = match extra.most_width {
            0 => 0,
            most => width.saturating_sub(most).min(self.sent),
        };
        let sent = self.sent - left_out;
        let bits = extra.bits.bits(sent) as i32;
        (sample.wrapping_shl(sent) | bits).wrapping_shl(left_out)
    }

    fn pad(self, sample: i32) -> i32 {
        if self.zeros > 0 {
            sample << self.zeros
        } else if self.ones > 0 {
            (sample.wrapping_add(1) << self.ones).wrapping_sub(1)
        } else if self.copies > 0 {
            let lowest = sample & 1;
            (sample.wrapping_add(lowest) << self.copies).wrapping_sub(lowest)
        } else {
            sample
        }
    }
}

/// How floating-point samples were made integers of up to 24 bits.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct FloatForm {
    flags: u8,
    shift: u32,
    /// Exponent of the largest sample.
    most_exponent: u32,
    /// Exponent of full scale, 127 where that is 1.0.
    full_scale_exponent: u8,
}

/// Bits shifted in below a mantissa are all ones, ones or zeros by a bit, or sent.
const SHIFTED_ONES: u8 = 1;
const SHIFTED_SAME: u8 = 2;
const SHIFTED_SENT: u8 = 4;
/// Some zeros are tiny numbers, or negative.
const ZEROS_SENT: u8 = 8;
const NEGATIVE_ZEROS: u8 = 16;
const IMPLIED_ONE: u32 = 1 << 23;
const INFINITE_EXPONENT: u32 = 255;

impl FloatForm {
    /// From the metadata; `None` if it is not of its length.
    pub(crate) fn read(data: &[u8]) -> Option<Self> {
        let [flags, shift, most_exponent, full_scale_exponent] = data else {
            return None;
        };
        Some(Self {
            flags: *flags,
            shift: u32::from(shift & 0x1F),
            most_exponent: u32::from(*most_exponent),
            full_scale_exponent: *full_scale_exponent,
        })
    }

    /// Factor by which a sample is to full scale 1.
    pub(crate) fn scale(self) -> f32 {
        (127.0 - f32::from(self.full_scale_exponent)).exp2()
    }

    /// Replaces integers by the bits of floating-point numbers; false if the checksum says they are
    /// not what they were.
    pub(crate) fn restore(self, mut extra: Option<ExtraBits<'_>>, samples: &mut [i32]) -> bool {
        let mut crc = u32::MAX;
        for sample in samples {
            let number = match (&mut extra, *sample) {
                (None, 0) => 0,
                (Some(extra), 0) => self.restore_zero(extra),
                (None, value) => self.approximate(value),
                (Some(extra), value) => self.restore_number(value, extra),
            };
            let (mantissa, exponent) = (number & (IMPLIED_ONE - 1), number >> 23 & 0xFF);
            crc = crc
                .wrapping_mul(27)
                .wrapping_add(mantissa.wrapping_mul(9))
                .wrapping_add(exponent * 3)
                .wrapping_add(number >> 31);
            *sample = number as i32;
        }
        extra.is_none_or(|extra| extra.crc == crc)
    }

    fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    fn restore_zero(self, extra: &mut ExtraBits<'_>) -> u32 {
        let bits = &mut extra.bits;
        if self.has(ZEROS_SENT) && bits.bit() {
            let mantissa = bits.bits(23);
            let exponent = if self.most_exponent >= 25 {
                bits.bits(8)
            } else {
                0
            };
            bits.bits(1) << 31 | exponent << 23 | mantissa
        } else if self.has(ZEROS_SENT) && self.has(NEGATIVE_ZEROS) {
            bits.bits(1) << 31
        } else {
            0
        }
    }

    fn restore_number(self, value: i32, extra: &mut ExtraBits<'_>) -> u32 {
        let (sign, magnitude) = self.split(value);
        if magnitude == IMPLIED_ONE << 1 {
            let is_nan = extra.bits.bit();
            let mantissa = if is_nan { extra.bits.bits(23) } else { 0 };
            return sign | INFINITE_EXPONENT << 23 | mantissa;
        }
        let (mut mantissa, exponent, shifted) = self.normalize(magnitude);
        if shifted > 0 {
            let ones = (1 << shifted) - 1;
            if self.has(SHIFTED_ONES) || self.has(SHIFTED_SAME) && extra.bits.bit() {
                mantissa |= ones;
            } else if self.has(SHIFTED_SENT) {
                let surely_zero = match extra.most_ones {
                    0 => 0,
                    most => shifted.saturating_sub(most),
                };
                let zeros = surely_zero.max(extra.least_zeros).min(shifted);
                mantissa |= extra.bits.bits(shifted - zeros) << zeros & ones;
            }
        }
        sign | exponent << 23 | mantissa & (IMPLIED_ONE - 1)
    }

    /// The nearest number the main stream alone tells.
    fn approximate(self, value: i32) -> u32 {
        let (sign, magnitude) = self.split(value);
        let excess = (u32::BITS - magnitude.leading_zeros()).saturating_sub(24);
        let (mut mantissa, mut exponent, shifted) = self.normalize(magnitude >> excess);
        if excess > 0 {
            exponent = self.most_exponent + excess;
        }
        if shifted > 0 && self.has(SHIFTED_ONES) {
            mantissa |= (1 << shifted) - 1;
        }
        sign | (exponent & 0xFF) << 23 | mantissa & (IMPLIED_ONE - 1)
    }

    /// The sign's bit and the shifted magnitude.
    fn split(self, value: i32) -> (u32, u32) {
        let value = value.wrapping_shl(self.shift);
        (value as u32 & 1 << 31, value.unsigned_abs())
    }

    /// Shifts a magnitude until its highest bit is the implied one, or the exponent is 0; returns the
    /// exponent and by how much it was shifted too.
    fn normalize(self, magnitude: u32) -> (u32, u32, u32) {
        let wanted = magnitude.leading_zeros().saturating_sub(8);
        // An exponent of 1 may become 0 without a shift: from there on numbers are denormal.
        let shifted = wanted.min(self.most_exponent.saturating_sub(1)).min(31);
        let exponent = self.most_exponent.saturating_sub(wanted);
        (magnitude.wrapping_shl(shifted), exponent, shifted)
    }
}
