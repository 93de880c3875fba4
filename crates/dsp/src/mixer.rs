//! Two decks into one stream: a gain for each, and the change from one to the other.

use super::ramp::GainRamp;
use super::simd::AudioOptimizer;
use std::f32::consts::FRAC_PI_2;

/// Longest cross-fade, in seconds.
pub const MAX_CROSSFADE_SECONDS: f64 = 12.0;

/// How the gains of two decks move past each other.
///
/// ```
/// use dsp::mixer::CrossfadeLaw;
/// let [outgoing, incoming] = CrossfadeLaw::Linear.gains(0.25);
/// assert!((outgoing + incoming - 1.0).abs() < 1e-6);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum CrossfadeLaw {
    /// Quarter waves whose squares add up to one: two unlike sounds keep their level.
    #[default]
    EqualPower,
    /// Straight lines that add up to one: two like sounds keep theirs.
    Linear,
}

impl CrossfadeLaw {
    /// Gains of the deck that comes and of the one that goes, at `x` of the way, 0 to 1.
    pub fn gains(self, x: f32) -> [f32; 2] {
        match self {
            Self::EqualPower => [(x * FRAC_PI_2).sin(), (x * FRAC_PI_2).cos()],
            Self::Linear => [x, 1.0 - x],
        }
    }
}

/// How tracks that follow one another are joined.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Crossfade {
    /// Length of the overlap, 0 to [`MAX_CROSSFADE_SECONDS`]; 0 joins without a gap.
    pub seconds: f64,
    /// How the gains move in it.
    pub law: CrossfadeLaw,
}

impl Crossfade {
    /// The overlap at `sample_rate_hz`, in frames.
    pub fn frames(self, sample_rate_hz: u32) -> u64 {
        // NaN becomes 0.
        let seconds = self.seconds.clamp(0.0, MAX_CROSSFADE_SECONDS);
        (seconds * f64::from(sample_rate_hz)).round() as u64
    }
}

/// Mixes two decks of interleaved frames. One deck plays alone until a cross-fade makes it the one
/// that goes and brings another in.
///
/// Gains depend on frames counted, not on blocks, so every way of cutting a stream gives the same
/// bits; a lone deck at a gain of one keeps every bit. Only [`Self::new`] allocates, or looks at the
/// processor.
#[derive(Debug, Clone)]
pub struct Mixer {
    optimizer: AudioOptimizer,
    channels: usize,
    coming: GainRamp,
    going: GainRamp,
    law: CrossfadeLaw,
    fade_frames: u64,
    frames_left: u64,
}

impl Mixer {
    /// A lone deck at a gain of one; gains take `ramp_frames` to move.
    pub fn new(channels: usize, ramp_frames: u32, optimizer: AudioOptimizer) -> Self {
        Self {
            optimizer,
            channels,
            coming: GainRamp::new(1.0, ramp_frames),
            going: GainRamp::new(1.0, ramp_frames),
            law: CrossfadeLaw::default(),
            fade_frames: 0,
            frames_left: 0,
        }
    }

    /// Is a lone deck at `gain` (linear) at once, for a sound that begins.
    pub fn reset(&mut self, gain: f32) {
        self.coming.jump_to(gain);
        self.frames_left = 0;
    }

    /// Moves the deck that plays, or comes, to `gain` (linear), without a click.
    pub fn set_gain(&mut self, gain: f32) {
        self.coming.set_target(gain);
    }

    /// The deck that plays goes, over `frames`; one at `gain` (linear) comes.
    pub fn begin_crossfade(&mut self, frames: u64, law: CrossfadeLaw, gain: f32) {
        self.going = self.coming;
        self.coming.jump_to(gain);
        self.law = law;
        (self.fade_frames, self.frames_left) = (frames, frames);
    }

    /// The deck that plays is at `gain` (linear) at once, for a sound that follows another without a gap.
    pub fn join(&mut self, gain: f32) {
        self.coming.jump_to(gain);
    }

    /// Frames for which the deck that goes is still heard.
    pub fn frames_left(&self) -> u64 {
        self.frames_left
    }

