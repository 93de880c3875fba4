//! The equalizer as a listener sees it: a preamp and a list of bands, with its true response; and the
//! designed bank the audio thread runs.

use super::filter::{FilterKind, FilterSpec, SvfCoefficients, SvfDesign};
use super::units::Decibels;
use serde::{Deserialize, Serialize};

/// The most sections a bank can hold.
pub const MAX_SECTIONS: usize = 64;
/// The octave centres of the ten-band equalizer, in Hz.
pub const GRAPHIC_BANDS_HZ: [f64; 10] = [
    31.25, 62.5, 125.0, 250.0, 500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0, 16_000.0,
];
/// The Q of a bell one octave wide.
pub const OCTAVE_Q: f64 = std::f64::consts::SQRT_2;
/// How far a slider of the ten-band equalizer moves either way, in dB.
pub const BAND_RANGE_DB: f32 = 12.0;

/// Which part of the sound a band works on. With more than two channels, all but [`Self::Both`] mean
/// the first two; with one channel, everything but [`Self::Side`] means that one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelTarget {
    /// Every channel alike.
    #[default]
    Both,
    /// The left channel.
    Left,
    /// The right channel.
    Right,
    /// What left and right have in common, (L + R) / 2.
    Mid,
    /// What tells them apart, (L - R) / 2.
    Side,
}

/// One band: a filter, whether it is in circuit, and what it works on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EqualizerBand {
    /// Whether the band is in circuit.
    pub enabled: bool,
    /// What it does.
    pub filter: FilterSpec,
    /// What it works on.
    #[serde(default)]
    pub target: ChannelTarget,
}

impl EqualizerBand {
    /// A band in circuit, on every channel.
    pub const fn new(filter: FilterSpec) -> Self {
        Self {
            enabled: true,
            filter,
            target: ChannelTarget::Both,
        }
    }
}

/// A free response given by points, as GraphicEQ presets have it: run as a minimum-phase FIR. Between
/// points the gain follows a straight line over log frequency; outside them it stays level.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct GraphicCurve {
    /// Frequency in Hz, rising, and gain in dB.
    pub points: Vec<(f64, f64)>,
}

impl GraphicCurve {
    /// Gain in dB at `frequency_hz`; 0 without points.
    pub fn gain_db(&self, frequency_hz: f64) -> f64 {
        let after = self.points.partition_point(|(hz, _)| *hz < frequency_hz);
        match (
            after.checked_sub(1).map(|at| self.points[at]),
            self.points.get(after),
        ) {
            (Some((low_hz, low_db)), Some(&(high_hz, high_db))) if high_hz > low_hz => {
                let share = (frequency_hz / low_hz).ln() / (high_hz / low_hz).ln();
                low_db + share * (high_db - low_db)
            }
            (None, Some(&(_, db))) | (Some((_, db)), _) => db,
            (None, None) => 0.0,
        }
    }
}

/// Everything a listener sets on the equalizer. Plain data, owned by the control side.
///
/// ```
/// use dsp::equalizer::EqualizerSettings;
/// let mut settings = EqualizerSettings::ten_bands();
/// assert!(settings.design(48_000.0).is_flat());
/// settings.bands[5].filter.gain_db = 6.0;
/// assert!((settings.response_db(1_000.0, 48_000.0) - 6.0).abs() < 0.01);
/// ```
#[doc(alias = "Equalizer")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EqualizerSettings {
    /// False bypasses everything, the preamp included.
    pub enabled: bool,
    /// Gain before the bands.
    pub preamp: Decibels,
    /// Up to [`MAX_SECTIONS`] bands; further ones are not run.
    pub bands: Vec<EqualizerBand>,
    /// A free response behind the bands.
    #[serde(default)]
    pub curve: Option<GraphicCurve>,
}

impl Default for EqualizerSettings {
    fn default() -> Self {
        Self::ten_bands()
    }
}

impl EqualizerSettings {
    /// Ten flat octave bells from 31 Hz to 16 kHz.
    pub fn ten_bands() -> Self {
        let bell = |frequency_hz| {
            EqualizerBand::new(FilterSpec::new(
                FilterKind::Peak,
                frequency_hz,
                0.0,
                OCTAVE_Q,
            ))
        };
        Self {
            enabled: true,
            preamp: Decibels::UNITY,
            bands: GRAPHIC_BANDS_HZ.into_iter().map(bell).collect(),
            curve: None,
        }
    }

    /// The true response of the running filters at `frequency_hz`, preamp included, in dB.
    /// Designs every band: for a curve, use [`Self::curve_db`].
    pub fn response_db(&self, frequency_hz: f64, sample_rate_hz: f64) -> f64 {
        self.curve_db(&[frequency_hz], sample_rate_hz)[0]
    }

    /// [`Self::response_db`] at each of `frequencies_hz`. Allocates the result.
    pub fn curve_db(&self, frequencies_hz: &[f64], sample_rate_hz: f64) -> Vec<f64> {
        if !self.enabled {
            return vec![0.0; frequencies_hz.len()];
        }
        let designs: Vec<SvfDesign> = self
            .active_designs(sample_rate_hz)
            .map(|(_, d)| d)
            .collect();
        frequencies_hz
            .iter()
            .map(|&hz| {
                let bands: f64 = designs
                    .iter()
                    .map(|d| d.response_db(hz, sample_rate_hz))
                    .sum();
                let curve = self.curve.as_ref().map_or(0.0, |curve| curve.gain_db(hz));
                f64::from(self.preamp.0) + bands + curve
            })
            .collect()
    }

