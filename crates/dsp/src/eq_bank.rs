//! The equalizer that runs in the audio callback.

mod bank;
mod crossfade;
mod form;
mod slots;
mod wavefront;

use super::equalizer::EqBank;
use super::ramp::GainRamp;
use super::simd::AudioOptimizer;
use bank::Bank;
use crossfade::mix_towards;
use wavefront::{STEP_FRAMES, TIDY_FRAMES};

/// The most interleaved channels the bank filters.
pub const MAX_CHANNELS: usize = 8;
/// Frames that are worked on at a time where a copy is needed.
const SCRATCH_FRAMES: usize = 1024;

/// A preamp and up to [`MAX_SECTIONS`](super::equalizer::MAX_SECTIONS) filter sections in series over
/// interleaved f32 frames.
///
/// Zero latency; the output does not depend on how the stream is cut into blocks, to the last bit.
/// Gains, frequencies and Qs move in a straight line between two designs, on which every filter is
/// stable; another number or kind of sections cross-fades from one bank to another. Settled flat
/// sections take no time and leave each bit as it was. The sections of left and right channels run
/// first, those of mid and side behind them. Nothing here allocates but [`Self::new`]; every other
/// method may run on the audio thread.
///
/// ```
/// use dsp::eq_bank::EqBandOptimizer;
/// use dsp::equalizer::EqualizerSettings;
/// use dsp::simd::AudioOptimizer;
/// let flat = EqualizerSettings::ten_bands().design(48_000.0);
/// let mut equalizer = EqBandOptimizer::new(AudioOptimizer::detected(), 48_000.0, 2, 0.04);
/// equalizer.jump_to(&flat);
/// let mut samples = [0.5, -0.25, 0.125, 0.75];
/// equalizer.process(&mut samples);
/// assert_eq!(samples, [0.5, -0.25, 0.125, 0.75]);
/// ```
pub struct EqBandOptimizer {
    optimizer: AudioOptimizer,
    channels: usize,
    ramp_frames: usize,
    preamp: GainRamp,
    /// What is heard; during a cross-fade, what is left.
    bank: Box<Bank>,
    /// What is faded in, or waits to be used.
    other: Box<Bank>,
    /// What `bank`, or during a cross-fade `other`, is or moves to.
    target: Box<EqBank>,
    fade: Option<Crossfade>,
    /// Came in during a cross-fade and has another structure: next in turn.
    waiting: Option<Box<EqBank>>,
    /// Memory for `waiting`.
    spare: Option<Box<EqBank>>,
    mix: Box<[f32]>,
    scratch: Box<[f32]>,
    /// Frames since the last multiple of [`TIDY_FRAMES`].
    phase: usize,
}

struct Crossfade {
    done_frames: usize,
}

impl EqBandOptimizer {
    /// A flat bank for `channels` (1 to [`MAX_CHANNELS`]) whose changes take `ramp_seconds` at
    /// `sample_rate_hz`. Allocates.
    pub fn new(
        optimizer: AudioOptimizer,
        sample_rate_hz: f64,
        channels: usize,
        ramp_seconds: f64,
    ) -> Self {
        let steps = (sample_rate_hz * ramp_seconds / STEP_FRAMES as f64).ceil();
        let ramp_frames = steps.max(1.0) as usize * STEP_FRAMES;
        Self {
            optimizer,
            channels,
            ramp_frames,
            preamp: GainRamp::new(1.0, ramp_frames as u32),
            bank: Box::new(Bank::new(optimizer, channels)),
            other: Box::new(Bank::new(optimizer, channels)),
            target: Box::new(EqBank::FLAT),
            fade: None,
            waiting: None,
            spare: Some(Box::new(EqBank::FLAT)),
            mix: vec![0.0; SCRATCH_FRAMES * channels].into_boxed_slice(),
            scratch: vec![0.0; 2 * SCRATCH_FRAMES].into_boxed_slice(),
            phase: 0,
        }
    }

