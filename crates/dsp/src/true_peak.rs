//! The level of the waveform between the samples: 4x oversampling and what the slope says in
//! between.

mod interpolator;

use super::simd::AudioOptimizer;
use super::simd::dispatch::at_level;
use super::simd::lanes::Lanes;
use super::simd::samples;
use interpolator::{Interpolator, MAX_LANES, PAST_FRAMES, REACH_FRAMES, State};

/// Frames a reading is late: an interval is judged when the last sample its filter needs is there.
pub(super) const DETECTION_DELAY_FRAMES: usize = REACH_FRAMES;
/// Frames until a detector that began in the middle of a signal has forgotten its beginning.
pub(super) const WARM_UP_FRAMES: usize = REACH_FRAMES + PAST_FRAMES;
/// Frames handled at a time.
pub(super) const CHUNK_FRAMES: usize = 64;
/// Channels a detector has room for.
pub(super) const MAX_CHANNELS: usize = 8;

/// The larger, or `b` when `a` is not a number: a broken sample spoils no reading but its own.
#[inline(always)]
pub(super) fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// Keeps the last frames of up to [`MAX_CHANNELS`] channels side by side and reads their true
/// peaks.
#[derive(Debug, Clone)]
pub(super) struct TruePeakDetector {
    optimizer: AudioOptimizer,
    interpolator: Interpolator,
    lines: Vec<f32>,
    stride: usize,
    keep: usize,
    /// Where the next frame goes in each line.
    end: usize,
    states: [State; MAX_CHANNELS],
}

impl TruePeakDetector {
    /// Allocates. [`delayed`](Self::delayed) reaches back `delay_frames`.
    pub(super) fn new(delay_frames: usize, optimizer: AudioOptimizer) -> Self {
        let keep = delay_frames.max(WARM_UP_FRAMES);
        // A few chunks of room, so that the past moves to the front only now and then; and what the
        // last registers of a chunk read too far.
        let stride = keep + 8 * CHUNK_FRAMES + MAX_LANES;
        Self {
            optimizer,
            interpolator: Interpolator::new(),
            lines: vec![0.0; stride * MAX_CHANNELS],
            stride,
            keep,
            end: keep,
            states: [State::SILENT; MAX_CHANNELS],
        }
    }

    /// The level it runs at.
    pub(super) fn optimizer(&self) -> AudioOptimizer {
        self.optimizer
    }

    /// Makes the past silent.
    pub(super) fn reset(&mut self) {
        self.lines.fill(0.0);
        self.end = self.keep;
        self.states = [State::SILENT; MAX_CHANNELS];
    }

    /// Takes interleaved `samples`, at most [`CHUNK_FRAMES`] of at most [`MAX_CHANNELS`].
    pub(super) fn push(&mut self, samples: &[f32], channels: usize) {
        let this = self;
        at_level!(
            this.optimizer,
            push(this: &mut TruePeakDetector, samples: &[f32], channels: usize)
        );
    }

    /// Raises `peaks` to the linear true peaks of `channel` in the intervals that begin
    /// [`DETECTION_DELAY_FRAMES`] before each of the `peaks.len()` frames last pushed. Peaks that do
    /// not pass `floor` may be left out. Once for every push and channel.
    pub(super) fn raise(&mut self, channel: usize, floor: f32, peaks: &mut [f32]) {
        let this = self;
        at_level!(
            this.optimizer,
            raise(this: &mut TruePeakDetector, channel: usize, floor: f32, peaks: &mut [f32]) -> bool
        );
    }

    /// What `channel` held `delay_frames` before each of the last `frames`.
    pub(super) fn delayed(&self, channel: usize, delay_frames: usize, frames: usize) -> &[f32] {
        let start = channel * self.stride + self.end - frames - delay_frames;
        self.lines.get(start..start + frames).unwrap_or_default()
    }
}

/// [`TruePeakDetector::push`], from code compiled for `V`.
#[inline(always)]
pub(super) unsafe fn push<V: Lanes>(this: &mut TruePeakDetector, samples: &[f32], channels: usize) {
    let frames = samples.len() / channels;
    if this.end + frames + MAX_LANES > this.stride {
        let past = this.end - this.keep..this.end;
        for line in this.lines.chunks_exact_mut(this.stride).take(channels) {
            line.copy_within(past.clone(), 0);
        }
        this.end = this.keep;
    }
    let range = this.end..this.end + frames;
    if let (2, Some((left, right))) = (channels, this.lines.split_at_mut_checked(this.stride))
        && let (Some(left), Some(right)) = (left.get_mut(range.clone()), right.get_mut(range))
    {
        // SAFETY: by the caller.
        unsafe { samples::deinterleave::<V>(samples, left, right) };
    } else {
        let lines = this.lines.chunks_exact_mut(this.stride);
        for (channel, line) in lines.take(channels).enumerate() {
            let new = samples.iter().skip(channel).step_by(channels);
            for (slot, &sample) in line.iter_mut().skip(this.end).zip(new) {
                *slot = sample;
            }
        }
    }
    this.end += frames;
}

/// [`TruePeakDetector::raise`], from code compiled for `V`; whether it has looked at all.
#[inline(always)]
pub(super) unsafe fn raise<V: Lanes>(
    this: &mut TruePeakDetector,
    channel: usize,
    floor: f32,
    peaks: &mut [f32],
) -> bool {
    let start = this.end - peaks.len() - WARM_UP_FRAMES;
    let from = channel * this.stride;
    let line = this.lines.get(from + start..from + this.stride);
    let (Some(line), Some(state)) = (line, this.states.get_mut(channel)) else {
        return false;
    };
    // SAFETY: by the caller.
    unsafe { this.interpolator.raise::<V>(line, floor, state, peaks) }
}

#[cfg(test)]
#[path = "true_peak_tests.rs"]
mod tests;
