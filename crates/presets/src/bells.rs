//! The bells behind the sliders of players with fixed bands.

use dsp::equalizer::{EqualizerBand, EqualizerSettings};
use dsp::filter::{FilterKind, FilterSpec, q_of_octaves};
use dsp::units::Decibels;

/// A bell at each of `frequencies_hz`, as wide as the way to the middles between it and its
/// neighbours.
pub(super) fn settings(
    frequencies_hz: &[f64],
    gains_db: &[f64],
    preamp: Decibels,
) -> EqualizerSettings {
    let bands = frequencies_hz.iter().zip(gains_db).enumerate();
    EqualizerSettings {
        enabled: true,
        preamp,
        bands: bands
            .map(|(at, (&hz, &gain_db))| {
                EqualizerBand::new(FilterSpec::new(
                    FilterKind::Peak,
                    hz,
                    gain_db,
                    q(frequencies_hz, at),
                ))
            })
            .collect(),
        curve: None,
    }
}

/// The gains of `settings` when they are such bells and nothing else.
///
/// # Errors
/// What is not, naming the band.
pub(super) fn gains_db(
    settings: &EqualizerSettings,
    frequencies_hz: &[f64],
) -> Result<Vec<f64>, String> {
    if settings.curve.is_some() {
        return Err("this format holds no curve".into());
    }
    let count = frequencies_hz.len();
    if settings.bands.len() != count {
        return Err(format!(
            "this format holds {count} bands, not {}",
            settings.bands.len()
        ));
    }
    let gains: Vec<f64> = settings
        .bands
        .iter()
        .map(|band| band.filter.gain_db)
        .collect();
    let want = self::settings(frequencies_hz, &gains, settings.preamp);
    for (index, (band, want)) in settings.bands.iter().zip(&want.bands).enumerate() {
        if band != want {
            let FilterSpec {
                frequency_hz, q, ..
            } = want.filter;
            return Err(format!(
                "band {}: this format holds only a bell at {frequency_hz} Hz with Q {q:.2} here",
                index + 1
            ));
        }
    }
    Ok(gains)
}

fn q(frequencies_hz: &[f64], at: usize) -> f64 {
    let octaves = |from: usize, to: usize| match (frequencies_hz.get(from), frequencies_hz.get(to))
    {
        (Some(from), Some(to)) => Some((to / from).log2()),
        _ => None,
    };
    let (below, above) = (
        at.checked_sub(1).and_then(|n| octaves(n, at)),
        octaves(at, at + 1),
    );
    let (below, above) = (
        below.or(above).unwrap_or(1.0),
        above.or(below).unwrap_or(1.0),
    );
    q_of_octaves(f64::midpoint(below, above))
}
