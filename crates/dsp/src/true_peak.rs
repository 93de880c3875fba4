//! The level of the waveform between the samples: 4x oversampling and what the slope says in
//! between.

use std::f64::consts::PI;

use super::simd::AudioOptimizer;
#[cfg(target_arch = "x86_64")]
use super::simd::SimdLevel;

/// Samples to each side of an interval that its interpolation looks at.
const HALF_TAPS: usize = 20;
/// Frames a reading is late: an interval is judged when the last sample its filter needs is there.
pub(super) const DETECTION_DELAY_FRAMES: usize = HALF_TAPS;
/// Frames until a detector that began in the middle of a signal has forgotten its beginning.
pub(super) const WARM_UP_FRAMES: usize = 2 * HALF_TAPS;
/// Frames handled at a time.
pub(super) const CHUNK_FRAMES: usize = 64;
/// Channels a detector has room for.
pub(super) const MAX_CHANNELS: usize = 8;
/// Kaiser window: with 40 taps half gain is at fs/2 and the transition from 0.46 to 0.54 fs, as in
/// a converter's own filter.
const KAISER_BETA: f64 = 4.0;
/// A sine's crest lies at most half a step beside the nearest point, where the two points around it
/// differ by what, times this, is missing to the crest (to second order in the step).
const CREST_PER_DIFFERENCE: f32 = 0.125;
/// Frames beside each other: two registers of 8, so that each coefficient is fetched once for both.
const LANES: usize = 16;
const WINDOW: usize = LANES + 2 * HALF_TAPS - 1;
/// The sign bit of a sample.
const SIGN: u32 = 1 << 31;
/// More than rounding can add to an estimate.
const ROUNDING: f32 = 1.000_1;

/// The polyphase filter of ITU-R BS.1770-4 Annex 2, with 40 taps a phase for its 12.
///
/// Reads a sine up to 0.42 fs, whatever its phase, within -0.06 and +0.16 dB, and peaks of noise up
/// to fs/2 within -0.03 and +0.1 dB of 16x oversampling with a converter's filter (flat to 0.45
/// fs).
#[derive(Debug, Clone)]
struct Interpolator {
    /// The points a quarter and three quarters on mirror each other: even part, odd part.
    quarter_even: [f32; HALF_TAPS],
    quarter_odd: [f32; HALF_TAPS],
    half: [f32; HALF_TAPS],
    /// No estimate is larger than this times the largest sample its filter looks at.
    most: f32,
    /// Whether the processor has AVX2.
    #[cfg(target_arch = "x86_64")]
    wide: bool,
}

