//! Balance between the sides, mono and swapped sides.

use serde::{Deserialize, Serialize};

/// Length of a change.
const RAMP_SECONDS: f64 = 0.02;

/// What is done with the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BalanceSettings {
    /// -1 is left only, 0 both, 1 right only. One side is turned down in a straight line, the other
    /// is untouched.
    pub balance: f32,
    /// Both sides play their mean.
    pub mono: bool,
    /// Left plays on the right and right on the left.
    pub swapped: bool,
}

/// Balance, mono and swap of stereo in one; other layouts pass untouched.
///
/// Changes move over 20 ms in a straight line. Neutral and settled, no bit changes. May run on the
/// audio thread.
///
/// ```
/// use dsp::balance::{Balance, BalanceSettings};
/// let mut balance = Balance::new(48_000.0);
/// balance.set(BalanceSettings { balance: 1.0, ..BalanceSettings::default() });
/// let mut samples = [0.5, 0.5].repeat(9_600);
/// balance.process(&mut samples, 2);
/// assert_eq!(samples[19_198..], [0.0, 0.5]);
/// ```
#[derive(Debug, Clone)]
pub struct Balance {
    now: Matrix,
    step: Matrix,
    target: Matrix,
    frames_left: u32,
    ramp_frames: u32,
}

/// Gains from left and right to left, then to right.
type Matrix = [f32; 4];

const NEUTRAL: Matrix = [1.0, 0.0, 0.0, 1.0];

impl Balance {
    /// Neutral.
    pub fn new(sample_rate_hz: f64) -> Self {
        Self {
            now: NEUTRAL,
            step: [0.0; 4],
            target: NEUTRAL,
            frames_left: 0,
            ramp_frames: (RAMP_SECONDS * sample_rate_hz).round().max(1.0) as u32,
        }
    }

    /// Starts moving to `settings`; the balance is held to -1..1.
    pub fn set(&mut self, settings: BalanceSettings) {
        let balance = settings.balance.clamp(-1.0, 1.0);
        let (left, right) = ((1.0 - balance).min(1.0), (1.0 + balance).min(1.0));
        let target = match (settings.mono, settings.swapped) {
            (true, _) => [0.5 * left, 0.5 * left, 0.5 * right, 0.5 * right],
            (false, true) => [0.0, left, right, 0.0],
            (false, false) => [left, 0.0, 0.0, right],
        };
        if target != self.target {
            let frames = self.ramp_frames as f32;
            self.target = target;
            self.frames_left = self.ramp_frames;
            self.step = std::array::from_fn(|i| (target[i] - self.now[i]) / frames);
        }
    }

    /// Settles at once, for use in silence.
    pub fn reset(&mut self) {
        self.now = self.target;
        self.frames_left = 0;
    }

    /// Neutral and settled: no bit changes.
    pub fn is_idle(&self) -> bool {
        self.frames_left == 0 && self.now == NEUTRAL
    }

    /// Processes interleaved `samples`.
    pub fn process(&mut self, samples: &mut [f32], channels: usize) {
        if channels != 2 || self.is_idle() {
            return;
        }
        let (frames, _) = samples.as_chunks_mut::<2>();
        let (moving, settled) = frames.split_at_mut((self.frames_left as usize).min(frames.len()));
        for frame in moving {
            self.frames_left -= 1;
            // Counting from the target makes the last frame exact.
            let left = self.frames_left as f32;
            self.now = std::array::from_fn(|i| self.target[i] - self.step[i] * left);
            *frame = through(self.now, *frame);
        }
        match self.now {
            // A side at full gain keeps its bits, the sign of zero with them.
            [1.0, 0.0, 0.0, right] => settled.iter_mut().for_each(|[_, r]| *r *= right),
            [left, 0.0, 0.0, 1.0] => settled.iter_mut().for_each(|[l, _]| *l *= left),
            [0.0, 1.0, 1.0, 0.0] => settled.iter_mut().for_each(|frame| frame.reverse()),
            now => settled
                .iter_mut()
                .for_each(|frame| *frame = through(now, *frame)),
        }
    }
}

fn through([ll, rl, lr, rr]: Matrix, [l, r]: [f32; 2]) -> [f32; 2] {
    [ll * l + rl * r, lr * l + rr * r]
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAMES: usize = 960;

    fn noise() -> Vec<f32> {
        (0..8_000_u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 8) as f32 / 8_388_608.0 - 1.0)
            .collect()
    }

    fn settled(settings: BalanceSettings) -> Vec<[f32; 2]> {
        let mut balance = Balance::new(48_000.0);
        balance.set(settings);
        balance.reset();
        let mut samples = noise();
        balance.process(&mut samples, 2);
        samples.as_chunks().0.to_vec()
    }

    #[test]
    fn each_setting_does_what_it_says() {
        let of = |balance, mono, swapped| BalanceSettings {
            balance,
            mono,
            swapped,
        };
        let input = noise();
        for ([l, r], frame) in input
            .as_chunks()
            .0
            .iter()
            .zip(settled(of(0.25, false, false)))
        {
            assert_eq!(frame, [0.75 * l, *r]);
        }
        for ([l, _], frame) in input
            .as_chunks()
            .0
            .iter()
            .zip(settled(of(-1.0, false, false)))
        {
            assert_eq!(frame, [*l, 0.0]);
        }
        for ([l, r], frame) in input
            .as_chunks()
            .0
            .iter()
            .zip(settled(of(0.0, true, false)))
        {
            assert_eq!(frame, [(l + r) / 2.0; 2]);
        }
        for ([l, r], frame) in input
            .as_chunks()
            .0
            .iter()
            .zip(settled(of(0.0, false, true)))
        {
            assert_eq!(frame, [*r, *l]);
        }
    }

    #[test]
    fn changes_are_ramps_the_same_in_blocks_of_any_size_and_neutral_changes_no_bit() {
        let settings = BalanceSettings {
            balance: -0.5,
            mono: true,
            swapped: false,
        };
        let render = |size: usize| {
            let mut balance = Balance::new(48_000.0);
            let mut samples = noise();
            let (before, rest) = samples.split_at_mut(1_000);
            let (during, after) = rest.split_at_mut(3_000);
            for (part, settings) in [
                (before, BalanceSettings::default()),
                (during, settings),
                (after, BalanceSettings::default()),
            ] {
                balance.set(settings);
                part.chunks_mut(size * 2)
                    .for_each(|block| balance.process(block, 2));
            }
            assert!(balance.is_idle());
            samples
        };
        let (whole, input) = (render(8_000), noise());
        assert_eq!(whole[..1_000], input[..1_000]);
        assert_ne!(whole[1_000..4_000], input[1_000..4_000]);
        assert_eq!(whole[4_000 + 2 * FRAMES..], input[4_000 + 2 * FRAMES..]);
        for size in [1, 7, 64, 480, 1_056] {
            assert_eq!(whole, render(size));
        }
        let mut balance = Balance::new(48_000.0);
        balance.set(BalanceSettings {
            balance: 1.0,
            ..Default::default()
        });
        let mut ones = vec![1.0_f32; 2 * FRAMES];
        balance.process(&mut ones, 2);
        for ([before, _], [after, _]) in ones
            .as_chunks::<2>()
            .0
            .iter()
            .zip(&ones.as_chunks::<2>().0[1..])
        {
            assert!((before - after - 1.0 / FRAMES as f32).abs() < 1e-6);
        }
    }
}
