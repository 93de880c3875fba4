//! Crossfeed for headphones: each ear hears a little of the other side, as it does with
//! loudspeakers.

use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// Length of a change of settings.
const RAMP_SECONDS: f64 = 0.02;
/// States are looked at every so many frames, counted from the first, and are zero when below.
const FLUSH_FRAMES: u32 = 64;
const FLUSH_BELOW: f32 = 1e-20;

/// How much of the other side is heard, and up to which frequency.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CrossfeedSettings {
    /// Cut-off of the low-pass on the way across, 300 to 2000 Hz.
    pub cut_hz: f64,
    /// How much louder low sound is on its own side than on the other, 1 to 15 dB.
    pub level_db: f64,
    /// 0 is no crossfeed, 1 is all of it.
    pub amount: f64,
}

impl CrossfeedSettings {
    /// 700 Hz, 4.5 dB: like loudspeakers 3 m away at 30 degrees.
    pub const DEFAULT: Self = Self::preset(700.0, 4.5);
    /// 700 Hz, 6 dB: after Chu Moy's design.
    pub const CHU_MOY: Self = Self::preset(700.0, 6.0);
    /// 650 Hz, 9.5 dB: after Jan Meier's design, the least change.
    pub const JAN_MEIER: Self = Self::preset(650.0, 9.5);
    /// No crossfeed.
    pub const OFF: Self = Self {
        amount: 0.0,
        ..Self::DEFAULT
    };

    const fn preset(cut_hz: f64, level_db: f64) -> Self {
        Self {
            cut_hz,
            level_db,
            amount: 1.0,
        }
    }
}

/// The network of Boris Mikhaylov's bs2b ("Bauer stereophonic-to-binaural", after B. B. Bauer,
/// "Stereophonic earphones and binaural loudspeakers", JAES 1961): the other side through a
/// low-pass, the own side through a high boost. Scaled so that mono never gets louder at any
/// frequency.
///
/// For stereo; other layouts pass untouched. Changes move over 20 ms. Off, nothing is touched. May
/// run on the audio thread.
///
/// ```
/// use dsp::crossfeed::{Crossfeed, CrossfeedSettings};
/// let mut crossfeed = Crossfeed::new(48_000.0);
/// crossfeed.set(CrossfeedSettings::DEFAULT);
/// let mut left_only = [1.0, 0.0].repeat(9_600);
/// crossfeed.process(&mut left_only, 2);
/// assert!(left_only[19_199] > 0.0, "some of it is heard on the right");
/// ```
#[derive(Debug, Clone)]
pub struct Crossfeed {
    sample_rate_hz: f64,
    now: Mix,
    step: Mix,
    target: Mix,
    frames_left: u32,
    ramp_frames: u32,
    frames_to_flush: u32,
    low: [f32; 2],
    high: [f32; 2],
    low_share: f32,
    high_share: f32,
}

/// out = direct * own - cut * lows of own + cross * lows of the other.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Mix {
    direct: f32,
    cut: f32,
    cross: f32,
}

impl Mix {
    const OFF: Self = Self {
        direct: 1.0,
        cut: 0.0,
        cross: 0.0,
    };

    fn zip(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        Self {
            direct: f(self.direct, other.direct),
            cut: f(self.cut, other.cut),
            cross: f(self.cross, other.cross),
        }
    }
}

impl Crossfeed {
    /// Off.
    pub fn new(sample_rate_hz: f64) -> Self {
        let mut crossfeed = Self {
            sample_rate_hz,
            now: Mix::OFF,
            step: Mix::OFF,
            target: Mix::OFF,
            frames_left: 0,
            ramp_frames: (RAMP_SECONDS * sample_rate_hz).round().max(1.0) as u32,
            frames_to_flush: FLUSH_FRAMES,
            low: [0.0; 2],
            high: [0.0; 2],
            low_share: 0.0,
            high_share: 0.0,
        };
        crossfeed.set(CrossfeedSettings::OFF);
        crossfeed
    }

