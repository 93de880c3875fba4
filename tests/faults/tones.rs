//! Tones and spectra in rendered sound.

use crate::wave::Wave;
use crate::{Verdict, need};
use serde_json::Value;
use std::f64::consts::TAU;

/// The spectrum of `samples` at `hz`, as real and imaginary part, not scaled.
pub(crate) fn spectrum_at(samples: &[f64], rate_hz: f64, hz: f64) -> (f64, f64) {
    let step = TAU * hz / rate_hz;
    let terms = samples.iter().enumerate().map(|(n, value)| {
        let (sin, cos) = (step * n as f64).sin_cos();
        (value * cos, -value * sin)
    });
    terms.fold((0.0, 0.0), |sum, term| (sum.0 + term.0, sum.1 + term.1))
}

/// Levels of the sine at `hz` and of all there is, in dB of a full-scale sine.
fn levels_db(samples: &[f64], rate_hz: f64, hz: f64) -> (f64, f64) {
    let periods = (samples.len() as f64 * hz / rate_hz).round();
    let whole = ((periods * rate_hz / hz).round() as usize).clamp(1, samples.len());
    let part = &samples[..whole];
    let (re, im) = spectrum_at(part, rate_hz, hz);
    let power: f64 = part.iter().map(|v| v * v).sum::<f64>() / whole as f64;
    let tone = 2.0 * re.hypot(im) / whole as f64;
    (
        20.0 * tone.max(1e-9).log10(),
        10.0 * (2.0 * power).max(1e-18).log10(),
    )
}

/// `tones` of an expectation: from s, to s, Hz, dB; each within the tolerance and nothing beside it.
pub(crate) fn check_tones(wave: &Wave, expected: &Value) -> Verdict {
    let Some(tones) = expected.get("tones").and_then(Value::as_array) else {
        return Ok(());
    };
    let tolerance_db = expected
        .get("tone_db")
        .and_then(Value::as_f64)
        .unwrap_or(1.0);
    let channel = expected.get("channel").and_then(Value::as_u64).unwrap_or(0);
    let samples = wave.channel(channel as usize);
    let rate_hz = f64::from(wave.rate_hz);
    for tone in tones {
        let [begin_s, end_s, hz, want_db] = [0, 1, 2, 3].map(|at| tone[at].as_f64().unwrap());
        let at = |seconds: f64| ((seconds * rate_hz).round() as usize).min(samples.len());
        let part = &samples[at(begin_s)..at(end_s)];
        need(
            part.len() as f64 >= 0.9 * (end_s - begin_s) * rate_hz,
            || {
                format!(
                    "{} frames, where a tone should be at {begin_s} to {end_s} s",
                    samples.len()
                )
            },
        )?;
        let (tone_db, all_db) = levels_db(part, rate_hz, hz);
        need((tone_db - want_db).abs() <= tolerance_db, || {
            format!(
                "the tone of {hz} Hz at {begin_s} to {end_s} s is at {tone_db:.2} dB, not {want_db}"
            )
        })?;
        need(all_db - tone_db <= 1.0, || {
            format!("beside the tone of {hz} Hz at {begin_s} to {end_s} s there is other sound")
        })?;
    }
    Ok(())
}
