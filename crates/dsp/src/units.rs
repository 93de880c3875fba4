//! Decibels and linear gain.

use serde::{Deserialize, Serialize};

/// A level or gain in decibels; `-inf` is silence.
///
/// ```
/// use dsp::units::Decibels;
/// assert_eq!(Decibels(0.0).to_gain(), 1.0);
/// assert!((Decibels(-6.0).to_gain() - 0.5012).abs() < 1e-4);
/// assert!((Decibels::from_gain(2.0).0 - 6.0206).abs() < 1e-3);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Decibels(pub f32);

impl Decibels {
    /// No change.
    pub const UNITY: Self = Self(0.0);

    /// The linear amplitude factor; exactly 1.0 at 0 dB and exactly 0.0 at `-inf`.
    pub fn to_gain(self) -> f32 {
        if self.0 == 0.0 {
            1.0
        } else {
            10.0_f64.powf(f64::from(self.0) / 20.0) as f32
        }
    }

    /// The level of a linear amplitude; `-inf` for zero.
    pub fn from_gain(gain: f32) -> Self {
        Self((20.0 * f64::from(gain.abs()).log10()) as f32)
    }
}

impl std::fmt::Display for Decibels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:+.1} dB", self.0)
    }
}

/// The amplitude factor of a volume slider at `position` in 0..=1: the cube of the position, the
/// perceptual curve listeners know from mpv and PulseAudio. Exactly 0 and 1 at the ends.
///
/// ```
/// use dsp::units::volume_gain;
/// assert_eq!((volume_gain(0.0), volume_gain(1.0)), (0.0, 1.0));
/// assert!(volume_gain(0.5) < 0.5);
/// ```
pub fn volume_gain(position: f32) -> f32 {
    let position = position.clamp(0.0, 1.0);
    position * position * position
}

/// 10^(db/20) for displays: an exponent split and a degree-5 polynomial, faster than
/// [`Decibels::to_gain`]. For many values see
/// [`db_to_gain`](super::simd::AudioOptimizer::db_to_gain), whose limits it shares.
///
/// Relative error below 1e-6 (about 1e-5 dB); 0 below -758 dB and for NaN.
pub fn fast_pow10(db: f32) -> f32 {
    super::simd::decibels::gain_of(db)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unity_and_silence_are_exact() {
        assert_eq!(Decibels(0.0).to_gain(), 1.0);
        assert_eq!(Decibels(f32::NEG_INFINITY).to_gain(), 0.0);
        assert_eq!(volume_gain(1.0), 1.0);
        assert_eq!(volume_gain(0.0), 0.0);
    }

    #[test]
    fn gain_and_decibels_are_inverse() {
        for tenths in -900..240 {
            let db = tenths as f32 / 10.0;
            let back = Decibels::from_gain(Decibels(db).to_gain()).0;
            assert!((back - db).abs() < 1e-4, "{db} came back as {back}");
        }
    }

    #[test]
    fn fast_pow10_keeps_its_stated_error() {
        for step in -12_000..2_400 {
            let db = step as f32 / 100.0;
            let exact = 10.0_f64.powf(f64::from(db) / 20.0);
            let error = (f64::from(fast_pow10(db)) / exact - 1.0).abs();
            assert!(error < 1e-6, "relative error {error:.2e} at {db} dB");
        }
    }
}