    /// Starts moving to `settings`, which are held to their ranges.
    pub fn set(&mut self, settings: CrossfeedSettings) {
        let level_db = settings.level_db.clamp(1.0, 15.0);
        let cut_hz = settings.cut_hz.clamp(300.0, 2_000.0);
        let amount = settings.amount.clamp(0.0, 1.0);
        let gain = |db: f64| 10.0_f64.powf(db / 20.0);
        // The sum of both ways at low frequencies and their difference at high ones share the level
        // five to one.
        let low_db = -5.0 / 6.0 * level_db - 3.0;
        let low_gain = gain(low_db);
        let high_cut = 1.0 - gain(level_db / 6.0 - 3.0);
        let high_hz = cut_hz * 2.0_f64.powf((low_db - 20.0 * high_cut.log10()) / 12.0);
        let pole = |hz: f64| (-2.0 * PI * hz / self.sample_rate_hz).exp();
        let (low_pole, high_pole) = (pole(cut_hz), pole(high_hz));
        self.low_share = (1.0 - low_pole) as f32;
        self.high_share = (1.0 - high_pole) as f32;
        let scale = 1.0 / loudest_mono(low_gain, low_pole, high_cut, high_pole);
        let target = Mix {
            direct: (1.0 + amount * (scale - 1.0)) as f32,
            cut: (amount * scale * high_cut) as f32,
            cross: (amount * scale * low_gain) as f32,
        };
        if target != self.target {
            let frames = self.ramp_frames as f32;
            self.target = target;
            self.frames_left = self.ramp_frames;
            self.step = target.zip(self.now, |to, from| (to - from) / frames);
        }
    }

    /// The past was silence: settles at once.
    pub fn reset(&mut self) {
        self.now = self.target;
        self.frames_left = 0;
        self.forget();
    }

    /// Off and settled: no bit changes.
    pub fn is_idle(&self) -> bool {
        self.frames_left == 0 && self.now == Mix::OFF
    }

    /// Processes interleaved `samples`.
    pub fn process(&mut self, samples: &mut [f32], channels: usize) {
        if channels != 2 {
            return;
        }
        for [l, r] in samples.as_chunks_mut().0 {
            if self.frames_left > 0 {
                self.frames_left -= 1;
                let left = self.frames_left as f32;
                self.now = self.target.zip(self.step, |to, step| to - step * left);
            }
            if self.is_idle() {
                self.forget();
                return;
            }
            let sides = [*l, *r];
            for ((low, high), x) in self.low.iter_mut().zip(&mut self.high).zip(sides) {
                *low += self.low_share * (x - *low);
                *high += self.high_share * (x - *high);
            }
            let Mix { direct, cut, cross } = self.now;
            *l = direct * *l - cut * self.high[0] + cross * self.low[1];
            *r = direct * *r - cut * self.high[1] + cross * self.low[0];
            self.frames_to_flush -= 1;
            if self.frames_to_flush == 0 {
                self.frames_to_flush = FLUSH_FRAMES;
                for state in self.low.iter_mut().chain(&mut self.high) {
                    if state.abs() < FLUSH_BELOW {
                        *state = 0.0;
                    }
                }
            }
        }
    }

    fn forget(&mut self) {
        self.low = [0.0; 2];
        self.high = [0.0; 2];
        self.frames_to_flush = FLUSH_FRAMES;
    }
}

