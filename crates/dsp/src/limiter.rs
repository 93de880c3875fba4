//! The true-peak limiter at the end of the chain.

mod gain_smoother;

use super::simd::AudioOptimizer;
use super::simd::dispatch::at_level;
use super::simd::lanes::Lanes;
use super::simd::samples;
use super::true_peak::{
    self, CHUNK_FRAMES, DETECTION_DELAY_FRAMES, MAX_CHANNELS, TruePeakDetector, WARM_UP_FRAMES,
    larger,
};
use super::units::Decibels;
use gain_smoother::GainSmoother;

/// With this ceiling the true peak stays at or below full scale on any signal tested.
pub const DEFAULT_CEILING: Decibels = Decibels(-0.1);
/// Time in which the gain reaches what a coming peak needs.
const ATTACK_SECONDS: f64 = 0.0015;
/// Length of the way into and out of circuit.
const CROSS_FADE_SECONDS: f64 = 0.01;
/// Frames the full reduction is held before and after a peak, so that the interpolation around the
/// peak sees one gain.
const GUARD_FRAMES: usize = 4;
/// Aims 0.0001 dB low, so that rounding puts no sample above the ceiling, even 40 dB into
/// reduction.
const BELOW: f32 = 0.999_99;

/// A look-ahead limiter of the true peak (ITU-R BS.1770-4 Annex 2, with a longer filter): what lies
/// between the samples stays below the ceiling too, and the gain moves before the peak arrives.
///
/// All channels share one gain, so the image stays put. The reduction reaches its depth over 1.5 ms
/// along a smooth curve, is held over the peak, and lets go with a time constant of 150 ms. Sound
/// too low to come near the ceiling costs less.
///
/// In circuit it delays by [`latency_frames`](Self::latency_frames); sound that stays below the
/// ceiling comes out delayed with every bit unchanged. "Below" is by the limiter's own reading,
/// which is at most 0.2 dB high, and that only above some 0.3 fs. Out of circuit it does nothing at
/// all.
///
/// Going into circuit takes some 3 ms to fill the delay and then 10 ms of cross-fade from the
/// direct to the delayed sound, in which the two colour each other as a comb filter but nothing
/// jumps, is skipped or heard twice. Sound that is too loud during that time is clipped at the
/// ceiling; so engage before what can make it too loud (a boost, a volume above one) comes in. The
/// way out is the cross-fade backwards.
///
/// Made and resized by constructors only; every other method may run on the audio thread.
///
/// ```
/// use dsp::limiter::{DEFAULT_CEILING, TruePeakLimiter};
/// use dsp::simd::AudioOptimizer;
/// let mut limiter = TruePeakLimiter::new(48_000.0, DEFAULT_CEILING, AudioOptimizer::detected());
/// limiter.set_engaged(true);
/// limiter.reset();
/// let mut loud = vec![1.5; 9_600];
/// limiter.process(&mut loud, 1);
/// assert!(loud.iter().all(|sample| *sample <= 1.0));
/// ```
#[derive(Debug, Clone)]
pub struct TruePeakLimiter {
    detector: TruePeakDetector,
    smoother: GainSmoother,
    ceiling: f32,
    latency_frames: usize,
    engaged: bool,
    /// Frames taken since the lines were cleared, up to what the cross-fade waits for.
    fed_frames: usize,
    /// 0 is direct, `fade_frames` is delayed.
    fade_position: u32,
    fade_frames: u32,
    channels: usize,
    lowest_gain: f32,
}

impl TruePeakLimiter {
    /// Out of circuit, for `sample_rate_hz` and up to eight channels. Allocates.
    pub fn new(sample_rate_hz: f64, ceiling: Decibels, optimizer: AudioOptimizer) -> Self {
        let attack_frames = (ATTACK_SECONDS * sample_rate_hz).round().max(2.0) as usize;
        // A peak's interval is judged DETECTION_DELAY after it came in, its reduction is complete
        // attack_frames - 1 after that, and both its frames and the guard must still be to come.
        let latency_frames = DETECTION_DELAY_FRAMES + attack_frames - 1 + GUARD_FRAMES;
        let hold_frames = attack_frames + 1 + 2 * GUARD_FRAMES;
        Self {
            detector: TruePeakDetector::new(latency_frames, optimizer),
            smoother: GainSmoother::new(sample_rate_hz, attack_frames, hold_frames),
            ceiling: ceiling.to_gain(),
            latency_frames,
            engaged: false,
            fed_frames: 0,
            fade_position: 0,
            fade_frames: (CROSS_FADE_SECONDS * sample_rate_hz).round().max(1.0) as u32,
            channels: 0,
            lowest_gain: 1.0,
        }
    }

    /// The level no peak exceeds, in dBTP. Sound already in the delay keeps the ceiling it came
    /// under.
    pub fn set_ceiling(&mut self, ceiling: Decibels) {
        self.ceiling = ceiling.to_gain();
    }

