//! The bank of second-order sections that runs in the audio callback.

use super::equalizer::{EqBank, MAX_SECTIONS};
use super::filter::SvfCoefficients;

/// The most interleaved channels the bank filters.
pub const MAX_CHANNELS: usize = 8;
/// Frames between two coefficient updates while something moves. Counted from the start of the
/// stream, not of the block, so the output does not depend on block sizes.
const STEP_FRAMES: usize = 16;
/// Frames between two looks for state that has died away, on the same count.
const TIDY_FRAMES: usize = 256;
/// State below this is silence (-400 dBFS) and becomes an exact zero before it can turn denormal.
const STATE_FLOOR: f32 = 1e-20;

#[derive(Clone, Copy)]
struct Section {
    now: SvfCoefficients,
    target: SvfCoefficients,
    /// Steps still to begin until `now` is `target`.
    steps_left: u32,
    /// Whether a step is under way; at the next boundary it has arrived or the next one begins.
    moving: bool,
    /// What the output mix gains per frame while moving.
    mix_step: [f32; 3],
    /// What the states gain: see [`tick`].
    a: [f32; 3],
    state: [[f32; MAX_CHANNELS]; 2],
}

impl Section {
    const IDLE: Self = Self {
        now: SvfCoefficients::FLAT,
        target: SvfCoefficients::FLAT,
        steps_left: 0,
        moving: false,
        mix_step: [0.0; 3],
        a: [0.0; 3],
        state: [[0.0; MAX_CHANNELS]; 2],
    };

    fn is_idle(&self) -> bool {
        self.steps_left == 0 && !self.moving && self.now.is_flat()
    }

    fn aim(&mut self, target: SvfCoefficients, steps: u32) {
        if target == self.target || (target.is_flat() && self.is_idle()) {
            return;
        }
        if self.is_idle() {
            // A flat section has no sound of its own yet: take the new tuning at once and ramp the mix.
            self.now = SvfCoefficients {
                g: target.g,
                k: target.k,
                ..SvfCoefficients::FLAT
            };
            self.state = [[0.0; MAX_CHANNELS]; 2];
        }
        self.target = target;
        if target.is_flat() {
            self.target = SvfCoefficients {
                g: self.now.g,
                k: self.now.k,
                ..target
            };
        }
        self.steps_left = steps;
        if steps == 0 {
            self.arrive();
        }
    }

    fn arrive(&mut self) {
        self.now = self.target;
        self.mix_step = [0.0; 3];
        self.moving = false;
        self.retune();
    }

    fn retune(&mut self) {
        let SvfCoefficients { g, k, .. } = self.now;
        let a1 = 1.0 / (1.0 + g * (g + k));
        let a2 = 2.0 * g * a1;
        // 2 (a1 - 1), without the subtraction that would cost the low bands their precision.
        self.a = [-2.0 * g * (g + k) * a1, a2, g * a2];
    }

    fn tidy(&mut self) {
        for value in self.state.as_flattened_mut() {
            if value.abs() < STATE_FLOOR {
                *value = 0.0;
            }
        }
    }

    fn is_moving(&self) -> bool {
        self.moving || self.steps_left > 0
    }

    /// Called at each step boundary while something moves: goes on towards the target.
    fn step(&mut self) {
        if self.steps_left == 0 {
            if self.moving {
                self.arrive();
            }
            return;
        }
        let steps = self.steps_left as f32;
        let frames = steps * STEP_FRAMES as f32;
        self.now.g += (self.target.g - self.now.g) / steps;
        self.now.k += (self.target.k - self.now.k) / steps;
        self.mix_step = [
            (self.target.m0 - self.now.m0) / frames,
            (self.target.m1 - self.now.m1) / frames,
            (self.target.m2 - self.now.m2) / frames,
        ];
        self.steps_left -= 1;
        self.moving = true;
        self.retune();
    }

    fn run<const CHANNELS: usize>(&mut self, samples: &mut [f32]) {
        let a = self.a;
        let mix_step = self.mix_step;
        let mut m = [self.now.m0, self.now.m1, self.now.m2];
        let mut ic1 = [0.0; CHANNELS];
        let mut ic2 = [0.0; CHANNELS];
        ic1.copy_from_slice(&self.state[0][..CHANNELS]);
        ic2.copy_from_slice(&self.state[1][..CHANNELS]);
        for frame in samples.as_chunks_mut::<CHANNELS>().0 {
            for c in 0..CHANNELS {
                frame[c] = tick(a, m, &mut ic1[c], &mut ic2[c], frame[c]);
            }
            for (m, step) in m.iter_mut().zip(mix_step) {
                *m += step;
            }
        }
        [self.now.m0, self.now.m1, self.now.m2] = m;
        self.state[0][..CHANNELS].copy_from_slice(&ic1);
        self.state[1][..CHANNELS].copy_from_slice(&ic2);
    }
}

