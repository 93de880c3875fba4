//! What is done to tracks before they reach the renderer.

use dsp::mixer::{Crossfade, CrossfadeLaw, MAX_CROSSFADE_SECONDS};
use dsp::time_stretch::SPEEDS;
use media::replaygain::ReplayGainSettings;

/// What the preamp of ReplayGain may be, in dB either way.
const MAX_PREAMP_DB: f64 = 30.0;

/// What is done to tracks before they reach the renderer, as a listener sets it.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct PlaybackSettings {
    /// How tracks follow one another.
    pub crossfade: Crossfade,
    /// What is made of the tracks' own gains.
    pub replaygain: ReplayGainSettings,
    /// How fast tracks are played, [`dsp::time_stretch::SPEEDS`], at the same pitch; 1 is out of circuit.
    pub speed: f64,
}

impl Default for PlaybackSettings {
    fn default() -> Self {
        Self {
            crossfade: Crossfade::default(),
            replaygain: ReplayGainSettings::default(),
            speed: 1.0,
        }
    }
}

impl PlaybackSettings {
    /// These settings with what is out of range brought into it.
    #[must_use]
    pub fn in_range(mut self) -> Self {
        let keep = |value: f64, low: f64, high: f64, neutral: f64| match value.is_nan() {
            true => neutral,
            false => value.clamp(low, high),
        };
        self.speed = keep(self.speed, *SPEEDS.start(), *SPEEDS.end(), 1.0);
        let seconds = &mut self.crossfade.seconds;
        *seconds = keep(*seconds, 0.0, MAX_CROSSFADE_SECONDS, 0.0);
        let preamp = &mut self.replaygain.preamp.0;
        *preamp = keep(f64::from(*preamp), -MAX_PREAMP_DB, MAX_PREAMP_DB, 0.0) as f32;
        self
    }

    /// Whether tracks within full scale could come out of it beyond.
    pub fn can_exceed_full_scale(&self) -> bool {
        let crossfade = &self.crossfade;
        let adds_up = crossfade.seconds > 0.0 && crossfade.law == CrossfadeLaw::EqualPower;
        // A splice has peaks of its own.
        adds_up || self.speed != 1.0 || self.replaygain.can_exceed_full_scale()
    }
}
