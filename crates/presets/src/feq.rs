//! `.feq` presets of foobar2000: eighteen gains in dB, one a line. DeaDBeeF adds its preamp as a
//! nineteenth.

use super::number::{self, decimal};
use super::{ReadPreset, bells, limits, preset_text};
use dsp::equalizer::EqualizerSettings;
use dsp::units::Decibels;

/// The centres of the bands, in Hz.
const FREQUENCIES_HZ: [f64; 18] = [
    55.0, 77.0, 110.0, 156.0, 220.0, 311.0, 440.0, 622.0, 880.0, 1_200.0, 1_800.0, 2_500.0,
    3_500.0, 5_000.0, 7_000.0, 10_000.0, 14_000.0, 20_000.0,
];

/// Reads `text`; none when it is not a list of numbers.
///
/// # Errors
/// When it is one, but not of eighteen or nineteen gains.
pub(super) fn parse(text: &str) -> Option<Result<ReadPreset, String>> {
    let numbers = preset_text::words(text)
        .iter()
        .map(|word| decimal(word).filter(|(_, unit)| unit.is_empty()))
        .map(|number| number.map(|(value, _)| value))
        .collect::<Option<Vec<f64>>>()
        .filter(|numbers| !numbers.is_empty())?;
    let (gains, preamp) = match numbers.as_slice() {
        gains @ [_, ..] if gains.len() == 18 => (gains, 0.0),
        [gains @ .., preamp] if gains.len() == 18 => (gains, *preamp),
        _ => return Some(Err(format!("{} gains instead of 18", numbers.len()))),
    };
    if !numbers.iter().all(|db| limits::is_gain(*db)) {
        return Some(Err("gain out of range".into()));
    }
    let settings = bells::settings(&FREQUENCIES_HZ, gains, Decibels(preamp as f32));
    Some(Ok(ReadPreset::from(settings)))
}

/// Writes eighteen gains, and the preamp when there is one.
///
/// # Errors
/// When `settings` are not the eighteen bells [`parse`] makes.
pub(super) fn write(settings: &EqualizerSettings) -> Result<String, String> {
    let gains = bells::gains_db(settings, &FREQUENCIES_HZ)?;
    if !gains.iter().all(|db| limits::is_gain(*db)) || !limits::is_gain(settings.preamp.0.into()) {
        return Err("gain out of range".into());
    }
    let mut lines: Vec<String> = gains.iter().map(|db| number::write(*db, 0)).collect();
    if settings.preamp.0 != 0.0 {
        lines.push(number::write_f32(settings.preamp.0, 0));
    }
    Ok(lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gains_come_back_with_and_without_a_preamp() {
        for preamp in ["", "-6.5\n"] {
            let text =
                format!("3\n2\n1\n0\n-1\n-2.25\n0\n0\n0\n0\n0\n0\n0\n0\n0\n0\n0\n-20\n{preamp}");
            let read = parse(&text.replace('\n', "\r\n")).unwrap().unwrap();
            assert_eq!(read.settings.bands[5].filter.gain_db, -2.25);
            assert_eq!(read.settings.bands[5].filter.frequency_hz, 311.0);
            assert_eq!(
                read.settings.preamp.0,
                if preamp.is_empty() { 0.0 } else { -6.5 }
            );
            assert_eq!(write(&read.settings).unwrap(), text);
        }
    }

    #[test]
    fn a_lone_slider_reaches_its_gain_and_spares_the_next_but_one() {
        let mut gains = [0.0; 18];
        gains[8] = 6.0;
        let settings = bells::settings(&FREQUENCIES_HZ, &gains, Decibels::UNITY);
        let at = |hz| settings.response_db(hz, 48_000.0);
        assert!((at(880.0) - 6.0).abs() < 1e-6);
        assert!(
            at(440.0).abs() < 1.0 && at(1_800.0).abs() < 1.0,
            "{} {}",
            at(440.0),
            at(1_800.0)
        );
    }

    #[test]
    fn other_lists_and_other_settings_are_refused() {
        assert!(parse("Preamp: 3 dB").is_none());
        assert!(parse("").is_none());
        assert!(parse("1 2 3").unwrap().unwrap_err().contains("3 gains"));
        assert!(parse(&"999\n".repeat(18)).unwrap().is_err());
        let ten = EqualizerSettings::ten_bands();
        assert!(write(&ten).unwrap_err().contains("18 bands"));
        let mut settings = bells::settings(&FREQUENCIES_HZ, &[0.0; 18], Decibels::UNITY);
        settings.bands[3].enabled = false;
        assert!(write(&settings).unwrap_err().contains("band 4"));
    }
}
