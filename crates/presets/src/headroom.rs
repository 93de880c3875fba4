//! The preamp that keeps an equalizer from raising anything above full scale.

use dsp::equalizer::{ChannelTarget, EqualizerBand, EqualizerSettings, MAX_SECTIONS};
use dsp::units::Decibels;

const LOWEST_HZ: f64 = 10.0;
const POINTS_PER_OCTAVE: f64 = 48.0;

/// The largest preamp, in steps of 0.1 dB and never above 0, with which no frequency comes out louder
/// than it went in; whatever the preamp of `settings` is, and whether they are switched on.
///
/// Left and right may be raised apart, mid and side too: the louder of either pair counts. Control
/// side; allocates.
///
/// ```
/// use dsp::equalizer::EqualizerSettings;
/// let mut settings = EqualizerSettings::ten_bands();
/// settings.bands[5].filter.gain_db = 6.0;
/// let preamp = presets::automatic_preamp(&settings, 48_000.0);
/// assert!(preamp.0 <= -6.0 && preamp.0 > -7.0);
/// ```
pub fn automatic_preamp(settings: &EqualizerSettings, sample_rate_hz: f64) -> Decibels {
    let peak_db = peak_db(settings, sample_rate_hz).max(0.0);
    let mut tenths = (peak_db * 10.0).ceil();
    // A tenth of a decibel is no exact f32.
    while f64::from((-tenths / 10.0) as f32) + peak_db > 0.0 {
        tenths += 1.0;
    }
    Decibels((0.0 - tenths / 10.0) as f32)
}

/// The highest point of bands and curve, in dB.
fn peak_db(settings: &EqualizerSettings, sample_rate_hz: f64) -> f64 {
    let top_hz = (0.499 * sample_rate_hz).min(24_000.0);
    let octaves = (top_hz / LOWEST_HZ).log2();
    let steps = 0..=(octaves * POINTS_PER_OCTAVE) as i32;
    let mut grid: Vec<f64> = steps
        .map(|step| LOWEST_HZ * 2.0_f64.powf(f64::from(step) / POINTS_PER_OCTAVE))
        .collect();
    let centres = settings.bands.iter().map(|band| band.filter.frequency_hz);
    let points = settings.curve.iter().flat_map(|curve| &curve.points);
    grid.extend(
        centres
            .chain(points.map(|(hz, _)| *hz))
            .filter(|hz| (LOWEST_HZ..top_hz).contains(hz)),
    );
    grid.sort_by(f64::total_cmp);
    let highest = |grid: &[f64]| {
        let gains = gains_db(settings, grid, sample_rate_hz);
        (0..gains.len())
            .max_by(|a, b| gains[*a].total_cmp(&gains[*b]))
            .map(|at| (at, gains[at]))
    };
    let Some((mut at, mut peak)) = highest(&grid) else {
        return 0.0;
    };
    // A sharp resonance may peak between two points: look closer, twice.
    for _ in 0..2 {
        let low = grid[at.saturating_sub(1)];
        let high = grid[(at + 1).min(grid.len() - 1)];
        grid = (0..=64)
            .map(|step| low * (high / low).powf(f64::from(step) / 64.0))
            .collect();
        if let Some((finer, gain)) = highest(&grid) {
            (at, peak) = (finer, peak.max(gain));
        }
    }
    peak
}

fn gains_db(settings: &EqualizerSettings, grid: &[f64], sample_rate_hz: f64) -> Vec<f64> {
    let of = |target: ChannelTarget| {
        let bands = settings.bands.iter().take(MAX_SECTIONS);
        let part = EqualizerSettings {
            enabled: true,
            preamp: Decibels::UNITY,
            bands: bands
                .filter(|band| band.target == target)
                .map(|band| EqualizerBand {
                    target: ChannelTarget::Both,
                    ..*band
                })
                .collect(),
            curve: None,
        };
        part.curve_db(grid, sample_rate_hz)
    };
    let [both, left, right, mid, side] = [
        ChannelTarget::Both,
        ChannelTarget::Left,
        ChannelTarget::Right,
        ChannelTarget::Mid,
        ChannelTarget::Side,
    ]
    .map(of);
    (0..grid.len())
        .map(|at| {
            let curve = settings
                .curve
                .as_ref()
                .map_or(0.0, |curve| curve.gain_db(grid[at]));
            both[at] + left[at].max(right[at]) + mid[at].max(side[at]) + curve
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dsp::equalizer::GraphicCurve;
    use dsp::filter::{FilterKind, FilterSpec};

    fn with(bands: &[(FilterKind, f64, f64, f64, ChannelTarget)]) -> EqualizerSettings {
        let bands = bands
            .iter()
            .map(|&(kind, hz, db, q, target)| EqualizerBand {
                target,
                ..EqualizerBand::new(FilterSpec::new(kind, hz, db, q))
            });
        EqualizerSettings {
            bands: bands.collect(),
            ..EqualizerSettings::ten_bands()
        }
    }

    #[test]
    fn a_boost_is_taken_back_and_a_cut_is_not() {
        use ChannelTarget::{Both, Left, Mid, Right};
        let bell = |db, target| (FilterKind::Peak, 1_000.0, db, 1.0, target);
        for (bands, want) in [
            (vec![bell(6.0, Both)], -6.0),
            (vec![bell(6.01, Both)], -6.1),
            (vec![bell(-6.0, Both)], 0.0),
            (vec![bell(6.0, Left), bell(4.0, Right)], -6.0),
            (vec![bell(6.0, Left), bell(3.0, Mid)], -9.0),
            (vec![], 0.0),
        ] {
            let preamp = automatic_preamp(&with(&bands), 48_000.0);
            assert!(
                preamp.0 <= want && preamp.0 > want - 0.11,
                "{bands:?}: {preamp}"
            );
            assert!(!(preamp.0 == 0.0 && preamp.0.is_sign_negative()));
        }
    }

    #[test]
    fn nothing_is_left_positive() {
        for q in [0.5, 0.9, 3.0, 30.0] {
            for kind in [
                FilterKind::LowPass,
                FilterKind::HighShelf,
                FilterKind::LowShelf,
            ] {
                let mut settings = with(&[(kind, 1_234.5, 7.3, q, ChannelTarget::Both)]);
                settings.curve = Some(GraphicCurve {
                    points: vec![(900.0, 1.0), (1_300.0, 2.5)],
                });
                settings.preamp = automatic_preamp(&settings, 44_100.0);
                for step in 0..200_000 {
                    let hz = 20.0 * 1.00003_f64.powi(step);
                    let curve = settings.curve.as_ref().unwrap().gain_db(hz);
                    let bands = EqualizerSettings {
                        curve: None,
                        ..settings.clone()
                    };
                    if step % 1_000 == 0 || (1_100.0..1_300.0).contains(&hz) && step % 20 == 0 {
                        let gain = bands.response_db(hz, 44_100.0) + curve;
                        assert!(gain < 0.005, "{kind:?} Q {q}: {gain} dB at {hz} Hz");
                    }
                }
            }
        }
    }
}
