//! One-bit samples to PCM by two linear-phase filters.
//!
//! The first takes whole bytes, eight bits to a table look-up, and decimates by 8; the second
//! decimates that to the output rate. Both are windowed sinc functions (Kaiser, see Oppenheim and
//! Schafer, "Discrete-Time Signal Processing", section 7.5.3), 150 dB down in the stop band, and as
//! flat in the pass band. What the first leaves above the second's stop band the second removes.

use std::f64::consts::PI;
use std::ops::Range;

/// DSD's silence: as many ones as zeros, nothing below an eighth of the bit rate.
pub(super) const IDLE_BYTE: u8 = 0x69;
const ATTENUATION_DB: f64 = 150.0;
/// Bytes on each side of the one at whose first bit the first filter is centred.
const BYTE_REACH: usize = 6;
/// Highest rates of each kind, those of the 48 kHz family.
const DSD64_RATES_HZ: u32 = 3_072_000;
const DSD128_RATES_HZ: u32 = 6_144_000;
const DSD256_RATES_HZ: u32 = 12_288_000;

/// A filter for one bit rate. It holds no signal: every run begins afresh.
pub(super) struct Decimator {
    /// What each value of each byte in the first filter's reach adds.
    byte_tables: Vec<[f32; 256]>,
    /// The second filter's taps; their number is odd.
    taps: Vec<f32>,
    /// What the second filter decimates by.
    step: usize,
    /// The signal between the two.
    between: Vec<f32>,
}

impl Decimator {
    /// A decimator to 88.2 kHz for DSD64, to 176.4 kHz for faster ones (96 and 192 kHz for rates of
    /// the 48 kHz family). Flat to 22 kHz, or 40 kHz; silent from half the output rate on.
    pub(super) fn new(bit_rate_hz: u32) -> Self {
        let step = if bit_rate_hz <= DSD128_RATES_HZ {
            4
        } else if bit_rate_hz <= DSD256_RATES_HZ {
            8
        } else {
            16
        };
        let between_hz = f64::from(bit_rate_hz) / 8.0;
        let stop_hz = between_hz / step as f64 / 2.0;
        let pass_hz = if bit_rate_hz <= DSD64_RATES_HZ {
            22_000.0
        } else {
            40_000.0
        };
        // Images fold around multiples of the rate in between; those that land above `stop_hz` are
        // left to the second filter.
        let first_reach = BYTE_REACH * 8;
        let first_cutoff = (pass_hz + between_hz - stop_hz) / 2.0 / f64::from(bit_rate_hz);
        let first = low_pass(first_reach, first_cutoff);
        let byte_tables = (0..=2 * BYTE_REACH)
            .map(|byte| {
                let taps = &first[byte * 8..(byte * 8 + 8).min(first.len())];
                std::array::from_fn(|value| {
                    let signed = |bit: usize| if value << bit & 0x80 == 0 { -1.0 } else { 1.0 };
                    let sum: f64 = taps
                        .iter()
                        .enumerate()
                        .map(|(n, tap)| tap * signed(n))
                        .sum();
                    sum as f32
                })
            })
            .collect();
        let width = (stop_hz - pass_hz) / between_hz;
        let reach = (kaiser_order(width) / 2.0).ceil() as usize;
        let second = low_pass(reach, (pass_hz + stop_hz) / 2.0 / between_hz);
        Self {
            byte_tables,
            taps: second.iter().map(|tap| *tap as f32).collect(),
            step,
            between: Vec::new(),
        }
    }

    /// Bits to an output frame.
    pub(super) fn decimation(&self) -> u32 {
        self.step as u32 * 8
    }

    /// The bytes of a channel that [`Self::run`] needs for these output frames; some lie before its
    /// first or behind its last one.
    pub(super) fn bytes_for(&self, frames: Range<u64>) -> Range<i64> {
        let reach = (self.taps.len() / 2 + BYTE_REACH) as i64;
        let step = self.step as i64;
        let last = frames.end.saturating_sub(1).max(frames.start) as i64;
        frames.start as i64 * step - reach..last * step + reach + 1
    }

    /// Replaces `pcm` by the frames whose bytes, first bit highest, are given.
    pub(super) fn run(&mut self, bytes: &[u8], pcm: &mut Vec<f32>) {
        self.between.clear();
        let windows = bytes.windows(self.byte_tables.len());
        self.between.extend(windows.map(|window| {
            let entries = window.iter().zip(&self.byte_tables);
            entries
                .map(|(byte, table)| table[usize::from(*byte)])
                .sum::<f32>()
        }));
        pcm.clear();
        let windows = self.between.windows(self.taps.len()).step_by(self.step);
        pcm.extend(windows.map(|window| dot(window, &self.taps)));
    }
}

/// The sum of products in eight parts, which a compiler can put side by side.
fn dot(left: &[f32], right: &[f32]) -> f32 {
    let (left, left_rest) = left.as_chunks::<8>();
    let (right, right_rest) = right.as_chunks::<8>();
    let mut sums = [0.0_f32; 8];
    for (left, right) in left.iter().zip(right) {
        for n in 0..8 {
            sums[n] += left[n] * right[n];
        }
    }
    let rest: f32 = left_rest.iter().zip(right_rest).map(|(l, r)| l * r).sum();
    sums.iter().sum::<f32>() + rest
}

/// `2 * reach + 1` taps of a low pass at `cutoff` (a fraction of the sample rate), gain 1 at 0 Hz.
fn low_pass(reach: usize, cutoff: f64) -> Vec<f64> {
    let beta = 0.1102 * (ATTENUATION_DB - 8.7);
    let tap = |n: i64| {
        let x = 2.0 * cutoff * n as f64;
        let sinc = if n == 0 {
            1.0
        } else {
            (PI * x).sin() / (PI * x)
        };
        let from_centre = n as f64 / (reach as f64 + 1.0);
        sinc * bessel_i0(beta * (1.0 - from_centre * from_centre).sqrt())
    };
    let taps: Vec<f64> = (-(reach as i64)..=reach as i64).map(tap).collect();
    let sum: f64 = taps.iter().sum();
    taps.iter().map(|tap| tap / sum).collect()
}

/// Taps less one for a transition of `width` (a fraction of the sample rate).
fn kaiser_order(width: f64) -> f64 {
    (ATTENUATION_DB - 7.95) / (2.285 * 2.0 * PI * width)
}

/// The modified Bessel function of the first kind and order zero, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for n in 1..100 {
        term *= (x / 2.0 / f64::from(n)).powi(2);
        sum += term;
    }
    sum
}

#[cfg(test)]
#[path = "decimator_tests.rs"]
mod tests;