    /// Turns `coming` into the mix. `going` belongs to the same frames, as far as it reaches, and is
    /// used up; what lies behind the end of the cross-fade is not heard.
    pub fn process(&mut self, coming: &mut [f32], going: &mut [f32]) {
        let channels = self.channels;
        let frames = coming.len() / channels;
        let faded = usize::try_from(self.frames_left).map_or(frames, |left| left.min(frames));
        let (mixed, alone) = coming.split_at_mut(faded * channels);
        let reach = going.len().min(mixed.len());
        let going = &mut going[..reach];
        let mut going_frames = going.chunks_exact_mut(channels);
        for frame in mixed.chunks_exact_mut(channels) {
            let at = (self.fade_frames - self.frames_left) as f64 + 0.5;
            let [comes, goes] = self.law.gains((at / self.fade_frames as f64) as f32);
            self.frames_left -= 1;
            scale(frame, comes * self.coming.step());
            let goes = goes * self.going.step();
            if let Some(frame) = going_frames.next() {
                scale(frame, goes);
            }
        }
        self.optimizer.mix_buffers(mixed, going, 1.0);
        let moving = self.coming.frames_left().min(alone.len() / channels);
        let (moving, settled) = alone.split_at_mut(moving * channels);
        for frame in moving.chunks_exact_mut(channels) {
            scale(frame, self.coming.step());
        }
        if !settled.is_empty() && !self.coming.is_unity() {
            self.optimizer.apply_gain(settled, self.coming.step());
        }
    }
}

fn scale(frame: &mut [f32], gain: f32) {
    for sample in frame {
        *sample *= gain;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CrossfadeLaw::{EqualPower, Linear};

    fn noise(seed: u32, samples: usize) -> Vec<f32> {
        let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
        let random = |_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as f32 / u32::MAX as f32 - 0.5
        };
        (0..samples).map(random).collect()
    }

    fn mixer() -> Mixer {
        Mixer::new(2, 100, AudioOptimizer::detected())
    }

    fn rms(samples: &[f32]) -> f32 {
        AudioOptimizer::scalar().compute_rms(samples)
    }

    #[test]
    fn a_lone_deck_keeps_every_bit_and_a_gain_is_a_product() {
        let sound = noise(1, 4_000);
        let mut mix = sound.clone();
        let mut mixer = mixer();
        mixer.process(&mut mix, &mut []);
        assert!(mix == sound);
        mixer.set_gain(0.5);
        mixer.process(&mut mix, &mut []);
        let steps = mix.chunks(2).zip(sound.chunks(2)).map(|(a, b)| a[0] / b[0]);
        assert!(steps.clone().is_sorted_by(|a, b| a >= &(b - 1e-6)));
        assert!(steps.skip(99).all(|gain| gain == 0.5));
    }

    #[test]
    fn equal_power_keeps_the_level_of_unlike_sounds() {
        let (mut coming, mut going) = (noise(2, 200_000), noise(3, 200_000));
        let level = rms(&coming);
        let mut mixer = mixer();
        mixer.begin_crossfade(100_000, EqualPower, 1.0);
        mixer.process(&mut coming, &mut going);
        for part in coming.chunks(20_000) {
            let db = 20.0 * (rms(part) / level).log10();
            assert!(db.abs() < 0.2, "{db} dB");
        }
    }

    #[test]
    fn linear_keeps_like_sounds() {
        let sound = noise(4, 20_000);
        let (mut coming, mut going) = (sound.clone(), sound.clone());
        let mut mixer = mixer();
        mixer.begin_crossfade(7_777, Linear, 1.0);
        mixer.process(&mut coming, &mut going);
        let pairs = coming.iter().zip(&sound);
        assert!(pairs.clone().all(|(a, b)| (a - b).abs() < 1e-6));
        assert!(coming[15_554..] == sound[15_554..], "alone behind the end");
    }

    #[test]
    fn blocks_do_not_matter_and_nor_does_the_processor() {
        let (coming, going) = (noise(5, 6_000), noise(6, 4_000));
        let mix = |optimizer, size: usize| {
            let mut mixer = Mixer::new(2, 700, optimizer);
            mixer.reset(0.8);
            mixer.set_gain(0.6);
            mixer.begin_crossfade(2_500, EqualPower, 0.9);
            mixer.set_gain(0.7);
            let (mut out, mut going) = (coming.clone(), going.clone());
            let mut parts = going.chunks_mut(size * 2);
            for part in out.chunks_mut(size * 2) {
                mixer.process(part, parts.next().unwrap_or_default());
            }
            out
        };
        let whole = mix(AudioOptimizer::scalar(), 3_000);
        for optimizer in AudioOptimizer::available() {
            for size in [1, 7, 100, 1_024] {
                assert!(mix(optimizer, size) == whole, "{optimizer:?}, {size}");
            }
        }
    }

    #[test]
    fn lengths_are_bounded() {
        let frames = |seconds| {
            let law = Linear;
            Crossfade { seconds, law }.frames(1_000)
        };
        assert_eq!(
            [-1.0, f64::NAN, 0.0, 2.5, 99.0].map(frames),
            [0, 0, 0, 2_500, 12_000]
        );
    }
}
