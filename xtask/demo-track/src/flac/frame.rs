//! One frame: header, two subframes, checksum.

use super::bits::{BitWriter, crc8, crc16};
use super::prediction::{self, COEFFICIENT_BITS, Linear};
use super::residual::{self, Plan};

/// Encodes one block of interleaved stereo samples as frame `number`.
pub(super) fn encode(number: u32, block: &[i16]) -> Vec<u8> {
    let left: Vec<i64> = block
        .iter()
        .step_by(2)
        .map(|&sample| i64::from(sample))
        .collect();
    let right: Vec<i64> = block
        .iter()
        .skip(1)
        .step_by(2)
        .map(|&sample| i64::from(sample))
        .collect();
    let side: Vec<i64> = left.iter().zip(&right).map(|(l, r)| l - r).collect();
    let middle: Vec<i64> = left.iter().zip(&right).map(|(l, r)| (l + r) >> 1).collect();
    // The difference of two 16-bit numbers needs 17 bits.
    let left = Subframe::best(left, 16);
    let right = Subframe::best(right, 16);
    let side = Subframe::best(side, 17);
    let middle = Subframe::best(middle, 16);

    // Channel assignment codes of the frame header.
    let pairings = [
        (1, &left, &right),
        (8, &left, &side),
        (9, &side, &right),
        (10, &middle, &side),
    ];
    let cheapest = pairings
        .into_iter()
        .min_by_key(|(_, first, second)| first.bits + second.bits);
    let (assignment, first, second) = cheapest.unwrap_or((1, &left, &right));

    let mut bits = BitWriter::new();
    write_header(&mut bits, number, block.len() / 2, assignment);
    first.write(&mut bits);
    second.write(&mut bits);
    bits.align();
    let crc = crc16(bits.bytes());
    bits.push(u64::from(crc), 16);
    bits.into_bytes()
}

fn write_header(bits: &mut BitWriter, number: u32, block_frames: usize, assignment: u64) {
    const BLOCK_SIZE_IN_16_BITS: u64 = 7;
    const RATE_44100: u64 = 9;
    const DEPTH_16: u64 = 4;
    bits.push(0b1111_1111_1111_1000, 16);
    bits.push(BLOCK_SIZE_IN_16_BITS, 4);
    bits.push(RATE_44100, 4);
    bits.push(assignment, 4);
    bits.push(DEPTH_16, 3);
    bits.push(0, 1);
    push_utf8_number(bits, number);
    bits.push(block_frames as u64 - 1, 16);
    let crc = crc8(bits.bytes());
    bits.push(u64::from(crc), 8);
}

/// Frame numbers are written the way UTF-8 writes characters.
fn push_utf8_number(bits: &mut BitWriter, number: u32) {
    let number = u64::from(number);
    match number {
        0..0x80 => bits.push(number, 8),
        0x80..0x800 => {
            bits.push(0b1100_0000 | (number >> 6), 8);
            bits.push(0b1000_0000 | (number & 0x3F), 8);
        }
        _ => {
            bits.push(0b1110_0000 | (number >> 12), 8);
            bits.push(0b1000_0000 | ((number >> 6) & 0x3F), 8);
            bits.push(0b1000_0000 | (number & 0x3F), 8);
        }
    }
}

enum Method {
    Constant,
    Verbatim,
    Fixed {
        order: usize,
        residual: Vec<i64>,
        plan: Plan,
    },
    Linear {
        predictor: Linear,
        residual: Vec<i64>,
        plan: Plan,
    },
}

struct Subframe {
    samples: Vec<i64>,
    depth: u32,
    method: Method,
    bits: u64,
}

impl Subframe {
    const HEADER_BITS: u64 = 8;

    fn best(samples: Vec<i64>, depth: u32) -> Self {
        let length = samples.len() as u64;
        let sample_bits = u64::from(depth);
        if samples.iter().all(|&sample| sample == samples[0]) {
            let bits = Self::HEADER_BITS + sample_bits;
            return Self {
                samples,
                depth,
                method: Method::Constant,
                bits,
            };
        }
        let mut method = Method::Verbatim;
        let mut bits = Self::HEADER_BITS + length * sample_bits;
        for order in 0..=4.min(samples.len() - 1) {
            let residual = prediction::fixed_residual(&samples, order);
            let plan = residual::plan(&residual, order);
            let cost = Self::HEADER_BITS + order as u64 * sample_bits + plan.bits;
            if cost < bits {
                bits = cost;
                method = Method::Fixed {
                    order,
                    residual,
                    plan,
                };
            }
        }
        if samples.len() > 2 * prediction::MAX_ORDER {
            let mut smallest = u64::MAX;
            for window in prediction::windows(&samples) {
                for predictor in prediction::linear_predictors(&window) {
                    let Some(residual) = predictor.residual(&samples) else {
                        continue;
                    };
                    // Planning costs far more than adding up: leave out what is clearly larger.
                    let size: u64 = residual.iter().map(|rest| rest.unsigned_abs()).sum();
                    smallest = smallest.min(size);
                    if size > smallest + smallest / 16 {
                        continue;
                    }
                    let order = predictor.coefficients.len();
                    let plan = residual::plan(&residual, order);
                    let per_order = sample_bits + u64::from(COEFFICIENT_BITS);
                    let cost = Self::HEADER_BITS + 4 + 5 + order as u64 * per_order + plan.bits;
                    if cost < bits {
                        bits = cost;
                        method = Method::Linear {
                            predictor,
                            residual,
                            plan,
                        };
                    }
                }
            }
        }
        Self {
            samples,
            depth,
            method,
            bits,
        }
    }

    fn write(&self, bits: &mut BitWriter) {
        let push_samples = |bits: &mut BitWriter, count: usize| {
            for &sample in &self.samples[..count] {
                bits.push_signed(sample, self.depth);
            }
        };
        // A zero bit, six bits of type, and a zero for "no wasted bits".
        let push_type = |bits: &mut BitWriter, kind: usize| bits.push((kind as u64) << 1, 8);
        match &self.method {
            Method::Constant => {
                push_type(bits, 0);
                push_samples(bits, 1);
            }
            Method::Verbatim => {
                push_type(bits, 1);
                push_samples(bits, self.samples.len());
            }
            Method::Fixed {
                order,
                residual,
                plan,
            } => {
                push_type(bits, 8 + order);
                push_samples(bits, *order);
                residual::write(bits, residual, *order, plan);
            }
            Method::Linear {
                predictor,
                residual,
                plan,
            } => {
                let order = predictor.coefficients.len();
                push_type(bits, 32 + order - 1);
                push_samples(bits, order);
                bits.push(u64::from(COEFFICIENT_BITS - 1), 4);
                bits.push(u64::from(predictor.shift), 5);
                for &coefficient in &predictor.coefficients {
                    bits.push_signed(coefficient, COEFFICIENT_BITS);
                }
                residual::write(bits, residual, order, plan);
            }
        }
    }
}
