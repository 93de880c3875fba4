//! The points of a `GraphicEQ:` line: `20 -0.2; 21 -0.2; …`, frequency in Hz and gain in dB.

use super::number::{self, decimal};
use super::{limits, preset_text};
use dsp::equalizer::{EqualizerSettings, GraphicCurve};

/// Reads what stands behind `GraphicEQ:`: the curve of the usable points, sorted, and what is wrong
/// with the others. Commas are decimal marks as long as there is no point among the numbers.
pub(super) fn parse(parameters: &str) -> (Option<GraphicCurve>, Option<&'static str>) {
    let (mut points, mut problem) = (Vec::new(), None);
    for pair in parameters.split(';') {
        let words = preset_text::words(pair);
        // Equalizer APO takes any number of pairs without a semicolon.
        for words in words.chunks(2) {
            match point(words) {
                Ok(point) => points.push(point),
                Err(reason) => problem = Some(reason),
            }
        }
    }
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let count = points.len();
    points.dedup_by(|later, first| later.0 == first.0);
    if points.len() < count {
        problem = Some("a frequency stands twice: only its first gain is used");
    }
    match points.is_empty() {
        true => (None, problem.or(Some("no points"))),
        false => (Some(GraphicCurve { points }), problem),
    }
}

fn point(words: &[String]) -> Result<(f64, f64), &'static str> {
    let [hz, db] = words else {
        return Err("a point is not a frequency and a gain: left out");
    };
    match (decimal(hz), decimal(db)) {
        (Some((hz, _)), Some((db, _))) if limits::is_frequency(hz) && limits::is_gain(db) => {
            Ok((hz, db))
        }
        (Some(_), Some(_)) => Err("a point is out of range: left out"),
        _ => Err("a point is not a frequency and a gain: left out"),
    }
}

/// Both curves one after the other. Exact: between the points of either both are straight lines.
pub(super) fn sum(a: &GraphicCurve, b: &GraphicCurve) -> GraphicCurve {
    let all = a.points.iter().chain(&b.points).map(|(hz, _)| *hz);
    let mut frequencies: Vec<f64> = all.collect();
    frequencies.sort_by(f64::total_cmp);
    frequencies.dedup();
    let points = frequencies
        .into_iter()
        .map(|hz| (hz, a.gain_db(hz) + b.gain_db(hz)))
        .collect();
    GraphicCurve { points }
}

/// One line that [`parse`] reads back exactly.
///
/// # Errors
/// When the frequencies do not rise or a number is out of range, naming the point.
pub(super) fn write(curve: &GraphicCurve) -> Result<String, String> {
    let mut before_hz = 0.0;
    let mut pairs = Vec::with_capacity(curve.points.len());
    for (index, &(hz, db)) in curve.points.iter().enumerate() {
        if !limits::is_frequency(hz) || !limits::is_gain(db) || hz <= before_hz {
            return Err(format!("point {}: out of range or not rising", index + 1));
        }
        before_hz = hz;
        pairs.push(format!("{} {}", number::write(hz, 0), number::write(db, 1)));
    }
    Ok(format!("GraphicEQ: {}\n", pairs.join("; ")))
}

/// [`write`] for settings that are nothing but a curve.
///
/// # Errors
/// When there is more than a curve, or none.
pub(super) fn write_settings(settings: &EqualizerSettings) -> Result<String, String> {
    match &settings.curve {
        _ if !settings.bands.is_empty() => Err("band 1: GraphicEQ text holds no filters".into()),
        _ if settings.preamp.0 != 0.0 => Err("preamp: GraphicEQ text holds none".into()),
        Some(curve) if !curve.points.is_empty() => write(curve),
        _ => Err("there is no curve to write".into()),
    }
}
