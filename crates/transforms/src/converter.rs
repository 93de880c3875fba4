//! A converter of sample rates by Fourier transforms.

use super::Complex;
use rustfft::{Fft, FftPlanner};
use std::f64::consts::PI;
use std::sync::Arc;

/// What is passed of what the lower rate can hold: 20.07 kHz of 44.1 kHz. Nothing is left at all of it.
const PASSED: f64 = 0.91;
/// Kaiser window: the stop band is this far down, in dB.
const STOP_DB: f64 = 160.0;
/// Input frames of a transform, at least, and in lengths of the filter to one side: a longer one wastes less
/// on what overlaps, a shorter one is done in the nearest cache.
const MIN_TRANSFORM_FRAMES: usize = 2_000;
const MIN_TRANSFORM_SIDES: usize = 8;
/// Of each rate in the smallest whole numbers: beyond, a transform would take seconds of sound.
const MAX_STEP_FRAMES: usize = 1 << 20;

/// Turns interleaved frames of one rate into frames of another, exact in time: output frame `n` belongs to
/// input time `n * from / to`, and comes out as soon as the input its filter looks at is there.
///
/// The filter has linear phase, a stop band that begins at half the lower rate, 160 dB down, and passes nine
/// tenths of what is below. Two channels are the real and the imaginary part of one transform, which a
/// filter of real taps never mixes: nothing has to be taken apart. It works in `f64`.
///
/// ```
/// let mut converter = transforms::RateConverter::new(44_100, 48_000, 1).unwrap();
/// let mut out = Vec::new();
/// converter.push(&[0.5; 44_100], &mut out);
/// assert!((out[1_000] - 0.5).abs() < 1e-6);
/// ```
pub struct RateConverter {
    forward: Arc<dyn Fft<f64>>,
    inverse: Arc<dyn Fft<f64>>,
    /// The filter at the frequencies of the transform, from 0 Hz up to where it ends, which is real as its
    /// taps stand around their middle; and the factor that the transforms want.
    response: Vec<f64>,
    channels: usize,
    /// One for each two channels.
    windows: Vec<Vec<Complex<f64>>>,
    /// Frames in each window.
    filled: usize,
    /// Frames at both ends of a window that its neighbours have, too.
    overlap: Span,
    bins: Vec<Complex<f64>>,
    output: Vec<Complex<f64>>,
    scratch: Vec<Complex<f64>>,
}

/// A time in frames of both rates.
#[derive(Clone, Copy)]
struct Span {
    input: usize,
    output: usize,
}

impl RateConverter {
    /// A converter for `channels` interleaved channels that stands at its beginning, with silence before.
    /// `None` for no channels, and for rates that are 0 or have too little in common. Allocates.
    pub fn new(from_hz: u32, to_hz: u32, channels: usize) -> Option<Self> {
        let (from_hz, to_hz) = (from_hz as usize, to_hz as usize);
        let shared = greatest_common_divisor(from_hz, to_hz);
        let is_possible = from_hz > 0 && to_hz > 0 && channels > 0;
        let step = Span {
            input: from_hz.checked_div(shared)?,
            output: to_hz.checked_div(shared)?,
        };
        if !is_possible || step.input.max(step.output) > MAX_STEP_FRAMES {
            return None;
        }
        let lower = from_hz.min(to_hz) as f64 / from_hz as f64;
        let taps = kaiser_sinc(lower);
        let side = taps.len() - 1;
        let overlap_steps = side.div_ceil(step.input);
        let frames = MIN_TRANSFORM_FRAMES.max(MIN_TRANSFORM_SIDES * side);
        let steps = frames.div_ceil(step.input).next_power_of_two();
        let steps = steps.max((2 * overlap_steps + 2).next_power_of_two());
        let (input, output) = (steps * step.input, steps * step.output);
        let mut planner = FftPlanner::new();
        let forward = planner.plan_fft_forward(input);
        let inverse = planner.plan_fft_inverse(output);
        let mut bins = vec![Complex::ZERO; input];
        for (n, tap) in taps.iter().enumerate() {
            bins[n].re = *tap;
            bins[(input - n) % input].re = *tap;
        }
        forward.process(&mut bins);
        let response = bins.iter().take(input.min(output).div_ceil(2));
        let response = response.map(|bin| bin.re / input as f64).collect();
        let scratch = forward
            .get_immutable_scratch_len()
            .max(inverse.get_inplace_scratch_len());
        let overlap = Span {
            input: overlap_steps * step.input,
            output: overlap_steps * step.output,
        };
        Some(Self {
            forward,
            inverse,
            response,
            channels,
            windows: vec![vec![Complex::ZERO; input]; channels.div_ceil(2)],
            filled: overlap.input,
            overlap,
            bins,
            output: vec![Complex::ZERO; output],
            scratch: vec![Complex::ZERO; scratch],
        })
    }

