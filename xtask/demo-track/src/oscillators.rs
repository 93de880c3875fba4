//! The raw material: band-limited saws, sines, seeded noise and envelopes.
//!
//! Everything is `f64` and built from `libm` and plain arithmetic, so every platform computes the
//! same bits.

use std::f64::consts::TAU;

/// Frames per second of the whole track.
pub(crate) const SAMPLE_RATE_HZ: f64 = 44_100.0;

/// Frequency of a MIDI note number (69 is A4, 440 Hz).
pub(crate) fn note_hz(midi_note: f64) -> f64 {
    440.0 * libm::exp2((midi_note - 69.0) / 12.0)
}

/// A sine of `turns` full circles.
pub(crate) fn sine(turns: f64) -> f64 {
    libm::sin(TAU * (turns - libm::floor(turns)))
}

/// A saw wave whose corner is rounded over two samples (PolyBLEP), which keeps aliases low.
pub(crate) struct Saw {
    phase: f64,
    step: f64,
}

impl Saw {
    /// A saw at `frequency_hz`, starting `phase` (0 to 1) into its cycle.
    pub(crate) fn new(frequency_hz: f64, phase: f64) -> Self {
        Self {
            phase,
            step: frequency_hz / SAMPLE_RATE_HZ,
        }
    }

    /// The next sample, within about -1 to 1.
    pub(crate) fn next(&mut self) -> f64 {
        let naive = 2.0 * self.phase - 1.0;
        let value = naive - self.corner();
        self.phase += self.step;
        if self.phase >= 1.0 {
            self.phase -= 1.0;
        }
        value
    }

    fn corner(&self) -> f64 {
        if self.phase < self.step {
            let t = self.phase / self.step;
            t + t - t * t - 1.0
        } else if self.phase > 1.0 - self.step {
            let t = (self.phase - 1.0) / self.step;
            t * t + t + t + 1.0
        } else {
            0.0
        }
    }
}

/// White noise from a xorshift generator with a fixed seed.
pub(crate) struct Noise(u64);

impl Noise {
    /// Noise that is the same for the same non-zero `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// The next sample, evenly spread over -1 to 1.
    pub(crate) fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // The top 53 bits fill an f64 exactly.
        (self.0 >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }
}

/// `seconds` as a whole number of frames.
pub(crate) fn frames(seconds: f64) -> usize {
    libm::round(seconds * SAMPLE_RATE_HZ) as usize
}

/// An S-shaped step from 0 to 1 while `x` goes from 0 to 1.
pub(crate) fn smoothstep(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}

/// A level that falls by a factor e every `time_constant_secs`.
pub(crate) fn decay(frame: usize, time_constant_secs: f64) -> f64 {
    libm::exp(-(frame as f64) / (SAMPLE_RATE_HZ * time_constant_secs))
}

/// Rises over `attack_secs`, holds, and from `length` frames on falls over `release_secs`.
pub(crate) fn swell(frame: usize, length: usize, attack_secs: f64, release_secs: f64) -> f64 {
    let rise = smoothstep(frame as f64 / (attack_secs * SAMPLE_RATE_HZ));
    let past_end = frame as f64 - length as f64;
    rise * (1.0 - smoothstep(past_end / (release_secs * SAMPLE_RATE_HZ)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_is_440_hz_and_an_octave_doubles() {
        assert_eq!(note_hz(69.0), 440.0);
        assert_eq!(note_hz(57.0), 220.0);
    }

    #[test]
    fn noise_repeats_for_a_seed_and_stays_in_range() {
        let mut first = Noise::new(7);
        let mut second = Noise::new(7);
        let mut sum = 0.0;
        for _ in 0..100_000 {
            let value = first.next();
            assert_eq!(value, second.next());
            assert!((-1.0..=1.0).contains(&value));
            sum += value;
        }
        assert!(libm::fabs(sum / 100_000.0) < 0.01);
    }

    #[test]
    fn a_saw_is_centred() {
        let mut saw = Saw::new(441.0, 0.3);
        let sum: f64 = (0..44_100).map(|_| saw.next()).sum();
        assert!(libm::fabs(sum / 44_100.0) < 1e-3);
    }
}
