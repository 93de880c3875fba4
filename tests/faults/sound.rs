//! Whether the sound that comes out is the sound that is in a file.

use crate::player::{Bench, within};
use crate::table::Case;
use crate::tones::{check_tones, spectrum_at};
use crate::wave::Wave;
use crate::{Verdict, need};
use serde_json::Value;

/// Frames by `probe` and in the rendered file, samples and tones.
pub(crate) fn sound(bench: &mut Bench, case: &Case) -> Verdict {
    let expected = &case.expected;
    let ran = bench.run(&case.command)?;
    if expected.get("or_said").is_some() && ran.code == 1 {
        return need(ran.lines() == 1, || {
            format!("{} lines of error: {}", ran.lines(), ran.err)
        });
    }
    let paths: Vec<_> = bench
        .inputs
        .iter()
        .map(|path| path.clone().into_os_string())
        .collect();
    let (probed, told) = bench.probe(&paths)?;
    let frames = told
        .iter()
        .map(|file| file["frames"].as_f64())
        .sum::<Option<f64>>();
    if let Some(wanted) = expected.get("frames") {
        need(within(frames, wanted), || {
            format!(
                "probe counts {frames:?} frames, not {wanted}: {}",
                probed.err
            )
        })?;
    }
    if let Some(wanted) = expected.get("seconds") {
        let length = |file: &Value| Some(file["frames"].as_f64()? / file["sample_rate"].as_f64()?);
        let seconds = told.iter().map(length).sum::<Option<f64>>();
        need(within(seconds, wanted), || {
            format!("probe counts {seconds:?} s, not {wanted}: {}", probed.err)
        })?;
    }
    probed.check_exit(expected, "probe")?;
    ran.check_exit(expected, "render")?;
    let wave = Wave::read(&bench.out)?;
    let is_other_length = ["rendered", "rendered_s"]
        .iter()
        .any(|key| expected.get(key).is_some());
    if expected.get("frames").is_some() && !is_other_length {
        need(frames == Some(wave.frames() as f64), || {
            format!(
                "{} frames rendered, where probe counts {frames:?}",
                wave.frames()
            )
        })?;
    }
    check_wave(&wave, expected)
}

/// What is rendered only.
pub(crate) fn rendered(bench: &mut Bench, case: &Case) -> Verdict {
    bench
        .run(&case.command)?
        .check_exit(&case.expected, "render")?;
    check_wave(&Wave::read(&bench.out)?, &case.expected)
}

/// A preset's response to an impulse, in dB at some frequencies.
pub(crate) fn response(bench: &mut Bench, case: &Case) -> Verdict {
    bench
        .run(&case.command)?
        .check_exit(&case.expected, "render")?;
    let wave = Wave::read(&bench.out)?;
    let number = |key: &str| case.expected[key].as_f64().unwrap();
    for point in case.expected["db"].as_array().unwrap() {
        let (hz, want_db) = (point[0].as_f64().unwrap(), point[1].as_f64().unwrap());
        let (re, im) = spectrum_at(&wave.channel(0), f64::from(wave.rate_hz), hz);
        let got_db = 20.0 * (re.hypot(im) / number("impulse")).max(1e-9).log10();
        need((got_db - want_db).abs() <= number("tolerance_db"), || {
            format!("{got_db:.3} dB at {hz} Hz, not {want_db:.3}")
        })?;
    }
    Ok(())
}

/// Format, length, sums and tones of a rendered file.
pub(crate) fn check_wave(wave: &Wave, expected: &Value) -> Verdict {
    let seconds = wave.frames() as f64 / f64::from(wave.rate_hz);
    for (key, value) in [
        ("rate", f64::from(wave.rate_hz)),
        ("channels", wave.channels as f64),
        ("rendered", wave.frames() as f64),
        ("rendered_s", seconds),
    ] {
        if let Some(wanted) = expected.get(key) {
            need(within(Some(value), wanted), || {
                format!("{key} is {value}, not {wanted}")
            })?;
        }
    }
    if let Some(sum) = expected.get("pcm") {
        need(*sum == wave.sum(None), || {
            "the samples are not the source's".to_owned()
        })?;
    }
    if let Some(head) = expected.get("head") {
        let frames = head[0].as_u64().unwrap() as usize;
        need(head[1] == wave.sum(Some(frames)), || {
            format!("the first {frames} frames are not the source's")
        })?;
    }
    if expected.get("finite").is_some() {
        let bad = wave
            .samples()
            .iter()
            .filter(|value| !value.is_finite())
            .count();
        need(bad == 0, || format!("{bad} samples are not numbers"))?;
    }
    if expected.get("unclipped").is_some() {
        let longest = wave.longest_clipped();
        need(longest < 3, || {
            format!("{longest} samples on end at full scale")
        })?;
    }
    check_tones(wave, expected)
}
