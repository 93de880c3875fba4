//! The presets that come with the player: ten octave bells each.

use super::automatic_preamp;
use dsp::equalizer::EqualizerSettings;
use dsp::units::Decibels;

/// Name, and gains in dB from 31 Hz to 16 kHz.
const PRESETS: [(&str, [f64; 10]); 16] = [
    ("Flat", [0.0; 10]),
    (
        "Bass boost",
        [6.0, 5.0, 4.0, 2.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0],
    ),
    (
        "Bass cut",
        [-6.0, -5.0, -4.0, -2.0, -0.5, 0.0, 0.0, 0.0, 0.0, 0.0],
    ),
    (
        "Treble boost",
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 1.5, 3.0, 4.0, 5.0],
    ),
    (
        "Treble cut",
        [0.0, 0.0, 0.0, 0.0, 0.0, -0.5, -1.5, -3.0, -4.0, -5.0],
    ),
    (
        "Vocal",
        [-3.0, -2.0, -1.0, 0.0, 1.5, 2.5, 3.0, 2.0, 0.0, -1.0],
    ),
    (
        "Speech",
        [-9.0, -7.0, -3.0, 0.0, 1.0, 2.5, 4.0, 3.0, 0.0, -3.0],
    ),
    (
        "Rock",
        [4.0, 3.0, 1.5, -0.5, -1.5, -0.5, 1.0, 2.5, 3.5, 3.5],
    ),
    ("Pop", [-1.0, 0.5, 2.0, 2.5, 1.5, 0.0, -0.5, 0.5, 1.5, 2.0]),
    ("Jazz", [2.5, 2.0, 1.0, 1.5, -1.0, -1.0, 0.0, 1.0, 2.0, 2.5]),
    (
        "Classical",
        [2.5, 2.0, 1.0, 0.0, -0.5, -0.5, 0.0, 1.0, 1.5, 2.0],
    ),
    (
        "Electronic",
        [5.0, 4.5, 2.0, 0.0, -1.5, -0.5, 0.5, 1.5, 3.0, 3.5],
    ),
    (
        "Acoustic",
        [2.0, 2.0, 1.5, 0.5, 0.5, 0.5, 1.5, 2.0, 1.5, 1.0],
    ),
    (
        "Loudness",
        [6.0, 4.5, 2.0, 0.0, -1.0, -1.0, 0.0, 1.0, 3.0, 4.5],
    ),
    // Below their range small drivers only move, and take the headroom of what they can play.
    (
        "Small speakers",
        [-9.0, -3.0, 3.0, 3.0, 1.0, 0.0, 0.5, 1.5, 2.0, 1.0],
    ),
    (
        "Mild headphones",
        [1.5, 1.0, 0.5, 0.0, 0.0, 0.0, -0.5, -1.5, -1.0, -0.5],
    ),
];
/// Where the preamps are measured: half the rate squeezes the highest bell, and more the lower it is.
const SAMPLE_RATES_HZ: [f64; 3] = [44_100.0, 96_000.0, 384_000.0];

/// The names, in the order they are shown.
pub fn names() -> impl Iterator<Item = &'static str> {
    PRESETS.iter().map(|(name, _)| *name)
}

/// The preset called `name`, whatever its case, with a preamp that leaves room for its peak.
///
/// ```
/// let rock = presets::built_in::preset("Rock").unwrap();
/// assert!(rock.bands.iter().any(|band| band.filter.gain_db != 0.0));
/// ```
pub fn preset(name: &str) -> Option<EqualizerSettings> {
    let name = name.trim();
    let (_, gains) = PRESETS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    let mut settings = EqualizerSettings::ten_bands();
    for (band, gain_db) in settings.bands.iter_mut().zip(gains) {
        band.filter.gain_db = *gain_db;
    }
    let preamps = SAMPLE_RATES_HZ.map(|rate| automatic_preamp(&settings, rate).0);
    settings.preamp = Decibels(preamps.into_iter().fold(0.0, f32::min));
    Some(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_leaves_headroom_at_every_rate_and_wastes_little() {
        for name in names() {
            for rate in [44_100.0, 48_000.0, 96_000.0, 192_000.0] {
                let peak = preset(name).unwrap().peak_gain_db(rate);
                assert!(peak <= 0.02, "{name} peaks at {peak:.3} dB at {rate} Hz");
            }
            let settings = preset(name).unwrap();
            let peak = settings.peak_gain_db(384_000.0);
            assert!(
                peak > -0.2 || settings.preamp.0 == 0.0,
                "{name} peaks at {peak:.3} dB"
            );
        }
    }

    #[test]
    fn names_are_found_in_any_case_and_flat_changes_nothing() {
        assert_eq!(preset("FLAT"), Some(EqualizerSettings::ten_bands()));
        assert!(preset(" bass BOOST ").unwrap().preamp.0 < -6.0);
        assert_eq!(preset("nothing"), None);
    }
}