/// The largest gain of a signal that is the same on both sides, over all frequencies.
fn loudest_mono(low_gain: f64, low_pole: f64, high_cut: f64, high_pole: f64) -> f64 {
    // One-pole low-pass at angle w: (1 - p) / (1 - p z^-1).
    let low_pass = |pole: f64, w: f64| {
        let (re, im) = (1.0 - pole * w.cos(), pole * w.sin());
        let scale = (1.0 - pole) / (re * re + im * im);
        (re * scale, -im * scale)
    };
    (0..=256)
        .map(|step| {
            // From 1/1000 of the Nyquist frequency up, and DC.
            let w = match step {
                0 => 0.0,
                _ => PI * 10.0_f64.powf(3.0 * (f64::from(step) / 256.0 - 1.0)),
            };
            let (low, high) = (low_pass(low_pole, w), low_pass(high_pole, w));
            let re = 1.0 - high_cut * high.0 + low_gain * low.0;
            let im = -high_cut * high.1 + low_gain * low.1;
            re.hypot(im)
        })
        .fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f64 = 48_000.0;

    fn settled(settings: CrossfeedSettings) -> Crossfeed {
        let mut crossfeed = Crossfeed::new(RATE);
        crossfeed.set(settings);
        crossfeed.reset();
        crossfeed
    }

    /// Levels in dB of left and right for a sine with the given amplitudes.
    fn response(settings: CrossfeedSettings, hz: f64, left: f64, right: f64) -> [f64; 2] {
        let mut crossfeed = settled(settings);
        let mut samples: Vec<f32> = (0..48_000)
            .flat_map(|n| {
                let s = (2.0 * PI * hz * f64::from(n) / RATE).sin();
                [(left * s) as f32, (right * s) as f32]
            })
            .collect();
        crossfeed.process(&mut samples, 2);
        [0, 1].map(|side| {
            let tail = samples[48_000..].iter().skip(side).step_by(2);
            let power = tail.map(|s| f64::from(*s).powi(2)).sum::<f64>() / 24_000.0;
            10.0 * (2.0 * power).log10()
        })
    }

    #[test]
    fn low_sound_crosses_with_the_set_level_and_high_sound_does_not() {
        for (settings, level_db) in [
            (CrossfeedSettings::DEFAULT, 4.5),
            (CrossfeedSettings::CHU_MOY, 6.0),
            (CrossfeedSettings::JAN_MEIER, 9.5),
        ] {
            let [own, other] = response(settings, 20.0, 1.0, 0.0);
            println!("{level_db} dB at 20 Hz: {:.2}", own - other);
            assert!((own - other - level_db).abs() < 0.3, "{}", own - other);
            let [own, other] = response(settings, 15_000.0, 1.0, 0.0);
            assert!(own - other > 20.0, "{}", own - other);
        }
    }

    #[test]
    fn mono_never_gets_louder() {
        for settings in [
            CrossfeedSettings::DEFAULT,
            CrossfeedSettings::CHU_MOY,
            CrossfeedSettings::JAN_MEIER,
        ] {
            let mut loudest = f64::MIN;
            for hz in [
                20.0, 100.0, 200.0, 400.0, 700.0, 1_000.0, 1_500.0, 3_000.0, 8_000.0, 20_000.0,
            ] {
                let [left, right] = response(settings, hz, 1.0, 1.0);
                assert_eq!(left, right);
                loudest = loudest.max(left);
            }
            assert!((-0.1..0.001).contains(&loudest), "{loudest}");
        }
    }

    #[test]
    fn blocks_of_any_size_give_the_same_bits_and_off_changes_none() {
        let input: Vec<f32> = (0..9_600_u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 8) as f32 / 8_388_608.0 - 1.0)
            .collect();
        let render = |size: usize| {
            let mut crossfeed = Crossfeed::new(RATE);
            let mut samples = input.clone();
            for (range, settings) in [
                (0..2_000, CrossfeedSettings::OFF),
                (2_000..5_000, CrossfeedSettings::DEFAULT),
                (5_000..9_600, CrossfeedSettings::OFF),
            ] {
                crossfeed.set(settings);
                for block in samples[range].chunks_mut(size * 2) {
                    crossfeed.process(block, 2);
                }
            }
            assert!(crossfeed.is_idle());
            samples
        };
        let whole = render(9_600);
        assert_eq!(whole[..2_000], input[..2_000]);
        assert_ne!(whole[3_000..5_000], input[3_000..5_000]);
        assert_eq!(whole[7_000..], input[7_000..]);
        for size in [1, 7, 64, 480, 1_056] {
            assert_eq!(whole, render(size));
        }
    }

    #[test]
    fn a_change_does_not_jump() {
        let mut crossfeed = Crossfeed::new(RATE);
        let mut samples = vec![0.5_f32; 9_600];
        for block in samples[0..9_600].chunks_mut(3_200) {
            let on = crossfeed.is_idle();
            crossfeed.set(if on {
                CrossfeedSettings::DEFAULT
            } else {
                CrossfeedSettings::OFF
            });
            for [l, r] in block.as_chunks_mut().0 {
                *r = -*l;
            }
            crossfeed.process(block, 2);
        }
        let left: Vec<f32> = samples.iter().step_by(2).copied().collect();
        let step = left
            .windows(2)
            .map(|w| (w[1] - w[0]).abs())
            .fold(0.0, f32::max);
        // Opposite sides lose half their lows: 0.37 of 0.5 over 960 frames.
        assert!(step < 0.001, "{step}");
    }

    #[test]
    fn silence_ends_in_zeros() {
        let mut crossfeed = settled(CrossfeedSettings::DEFAULT);
        let mut samples = vec![0.0_f32; 9_600];
        samples[..200].fill(0.9);
        crossfeed.process(&mut samples, 2);
        assert!(samples[4_000..].iter().all(|s| *s == 0.0));
    }
}