    /// Starts the way into or out of circuit, from wherever it is.
    pub fn set_engaged(&mut self, engaged: bool) {
        if engaged && self.is_idle() {
            self.forget();
        }
        self.engaged = engaged;
    }

    /// Out of circuit: no bit changes.
    pub fn is_idle(&self) -> bool {
        !self.engaged && self.fade_position == 0
    }

    /// Neither filling nor cross-fading.
    pub fn is_settled(&self) -> bool {
        self.is_idle() || (self.engaged && self.fade_position == self.fade_frames)
    }

    /// Whether the gain is one and nothing on its way will lower it.
    pub fn is_released(&self) -> bool {
        self.smoother.is_released()
    }

    /// The delay when settled: 0 out of circuit.
    pub fn latency_frames(&self) -> usize {
        if self.engaged { self.latency_frames } else { 0 }
    }

    /// The deepest reduction since the last call, in decibels, 0 or below.
    pub fn take_gain_reduction(&mut self) -> Decibels {
        let gain = std::mem::replace(&mut self.lowest_gain, 1.0);
        Decibels::from_gain(gain.max(f32::MIN_POSITIVE))
    }

    /// The past was silence: settles at once, in or out of circuit, with silence in the delay.
    pub fn reset(&mut self) {
        self.forget();
        if self.engaged {
            self.fed_frames = self.frames_to_fill();
            self.fade_position = self.fade_frames;
        } else {
            self.fade_position = 0;
        }
    }

    /// Limits interleaved `samples` of `channels` (1 to 8) to a frame. Another number of channels
    /// than before begins anew from silence.
    pub fn process(&mut self, samples: &mut [f32], channels: usize) {
        if channels != self.channels {
            let is_first = self.channels == 0;
            self.channels = channels;
            // The first sound may come in at any point of the way into circuit.
            if !is_first {
                self.reset();
            }
        }
        if !(1..=MAX_CHANNELS).contains(&channels) {
            return;
        }
        let this = self;
        at_level!(
            this.detector.optimizer(),
            limit(this: &mut TruePeakLimiter, samples: &mut [f32], channels: usize)
        );
    }

    /// Replaces the true peak of each frame, 0 where it is below the ceiling, by the gain of the frame that
    /// leaves the delay now.
    #[inline(always)]
    unsafe fn gains_from_peaks<V: Lanes>(&mut self, values: &mut [f32]) {
        // A detector begun in mid-signal takes the beginning for a step.
        let blind = WARM_UP_FRAMES
            .saturating_sub(self.fed_frames)
            .min(values.len());
        values[..blind].fill(0.0);
        // SAFETY: by the caller.
        unsafe { reductions::<V>(values, self.ceiling) };
        self.smoother.gains_from_reductions(values);
        // SAFETY: by the caller.
        self.lowest_gain = unsafe { lowest::<V>(values, self.lowest_gain) };
    }

    /// What leaves the delay, at the gains, or as it is where `gains` is `None`.
    #[inline(always)]
    unsafe fn put_delayed<V: Lanes>(
        &self,
        chunk: &mut [f32],
        channels: usize,
        gains: Option<&[f32]>,
    ) {
        let frames = chunk.len() / channels;
        let line = |channel| self.detector.delayed(channel, self.latency_frames, frames);
        match (channels, gains) {
            // SAFETY: by the caller.
            (2, None) => unsafe { samples::interleave::<V>(line(0), line(1), chunk) },
            // SAFETY: by the caller.
            (2, Some(gains)) => unsafe { put_stereo::<V>(line(0), line(1), gains, chunk) },
            (_, gains) => {
                for channel in 0..channels {
                    let out = chunk.iter_mut().skip(channel).step_by(channels);
                    for (frame, (out, delayed)) in out.zip(line(channel)).enumerate() {
                        let gain = gains.and_then(|gains| gains.get(frame));
                        *out = delayed * gain.copied().unwrap_or(1.0);
                    }
                }
            }
        }
    }

    /// The way into or out of circuit.
    fn put_mixed(&mut self, chunk: &mut [f32], channels: usize, gains: &[f32]) {
        let frames_to_fill = self.frames_to_fill();
        for (frame, gain) in gains.iter().enumerate() {
            if self.fed_frames < frames_to_fill {
                self.fed_frames += 1;
            } else if self.engaged {
                self.fade_position = (self.fade_position + 1).min(self.fade_frames);
            }
            if !self.engaged {
                self.fade_position = self.fade_position.saturating_sub(1);
                if self.fade_position == 0 {
                    return;
                }
            }
            let x = self.fade_position as f32 / self.fade_frames as f32;
            let share = x * x * (3.0 - 2.0 * x);
            let out = chunk.iter_mut().skip(frame * channels).take(channels);
            for (channel, out) in out.enumerate() {
                let line = self
                    .detector
                    .delayed(channel, self.latency_frames, gains.len());
                let delayed = line.get(frame).copied().unwrap_or(0.0) * gain;
                let direct = if *out > self.ceiling {
                    self.ceiling
                } else if *out < -self.ceiling {
                    -self.ceiling
                } else {
                    *out
                };
                *out = if self.fade_position == self.fade_frames {
                    delayed
                } else {
                    direct + (delayed - direct) * share
                };
            }
        }
    }

