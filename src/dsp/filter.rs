//! Second-order filter sections as trapezoidal state-variable filters.
//!
//! Source: A. Simper, "Solving the continuous SVF equations using trapezoidal integration and
//! equivalent currents" (2013). The responses equal those of the RBJ audio EQ cookbook, but the f32
//! state stays exact where a direct form loses its low bands. Coefficients are designed in f64.

use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// What a section does to the spectrum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterKind {
    /// A bell around its frequency.
    Peak,
    /// Raises or lowers everything below; the frequency is the shelf's centre.
    LowShelf,
    /// Raises or lowers everything above; the frequency is the shelf's centre.
    HighShelf,
    /// Passes what is below, 12 dB per octave.
    LowPass,
    /// Passes what is above, 12 dB per octave.
    HighPass,
    /// Passes a band with 0 dB at its centre.
    BandPass,
    /// Removes a band.
    Notch,
    /// Turns the phase only.
    AllPass,
}

impl FilterKind {
    /// Whether the gain parameter means anything for this kind.
    pub fn has_gain(self) -> bool {
        matches!(self, Self::Peak | Self::LowShelf | Self::HighShelf)
    }
}

/// One section as a listener sees it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FilterSpec {
    /// What it does.
    pub kind: FilterKind,
    /// Centre or corner, in Hz.
    pub frequency_hz: f64,
    /// Gain in dB; ignored by kinds without one.
    pub gain_db: f64,
    /// Quality factor, above zero.
    pub q: f64,
}

/// A designed section: integrator gain `g`, damping `k`, and the output mix `m0..m2` of input, band
/// and low outputs. Any `g > 0`, `k > 0` is stable, and so is any value between two such sets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SvfCoefficients {
    /// tan(pi f / fs), scaled for shelves.
    pub g: f32,
    /// Damping, 1/Q for most kinds.
    pub k: f32,
    /// Weight of the input in the output.
    pub m0: f32,
    /// Weight of the band output.
    pub m1: f32,
    /// Weight of the low output.
    pub m2: f32,
}

impl SvfCoefficients {
    /// A section that hands its input through unchanged.
    pub const FLAT: Self = Self {
        g: 0.1,
        k: 1.0,
        m0: 1.0,
        m1: 0.0,
        m2: 0.0,
    };

    /// Whether the output is the input, bit for bit.
    pub fn is_flat(&self) -> bool {
        self.m0 == 1.0 && self.m1 == 0.0 && self.m2 == 0.0
    }
}

/// The f64 design a [`SvfCoefficients`] is rounded from; also computes the true response.
#[derive(Debug, Clone, Copy)]
pub struct SvfDesign {
    g: f64,
    k: f64,
    m0: f64,
    m1: f64,
    m2: f64,
}

impl SvfDesign {
    /// Designs `spec` for `sample_rate_hz`.
    ///
    /// A frequency at or above 0.49 of the rate, a gain of zero, or parameters outside their range
    /// (non-finite, Q not above zero) give a flat section rather than an unstable one.
    pub fn new(spec: &FilterSpec, sample_rate_hz: f64) -> Self {
        let FilterSpec {
            kind,
            frequency_hz,
            gain_db,
            q,
        } = *spec;
        let sane = [frequency_hz, gain_db, q, sample_rate_hz]
            .iter()
            .all(|v| v.is_finite());
        let in_range = frequency_hz > 0.0 && frequency_hz < 0.49 * sample_rate_hz && q > 0.0;
        if !sane || !in_range || (kind.has_gain() && gain_db == 0.0) {
            return Self {
                g: 0.1,
                k: 1.0,
                m0: 1.0,
                m1: 0.0,
                m2: 0.0,
            };
        }
        let a = 10.0_f64.powf(gain_db / 40.0);
        let w = (PI * frequency_hz / sample_rate_hz).tan();
        let k = 1.0 / q;
        let (g, k, m0, m1, m2) = match kind {
            FilterKind::Peak => {
                let k = 1.0 / (q * a);
                (w, k, 1.0, k * (a * a - 1.0), 0.0)
            }
            FilterKind::LowShelf => (w / a.sqrt(), k, 1.0, k * (a - 1.0), a * a - 1.0),
            FilterKind::HighShelf => (w * a.sqrt(), k, a * a, k * (1.0 - a) * a, 1.0 - a * a),
            FilterKind::LowPass => (w, k, 0.0, 0.0, 1.0),
            FilterKind::HighPass => (w, k, 1.0, -k, -1.0),
            FilterKind::BandPass => (w, k, 0.0, k, 0.0),
            FilterKind::Notch => (w, k, 1.0, -k, 0.0),
            FilterKind::AllPass => (w, k, 1.0, -2.0 * k, 0.0),
        };
        Self { g, k, m0, m1, m2 }
    }

    /// The coefficients the audio thread runs with.
    pub fn coefficients(&self) -> SvfCoefficients {
        SvfCoefficients {
            g: self.g as f32,
            k: self.k as f32,
            m0: self.m0 as f32,
            m1: self.m1 as f32,
            m2: self.m2 as f32,
        }
    }

    /// |H| in dB at `frequency_hz`; above half the rate there is no response, and 0 is returned.
    pub fn response_db(&self, frequency_hz: f64, sample_rate_hz: f64) -> f64 {
        if frequency_hz * 2.0 >= sample_rate_hz {
            return 0.0;
        }
        // H(s) = m0 + (m1 s + m2) / (s^2 + k s + 1) on the axis s = j t.
        let t = (PI * frequency_hz / sample_rate_hz).tan() / self.g;
        let (den_re, den_im) = (1.0 - t * t, self.k * t);
        let den = den_re * den_re + den_im * den_im;
        let (num_re, num_im) = (self.m2, self.m1 * t);
        let re = self.m0 + (num_re * den_re + num_im * den_im) / den;
        let im = (num_im * den_re - num_re * den_im) / den;
        10.0 * (re * re + im * im).max(1e-30).log10()
    }
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