/// One sample through one section. The recursion is written as what each state gains, so that the next
/// sample waits for three operations only; the halves of the two outputs are taken with the mix.
#[inline(always)]
fn tick(a: [f32; 3], m: [f32; 3], ic1: &mut f32, ic2: &mut f32, input: f32) -> f32 {
    let v3 = input - *ic2;
    let next1 = (*ic1 + a[0] * *ic1) + a[1] * v3;
    let next2 = (*ic2 + a[1] * *ic1) + a[2] * v3;
    let (band, low) = (0.5 * (*ic1 + next1), 0.5 * (*ic2 + next2));
    (*ic1, *ic2) = (next1, next2);
    m[0] * input + m[1] * band + m[2] * low
}

/// Sections that run side by side.
const GROUP: usize = 4;

/// Runs the first `COUNT` sections, none of them moving, frame by frame instead of one after another:
/// the same operations on each sample, but a section need not wait for its own last result, because the
/// others keep the processor busy meanwhile.
fn run_settled<const CHANNELS: usize, const COUNT: usize>(
    sections: &mut [Section],
    samples: &mut [f32],
) {
    let mut a = [[0.0; 3]; COUNT];
    let mut m = [[0.0; 3]; COUNT];
    let mut state = [[[0.0; CHANNELS]; 2]; COUNT];
    for (n, section) in sections[..COUNT].iter().enumerate() {
        a[n] = section.a;
        m[n] = [section.now.m0, section.now.m1, section.now.m2];
        state[n][0].copy_from_slice(&section.state[0][..CHANNELS]);
        state[n][1].copy_from_slice(&section.state[1][..CHANNELS]);
    }
    for frame in samples.as_chunks_mut::<CHANNELS>().0 {
        for n in 0..COUNT {
            let (a, m) = (a[n], m[n]);
            let [ic1, ic2] = &mut state[n];
            for c in 0..CHANNELS {
                frame[c] = tick(a, m, &mut ic1[c], &mut ic2[c], frame[c]);
            }
        }
    }
    for (n, section) in sections[..COUNT].iter_mut().enumerate() {
        section.state[0][..CHANNELS].copy_from_slice(&state[n][0]);
        section.state[1][..CHANNELS].copy_from_slice(&state[n][1]);
    }
}

/// [`run_settled`] with left and right in two lanes of one SSE register: the same operations in the same
/// order, hence the same bits.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse2")]
fn run_settled_stereo<const COUNT: usize>(sections: &mut [Section], samples: &mut [f32]) {
    use std::arch::x86_64::{
        __m128, _mm_add_ps, _mm_cvtss_f32, _mm_mul_ps, _mm_set1_ps, _mm_setr_ps, _mm_setzero_ps,
        _mm_shuffle_ps, _mm_sub_ps,
    };
    let half = _mm_set1_ps(0.5);
    let pair = |lanes: &[f32; MAX_CHANNELS]| _mm_setr_ps(lanes[0], lanes[1], 0.0, 0.0);
    let unpair = |v: __m128| [_mm_cvtss_f32(v), _mm_cvtss_f32(_mm_shuffle_ps::<1>(v, v))];
    let mut a = [[_mm_setzero_ps(); 3]; COUNT];
    let mut m = [[_mm_setzero_ps(); 3]; COUNT];
    let mut state = [[_mm_setzero_ps(); 2]; COUNT];
    for (n, section) in sections[..COUNT].iter().enumerate() {
        let SvfCoefficients { m0, m1, m2, .. } = section.now;
        a[n] = section.a.map(|x| _mm_set1_ps(x));
        m[n] = [m0, m1, m2].map(|x| _mm_set1_ps(x));
        state[n] = [pair(&section.state[0]), pair(&section.state[1])];
    }
    for frame in samples.as_chunks_mut::<2>().0 {
        let mut sample = _mm_setr_ps(frame[0], frame[1], 0.0, 0.0);
        for n in 0..COUNT {
            let [ic1, ic2] = state[n];
            let v3 = _mm_sub_ps(sample, ic2);
            let gained = _mm_add_ps(ic1, _mm_mul_ps(a[n][0], ic1));
            let next1 = _mm_add_ps(gained, _mm_mul_ps(a[n][1], v3));
            let gained = _mm_add_ps(ic2, _mm_mul_ps(a[n][1], ic1));
            let next2 = _mm_add_ps(gained, _mm_mul_ps(a[n][2], v3));
            let band = _mm_mul_ps(half, _mm_add_ps(ic1, next1));
            let low = _mm_mul_ps(half, _mm_add_ps(ic2, next2));
            let dry = _mm_mul_ps(m[n][0], sample);
            let with_band = _mm_add_ps(dry, _mm_mul_ps(m[n][1], band));
            sample = _mm_add_ps(with_band, _mm_mul_ps(m[n][2], low));
            state[n] = [next1, next2];
        }
        *frame = unpair(sample);
    }
    for (n, section) in sections[..COUNT].iter_mut().enumerate() {
        section.state[0][..2].copy_from_slice(&unpair(state[n][0]));
        section.state[1][..2].copy_from_slice(&unpair(state[n][1]));
    }
}