    /// The highest point of the response, in dB, found on a grid of 1/48 octave and at the centres.
    pub fn peak_gain_db(&self, sample_rate_hz: f64) -> f64 {
        let top_hz = (0.499 * sample_rate_hz).min(24_000.0);
        let mut grid: Vec<f64> = (0..)
            .map(|step| 10.0 * 2.0_f64.powf(f64::from(step) / 48.0))
            .take_while(|&hz| hz < top_hz)
            .collect();
        grid.extend(
            self.bands
                .iter()
                .map(|b| b.filter.frequency_hz)
                .filter(|&hz| hz < top_hz),
        );
        self.curve_db(&grid, sample_rate_hz)
            .into_iter()
            .fold(f64::NEG_INFINITY, f64::max)
    }

    /// The bank the audio thread runs at `sample_rate_hz`.
    pub fn design(&self, sample_rate_hz: f64) -> EqBank {
        let mut bank = EqBank::FLAT;
        if self.enabled {
            bank.preamp_gain = self.preamp.to_gain();
            for (band, design) in self.active_designs(sample_rate_hz) {
                bank.sections[bank.count] = BankSection {
                    kind: band.filter.kind,
                    target: band.target,
                    coefficients: design.coefficients(),
                };
                bank.count += 1;
            }
        }
        bank
    }

    // A band that is off keeps its place as a flat section, so that switching it is a mere gain move.
    fn active_designs(
        &self,
        sample_rate_hz: f64,
    ) -> impl Iterator<Item = (&EqualizerBand, SvfDesign)> {
        let sections = self.bands.iter().flat_map(move |band| {
            SvfDesign::cascade(&band.filter, sample_rate_hz).map(move |design| match band.enabled {
                true => (band, design),
                false => (band, design.bypassed()),
            })
        });
        sections.take(MAX_SECTIONS)
    }
}

/// One section of a bank.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BankSection {
    /// What it does.
    pub kind: FilterKind,
    /// What it works on.
    pub target: ChannelTarget,
    /// How it runs.
    pub coefficients: SvfCoefficients,
}

impl BankSection {
    /// A section that changes nothing.
    pub const FLAT: Self = Self {
        kind: FilterKind::Peak,
        target: ChannelTarget::Both,
        coefficients: SvfCoefficients::FLAT,
    };
}

/// A designed set of sections and the preamp: what control hands to the audio thread, by value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EqBank {
    /// Linear gain before the sections.
    pub preamp_gain: f32,
    /// How many of `sections` are in use.
    pub count: usize,
    /// The sections, in series.
    pub sections: [BankSection; MAX_SECTIONS],
}

impl EqBank {
    /// Nothing in circuit.
    pub const FLAT: Self = Self {
        preamp_gain: 1.0,
        count: 0,
        sections: [BankSection::FLAT; MAX_SECTIONS],
    };

    /// Whether the bank changes no sample.
    pub fn is_flat(&self) -> bool {
        self.preamp_gain == 1.0 && self.has_flat_sections()
    }

    fn has_flat_sections(&self) -> bool {
        let mut sections = self.sections[..self.count].iter();
        sections.all(|section| section.coefficients.is_flat())
    }

    /// Whether a straight move from `self` to `other` is a move of the same filters: as many, each of
    /// the same kind and on the same channels.
    pub fn has_structure_of(&self, other: &Self) -> bool {
        let same = |(a, b): (&BankSection, &BankSection)| a.kind == b.kind && a.target == b.target;
        self.count == other.count
            && self.sections[..self.count]
                .iter()
                .zip(&other.sections)
                .all(same)
    }

    /// Whether a full-scale input could leave above full scale. Filters that only cut still turn
    /// phases and so raise peaks; only an attenuating preamp alone is certain not to.
    pub fn can_exceed_full_scale(&self) -> bool {
        self.preamp_gain > 1.0 || !self.has_flat_sections()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flat_settings_design_a_flat_bank() {
        assert!(EqualizerSettings::ten_bands().design(48_000.0).is_flat());
        let mut off = EqualizerSettings::ten_bands();
        off.enabled = false;
        off.preamp = Decibels(-6.0);
        off.bands[3].filter.gain_db = 9.0;
        assert!(off.design(48_000.0).is_flat());
        assert_eq!(off.response_db(250.0, 48_000.0), 0.0);
    }

    #[test]
    fn response_is_the_sum_of_preamp_and_bands() {
        let mut eq = EqualizerSettings::ten_bands();
        eq.preamp = Decibels(-4.0);
        eq.bands[5].filter.gain_db = 6.0;
        assert!((eq.response_db(1_000.0, 48_000.0) - 2.0).abs() < 1e-9);
        assert!((eq.peak_gain_db(48_000.0) - 2.0).abs() < 1e-6);
        eq.bands[5].enabled = false;
        assert!((eq.response_db(1_000.0, 48_000.0) + 4.0).abs() < 1e-9);
    }

    #[test]
    fn more_bands_than_fit_are_left_out_of_bank_and_curve_alike() {
        let mut eq = EqualizerSettings::ten_bands();
        let mut band = eq.bands[5];
        band.filter.gain_db = 0.1;
        eq.bands = vec![band; MAX_SECTIONS + 10];
        assert_eq!(eq.design(48_000.0).count, MAX_SECTIONS);
        let want = MAX_SECTIONS as f64 * 0.1;
        assert!((eq.response_db(1_000.0, 48_000.0) - want).abs() < 1e-6);
    }
}
