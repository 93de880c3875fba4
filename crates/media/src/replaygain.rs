//! What ReplayGain tags ask for, and how much of it a listener wants.

use super::tags::values::FileTags;
use dsp::units::Decibels;

/// From EBU R 128's target of -23 LUFS to ReplayGain 2.0's of -18.
const R128_TO_REPLAYGAIN_DB: f32 = 5.0;
/// The gains of the loudest and the softest recordings there are lie well within: dB.
const MAX_GAIN_DB: f32 = 60.0;
/// Peaks outside of these are no linear ones: some programs wrote 16-bit numbers.
const MIN_PEAK: f32 = 1e-6;
const MAX_PEAK: f32 = 100.0;

/// Which of a file's gains counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum ReplayGainMode {
    /// None.
    #[default]
    Off,
    /// Each track's own: all tracks equally loud.
    Track,
    /// The album's: its quiet tracks stay quiet. The track's where there is none.
    Album,
}

/// How ReplayGain is applied.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ReplayGainSettings {
    /// Which gain.
    pub mode: ReplayGainMode,
    /// Added to the gain of files that have one.
    pub preamp: Decibels,
    /// Lets no gain take the peak beyond full scale. Where the file does not name its peak, the limiter
    /// holds what goes beyond.
    pub prevent_clipping: bool,
}

impl Default for ReplayGainSettings {
    fn default() -> Self {
        Self {
            mode: ReplayGainMode::Off,
            preamp: Decibels::UNITY,
            prevent_clipping: true,
        }
    }
}

impl ReplayGainSettings {
    /// Whether it could take any file within full scale beyond it; a file that names no peak may be
    /// nevertheless, see [`Self::may_exceed_full_scale`].
    pub fn can_exceed_full_scale(&self) -> bool {
        self.mode != ReplayGainMode::Off && !self.prevent_clipping
    }

    /// Whether the gain for this file could take it beyond full scale: it raises the file, and the peak is
    /// not known or not heeded.
    pub fn may_exceed_full_scale(&self, file: &ReplayGain) -> bool {
        let has_peak = self.wanted(file).is_some_and(|level| level.peak.is_some());
        self.gain(file) > 1.0 && !(has_peak && self.prevent_clipping)
    }

    fn wanted(&self, file: &ReplayGain) -> Option<Level> {
        match self.mode {
            ReplayGainMode::Off => None,
            ReplayGainMode::Track => file.track,
            ReplayGainMode::Album => file.album.or(file.track),
        }
    }

    /// The linear gain for a file; exactly one for files without a gain.
    pub fn gain(&self, file: &ReplayGain) -> f32 {
        let Some(level) = self.wanted(file) else {
            return 1.0;
        };
        let gain = Decibels(level.gain.0 + self.preamp.0).to_gain();
        match level.peak {
            Some(peak) if self.prevent_clipping => gain.min(peak.recip()),
            _ => gain,
        }
    }
}

/// The gains a file asks for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ReplayGain {
    track: Option<Level>,
    album: Option<Level>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Level {
    gain: Decibels,
    /// Largest sample, linear, above zero.
    peak: Option<f32>,
}

impl ReplayGain {
    /// Understands the fields as written, "-6.20 dB", "+1,5" and "0.988"; what is not a sensible number is
    /// left out.
    ///
    /// Opus has gains of its own (RFC 7845 section 5.2.1), in 1/256 dB towards -23 LUFS. They count
    /// first, 5 dB up, because ReplayGain 2.0 is towards -18 LUFS.
    pub fn of(tags: &FileTags) -> Self {
        let number = |name| number(tags.replaygain.get(name)?);
        let sensible = |db: &f32| db.abs() <= MAX_GAIN_DB;
        let r128 = |name| {
            let steps: i16 = tags.replaygain.get(name)?.trim().parse().ok()?;
            Some(f32::from(steps) / 256.0 + R128_TO_REPLAYGAIN_DB)
        };
        let level = |name, peak, opus| {
            let gain = r128(opus).filter(sensible);
            let gain = gain.or_else(|| number(name).filter(sensible))?;
            Some(Level {
                gain: Decibels(gain),
                peak: number(peak).filter(|peak| (MIN_PEAK..=MAX_PEAK).contains(peak)),
            })
        };
        Self {
            track: level("track_gain", "track_peak", "r128_track_gain"),
            album: level("album_gain", "album_peak", "r128_album_gain"),
        }
    }
}

/// The field with a point for its comma, and a plain minus for every sign that looks like one.
pub(super) fn plain_number(text: &str) -> String {
    let plain = |c| match c {
        ',' => '.',
        '\u{2212}' | '\u{2010}'..='\u{2013}' | '\u{FE63}' | '\u{FF0D}' => '-',
        _ => c,
    };
    text.chars().map(plain).collect()
}

