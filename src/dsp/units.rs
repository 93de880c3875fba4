//! Decibels and linear gain.

use serde::{Deserialize, Serialize};

/// A level or gain in decibels; `-inf` is silence.
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
pub fn volume_gain(position: f32) -> f32 {
    let position = position.clamp(0.0, 1.0);
    position * position * position
}

/// 10^(db/20) for displays and bulk work: an exponent split and a degree-5 polynomial.
///
/// Relative error below 1e-6 (about 1e-5 dB) from -120 to +24 dB; finite inputs only. Coefficients
/// are the Taylor series of 2^x around zero on [-0.5, 0.5], whose sixth term bounds the error.
pub fn fast_pow10(db: f32) -> f32 {
    // log2(10) / 20
    let exponent = (db * 0.166_096_4).clamp(-126.0, 126.0);
    let whole = exponent.round();
    let x = (exponent - whole) * std::f32::consts::LN_2;
    let series = 1.0
        + x * (1.0
            + x * (0.5 + x * (1.0 / 6.0 + x * (1.0 / 24.0 + x * (1.0 / 120.0 + x / 720.0)))));
    series * f32::from_bits(((whole as i32 + 127) as u32) << 23)
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