/// A preamp and up to [`MAX_SECTIONS`] filter sections in series over interleaved f32 frames.
///
/// Zero latency; the output does not depend on how the stream is cut into blocks. Every change is a
/// ramp, so nothing clicks, and every set on the way is stable. Settled flat sections are skipped and
/// leave each bit as it was. Nothing here allocates; every method may run on the audio thread.
pub struct EqBandOptimizer {
    sections: [Section; MAX_SECTIONS],
    /// Sections beyond this are idle.
    active: usize,
    preamp: Preamp,
    ramp_steps: u32,
    /// Whether any section or the preamp is on its way.
    is_moving: bool,
    /// Frames since the last multiple of [`TIDY_FRAMES`].
    phase: usize,
}

#[derive(Clone, Copy)]
struct Preamp {
    now: f32,
    target: f32,
    per_frame: f32,
    steps_left: u32,
}

impl EqBandOptimizer {
    /// A flat bank whose changes take `ramp_seconds` at `sample_rate_hz`.
    pub fn new(sample_rate_hz: f64, ramp_seconds: f64) -> Self {
        let ramp_steps = (sample_rate_hz * ramp_seconds / STEP_FRAMES as f64)
            .ceil()
            .max(1.0);
        Self {
            sections: [Section::IDLE; MAX_SECTIONS],
            active: 0,
            preamp: Preamp {
                now: 1.0,
                target: 1.0,
                per_frame: 0.0,
                steps_left: 0,
            },
            ramp_steps: ramp_steps as u32,
            is_moving: false,
            phase: 0,
        }
    }

    /// Starts moving to `bank`.
    pub fn set_target(&mut self, bank: &EqBank) {
        self.aim(bank, self.ramp_steps);
    }

    /// Becomes `bank` at once, for use before the first sound or in silence.
    pub fn jump_to(&mut self, bank: &EqBank) {
        self.aim(bank, 0);
        self.preamp = Preamp {
            now: bank.preamp_gain,
            ..self.preamp
        };
        self.preamp.per_frame = 0.0;
    }

    /// Forgets the sound that is ringing in the filters, for use in silence.
    pub fn reset(&mut self) {
        for section in &mut self.sections {
            section.state = [[0.0; MAX_CHANNELS]; 2];
        }
    }

    /// Whether a block would pass through untouched.
    pub fn is_idle(&self) -> bool {
        self.active == 0 && self.preamp_is_settled() && self.preamp.now == 1.0
    }

    /// Filters `samples` in place: interleaved, `channels` (1 to [`MAX_CHANNELS`]) to a frame; more
    /// channels than that, or a partial frame at the end, are left as they are.
    pub fn process(&mut self, samples: &mut [f32], channels: usize) {
        match channels {
            1 => self.process_channels::<1>(samples),
            2 => self.process_channels::<2>(samples),
            3 => self.process_channels::<3>(samples),
            4 => self.process_channels::<4>(samples),
            5 => self.process_channels::<5>(samples),
            6 => self.process_channels::<6>(samples),
            7 => self.process_channels::<7>(samples),
            8 => self.process_channels::<8>(samples),
            _ => {}
        }
    }

