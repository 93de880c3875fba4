//! What ReplayGain tags ask for, and how much of it a listener wants.

use super::tags::FileTags;
use crate::dsp::units::Decibels;

/// From EBU R 128's target of -23 LUFS to ReplayGain 2.0's of -18.
const R128_TO_REPLAYGAIN_DB: f32 = 5.0;

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
    /// Lets no gain take the peak beyond full scale; a peak that is not known counts as full scale.
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
    /// Whether it could take a file within full scale beyond it.
    pub fn can_exceed_full_scale(&self) -> bool {
        self.mode != ReplayGainMode::Off && !self.prevent_clipping
    }

    /// The linear gain for a file; exactly one for files without a gain.
    pub fn gain(&self, file: &ReplayGain) -> f32 {
        let wanted = match self.mode {
            ReplayGainMode::Off => None,
            ReplayGainMode::Track => file.track,
            ReplayGainMode::Album => file.album.or(file.track),
        };
        let Some(level) = wanted else { return 1.0 };
        let gain = Decibels(level.gain.0 + self.preamp.0).to_gain();
        match self.prevent_clipping {
            true => gain.min(level.peak.unwrap_or(1.0).recip()),
            false => gain,
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
    /// Understands the fields as written, "-6.20 dB" and "0.988"; what is not a sensible number is left out.
    ///
    /// Opus has gains of its own (RFC 7845 section 5.2.1), in 1/256 dB towards -23 LUFS. They count
    /// first, 5 dB up, because ReplayGain 2.0 is towards -18 LUFS.
    pub fn of(tags: &FileTags) -> Self {
        let number = |name| {
            let text = tags.replaygain.get(name)?.trim();
            let end = text.len() - 2.min(text.len());
            let is_db = text
                .get(end..)
                .is_some_and(|unit| unit.eq_ignore_ascii_case("db"));
            let digits = if is_db { &text[..end] } else { text };
            digits.trim().parse().ok().filter(|n: &f32| n.is_finite())
        };
        let r128 = |name| {
            let steps: i16 = tags.replaygain.get(name)?.trim().parse().ok()?;
            Some(f32::from(steps) / 256.0 + R128_TO_REPLAYGAIN_DB)
        };
        let level = |gain, peak, opus| {
            let gain = r128(opus).or_else(|| number(gain))?;
            Some(Level {
                // The loudest and the softest recordings there are lie well within.
                gain: Decibels(Some(gain).filter(|db| db.abs() <= 60.0)?),
                peak: number(peak).filter(|peak| *peak > 0.0),
            })
        };
        Self {
            track: level("track_gain", "track_peak", "r128_track_gain"),
            album: level("album_gain", "album_peak", "r128_album_gain"),
        }
    }
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
        near(gain_db(Album, true, &only_track), 0.0);
        for none in ["", "dB", "loud", "NaN", "inf dB", "900 dB", "ö"] {
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
        let unreadable = file(&[("r128_track_gain", "40000"), ("track_gain", "2 dB")]);
        near(gain_db(Track, false, &unreadable), 3.0);
    }
}
