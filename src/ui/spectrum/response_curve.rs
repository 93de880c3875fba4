//! What the equalizer does to the sound, as a line in the spectrum.

use crate::ui::widgets::frequency_axis::{HIGHEST_HZ, LOWEST_HZ};
use ::presets::automatic_preamp;
use dsp::equalizer::EqualizerSettings;
use dsp::units::Decibels;

/// The lowest level on the axis, in dBFS; the highest is 0.
pub(crate) const FLOOR_DBFS: f64 = -90.0;
/// The equalizer's scale runs this far either way over the same height, in dB.
pub(crate) const GAIN_RANGE_DB: f64 = 18.0;
/// Points on the curve.
const CURVE_POINTS: usize = 256;

/// The response curve, computed again only when settings or rate have changed.
#[derive(Default)]
pub(crate) struct ResponseCurve {
    settings: Option<EqualizerSettings>,
    sample_rate_hz: f64,
    points: Vec<[f64; 2]>,
    headroom: Decibels,
}

impl ResponseCurve {
    /// Updates the curve to the settings and the rate the device runs at.
    pub(crate) fn update(&mut self, settings: &EqualizerSettings, sample_rate_hz: f64) {
        if self.settings.as_ref() == Some(settings) && self.sample_rate_hz == sample_rate_hz {
            return;
        }
        let (low, high) = (LOWEST_HZ.log10(), HIGHEST_HZ.log10());
        let xs: Vec<f64> = (0..CURVE_POINTS)
            .map(|n| low + (high - low) * n as f64 / (CURVE_POINTS - 1) as f64)
            .collect();
        let frequencies: Vec<f64> = xs.iter().map(|&x| 10.0_f64.powf(x)).collect();
        let gains = settings.curve_db(&frequencies, sample_rate_hz);
        let points = xs.iter().zip(gains);
        self.points = without_straights(points.map(|(&x, gain)| [x, level_of_gain(gain)]));
        self.headroom = automatic_preamp(settings, sample_rate_hz);
        self.settings = Some(settings.clone());
        self.sample_rate_hz = sample_rate_hz;
    }

    /// The line's points: the logarithm of the frequency in Hz, and the place on the level axis in dBFS.
    pub(crate) fn points(&self) -> &[[f64; 2]] {
        &self.points
    }

    /// The rate the curve was computed for.
    pub(crate) fn sample_rate_hz(&self) -> f64 {
        self.sample_rate_hz
    }

    /// The preamp that keeps it from rising above 0 dB.
    pub(crate) fn headroom(&self) -> Decibels {
        self.headroom
    }
}

/// Leaves out the points of a line that stand on the way between their neighbours.
fn without_straights(points: impl Iterator<Item = [f64; 2]>) -> Vec<[f64; 2]> {
    /// Largest distance of a point that is left out, in dB of the level axis: far less than a pixel.
    const STRAIGHT_DB: f64 = 0.02;
    let mut kept: Vec<[f64; 2]> = Vec::new();
    let mut skipped: Vec<[f64; 2]> = Vec::new();
    for point in points {
        if let Some(&[x, y]) = kept.last() {
            let slope = (point[1] - y) / (point[0] - x);
            let is_straight = skipped
                .iter()
                .all(|between| (y + slope * (between[0] - x) - between[1]).abs() < STRAIGHT_DB);
            if !is_straight {
                kept.extend(skipped.last());
                skipped.clear();
            }
            skipped.push(point);
        } else {
            kept.push(point);
        }
    }
    kept.extend(skipped.last());
    kept
}

/// Where a gain stands on the level axis.
pub(crate) fn level_of_gain(gain_db: f64) -> f64 {
    FLOOR_DBFS / 2.0 + gain_db / GAIN_RANGE_DB * -FLOOR_DBFS / 2.0
}

/// The gain at a place on the level axis.
pub(crate) fn gain_of_level(level_db: f64) -> f64 {
    (level_db - FLOOR_DBFS / 2.0) * GAIN_RANGE_DB / (-FLOOR_DBFS / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dsp::equalizer::GraphicCurve;

    #[test]
    fn the_gain_scale_covers_the_level_axis() {
        assert_eq!(level_of_gain(0.0), -45.0);
        assert_eq!(level_of_gain(GAIN_RANGE_DB), 0.0);
        for gain in [-18.0, -6.0, 3.5, 12.0] {
            assert!((gain_of_level(level_of_gain(gain)) - gain).abs() < 1e-9);
        }
    }

    /// The value at `x` of a line through `points`.
    fn level_at(points: &[[f64; 2]], x: f64) -> f64 {
        let next = points.iter().position(|point| point[0] >= x).unwrap();
        let (from, to) = (points[next.max(1) - 1], points[next.max(1)]);
        from[1] + (to[1] - from[1]) * (x - from[0]) / (to[0] - from[0])
    }

    #[test]
    fn points_on_the_way_are_left_out_and_the_line_stays() {
        let xs = (0..CURVE_POINTS).map(|n| n as f64 / 64.0);
        let flat = without_straights(xs.clone().map(|x| [x, -45.0]));
        assert_eq!(flat.len(), 2);
        let bell = |x: f64| -45.0 + 20.0 * (-20.0 * (x - 2.0).powi(2)).exp();
        let kept = without_straights(xs.clone().map(|x| [x, bell(x)]));
        assert!(kept.len() < CURVE_POINTS / 2, "{} points", kept.len());
        for x in xs {
            let off = level_at(&kept, x) - bell(x);
            assert!(off.abs() < 0.05, "{off} dB at {x}");
        }
        assert!(without_straights(std::iter::empty()).is_empty());
        assert_eq!(without_straights([[1.0, 2.0]].into_iter()).len(), 1);
    }

    #[test]
    fn the_curve_is_the_response_of_the_running_filters() {
        let mut settings = EqualizerSettings::ten_bands();
        settings.bands[5].filter.gain_db = 6.0;
        let mut curve = ResponseCurve::default();
        curve.update(&settings, 48_000.0);
        let top = curve
            .points
            .iter()
            .max_by(|a, b| a[1].total_cmp(&b[1]))
            .unwrap();
        assert!((top[0] - 3.0).abs() < 0.01, "the bell stands at 1 kHz");
        assert!((gain_of_level(top[1]) - 6.0).abs() < 0.05);
        assert!((-6.1..=-6.0).contains(&curve.headroom().0));
        let mid = |curve: &ResponseCurve| gain_of_level(level_at(&curve.points, 2.8));
        let before = mid(&curve);
        settings.curve = Some(GraphicCurve {
            points: vec![(100.0, -3.0)],
        });
        curve.update(&settings, 48_000.0);
        assert!(
            (mid(&curve) - before + 3.0).abs() < 0.01,
            "the free curve counts"
        );
        settings.enabled = false;
        curve.update(&settings, 48_000.0);
        assert!(
            curve
                .points
                .iter()
                .all(|point| point[1] == level_of_gain(0.0))
        );
    }
}
