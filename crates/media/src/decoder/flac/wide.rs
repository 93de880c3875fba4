//! Frames of more than 24 bits (RFC 9639, section 9.2), which symphonia has too narrow numbers for.

use super::frame::FrameHeader;

/// Bits a sample of the side channel can have.
const MAX_BITS: u32 = 33;
/// Bytes of the sum behind the subframes.
const SUM_BYTES: usize = 2;
/// Largest order of a predictor.
const MAX_ORDER: usize = 32;

/// Replaces `samples` by those of the frame that `bytes` begin with, interleaved; the bytes it takes with its sum,
/// which is not looked at, or `None` where it is damaged. `bits` are those of a sample.
pub(super) fn decode(
    bytes: &[u8],
    header: &FrameHeader,
    bits: u32,
    samples: &mut Vec<f32>,
) -> Option<usize> {
    let (frames, channels) = (header.frames as usize, usize::from(header.channels));
    let assignment = bytes.get(3)? >> 4;
    // The channel that holds the difference of the two.
    let side = match assignment {
        8 | 10 => Some(1),
        9 => Some(0),
        _ => None,
    };
    let mut reader = Bits {
        bytes,
        at: header.bytes * 8,
    };
    let mut decoded = Vec::with_capacity(channels);
    for channel in 0..channels {
        let bits = bits + u32::from(side == Some(channel));
        decoded.push(subframe(&mut reader, bits, frames)?);
    }
    if let [first, second] = &mut decoded[..] {
        for (a, b) in first.iter_mut().zip(second) {
            (*a, *b) = match assignment {
                8 => (*a, a.wrapping_sub(*b)),
                9 => (a.wrapping_add(*b), *b),
                10 => {
                    let sum = a.wrapping_shl(1) | (*b & 1);
                    (sum.wrapping_add(*b) >> 1, sum.wrapping_sub(*b) >> 1)
                }
                _ => (*a, *b),
            };
        }
    }
    let scale = 2_f64.powi(1 - bits as i32);
    samples.clear();
    for frame in 0..frames {
        samples.extend(decoded.iter().map(|channel| {
            // Full scale of 32 bits is more than f32 has digits for: the nearest value is taken.
            (channel[frame] as f64 * scale) as f32
        }));
    }
    Some(reader.at.div_ceil(8) + SUM_BYTES)
}

/// One channel.
fn subframe(reader: &mut Bits<'_>, bits: u32, frames: usize) -> Option<Vec<i64>> {
    let head = reader.unsigned(8)?;
    if head & 0x80 != 0 {
        return None;
    }
    let wasted = match head & 1 {
        0 => 0,
        _ => reader.zeros()? + 1,
    };
    let bits = bits.checked_sub(wasted).filter(|bits| *bits > 0)?;
    let mut samples = Vec::with_capacity(frames);
    match head >> 1 & 0x3F {
        0 => samples.resize(frames, reader.signed(bits)?),
        1 => {
            for _ in 0..frames {
                samples.push(reader.signed(bits)?);
            }
        }
        kind @ 8..=12 => {
            const FIXED: [&[i64]; 5] = [&[], &[1], &[2, -1], &[3, -3, 1], &[4, -6, 4, -1]];
            let factors = FIXED[kind as usize - 8];
            warm_up(reader, bits, factors.len(), frames, &mut samples)?;
            predict(reader, factors, 0, frames, &mut samples)?;
        }
        kind @ 32.. => {
            let order = kind as usize - 31;
            warm_up(reader, bits, order, frames, &mut samples)?;
            let precision = reader.unsigned(4)? as u32 + 1;
            let shift = reader.signed(5)?;
            if precision > 15 || shift < 0 {
                return None;
            }
            let mut factors = [0; MAX_ORDER];
            for factor in &mut factors[..order] {
                *factor = reader.signed(precision)?;
            }
            predict(
                reader,
                &factors[..order],
                shift as u32,
                frames,
                &mut samples,
            )?;
        }
        _ => return None,
    }
    for sample in &mut samples {
        *sample = sample.wrapping_shl(wasted);
    }
    Some(samples)
}

/// The samples that a predictor begins with.
fn warm_up(
    reader: &mut Bits<'_>,
    bits: u32,
    order: usize,
    frames: usize,
    samples: &mut Vec<i64>,
) -> Option<()> {
    if order > frames {
        return None;
    }
    for _ in 0..order {
        samples.push(reader.signed(bits)?);
    }
    Some(())
}

/// All samples behind those, from what is left over of them.
fn predict(
    reader: &mut Bits<'_>,
    factors: &[i64],
    shift: u32,
    frames: usize,
    samples: &mut Vec<i64>,
) -> Option<()> {
    let width = match reader.unsigned(2)? {
        0 => 4,
        1 => 5,
        _ => return None,
    };
    let partitions = 1_usize << reader.unsigned(4)?;
    let length = frames / partitions;
    if !frames.is_multiple_of(partitions) || length < factors.len() {
        return None;
    }
    for partition in 1..=partitions {
        let parameter = reader.unsigned(width)? as u32;
        let is_plain = parameter == (1 << width) - 1;
        let plain_bits = match is_plain {
            true => reader.unsigned(5)? as u32,
            false => 0,
        };
        while samples.len() < partition * length {
            let residual = match (is_plain, plain_bits) {
                (true, 0) => 0,
                (true, bits) => reader.signed(bits)?,
                (false, _) => {
                    let high = u64::from(reader.zeros()?) << parameter;
                    let folded = high | reader.unsigned(parameter)?;
                    (folded >> 1) as i64 ^ -((folded & 1) as i64)
                }
            };
            let before = samples.iter().rev().zip(factors);
            let sum = before.fold(0_i64, |sum, (sample, factor)| {
                sum.wrapping_add(sample.wrapping_mul(*factor))
            });
            samples.push(residual.wrapping_add(sum >> shift));
        }
    }
    Some(())
}

/// A stream of bits, highest first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    /// The next `count` bits, at most [`MAX_BITS`].
    fn unsigned(&mut self, count: u32) -> Option<u64> {
        debug_assert!(count <= MAX_BITS);
        let (first, skipped) = (self.at / 8, self.at as u32 % 8);
        self.at += count as usize;
        if count == 0 {
            return Some(0);
        }
        // With up to seven bits in front of them they stand in six bytes at most.
        let last = (self.at - 1) / 8;
        let word = self.bytes.get(first..=last)?;
        let word = word
            .iter()
            .fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
        let behind = ((last - first + 1) * 8) as u32 - skipped - count;
        Some(word >> behind & ((1 << count) - 1))
    }

    fn signed(&mut self, count: u32) -> Option<i64> {
        let value = self.unsigned(count)?;
        let unused = 64 - count;
        Some((value << unused) as i64 >> unused)
    }

    /// How many zeros stand in front of the next one, which is passed too.
    fn zeros(&mut self) -> Option<u32> {
        let from = self.at;
        let mut byte = *self.bytes.get(self.at / 8)? << (self.at % 8);
        while byte == 0 {
            self.at = (self.at / 8 + 1) * 8;
            byte = *self.bytes.get(self.at / 8)?;
        }
        self.at += byte.leading_zeros() as usize;
        let zeros = self.at - from;
        self.at += 1;
        u32::try_from(zeros).ok()
    }
}
