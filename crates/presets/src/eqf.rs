//! Winamp's equalizer libraries, `.eqf` and `.q1`: a header of 31 bytes, then for each preset a name of
//! 257 bytes, ten sliders from low to high, and the preamp. A slider is a byte from 0 at the top,
//! +12 dB, to 63 at the bottom, -12 dB.
//!
//! Winamp stores a flat slider as 31, programs of others as 32: both are 0 dB here, and the 31 steps on
//! either side are equal.

use super::{ReadPreset, SkippedLine, bells, preset_text};
use dsp::equalizer::EqualizerSettings;
use dsp::units::Decibels;

const SIGNATURE: &[u8] = b"Winamp EQ library file v1.";
const HEADER: &[u8; 31] = b"Winamp EQ library file v1.1\x1a!--";
const NAME_BYTES: usize = 257;
const RECORD_BYTES: usize = NAME_BYTES + 11;
/// The centres of the sliders, in Hz.
const FREQUENCIES_HZ: [f64; 10] = [
    60.0, 170.0, 310.0, 600.0, 1_000.0, 3_000.0, 6_000.0, 12_000.0, 14_000.0, 16_000.0,
];

/// Whether `bytes` are such a library.
pub(super) fn is_eqf(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGNATURE)
}

/// Reads the preset called `wanted`, or the first; the names of the others go along. Records that
/// cannot be used are reported by number.
///
/// # Errors
/// When there is no usable preset, or none of that name.
pub(super) fn parse(bytes: &[u8], wanted: Option<&str>) -> Result<ReadPreset, String> {
    let (mut presets, mut skipped_lines) = (Vec::new(), Vec::new());
    let body = bytes.get(HEADER.len()..).unwrap_or_default();
    for (index, record) in body.chunks(RECORD_BYTES).enumerate() {
        let mut skip = |reason| {
            let number = index + 1;
            skipped_lines.push(SkippedLine { number, reason });
        };
        let Some((name, sliders)) = record
            .split_at_checked(NAME_BYTES)
            .filter(|(_, s)| s.len() == 11)
        else {
            skip("the preset is cut short");
            continue;
        };
        if sliders.iter().any(|slider| *slider > 63) {
            skip("a slider is out of range");
            continue;
        }
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
        let gains: Vec<f64> = sliders.iter().map(|slider| gain_db(*slider)).collect();
        let preamp = Decibels(gains[10] as f32);
        let settings = bells::settings(&FREQUENCIES_HZ, &gains[..10], preamp);
        presets.push((
            preset_text::utf_8_or_latin_1(name).trim().to_owned(),
            settings,
        ));
    }
    let is_wanted = |name: &str| wanted.is_none_or(|w| w.to_lowercase() == name.to_lowercase());
    let Some(at) = presets.iter().position(|(name, _)| is_wanted(name)) else {
        return Err(match wanted {
            Some(name) if !presets.is_empty() => format!("no preset {name:?} in this library"),
            _ => "no usable preset in this library".into(),
        });
    };
    let (name, settings) = presets.remove(at);
    Ok(ReadPreset {
        name: Some(name),
        other_names: presets.into_iter().map(|(name, _)| name).collect(),
        skipped_lines,
        ..ReadPreset::from(settings)
    })
}

/// A library of one preset.
///
/// # Errors
/// When `settings` are not the bells [`parse`] makes, a gain lies between Winamp's steps, or the name
/// does not fit.
pub(super) fn write(settings: &EqualizerSettings, name: &str) -> Result<Vec<u8>, String> {
    let gains = bells::gains_db(settings, &FREQUENCIES_HZ)?;
    let mut sliders = Vec::with_capacity(11);
    for (index, db) in gains.into_iter().enumerate() {
        sliders.push(
            slider(|step| step == db)
                .ok_or_else(|| format!("band {}: {}", index + 1, off_step(db)))?,
        );
    }
    let preamp = settings.preamp.0;
    let at = slider(|step| step as f32 == preamp);
    sliders.push(at.ok_or_else(|| format!("preamp: {}", off_step(preamp.into())))?);
    let latin_1: Option<Vec<u8>> = name
        .chars()
        .map(|c| u8::try_from(u32::from(c)).ok())
        .collect();
    let mut bytes = latin_1
        .filter(|bytes| preset_text::utf_8_or_latin_1(bytes) == name)
        .unwrap_or_else(|| name.as_bytes().to_vec());
    if bytes.len() >= NAME_BYTES || bytes.contains(&0) {
        return Err("the name does not fit into a Winamp library".into());
    }
    bytes.resize(NAME_BYTES, 0);
    Ok([HEADER.as_slice(), &bytes, &sliders].concat())
}

