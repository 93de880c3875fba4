//! From frames to what a spectrum display draws.

use super::fft::{FftInput, OptimizedFft};
use super::simd::AudioOptimizer;
use super::window::WindowKind;
use bands::Bands;
use serde::{Deserialize, Serialize};
use trace::Fall;

mod bands;
mod trace;

pub use bands::{HIGHEST_HZ, LOWEST_HZ};
pub use trace::{FLOOR_DB, SpectrumTrace};

/// How the bins are gathered into bands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BandLayout {
    /// So many bands to an octave, 3 to 24, from 20 Hz to 20 kHz or, at low rates, to half the sample
    /// rate.
    PerOctave(u32),
    /// Each bin by itself, from 0 Hz to half the sample rate.
    Linear,
}

/// What is looked at of two channels. One channel is the same on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpectrumChannels {
    /// Left and right, whichever is louder in each bin, as one trace.
    #[default]
    Loudest,
    /// Left and right as two traces.
    LeftAndRight,
    /// Half the sum.
    Mid,
    /// Half the difference.
    Side,
    /// Left only.
    Left,
    /// Right only.
    Right,
}

/// How a spectrum looks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SpectrumSettings {
    /// Frames of one transform, a power of two from 512 to 32768. More tells close tones apart, fewer
    /// follow faster.
    pub fft_frames: usize,
    /// The window over them.
    pub window: WindowKind,
    /// The bands.
    pub bands: BandLayout,
    /// The channels.
    pub channels: SpectrumChannels,
    /// How fast a level falls, in dB a second; it rises at once.
    pub fall_db_per_second: f32,
    /// How long a peak is held, in seconds; infinity holds it for good.
    pub peak_hold_seconds: f32,
    /// How fast a peak falls once let go, in dB a second.
    pub peak_fall_db_per_second: f32,
}

impl Default for SpectrumSettings {
    fn default() -> Self {
        Self {
            fft_frames: 8192,
            window: WindowKind::Hann,
            bands: BandLayout::PerOctave(12),
            channels: SpectrumChannels::Loudest,
            fall_db_per_second: 36.0,
            peak_hold_seconds: 1.0,
            peak_fall_db_per_second: 18.0,
        }
    }
}

/// The frames to look at, oldest first.
#[derive(Debug, Clone, Copy)]
pub enum SpectrumInput<'a> {
    /// One channel.
    Mono(&'a [f32]),
    /// Left and right in turn.
    Interleaved(&'a [f32]),
    /// Left, and right.
    Planar(&'a [f32], &'a [f32]),
}

impl<'a> SpectrumInput<'a> {
    /// `left * weights[0] + right * weights[1]`.
    fn weighed(self, weights: [f32; 2]) -> FftInput<'a> {
        match (self, weights) {
            (Self::Mono(frames), [0.5, -0.5]) => FftInput::Planar(frames, frames, weights),
            (Self::Mono(frames), _) => FftInput::Mono(frames),
            (Self::Planar(left, _), LEFT) => FftInput::Mono(left),
            (Self::Planar(_, right), RIGHT) => FftInput::Mono(right),
            (Self::Planar(left, right), _) => FftInput::Planar(left, right, weights),
            (Self::Interleaved(frames), _) => FftInput::Interleaved(frames, weights),
        }
    }
}

const LEFT: [f32; 2] = [1.0, 0.0];
const RIGHT: [f32; 2] = [0.0, 1.0];
const MID: [f32; 2] = [0.5, 0.5];
const SIDE: [f32; 2] = [0.5, -0.5];

/// Windowed FFT, bands in dBFS, and ballistics in wall time.
///
/// A band holds the highest bin in it (a sine keeps its level whatever the band's width); bands
/// narrower than a bin read between bins. Rising levels show at once, falling ones fall at a steady
/// pace, peaks are held. Decibels are worked out for bands only, within 2e-5 dB. Allocates only in
/// [`Self::new`]: to change a setting make a new one, off the audio thread.
pub struct SpectrumProcessor {
    optimizer: AudioOptimizer,
    settings: SpectrumSettings,
    fft: OptimizedFft,
    bands: Bands,
    power: Vec<f32>,
    /// Of the second channel, where both are looked at at once.
    other_power: Vec<f32>,
    band_power: Vec<f32>,
    traces: Vec<SpectrumTrace>,
}

