//! Equalizer presets in the text format of Equalizer APO, which AutoEq writes too.

use crate::dsp::equalizer::{EqualizerBand, EqualizerSettings, MAX_SECTIONS};
use crate::dsp::filter::{FilterKind, FilterSpec};
use crate::dsp::units::Decibels;
use std::path::Path;

/// A preset that was read, and the lines of it that could not be.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadPreset {
    /// What it sets.
    pub settings: EqualizerSettings,
    /// Numbers of lines that mean nothing to us, from 1.
    pub skipped_lines: Vec<usize>,
}

/// Reads the preset file at `path`.
///
/// # Errors
/// When it cannot be read or holds no filter, in one line without its name.
pub fn read_preset(path: &Path) -> Result<ReadPreset, String> {
    let bytes = std::fs::read(path)
        .map_err(|error| crate::media::error::MediaError::Io(error).to_string())?;
    parse_parametric(&String::from_utf8_lossy(&bytes))
}

/// Reads `Preamp:` and `Filter:` lines; see the Equalizer APO configuration reference.
///
/// # Errors
/// When there is neither a preamp nor a filter in `text`.
pub fn parse_parametric(text: &str) -> Result<ReadPreset, String> {
    let mut settings = EqualizerSettings {
        enabled: true,
        preamp: Decibels::UNITY,
        bands: Vec::new(),
        curve: None,
    };
    let (mut skipped_lines, mut has_any) = (Vec::new(), false);
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.split('#').next().unwrap_or("").trim();
        if line.is_empty() {
            continue;
        }
        let (command, parameters) = line.split_once(':').unwrap_or((line, ""));
        let words: Vec<String> = parameters
            .replace('\u{a0}', " ")
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        let command = command.trim().to_lowercase();
        if command == "graphiceq" {
            return Err("GraphicEQ presets are not supported".into());
        } else if command == "preamp" {
            match words.first().and_then(|word| number(word)) {
                Some(db) => {
                    settings.preamp.0 += db as f32;
                    has_any = true;
                }
                None => skipped_lines.push(index + 1),
            }
        } else if command.split_whitespace().next() == Some("filter") {
            match parse_filter(&words) {
                Some(band) if settings.bands.len() < MAX_SECTIONS => {
                    settings.bands.push(band);
                    has_any = true;
                }
                Some(_) => skipped_lines.push(index + 1),
                None if words.get(1).is_some_and(|kind| kind == "none") => {}
                None => skipped_lines.push(index + 1),
            }
        } else {
            skipped_lines.push(index + 1);
        }
    }
    if !has_any {
        return Err("no equalizer preset in this file".into());
    }
    Ok(ReadPreset {
        settings,
        skipped_lines,
    })
}

/// `ON PK Fc 125 Hz Gain -2.7 dB Q 0.55`, in lower-case words.
fn parse_filter(words: &[String]) -> Option<EqualizerBand> {
    let enabled = match words.first()?.as_str() {
        "on" => true,
        "off" => false,
        _ => return None,
    };
    let kind = match words.get(1)?.as_str() {
        "pk" | "peq" | "modal" => FilterKind::Peak,
        "lsc" => FilterKind::LowShelf,
        "hsc" => FilterKind::HighShelf,
        "lp" | "lpq" => FilterKind::LowPass,
        "hp" | "hpq" => FilterKind::HighPass,
        "bp" => FilterKind::BandPass,
        "no" => FilterKind::Notch,
        "ap" => FilterKind::AllPass,
        _ => return None,
    };
    let after = |name: &str| {
        let at = words.iter().position(|word| word == name)?;
        number(words.get(at + 1)?)
    };
    let frequency_hz = after("fc").filter(|hz| *hz > 0.0)?;
    let gain_db = if kind.has_gain() { after("gain")? } else { 0.0 };
    let octaves = words
        .windows(2)
        .find(|pair| pair[0] == "oct")
        .and_then(|pair| number(&pair[1]));
    let q = after("q").or(octaves.map(q_of_octaves)).or(match kind {
        FilterKind::LowPass | FilterKind::HighPass | FilterKind::BandPass => {
            Some(std::f64::consts::FRAC_1_SQRT_2)
        }
        FilterKind::Notch => Some(30.0),
        // S = 0.9 of the RBJ cookbook.
        FilterKind::LowShelf | FilterKind::HighShelf => Some(q_of_shelf_slope(0.9, gain_db)),
        FilterKind::Peak | FilterKind::AllPass => None,
    })?;
    let filter = FilterSpec::new(kind, frequency_hz, gain_db, q);
    (q > 0.0).then_some(EqualizerBand {
        enabled,
        ..EqualizerBand::new(filter)
    })
}

fn q_of_octaves(octaves: f64) -> f64 {
    1.0 / (2.0 * (octaves * std::f64::consts::LN_2 / 2.0).sinh())
}

fn q_of_shelf_slope(slope: f64, gain_db: f64) -> f64 {
    let a = 10.0_f64.powf(gain_db / 40.0);
    1.0 / ((a + 1.0 / a) * (1.0 / slope - 1.0) + 2.0).sqrt()
}

/// A number with a point or a comma; `1.000` and `1,000` are a thousand, as REW writes them. A unit
/// may stick to it.
fn number(word: &str) -> Option<f64> {
    let end = word
        .find(|c: char| !(c.is_ascii_digit() || "+-.,".contains(c)))
        .unwrap_or(word.len());
    let mut digits = word[..end].replace(',', ".");
    let point = digits.rfind('.');
    if point.is_some_and(|at| digits.len() - at == 4 && at > 0) {
        digits = digits.replace('.', "");
    }
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_autoeq_preset_is_read_whole() {
        let text = "Preamp: -6.3 dB\r\nFilter 1: ON LSC Fc 105 Hz Gain 6.5 dB Q 0.70\r\n\
            Filter 2: ON PK Fc 125 Hz Gain -2.7 dB Q 0.55\r\n\
            Filter 3: OFF HSC Fc 10000 Hz Gain -3.1 dB Q 0.70\r\n";
        let preset = parse_parametric(text).unwrap();
        assert!(preset.skipped_lines.is_empty());
        assert_eq!(preset.settings.preamp, Decibels(-6.3));
        let kinds: Vec<_> = preset
            .settings
            .bands
            .iter()
            .map(|b| b.filter.kind)
            .collect();
        assert_eq!(
            kinds,
            [
                FilterKind::LowShelf,
                FilterKind::Peak,
                FilterKind::HighShelf
            ]
        );
        assert_eq!(preset.settings.bands[1].filter.gain_db, -2.7);
        assert!(!preset.settings.bands[2].enabled);
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (word, want) in [
            ("63,5", 63.5),
            ("1.000", 1000.0),
            ("1,000", 1000.0),
            ("-4.2", -4.2),
            ("105hz", 105.0),
        ] {
            assert_eq!(number(word), Some(want), "{word}");
        }
        assert_eq!(number("x"), None);
    }

    #[test]
    fn what_is_skipped_is_reported_by_number() {
        let text = "# a comment\nDevice: all\nFilter: ON PK Fc 1000 Hz Gain 3 dB BW Oct 1\nFilter: ON PK\n";
        let preset = parse_parametric(text).unwrap();
        assert_eq!(preset.skipped_lines, [2, 4]);
        assert!((preset.settings.bands[0].filter.q - 1.414).abs() < 0.001);
        assert!(parse_parametric("hello\nworld\n").is_err());
    }
}