    /// The first frames heard through the delay are ones the detector judged with a real past.
    fn frames_to_fill(&self) -> usize {
        self.latency_frames + WARM_UP_FRAMES
    }

    fn forget(&mut self) {
        self.detector.reset();
        self.smoother.reset();
        self.fed_frames = 0;
    }
}

/// [`TruePeakLimiter::process`], from code compiled for `V`.
#[inline(always)]
unsafe fn limit<V: Lanes>(this: &mut TruePeakLimiter, samples: &mut [f32], channels: usize) {
    for chunk in samples.chunks_mut(CHUNK_FRAMES * channels) {
        if this.is_idle() {
            return;
        }
        let mut values = [0.0; CHUNK_FRAMES];
        let values = &mut values[..chunk.len() / channels];
        let mut is_loud = false;
        // SAFETY: by the caller.
        unsafe {
            true_peak::push::<V>(&mut this.detector, chunk, channels);
            for channel in 0..channels {
                is_loud |= true_peak::raise::<V>(&mut this.detector, channel, this.ceiling, values);
            }
        }
        let is_in_circuit = this.engaged && this.fade_position == this.fade_frames;
        // SAFETY: by the caller.
        unsafe {
            if is_loud || !this.smoother.is_released() {
                this.gains_from_peaks::<V>(values);
                match is_in_circuit {
                    true => this.put_delayed::<V>(chunk, channels, Some(values)),
                    false => this.put_mixed(chunk, channels, values),
                }
            } else if is_in_circuit {
                this.put_delayed::<V>(chunk, channels, None);
            } else {
                values.fill(1.0);
                this.put_mixed(chunk, channels, values);
            }
        }
    }
}

/// Replaces each true peak by the reduction it needs: 0 where it is no higher than `ceiling`, or no number.
#[inline(always)]
unsafe fn reductions<V: Lanes>(values: &mut [f32], ceiling: f32) {
    let target = ceiling * BELOW;
    let whole = values.len() - values.len() % V::LANES;
    for at in (0..whole).step_by(V::LANES) {
        // SAFETY: by the caller; accesses end at `whole`.
        unsafe {
            let value = V::load(values.as_ptr().add(at));
            let reduction = V::splat(1.0).sub(V::splat(target).div(value));
            let is_over = V::splat(ceiling).less(value);
            V::select(is_over, reduction, V::splat(0.0)).store(values.as_mut_ptr().add(at));
        }
    }
    for value in values.iter_mut().skip(whole) {
        let reduction = 1.0 - target / *value;
        *value = if *value > ceiling { reduction } else { 0.0 };
    }
}

/// The lowest of `gains` and `lowest`.
#[inline(always)]
unsafe fn lowest<V: Lanes>(gains: &[f32], lowest: f32) -> f32 {
    let whole = gains.len() - gains.len() % V::LANES;
    // SAFETY: by the caller; accesses end at `whole`.
    let most = unsafe {
        let mut most = V::splat(-lowest);
        for at in (0..whole).step_by(V::LANES) {
            most = V::splat(0.0).sub(V::load(gains.as_ptr().add(at))).max(most);
        }
        most.largest()
    };
    let rest = gains.iter().skip(whole);
    -rest.fold(most, |most, gain| larger(-gain, most))
}

/// Writes frames of `left` and `right` at `gains` to `out`.
#[inline(always)]
unsafe fn put_stereo<V: Lanes>(left: &[f32], right: &[f32], gains: &[f32], out: &mut [f32]) {
    let frames = left
        .len()
        .min(right.len())
        .min(gains.len())
        .min(out.len() / 2);
    let whole = frames - frames % V::LANES;
    for at in (0..whole).step_by(V::LANES) {
        // SAFETY: by the caller; accesses end at frame `whole`, within all four.
        unsafe {
            let gain = V::load(gains.as_ptr().add(at));
            let left = V::load(left.as_ptr().add(at)).mul(gain);
            let right = V::load(right.as_ptr().add(at)).mul(gain);
            let (first, second) = left.interleave(right);
            first.store(out.as_mut_ptr().add(2 * at));
            second.store(out.as_mut_ptr().add(2 * at + V::LANES));
        }
    }
    let sides = left.iter().zip(right).zip(gains);
    let rest = out.as_chunks_mut().0.iter_mut().zip(sides).skip(whole);
    for (frame, ((l, r), gain)) in rest {
        *frame = [l * gain, r * gain];
    }
}

#[cfg(test)]
#[path = "limiter_tests.rs"]
mod tests;