    fn aim(&mut self, bank: &EqBank, steps: u32) {
        for (index, section) in self.sections.iter_mut().enumerate() {
            let target = if index < bank.count {
                bank.sections[index]
            } else {
                SvfCoefficients::FLAT
            };
            section.aim(target, steps);
        }
        if bank.preamp_gain != self.preamp.target {
            self.preamp.target = bank.preamp_gain;
            self.preamp.steps_left = steps;
        }
        self.is_moving = true;
        self.active = MAX_SECTIONS;
        self.count_active();
    }

    fn count_active(&mut self) {
        self.active = self.sections[..self.active]
            .iter()
            .rposition(|s| !s.is_idle())
            .map_or(0, |last| last + 1);
    }

    fn preamp_is_settled(&self) -> bool {
        self.preamp.steps_left == 0 && self.preamp.per_frame == 0.0
    }

    fn process_channels<const CHANNELS: usize>(&mut self, samples: &mut [f32]) {
        let mut rest = samples;
        while rest.len() >= CHANNELS {
            if self.is_moving && self.phase.is_multiple_of(STEP_FRAMES) {
                self.step();
            }
            if self.phase == 0 {
                self.sections[..self.active]
                    .iter_mut()
                    .for_each(Section::tidy);
            }
            let grid = if self.is_moving {
                STEP_FRAMES
            } else {
                TIDY_FRAMES
            };
            let frames = (grid - self.phase % grid).min(rest.len() / CHANNELS);
            let (block, later) = rest.split_at_mut(frames * CHANNELS);
            self.apply_preamp::<CHANNELS>(block);
            self.run_sections::<CHANNELS>(block);
            self.phase = (self.phase + frames) % TIDY_FRAMES;
            rest = later;
        }
    }

    /// Runs what is not idle, in order; settled sections in groups.
    fn run_sections<const CHANNELS: usize>(&mut self, block: &mut [f32]) {
        let mut first = 0;
        while first < self.active {
            let settled = self.sections[first..self.active]
                .iter()
                .take(GROUP)
                .take_while(|section| !section.moving && !section.is_idle())
                .count();
            let group = &mut self.sections[first..];
            #[cfg(target_arch = "x86_64")]
            if CHANNELS == 2 && settled > 0 {
                // SAFETY: SSE2 is part of every x86-64 processor.
                unsafe {
                    match settled {
                        4 => run_settled_stereo::<4>(group, block),
                        3 => run_settled_stereo::<3>(group, block),
                        2 => run_settled_stereo::<2>(group, block),
                        _ => run_settled_stereo::<1>(group, block),
                    }
                }
                first += settled;
                continue;
            }
            match settled {
                4 => run_settled::<CHANNELS, 4>(group, block),
                3 => run_settled::<CHANNELS, 3>(group, block),
                2 => run_settled::<CHANNELS, 2>(group, block),
                _ if group[0].is_idle() => {}
                _ => group[0].run::<CHANNELS>(block),
            }
            first += settled.max(1);
        }
    }

    fn step(&mut self) {
        for section in &mut self.sections[..self.active] {
            section.step();
        }
        self.count_active();
        let preamp = &mut self.preamp;
        if preamp.steps_left > 0 {
            let frames = preamp.steps_left as f32 * STEP_FRAMES as f32;
            preamp.per_frame = (preamp.target - preamp.now) / frames;
            preamp.steps_left -= 1;
        } else if preamp.per_frame != 0.0 {
            preamp.now = preamp.target;
            preamp.per_frame = 0.0;
        }
        let any_moves = self.sections[..self.active].iter().any(Section::is_moving);
        self.is_moving = any_moves || !self.preamp_is_settled();
    }

    fn apply_preamp<const CHANNELS: usize>(&mut self, samples: &mut [f32]) {
        let Preamp { now, per_frame, .. } = self.preamp;
        if per_frame != 0.0 {
            let mut gain = now;
            for frame in samples.as_chunks_mut::<CHANNELS>().0 {
                for sample in frame {
                    *sample *= gain;
                }
                gain += per_frame;
            }
            self.preamp.now = gain;
        } else if now != 1.0 {
            for sample in samples {
                *sample *= now;
            }
        }
    }
}

#[cfg(test)]
#[path = "eq_bank_tests.rs"]
mod tests;
