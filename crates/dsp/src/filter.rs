//! Second-order filter sections as trapezoidal state-variable filters.
//!
//! Source: A. Simper, "Solving the continuous SVF equations using trapezoidal integration and
//! equivalent currents" (2013). The responses equal those of the RBJ audio EQ cookbook, but the f32
//! state stays exact where a direct form loses its low bands. Coefficients are designed in f64.

use serde::{Deserialize, Serialize};
use std::f64::consts::{LN_2, PI, TAU};

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
    /// Passes what is below; see [`PassSlope`].
    LowPass,
    /// Passes what is above; see [`PassSlope`].
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

/// How steeply a low or high pass falls: 6 dB an octave for each order, 1 to 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PassSlope {
    order: u8,
}

impl PassSlope {
    /// 12 dB an octave: one section, whose Q is free. All others are Butterworth cascades, which are
    /// 3 dB down at their corner whatever the Q says.
    pub const SECOND_ORDER: Self = Self { order: 2 };

    /// Every slope, rising.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=8).map(|order| Self { order })
    }

    /// The slope of `db_per_octave`: a multiple of 6 from 6 to 48.
    pub fn from_db_per_octave(db_per_octave: u32) -> Option<Self> {
        Self::all().find(|slope| slope.db_per_octave() == db_per_octave)
    }

    /// 6 to 48.
    pub fn db_per_octave(self) -> u32 {
        6 * u32::from(self.order())
    }

    /// 1 to 8, whatever a stored file said.
    pub fn order(self) -> u8 {
        self.order.clamp(1, 8)
    }
}

impl Default for PassSlope {
    fn default() -> Self {
        Self::SECOND_ORDER
    }
}

/// One filter as a listener sees it.
///
/// ```
/// use dsp::filter::{FilterKind, FilterSpec, SvfDesign};
/// let bell = FilterSpec::new(FilterKind::Peak, 1_000.0, 6.0, 1.0);
/// let section = SvfDesign::cascade(&bell, 48_000.0).next().unwrap();
/// assert!((section.response_db(1_000.0, 48_000.0) - 6.0).abs() < 1e-9);
/// ```
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
    /// Width in octaves, above zero, in place of the quality factor; shelves and slopes other than one
    /// section ignore it. At high frequencies it is another Q at each sample rate. Whoever sets
    /// [`Self::q`] sets this to `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bandwidth_octaves: Option<f64>,
    /// Steepness of a low or high pass; other kinds ignore it.
    #[serde(default)]
    pub slope: PassSlope,
}

impl FilterSpec {
    /// A filter with the slope of one section.
    pub const fn new(kind: FilterKind, frequency_hz: f64, gain_db: f64, q: f64) -> Self {
        Self {
            kind,
            frequency_hz,
            gain_db,
            q,
            bandwidth_octaves: None,
            slope: PassSlope::SECOND_ORDER,
        }
    }

    /// A filter given by its width between half-gain points; its Q is that of low frequencies.
    pub fn with_bandwidth(
        kind: FilterKind,
        frequency_hz: f64,
        gain_db: f64,
        bandwidth_octaves: f64,
    ) -> Self {
        let q = q_of_octaves(bandwidth_octaves);
        Self {
            bandwidth_octaves: Some(bandwidth_octaves),
            ..Self::new(kind, frequency_hz, gain_db, q)
        }
    }

    /// The Q this is designed with: of a bandwidth, the one that keeps the width where the bilinear
    /// transform narrows it (Audio EQ Cookbook, alpha of BW).
    fn q_at(&self, sample_rate_hz: f64) -> f64 {
        match self.bandwidth_octaves {
            Some(octaves) if !matches!(self.kind, FilterKind::LowShelf | FilterKind::HighShelf) => {
                let w = TAU * self.frequency_hz / sample_rate_hz;
                q_of_octaves(octaves * w / w.sin())
            }
            _ => self.q,
        }
    }
}

/// Widths beyond this are as wide. Their Q is 1e-4; with one much smaller, the coefficients that single
/// precision has would not let a section come to rest.
const MAX_OCTAVES: f64 = 27.0;

/// Q of a bandwidth between half-gain points, of a filter that is not sampled (Audio EQ Cookbook).
///
/// ```
/// // One octave, the width of a band of ten.
/// assert!((dsp::filter::q_of_octaves(1.0) - 2_f64.sqrt()).abs() < 1e-9);
/// ```
pub fn q_of_octaves(octaves: f64) -> f64 {
    1.0 / (2.0 * (octaves.min(MAX_OCTAVES) * LN_2 / 2.0).sinh())
}

/// One section as the audio thread runs it. With the states `s1`, `s2` and the input `x`:
///
/// ```text
/// y   = d x + c1 s1 + c2 s2
/// s1 <- s1 + a0 s1 + a1 (x - s2)
/// s2 <- s2 + a1 s1 + a2 (x - s2)
/// ```
///
/// The states hold what they gain, not what they become, so that low bands keep their precision.
/// Every designed set shrinks the energy `s1^2 + s2^2` in silence, hence so does every straight line
/// between two designs: a section may move anywhere at any pace and stays stable.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SvfCoefficients {
    /// -2 g (g + k) D, with D = 1 / (1 + g (g + k)), and the design's g and k.
    pub a0: f32,
    /// 2 g D.
    pub a1: f32,
    /// 2 g^2 D.
    pub a2: f32,
    /// Weight of the input in the output.
    pub d: f32,
    /// Weight of the first state.
    pub c1: f32,
    /// Weight of the second state.
    pub c2: f32,
}