    /// Takes whole interleaved frames in, any number of them, and appends what is ready to `out`.
    pub fn push(&mut self, mut frames: &[f32], out: &mut Vec<f32>) {
        let room = self.bins.len();
        while !frames.is_empty() {
            let count = (frames.len() / self.channels).min(room - self.filled);
            if count == 0 {
                return;
            }
            let (now, later) = frames.split_at(count * self.channels);
            for (pair, window) in self.windows.iter_mut().enumerate() {
                let places = window[self.filled..].iter_mut();
                if self.channels == 2 {
                    for (place, &[left, right]) in places.zip(now.as_chunks().0) {
                        *place = Complex::new(f64::from(left), f64::from(right));
                    }
                    continue;
                }
                for (place, frame) in places.zip(now.chunks_exact(self.channels)) {
                    let sample = |n: usize| frame.get(n).copied().map_or(0.0, f64::from);
                    *place = Complex::new(sample(2 * pair), sample(2 * pair + 1));
                }
            }
            self.filled += count;
            frames = later;
            if self.filled == room {
                self.convert(out);
            }
        }
    }

    /// Stands at the beginning again.
    pub fn reset(&mut self) {
        for window in &mut self.windows {
            window.fill(Complex::ZERO);
        }
        self.filled = self.overlap.input;
    }

    /// Appends what comes of the full windows, and moves on.
    fn convert(&mut self, out: &mut Vec<f32>) {
        let start = out.len();
        let valid = self.overlap.output..self.output.len() - self.overlap.output;
        out.resize(start + valid.len() * self.channels, 0.0);
        for pair in 0..self.windows.len() {
            let window = &self.windows[pair];
            // Rounding would make something of nothing.
            let is_silent = |part: fn(&Complex<f64>) -> f64| window.iter().all(|x| part(x) == 0.0);
            let silent = [is_silent(|x| x.re), is_silent(|x| x.im)];
            if silent != [true; 2] {
                self.filter(pair);
                let ready = &self.output[valid.clone()];
                let out = &mut out[start..];
                if self.channels == 2 && silent == [false; 2] {
                    for (frame, value) in out.as_chunks_mut().0.iter_mut().zip(ready) {
                        *frame = [value.re as f32, value.im as f32];
                    }
                } else {
                    self.put_apart(out, pair, silent);
                }
            }
        }
        let kept = self.bins.len() - 2 * self.overlap.input;
        for window in &mut self.windows {
            window.copy_within(kept.., 0);
        }
        self.filled = 2 * self.overlap.input;
    }

    /// Writes the channels of `pair` that are not silent.
    fn put_apart(&self, out: &mut [f32], pair: usize, silent: [bool; 2]) {
        let ready = &self.output[self.overlap.output..];
        for (side, is_silent) in silent.into_iter().enumerate() {
            let channel = 2 * pair + side;
            if is_silent || channel >= self.channels {
                continue;
            }
            let places = out.iter_mut().skip(channel).step_by(self.channels);
            for (place, value) in places.zip(ready) {
                *place = [value.re, value.im][side] as f32;
            }
        }
    }

    /// From a window to `output`.
    fn filter(&mut self, pair: usize) {
        // The lengths are the plans' own, the only thing they can object to.
        self.forward.process_immutable_with_scratch(
            &self.windows[pair],
            &mut self.bins,
            &mut self.scratch,
        );
        let count = self.response.len();
        let (size_in, size_out) = (self.bins.len(), self.output.len());
        let (below, above) = self.output.split_at_mut(count);
        for ((to, bin), factor) in below.iter_mut().zip(&self.bins).zip(&self.response) {
            *to = bin * factor;
        }
        // Frequencies below 0 Hz stand at the end, the nearest last.
        let nothing = size_out - 2 * count + 1;
        above[..nothing].fill(Complex::ZERO);
        let negative = &self.bins[size_in - (count - 1)..];
        let factors = self.response[1..].iter().rev();
        for ((to, bin), factor) in above[nothing..].iter_mut().zip(negative).zip(factors) {
            *to = bin * factor;
        }
        self.inverse
            .process_with_scratch(&mut self.output, &mut self.scratch);
    }
}

/// The taps of the filter from its middle to its end, whose sum is 1 with those of the other side, for a rate
/// of which the `lower` share is what both rates have.
fn kaiser_sinc(lower: f64) -> Vec<f64> {
    let beta = 0.110_2 * (STOP_DB - 8.7);
    // Kaiser's formula for the length, of one side.
    let transition = PI * lower * (1.0 - PASSED);
    let side = ((STOP_DB - 8.0) / (2.285 * transition) / 2.0).ceil();
    let cutoff = lower * (1.0 + PASSED) / 2.0;
    let tap = |n: usize| {
        let (t, x) = (cutoff * n as f64, n as f64 / (side + 1.0));
        let sinc = if n == 0 {
            1.0
        } else {
            (PI * t).sin() / (PI * t)
        };
        sinc * bessel_i0(beta * (1.0 - x * x).sqrt())
    };
    let taps: Vec<f64> = (0..=side as usize).map(tap).collect();
    let sum = 2.0 * taps.iter().sum::<f64>() - taps[0];
    taps.iter().map(|tap| tap / sum).collect()
}

/// Modified Bessel function of the first kind, order zero, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..80 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
    }
    sum
}

fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}