    /// Starts moving to `bank`.
    pub fn set_target(&mut self, bank: &EqBank) {
        self.preamp.set_target(bank.preamp_gain);
        if let Some(waiting) = &mut self.waiting {
            **waiting = *bank;
        } else if self.fade.is_none() {
            self.move_to(bank);
        } else if bank.has_structure_of(&self.target) {
            *self.target = *bank;
            self.other.set_target(bank, self.ramp_frames);
        } else if let Some(mut waiting) = self.spare.take() {
            *waiting = *bank;
            self.waiting = Some(waiting);
        }
    }

    /// Becomes `bank` at once, for use before the first sound or in silence.
    pub fn jump_to(&mut self, bank: &EqBank) {
        self.preamp.jump_to(bank.preamp_gain);
        self.end_waiting();
        self.fade = None;
        *self.target = *bank;
        self.bank.jump_to(bank);
    }

    /// Forgets the sound that is ringing in the filters, for use in silence.
    pub fn reset(&mut self) {
        self.bank.reset();
        self.other.reset();
    }

    /// Whether a block would pass through untouched.
    pub fn is_idle(&self) -> bool {
        self.fade.is_none() && self.bank.is_idle() && self.preamp.is_unity()
    }

    /// Filters whole interleaved frames in place, with as many channels as it was made for.
    pub fn process(&mut self, samples: &mut [f32]) {
        if self.channels == 0 || self.channels > MAX_CHANNELS {
            return;
        }
        let whole = samples.len() - samples.len() % self.channels;
        let mut rest = &mut samples[..whole];
        if !self.preamp.is_unity() {
            self.preamp.process(rest, self.channels);
        }
        while !rest.is_empty() {
            let mut frames = rest.len() / self.channels;
            if let Some(fade) = &self.fade {
                frames = frames
                    .min(SCRATCH_FRAMES)
                    .min(self.ramp_frames - fade.done_frames);
            }
            let (block, later) = rest.split_at_mut(frames * self.channels);
            if self.fade.is_some() {
                self.process_crossfade(block);
            } else if !self.bank.is_idle() {
                self.bank.process(block, self.phase, &mut self.scratch);
            }
            self.phase = (self.phase + frames) % TIDY_FRAMES;
            rest = later;
        }
    }

    /// From one settled or moving bank to the next.
    fn move_to(&mut self, bank: &EqBank) {
        if bank.has_structure_of(&self.target) {
            self.bank.set_target(bank, self.ramp_frames);
        } else if self.bank.is_idle() {
            // Nothing rings and nothing is heard of the old sections: their place is free.
            self.bank.jump_to(&EqBank::FLAT);
            self.bank.set_target(bank, self.ramp_frames);
        } else {
            self.other.jump_to(bank);
            self.fade = Some(Crossfade { done_frames: 0 });
        }
        *self.target = *bank;
    }

    fn process_crossfade(&mut self, block: &mut [f32]) {
        let Some(fade) = &mut self.fade else { return };
        let mix = &mut self.mix[..block.len()];
        mix.copy_from_slice(block);
        self.bank.process(block, self.phase, &mut self.scratch);
        self.other.process(mix, self.phase, &mut self.scratch);
        let done_frames = fade.done_frames;
        fade.done_frames += block.len() / self.channels;
        mix_towards(
            self.optimizer,
            block,
            mix,
            self.channels,
            done_frames,
            self.ramp_frames,
        );
        if fade.done_frames == self.ramp_frames {
            self.fade = None;
            std::mem::swap(&mut self.bank, &mut self.other);
            if let Some(waiting) = self.waiting.take() {
                self.move_to(&waiting);
                self.spare = Some(waiting);
            }
        }
    }

    fn end_waiting(&mut self) {
        if let Some(waiting) = self.waiting.take() {
            self.spare = Some(waiting);
        }
    }
}

#[cfg(test)]
#[path = "eq_bank_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "eq_bank_exactness_tests.rs"]
mod exactness_tests;

#[cfg(test)]
#[path = "eq_bank_moves_tests.rs"]
mod moves_tests;
