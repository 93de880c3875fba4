//! Numbers on a command line. What is none, or none that can be used, is wrong usage.

use std::time::Duration;

/// The largest gain either way, in dB.
const MAX_GAIN_DB: f32 = 200.0;
/// Positions lie below this: thirty years.
const MAX_SECONDS: f64 = 1e9;

/// A number within `range`, whose ends are part of it.
pub(super) fn in_range(text: &str, range: std::ops::RangeInclusive<f64>) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if range.contains(&value) => Ok(value),
        _ => Err(format!(
            "from {} to {} is wanted",
            range.start(),
            range.end()
        )),
    }
}

/// A gain in dB.
pub(super) fn parse_gain_db(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(db) if db.abs() <= MAX_GAIN_DB => Ok(db),
        _ => Err(format!(
            "a number of dB from -{MAX_GAIN_DB} to {MAX_GAIN_DB} is wanted"
        )),
    }
}

/// A position in seconds.
pub(super) fn parse_seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok();
    seconds
        .filter(|seconds| (0.0..=MAX_SECONDS).contains(seconds))
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "not a time in seconds".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything `f64::from_str` takes that is no number to reckon with, and what it does not take.
    const NONE: [&str; 12] = [
        "nan",
        "NaN",
        "-nan",
        "inf",
        "-inf",
        "+infinity",
        "1e39",
        "1e400",
        "",
        " ",
        "x",
        "1,5",
    ];

    #[test]
    fn what_is_no_number_is_refused() {
        for text in NONE {
            assert!(parse_gain_db(text).is_err(), "{text}");
            assert!(parse_seconds(text).is_err(), "{text}");
            assert!(in_range(text, 0.0..=12.0).is_err(), "{text}");
        }
        for text in ["-1", "-0.001", "1e18"] {
            assert!(parse_seconds(text).is_err(), "{text}");
        }
        assert!(parse_gain_db("-201").is_err());
    }

    #[test]
    fn numbers_are_what_they_say() {
        assert_eq!(parse_gain_db("-6.5"), Ok(-6.5));
        assert_eq!(parse_seconds("1.25"), Ok(Duration::from_millis(1250)));
        assert_eq!(parse_seconds("-0"), Ok(Duration::ZERO));
        assert_eq!(in_range("12", 0.0..=12.0), Ok(12.0));
    }
}