/// The number that a field is, with "dB" behind it or not.
fn number(text: &str) -> Option<f32> {
    let mut text = plain_number(text).to_ascii_lowercase();
    text.retain(|c| !c.is_whitespace());
    let digits = text.strip_suffix("db").unwrap_or(&text);
    let is_number = digits.chars().any(|c| c.is_ascii_digit());
    let number = digits.parse().ok().filter(|_| is_number);
    number.filter(|number: &f32| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::ReplayGainMode::{Album, Off, Track};
    use super::*;

    fn file(fields: &[(&'static str, &str)]) -> ReplayGain {
        let replaygain = fields.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
        ReplayGain::of(&FileTags {
            replaygain,
            ..FileTags::default()
        })
    }

    fn gain_db(mode: ReplayGainMode, prevent_clipping: bool, file: &ReplayGain) -> f32 {
        let preamp = Decibels(1.0);
        let settings = ReplayGainSettings {
            mode,
            preamp,
            prevent_clipping,
        };
        Decibels::from_gain(settings.gain(file)).0
    }

    #[test]
    fn gains_follow_the_mode_and_stop_at_the_peak() {
        let both = file(&[
            ("track_gain", "-6.50 dB"),
            ("track_peak", "0.9"),
            ("album_gain", "+8.25DB"),
            ("album_peak", "0.5"),
        ]);
        let near = |a: f32, b: f32| assert!((a - b).abs() < 1e-3, "{a} is not {b}");
        near(gain_db(Off, true, &both), 0.0);
        near(gain_db(Track, true, &both), -5.5);
        near(gain_db(Album, false, &both), 9.25);
        near(gain_db(Album, true, &both), 6.0206);
        let only_track = file(&[("track_gain", "3")]);
        near(gain_db(Album, false, &only_track), 4.0);
        // Of a peak that is not known nobody can say that it would be too much.
        near(gain_db(Album, true, &only_track), 4.0);
        for (text, db) in [
            ("-7,03 dB", -7.03),
            ("+1.5", 1.5),
            ("\u{2212}3.25dB", -3.25),
            (" 2 DB ", 2.0),
            ("- 4.00 dB", -4.0),
        ] {
            let file = file(&[("track_gain", text)]);
            near(gain_db(Track, true, &file), db + 1.0);
        }
        let settings = |prevent_clipping| ReplayGainSettings {
            mode: Track,
            preamp: Decibels::UNITY,
            prevent_clipping,
        };
        let soft = file(&[("track_gain", "-3 dB")]);
        for (file, is_prevented, is_held) in [
            (&only_track, true, true),
            (&soft, true, false),
            (
                &file(&[("track_gain", "3"), ("track_peak", "0.9")]),
                true,
                false,
            ),
            (
                &file(&[("track_gain", "3"), ("track_peak", "0.9")]),
                false,
                true,
            ),
            (&ReplayGain::default(), true, false),
        ] {
            assert_eq!(settings(is_prevented).may_exceed_full_scale(file), is_held);
        }
        for peak in ["0", "-1", "32767", "nan", "inf", ""] {
            let file = file(&[("track_gain", "3 dB"), ("track_peak", peak)]);
            near(gain_db(Track, true, &file), 4.0);
        }
        for none in [
            "",
            "dB",
            "loud",
            "NaN",
            "inf dB",
            "900 dB",
            "ö",
            "-",
            "1.2.3",
            "5 dB or so",
        ] {
            let file = file(&[("track_gain", none)]);
            assert_eq!(gain_db(Track, false, &file), 0.0, "{none}");
        }
    }

    #[test]
    fn the_gains_of_opus_count_first() {
        let near = |a: f32, b: f32| assert!((a - b).abs() < 1e-3, "{a} is not {b}");
        let opus = file(&[
            ("r128_track_gain", "-2560"),
            ("r128_album_gain", "128"),
            ("track_gain", "9 dB"),
            ("track_peak", "0.5"),
        ]);
        near(gain_db(Track, false, &opus), -10.0 + 5.0 + 1.0);
        near(gain_db(Album, false, &opus), 0.5 + 5.0 + 1.0);
        near(gain_db(Track, true, &opus), -4.0);
        let loud = file(&[("r128_track_gain", "2560")]);
        near(gain_db(Track, true, &loud), 10.0 + 5.0 + 1.0);
        let unreadable = file(&[("r128_track_gain", "40000"), ("track_gain", "2 dB")]);
        near(gain_db(Track, false, &unreadable), 3.0);
    }
}
