//! Level meters: sample peak, true peak and RMS of each channel, and how alike left and right are.

use super::simd::AudioOptimizer;
use super::true_peak::{CHUNK_FRAMES, MAX_CHANNELS, TruePeakDetector};

/// Time constant of RMS and correlation.
const INTEGRATION_SECONDS: f64 = 0.3;
/// Mean squares below this (-200 dB) are silence.
const SILENT: f64 = 1e-20;

/// One channel's levels, linear: 1 is full scale.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ChannelLevels {
    /// Largest sample since the last [`Meter::take_peaks`].
    pub sample_peak: f32,
    /// Largest level at or between the samples since then (ITU-R BS.1770-4 Annex 2). What lies
    /// between the last 20 is yet to come.
    pub true_peak: f32,
    /// Root mean square over some 300 ms, times the square root of 2 as in AES17: a full-scale sine
    /// reads 1.
    pub rms: f32,
}

/// Levels of up to eight channels. For an analysis thread: the cost is small but the readings are
/// of no use in the callback. Only the constructor allocates.
///
/// ```
/// use dsp::{meter::Meter, simd::AudioOptimizer};
/// let mut meter = Meter::new(48_000.0, AudioOptimizer::detected());
/// meter.process(&[0.5, -0.25].repeat(4_800), 2);
/// assert!(meter.correlation() < 0.0);
/// ```
#[derive(Debug, Clone)]
pub struct Meter {
    detector: TruePeakDetector,
    levels: [ChannelLevels; MAX_CHANNELS],
    mean_squares: [f64; MAX_CHANNELS],
    mean_product: f64,
    /// Sums over the frames since the means were last moved on.
    squares: [f64; MAX_CHANNELS],
    product: f64,
    frames: usize,
    share_of_chunk: f64,
}

impl Meter {
    /// All silent.
    pub fn new(sample_rate_hz: f64, optimizer: AudioOptimizer) -> Self {
        let chunk_seconds = CHUNK_FRAMES as f64 / sample_rate_hz;
        Self {
            detector: TruePeakDetector::new(0, optimizer),
            levels: [ChannelLevels::default(); MAX_CHANNELS],
            mean_squares: [0.0; MAX_CHANNELS],
            mean_product: 0.0,
            squares: [0.0; MAX_CHANNELS],
            product: 0.0,
            frames: 0,
            share_of_chunk: 1.0 - (-chunk_seconds / INTEGRATION_SECONDS).exp(),
        }
    }

    /// Takes interleaved `samples` of `channels` (1 to 8; more are not measured) to a frame.
    pub fn process(&mut self, samples: &[f32], channels: usize) {
        if !(1..=MAX_CHANNELS).contains(&channels) {
            return;
        }
        let mut rest = samples;
        while !rest.is_empty() {
            // Up to where the means move on, so that blocks of any size read the same.
            let frames = (CHUNK_FRAMES - self.frames).min(rest.len().div_ceil(channels));
            let (chunk, after) = rest.split_at((frames * channels).min(rest.len()));
            rest = after;
            self.take(chunk, channels);
            self.frames += frames;
            if self.frames == CHUNK_FRAMES {
                self.move_means();
            }
        }
    }

    fn take(&mut self, chunk: &[f32], channels: usize) {
        let frames = chunk.len() / channels;
        self.detector.push(chunk, channels);
        for channel in 0..channels {
            let mut peaks = [0.0_f32; CHUNK_FRAMES];
            let peaks = &mut peaks[..frames];
            let highest = self.levels.get(channel).map_or(0.0, |l| l.true_peak);
            self.detector.raise(channel, highest, peaks);
            let true_peak = peaks.iter().fold(0.0, |max: f32, p| max.max(*p));
            if let (Some(levels), Some(sum)) =
                (self.levels.get_mut(channel), self.squares.get_mut(channel))
            {
                for sample in self.detector.delayed(channel, 0, frames) {
                    levels.sample_peak = levels.sample_peak.max(sample.abs());
                    *sum += f64::from(*sample) * f64::from(*sample);
                }
                levels.true_peak = levels.true_peak.max(true_peak).max(levels.sample_peak);
            }
        }
        if channels == 2 {
            for [l, r] in chunk.as_chunks().0 {
                self.product += f64::from(*l) * f64::from(*r);
            }
        }
    }

    fn move_means(&mut self) {
        let move_on = |mean: &mut f64, sum: &mut f64| {
            *mean += (*sum / CHUNK_FRAMES as f64 - *mean) * self.share_of_chunk;
            // Settled silence reads exactly zero, and a broken sample is forgotten.
            if mean.abs() < SILENT || !mean.is_finite() {
                *mean = 0.0;
            }
            *sum = 0.0;
        };
        for (mean, sum) in self.mean_squares.iter_mut().zip(&mut self.squares) {
            move_on(mean, sum);
        }
        move_on(&mut self.mean_product, &mut self.product);
        for (levels, mean) in self.levels.iter_mut().zip(&self.mean_squares) {
            levels.rms = (2.0 * mean).sqrt() as f32;
        }
        self.frames = 0;
    }

    /// What `channel` reads; silence for one there is not.
    pub fn levels(&self, channel: usize) -> ChannelLevels {
        self.levels.get(channel).copied().unwrap_or_default()
    }

    /// Starts the peaks anew.
    pub fn take_peaks(&mut self) -> [ChannelLevels; MAX_CHANNELS] {
        let levels = self.levels;
        for level in &mut self.levels {
            (level.sample_peak, level.true_peak) = (0.0, 0.0);
        }
        levels
    }

    /// How alike left and right are over some 300 ms: 1 is mono, 0 unrelated, -1 opposite. 0 in
    /// silence and for other than stereo.
    pub fn correlation(&self) -> f32 {
        let [left, right, ..] = self.mean_squares;
        let both = (left * right).sqrt();
        if both < SILENT {
            return 0.0;
        }
        (self.mean_product / both).clamp(-1.0, 1.0) as f32
    }

    /// The past was silence.
    pub fn reset(&mut self) {
        self.detector.reset();
        self.levels = [ChannelLevels::default(); MAX_CHANNELS];
        self.mean_squares = [0.0; MAX_CHANNELS];
        self.mean_product = 0.0;
        self.squares = [0.0; MAX_CHANNELS];
        self.product = 0.0;
        self.frames = 0;
    }
}

#[cfg(test)]
#[path = "meter_tests.rs"]
mod tests;