impl SpectrumProcessor {
    /// A spectrum at rest of sound at `sample_rate_hz`. Allocates.
    pub fn new(
        settings: &SpectrumSettings,
        sample_rate_hz: f32,
        optimizer: AudioOptimizer,
    ) -> Self {
        let fft = OptimizedFft::new(settings.fft_frames, settings.window, optimizer);
        let bands = Bands::new(settings.bands, fft.size(), sample_rate_hz);
        let count = bands.centres_hz().len();
        let traces = match settings.channels {
            SpectrumChannels::LeftAndRight => 2,
            _ => 1,
        };
        Self {
            optimizer,
            settings: *settings,
            power: vec![0.0; fft.bin_count()],
            other_power: match settings.channels {
                SpectrumChannels::Loudest => vec![0.0; fft.bin_count()],
                _ => Vec::new(),
            },
            band_power: vec![0.0; count],
            traces: vec![SpectrumTrace::new(count); traces],
            bands,
            fft,
        }
    }

    /// Frames [`Self::process`] looks at.
    pub fn fft_size(&self) -> usize {
        self.fft.size()
    }

    /// Centre of each band, in Hz, rising.
    pub fn centres_hz(&self) -> &[f32] {
        self.bands.centres_hz()
    }

    /// Takes in the last [`Self::fft_size`] frames (the first so many of `input`; what is missing counts
    /// as silence), `elapsed_seconds` after the call before. No allocation, any thread.
    pub fn process(&mut self, input: SpectrumInput<'_>, elapsed_seconds: f32) {
        match (self.settings.channels, input) {
            (SpectrumChannels::Loudest, SpectrumInput::Mono(_)) => {
                self.show(0, input.weighed(LEFT), elapsed_seconds);
            }
            (SpectrumChannels::Loudest, _) => {
                self.fft.power(input.weighed(LEFT), &mut self.power);
                self.fft.power(input.weighed(RIGHT), &mut self.other_power);
                for (power, &other) in self.power.iter_mut().zip(&self.other_power) {
                    *power = larger(*power, other);
                }
                self.show_power(0, elapsed_seconds);
            }
            (SpectrumChannels::LeftAndRight, _) => {
                self.show(0, input.weighed(LEFT), elapsed_seconds);
                self.show(1, input.weighed(RIGHT), elapsed_seconds);
            }
            (SpectrumChannels::Mid, _) => self.show(0, input.weighed(MID), elapsed_seconds),
            (SpectrumChannels::Side, _) => self.show(0, input.weighed(SIDE), elapsed_seconds),
            (SpectrumChannels::Left, _) => self.show(0, input.weighed(LEFT), elapsed_seconds),
            (SpectrumChannels::Right, _) => self.show(0, input.weighed(RIGHT), elapsed_seconds),
        }
    }

    /// The trace, or left's and right's with [`SpectrumChannels::LeftAndRight`].
    pub fn traces(&self) -> &[SpectrumTrace] {
        &self.traces
    }

    /// Whether every level and peak has fallen to the floor.
    pub fn is_at_rest(&self) -> bool {
        self.traces.iter().all(SpectrumTrace::is_at_rest)
    }

    fn show(&mut self, trace: usize, input: FftInput<'_>, elapsed_seconds: f32) {
        self.fft.power(input, &mut self.power);
        self.show_power(trace, elapsed_seconds);
    }

    fn show_power(&mut self, trace: usize, elapsed_seconds: f32) {
        self.bands
            .gather(&self.power, &mut self.band_power, self.optimizer);
        // Not below zero, and a time that is no number counts as none.
        let elapsed_seconds = elapsed_seconds.max(0.0);
        let fall = Fall {
            elapsed_seconds,
            level_db: self.settings.fall_db_per_second * elapsed_seconds,
            hold_seconds: self.settings.peak_hold_seconds,
            peak_db_per_second: self.settings.peak_fall_db_per_second,
        };
        if let Some(trace) = self.traces.get_mut(trace) {
            trace.update(&self.band_power, fall, self.optimizer);
        }
    }
}

/// The larger of two; `b` when `a` is no number. One instruction, which `f32::max` is not.
#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[cfg(test)]
#[path = "spectrum_tests.rs"]
mod tests;