impl Interpolator {
    #[cfg_attr(
        not(target_arch = "x86_64"),
        expect(unused_variables, reason = "only x86-64 has a wider form")
    )]
    fn new(optimizer: AudioOptimizer) -> Self {
        let phase = |offset: f64| -> [f64; HALF_TAPS] {
            std::array::from_fn(|k| {
                let t = k as f64 + offset;
                let x = t / HALF_TAPS as f64;
                (PI * t).sin() / (PI * t) * bessel_i0(KAISER_BETA * (1.0 - x * x).sqrt())
            })
        };
        let (near, middle, far) = (phase(0.25), phase(0.5), phase(0.75));
        // Each phase passes DC unchanged.
        let quarter_sum = near.iter().chain(&far).sum::<f64>();
        let half_sum = 2.0 * middle.iter().sum::<f64>();
        let magnitude = |taps: &[f64]| taps.iter().map(|tap| tap.abs()).sum::<f64>();
        let largest_point = ((magnitude(&near) + magnitude(&far)) / quarter_sum)
            .max(2.0 * magnitude(&middle) / half_sum);
        // A point, and to its crest no more than two points differ by.
        let most = largest_point as f32 * (1.0 + 2.0 * CREST_PER_DIFFERENCE) * ROUNDING;
        Self {
            most,
            quarter_even: std::array::from_fn(|k| ((near[k] + far[k]) / 2.0 / quarter_sum) as f32),
            quarter_odd: std::array::from_fn(|k| ((near[k] - far[k]) / 2.0 / quarter_sum) as f32),
            half: std::array::from_fn(|k| (middle[k] / half_sum) as f32),
            #[cfg(target_arch = "x86_64")]
            wide: optimizer.level() >= SimdLevel::Avx2,
        }
    }

    /// Raises `peaks[i]` to the estimate for the interval that begins at `line[HALF_TAPS + i]`, or
    /// leaves them all as they are where no estimate can pass `floor`. `before` is the point three
    /// quarters into the interval before, if known, and is moved on.
    fn raise(&self, line: &[f32], floor: f32, before: &mut Option<f32>, peaks: &mut [f32]) {
        #[cfg(target_arch = "x86_64")]
        if self.wide {
            // SAFETY: `wide` is set only from an optimizer that proves AVX2.
            unsafe { self.raise_avx2(line, floor, before, peaks) };
            return;
        }
        self.raise_any(line, floor, before, peaks);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn raise_avx2(&self, line: &[f32], floor: f32, before: &mut Option<f32>, peaks: &mut [f32]) {
        self.raise_any(line, floor, before, peaks);
    }

    #[inline(always)]
    fn raise_any(&self, line: &[f32], floor: f32, before: &mut Option<f32>, peaks: &mut [f32]) {
        // Magnitudes compare as integers do, which takes no order of comparing.
        let seen = line.iter().take(peaks.len() + 2 * HALF_TAPS);
        let loudest = seen.fold(0, |most, x| (x.to_bits() & !SIGN).max(most));
        if f32::from_bits(loudest) * self.most <= floor {
            *before = None;
            return;
        }
        let mut last = match (*before, line.first_chunk()) {
            (Some(point), _) => point,
            (None, Some(window)) => self.three_quarters(window),
            (None, None) => return,
        };
        let (tiles, rest) = peaks.as_chunks_mut::<LANES>();
        let mut windows = (0..).map_while(|tile| line.get(1 + tile * LANES..)?.first_chunk());
        for (tile, window) in tiles.iter_mut().zip(&mut windows) {
            let (found, points) = self.estimates(window, last);
            for (peak, found) in tile.iter_mut().zip(found) {
                *peak = larger(found, *peak);
            }
            last = points[LANES - 1];
        }
        if let (false, Some(window)) = (rest.is_empty(), windows.next()) {
            let (found, points) = self.estimates(window, last);
            for ((peak, found), point) in rest.iter_mut().zip(found).zip(points) {
                *peak = larger(found, *peak);
                last = point;
            }
        }
        *before = Some(last);
    }

    /// The point three quarters into the interval in the middle of `window`, as
    /// [`estimates`](Self::estimates) has it.
    fn three_quarters(&self, window: &[f32; 2 * HALF_TAPS]) -> f32 {
        let (mut even, mut odd) = (0.0, 0.0);
        for k in 0..HALF_TAPS {
            let (left, right) = (window[HALF_TAPS - 1 - k], window[HALF_TAPS + k]);
            even += self.quarter_even[k] * (left + right);
            odd += self.quarter_odd[k] * (left - right);
        }
        even - odd
    }

    /// The estimates for the intervals that begin at `w[HALF_TAPS - 1]` and the next ones, and the
    /// points three quarters into them; `before` is the one ahead of these.
    ///
    /// Products and sums stay apart (no fused form), so every width gives the same bits.
    #[inline(always)]
    fn estimates(&self, w: &[f32; WINDOW], before: f32) -> ([f32; LANES], [f32; LANES]) {
        let mut even = [0.0_f32; LANES];
        let mut odd = [0.0_f32; LANES];
        let mut half = [0.0_f32; LANES];
        for k in 0..HALF_TAPS {
            for i in 0..LANES {
                let left = w[HALF_TAPS - 1 - k + i];
                let right = w[HALF_TAPS + k + i];
                let sum = left + right;
                even[i] += self.quarter_even[k] * sum;
                odd[i] += self.quarter_odd[k] * (left - right);
                half[i] += self.half[k] * sum;
            }
        }
        let mut last = [0.0_f32; LANES + 1];
        last[0] = before;
        for i in 0..LANES {
            last[i + 1] = even[i] - odd[i];
        }
        let mut found = [0.0_f32; LANES];
        for i in 0..LANES {
            let here = w[HALF_TAPS - 1 + i];
            let next = w[HALF_TAPS + i];
            let quarter = even[i] + odd[i];
            let three = last[i + 1];
            let crest = |y: f32, a: f32, b: f32| y.abs() + CREST_PER_DIFFERENCE * (b - a).abs();
            let a = larger(crest(here, last[i], quarter), crest(quarter, here, half[i]));
            let b = larger(crest(half[i], quarter, three), crest(three, half[i], next));
            found[i] = larger(a, b);
        }
        (found, std::array::from_fn(|i| last[i + 1]))
    }
}