fn off_step(db: f64) -> String {
    let nearest = (0..=63)
        .map(gain_db)
        .min_by(|a, b| (a - db).abs().total_cmp(&(b - db).abs()));
    format!(
        "Winamp has no step at {db} dB, the nearest is {:.3} dB",
        nearest.unwrap_or(0.0)
    )
}

fn gain_db(slider: u8) -> f64 {
    let steps = match slider {
        0..=31 => 31.0 - f64::from(slider),
        _ => 32.0 - f64::from(slider),
    };
    12.0 * steps / 31.0
}

fn slider(is_it: impl Fn(f64) -> bool) -> Option<u8> {
    (0..=63).find(|slider| is_it(gain_db(*slider)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library(presets: &[(&[u8], [u8; 11])]) -> Vec<u8> {
        let mut bytes = HEADER.to_vec();
        for (name, sliders) in presets {
            bytes.extend_from_slice(name);
            bytes.resize(bytes.len() + NAME_BYTES - name.len(), 0);
            bytes.extend_from_slice(sliders);
        }
        bytes
    }

    #[test]
    fn ends_are_twelve_decibels_and_the_middle_is_flat() {
        assert_eq!([0, 31, 32, 63].map(gain_db), [12.0, 0.0, 0.0, -12.0]);
        let flat = library(&[(b"Flat", [31; 11])]);
        assert!(
            parse(&flat, None)
                .unwrap()
                .settings
                .design(48_000.0)
                .is_flat()
        );
    }

    #[test]
    fn presets_are_taken_by_name_or_the_first_and_come_back_byte_for_byte() {
        let rock = [0, 5, 10, 20, 31, 33, 40, 50, 60, 63, 31];
        let bytes = library(&[(b"Entry1", [31; 11]), (b"Caf\xe9 Rock", rock)]);
        let first = parse(&bytes, None).unwrap();
        assert_eq!(first.name.as_deref(), Some("Entry1"));
        assert_eq!(first.other_names, ["Café Rock"]);
        let second = parse(&bytes, Some("café ROCK")).unwrap();
        assert_eq!(second.settings.bands[0].filter.gain_db, 12.0);
        assert_eq!(second.settings.bands[9].filter.gain_db, -12.0);
        let written = write(&second.settings, "Café Rock").unwrap();
        assert_eq!(written, library(&[(b"Caf\xe9 Rock", rock)]));
        assert_eq!(written.len(), 299);
        assert_eq!(parse(&written, None).unwrap().settings, second.settings);
        assert!(parse(&bytes, Some("Jazz")).unwrap_err().contains("Jazz"));
    }

    #[test]
    fn a_library_that_is_broken_gives_what_it_can() {
        let mut bytes = library(&[(b"Bad", [99; 11]), (b"Good", [20; 11]), (b"Cut", [1; 11])]);
        bytes.truncate(bytes.len() - 1);
        let read = parse(&bytes, None).unwrap();
        assert_eq!(read.name.as_deref(), Some("Good"));
        let numbers: Vec<_> = read.skipped_lines.iter().map(|line| line.number).collect();
        assert_eq!(numbers, [1, 3]);
        assert!(parse(&HEADER[..], None).is_err());
        assert!(parse(SIGNATURE, None).is_err());
    }

    #[test]
    fn settings_that_do_not_fit_name_the_band() {
        let flat = library(&[(b"Flat", [31; 11])]);
        let mut settings = parse(&flat, None).unwrap().settings;
        settings.bands[2].filter.gain_db = 2.5;
        assert!(write(&settings, "x").unwrap_err().starts_with("band 3: "));
        settings.bands[2].filter.gain_db = 0.0;
        settings.preamp = Decibels(-1.0);
        assert!(write(&settings, "x").unwrap_err().starts_with("preamp: "));
        settings.preamp = Decibels::UNITY;
        assert!(write(&settings, &"x".repeat(257)).is_err());
        assert!(write(&EqualizerSettings::ten_bands(), "x").is_err());
    }
}
