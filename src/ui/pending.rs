//! Values that were asked for and that the player has not confirmed yet.

use dsp::equalizer::EqualizerSettings;
use engine::pipeline::PlaybackSettings;
use engine::status::{OutputStages, PlayerSnapshot};

/// How long a value set here is shown without confirmation, in seconds.
const PATIENCE_SECONDS: f64 = 0.5;

/// The settings of the player that controls move.
#[derive(Debug, Default)]
pub(crate) struct PendingSettings {
    pub(crate) volume: Pending<f32>,
    pub(crate) equalizer: Pending<EqualizerSettings>,
    pub(crate) stages: Pending<OutputStages>,
    pub(crate) playback: Pending<PlaybackSettings>,
}

/// The settings as controls show them.
#[derive(Debug, Clone)]
pub(crate) struct ShownSettings {
    /// Slider position, 0 to 1.
    pub(crate) volume: f32,
    pub(crate) equalizer: EqualizerSettings,
    /// What is behind the equalizer.
    pub(crate) stages: OutputStages,
    /// What is done to tracks before the equalizer.
    pub(crate) playback: PlaybackSettings,
}

impl PendingSettings {
    /// What to show at `now`, given what the player says.
    pub(crate) fn shown(&mut self, snapshot: &PlayerSnapshot, now: f64) -> ShownSettings {
        ShownSettings {
            volume: self.volume.shown(&snapshot.volume, now),
            equalizer: self.equalizer.shown(snapshot.equalizer.as_ref(), now),
            stages: self.stages.shown(&snapshot.sound, now),
            playback: self.playback.shown(&snapshot.source, now),
        }
    }
}

/// A requested value, until a snapshot confirms it: a control does not jump back under the pointer, and
/// several steps within one frame add up.
#[derive(Debug, Default)]
pub(crate) struct Pending<T> {
    requested: Option<(T, f64)>,
}

impl<T: Clone + PartialEq> Pending<T> {
    /// Notes what was requested; `now` in seconds.
    pub(crate) fn request(&mut self, value: T, now: f64) {
        self.requested = Some((value, now + PATIENCE_SECONDS));
    }

    /// What to show, given what the player says.
    pub(crate) fn shown(&mut self, actual: &T, now: f64) -> T {
        match &self.requested {
            Some((value, until)) if value != actual && now < *until => value.clone(),
            _ => {
                self.requested = None;
                actual.clone()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_shown_until_confirmed_or_given_up() {
        let mut volume = Pending::default();
        assert_eq!(volume.shown(&1, 0.0), 1);
        volume.request(5, 0.0);
        assert_eq!(volume.shown(&1, 0.1), 5);
        assert_eq!(volume.shown(&5, 0.2), 5);
        assert_eq!(
            volume.shown(&2, 0.3),
            2,
            "confirmed: later changes are the player's"
        );
        volume.request(7, 1.0);
        assert_eq!(
            volume.shown(&2, 1.6),
            2,
            "never confirmed: the player is right"
        );
    }
}