/// The larger, or `b` when `a` is not a number: a broken sample spoils no reading but its own.
#[inline(always)]
pub(super) fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// Modified Bessel function of the first kind, order zero, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..40 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
    }
    sum
}

/// Keeps the last frames of up to [`MAX_CHANNELS`] channels side by side and reads their true
/// peaks.
#[derive(Debug, Clone)]
pub(super) struct TruePeakDetector {
    interpolator: Interpolator,
    lines: Vec<f32>,
    stride: usize,
    keep: usize,
    /// Where the next frame goes in each line.
    end: usize,
    /// The point three quarters into the last interval judged, unless that was left out.
    before: [Option<f32>; MAX_CHANNELS],
}

impl TruePeakDetector {
    /// Allocates. [`delayed`](Self::delayed) reaches back `delay_frames`.
    pub(super) fn new(delay_frames: usize, optimizer: AudioOptimizer) -> Self {
        let keep = delay_frames.max(WARM_UP_FRAMES);
        // A few chunks of room, so that the past moves to the front only now and then; and what the
        // last tile of a chunk reads too far.
        let stride = keep + 8 * CHUNK_FRAMES + LANES;
        Self {
            interpolator: Interpolator::new(optimizer),
            lines: vec![0.0; stride * MAX_CHANNELS],
            stride,
            keep,
            end: keep,
            before: [Some(0.0); MAX_CHANNELS],
        }
    }

    /// Makes the past silent.
    pub(super) fn reset(&mut self) {
        self.lines.fill(0.0);
        self.end = self.keep;
        self.before = [Some(0.0); MAX_CHANNELS];
    }

    /// Takes interleaved `samples`, at most [`CHUNK_FRAMES`] of at most [`MAX_CHANNELS`].
    pub(super) fn push(&mut self, samples: &[f32], channels: usize) {
        let frames = samples.len() / channels;
        if self.end + frames + LANES > self.stride {
            let past = self.end - self.keep..self.end;
            for line in self.lines.chunks_exact_mut(self.stride) {
                line.copy_within(past.clone(), 0);
            }
            self.end = self.keep;
        }
        let range = self.end..self.end + frames;
        if let (2, Some((left, right))) = (channels, self.lines.split_at_mut_checked(self.stride))
            && let (Some(left), Some(right)) = (left.get_mut(range.clone()), right.get_mut(range))
        {
            for (([l, r], left), right) in samples.as_chunks().0.iter().zip(left).zip(right) {
                (*left, *right) = (*l, *r);
            }
        } else {
            let lines = self.lines.chunks_exact_mut(self.stride);
            for (channel, line) in lines.take(channels).enumerate() {
                let new = samples.iter().skip(channel).step_by(channels);
                for (slot, &sample) in line.iter_mut().skip(self.end).zip(new) {
                    *slot = sample;
                }
            }
        }
        self.end += frames;
    }

    /// Raises `peaks` to the linear true peaks of `channel` in the intervals that begin
    /// [`DETECTION_DELAY_FRAMES`] before each of the `peaks.len()` frames last pushed. Peaks that do
    /// not pass `floor` may be left out. Once for every push and channel.
    pub(super) fn raise(&mut self, channel: usize, floor: f32, peaks: &mut [f32]) {
        let start = self.end - peaks.len() - 2 * HALF_TAPS;
        let from = channel * self.stride;
        if let (Some(line), Some(before)) = (
            self.lines.get(from + start..from + self.stride),
            self.before.get_mut(channel),
        ) {
            self.interpolator.raise(line, floor, before, peaks);
        }
    }

    /// What `channel` held `delay_frames` before each of the last `frames`.
    pub(super) fn delayed(&self, channel: usize, delay_frames: usize, frames: usize) -> &[f32] {
        let start = channel * self.stride + self.end - frames - delay_frames;
        self.lines.get(start..start + frames).unwrap_or_default()
    }
}

#[cfg(test)]
#[path = "true_peak_tests.rs"]
mod tests;