impl SvfCoefficients {
    /// A section that hands its input through unchanged.
    pub const FLAT: Self = Self {
        a0: -0.2,
        a1: 0.18,
        a2: 0.018,
        d: 1.0,
        c1: 0.0,
        c2: 0.0,
    };

    /// Whether the output is the input, bit for bit.
    pub fn is_flat(&self) -> bool {
        self.d == 1.0 && self.c1 == 0.0 && self.c2 == 0.0
    }

    /// A filter with these states that hands its input through.
    pub fn bypassed(self) -> Self {
        Self {
            d: 1.0,
            c1: 0.0,
            c2: 0.0,
            ..self
        }
    }

    /// As listed above, `a0` first.
    pub fn to_array(self) -> [f32; 6] {
        [self.a0, self.a1, self.a2, self.d, self.c1, self.c2]
    }

    /// The reverse of [`Self::to_array`].
    pub fn from_array([a0, a1, a2, d, c1, c2]: [f32; 6]) -> Self {
        Self {
            a0,
            a1,
            a2,
            d,
            c1,
            c2,
        }
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
    const FLAT: Self = Self {
        g: 0.1,
        k: 1.0,
        m0: 1.0,
        m1: 0.0,
        m2: 0.0,
    };

    /// The sections in series that make `spec` at `sample_rate_hz`: one, or the cascade of a low or
    /// high pass with another slope than 12 dB an octave. Allocates nothing.
    ///
    /// A frequency at or above 0.49 of the rate, or parameters outside their range (non-finite, Q not
    /// above zero) give one flat section rather than an unstable one.
    pub fn cascade(spec: &FilterSpec, sample_rate_hz: f64) -> impl Iterator<Item = Self> + use<> {
        let is_pass = matches!(spec.kind, FilterKind::LowPass | FilterKind::HighPass);
        let order = match is_pass {
            true => spec.slope.order(),
            false => 2,
        };
        let (spec, sections) = (*spec, order.div_ceil(2));
        (0..sections).map(move |section| {
            if order == 2 {
                return Self::new(&spec, sample_rate_hz);
            }
            // Butterworth: the poles stand evenly on a circle; an odd order has one on the real axis.
            if order % 2 == 1 && section == 0 {
                return Self::first_order(&spec, sample_rate_hz);
            }
            let pair = f64::from(section) + if order % 2 == 1 { 0.0 } else { 0.5 };
            let angle = PI * pair / f64::from(order);
            let q = 1.0 / (2.0 * angle.cos());
            let section = FilterSpec {
                q,
                bandwidth_octaves: None,
                ..spec
            };
            Self::new(&section, sample_rate_hz)
        })
    }

    /// Designs `spec` as one section of second order.
    fn new(spec: &FilterSpec, sample_rate_hz: f64) -> Self {
        let FilterSpec {
            kind,
            frequency_hz,
            gain_db,
            ..
        } = *spec;
        if !is_in_range(spec, sample_rate_hz) {
            return Self::FLAT;
        }
        let q = spec.q_at(sample_rate_hz);
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

    /// 1 / (s + 1) or s / (s + 1), written over (s + 1)^2 to run as any other section.
    fn first_order(spec: &FilterSpec, sample_rate_hz: f64) -> Self {
        if !is_in_range(spec, sample_rate_hz) {
            return Self::FLAT;
        }
        let (m0, m) = match spec.kind {
            FilterKind::HighPass => (1.0, -1.0),
            _ => (0.0, 1.0),
        };
        Self {
            g: (PI * spec.frequency_hz / sample_rate_hz).tan(),
            k: 2.0,
            m0,
            m1: m,
            m2: m,
        }
    }

    /// A filter with these poles that hands its input through: what a band that is off fades to.
    pub fn bypassed(self) -> Self {
        Self {
            m0: 1.0,
            m1: 0.0,
            m2: 0.0,
            ..self
        }
    }

    /// The coefficients the audio thread runs with.
    pub fn coefficients(&self) -> SvfCoefficients {
        let Self { g, k, m0, m1, m2 } = *self;
        let shrink = 1.0 / (1.0 + g * (g + k));
        let band = shrink * (m1 + m2 * g);
        SvfCoefficients {
            a0: (-2.0 * g * (g + k) * shrink) as f32,
            a1: (2.0 * g * shrink) as f32,
            a2: (2.0 * g * g * shrink) as f32,
            d: (m0 + g * band) as f32,
            c1: band as f32,
            c2: (m2 - g * band) as f32,
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

fn is_in_range(spec: &FilterSpec, sample_rate_hz: f64) -> bool {
    let FilterSpec {
        frequency_hz, q, ..
    } = *spec;
    let sane = [frequency_hz, spec.gain_db, q, sample_rate_hz];
    sane.iter().all(|v| v.is_finite())
        && frequency_hz > 0.0
        && frequency_hz < 0.49 * sample_rate_hz
        && q > 0.0
        && spec
            .bandwidth_octaves
            .is_none_or(|octaves| octaves.is_finite() && octaves > 0.0)
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
