//! Windows for spectra: what keeps a tone between two bins from smearing over all of them.

use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;

/// A sum of cosines that fades a stretch of sound in and out before it is transformed.
///
/// ```
/// use dsp::window::WindowKind;
/// assert_eq!(WindowKind::Hann.normalised(512).count(), 512);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowKind {
    /// Two terms. Tones of like level 2 bins apart stand apart; a tone halfway between bins reads
    /// 1.42 dB low; side lobes fall from -31 dB at 18 dB an octave.
    #[default]
    Hann,
    /// Four terms, "minimum" (Harris 1978, table 1). A faint tone shows beside a loud one: side lobes
    /// at -92 dB. 0.83 dB low halfway between bins; tones must be 4 bins apart.
    BlackmanHarris,
    /// Five terms (those of MATLAB and SciPy). Levels to 0.01 dB wherever the tone is; tones must be
    /// 5 bins apart.
    FlatTop,
}

impl WindowKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Hann, Self::BlackmanHarris, Self::FlatTop];

    /// The weights of the cosines of 0, 1, 2... turns, their signs alternating from plus.
    pub fn terms(self) -> &'static [f64] {
        match self {
            Self::Hann => &[0.5, 0.5],
            Self::BlackmanHarris => &[0.358_75, 0.488_29, 0.141_28, 0.011_68],
            Self::FlatTop => &[
                0.215_578_95,
                0.416_631_58,
                0.277_263_158,
                0.083_578_947,
                0.006_947_368,
            ],
        }
    }

    /// As shown to users.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hann => "Hann",
            Self::BlackmanHarris => "Blackman-Harris",
            Self::FlatTop => "Flat top",
        }
    }

    /// The periodic window over `frames` (one more frame would be the first again), divided by its sum
    /// so that a constant 1.0 comes to 1.0. Allocates only where the caller collects.
    pub fn normalised(self, frames: usize) -> impl Iterator<Item = f32> {
        let sum = frames as f64 * self.terms()[0];
        (0..frames).map(move |n| {
            let turn = TAU * n as f64 / frames as f64;
            let weight: f64 = self
                .terms()
                .iter()
                .enumerate()
                .map(|(k, term)| match k % 2 {
                    0 => term * (turn * k as f64).cos(),
                    _ => -term * (turn * k as f64).cos(),
                })
                .sum();
            (weight / sum) as f32
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_window_is_symmetric_and_sums_to_one() {
        for kind in WindowKind::ALL {
            let weights: Vec<f32> = kind.normalised(512).collect();
            let sum: f64 = weights.iter().map(|&w| f64::from(w)).sum();
            assert!((sum - 1.0).abs() < 1e-6, "{kind:?} sums to {sum}");
            for n in 1..512 {
                assert!((weights[n] - weights[512 - n]).abs() < 1e-9);
            }
            assert!(weights.iter().all(|&w| w <= weights[256]));
        }
    }
}
