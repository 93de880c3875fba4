//! The player's settings as they are stored.

use dsp::equalizer::EqualizerSettings;
use engine::command::{OutputCommand, PlayerCommand, QueueCommand, SoundCommand};
use engine::pipeline::PlaybackSettings;
use engine::status::{OutputChoice, OutputStages, PlayerSnapshot, RepeatMode, WhenUnplugged};
use serde::{Deserialize, Serialize};

/// What of a [`PlayerSnapshot`] lasts from one start to the next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlayerSettings {
    /// Slider position, 0 to 1.
    pub volume: f32,
    /// Silenced.
    pub is_muted: bool,
    /// What happens at the end of the queue.
    pub repeat: RepeatMode,
    /// Random order.
    pub is_shuffled: bool,
    /// The equalizer.
    pub equalizer: EqualizerSettings,
    /// The stages behind it.
    #[serde(alias = "sound")]
    pub stages: OutputStages,
    /// What is done to tracks before it.
    #[serde(alias = "source")]
    pub playback: PlaybackSettings,
    /// The output is opened at each track's own rate.
    pub follows_rate: bool,
    /// What happens when the device in use is unplugged.
    pub when_unplugged: WhenUnplugged,
    /// The output the listener has chosen.
    #[serde(with = "StoredOutput")]
    pub output: OutputChoice,
}

impl Default for PlayerSettings {
    fn default() -> Self {
        Self {
            volume: 1.0,
            is_muted: false,
            repeat: RepeatMode::Off,
            is_shuffled: false,
            equalizer: EqualizerSettings::default(),
            stages: OutputStages::default(),
            playback: PlaybackSettings::default(),
            follows_rate: false,
            when_unplugged: WhenUnplugged::default(),
            output: OutputChoice::Default,
        }
    }
}

impl PlayerSettings {
    /// Names of the player's settings in a file without sections.
    pub(super) const FLAT_NAMES: [&'static str; 8] = [
        "volume",
        "is_muted",
        "repeat",
        "is_shuffled",
        "equalizer",
        "sound",
        "source",
        "follows_rate",
    ];

    /// The settings a player has at the moment of `snapshot`.
    #[must_use]
    pub fn of(snapshot: &PlayerSnapshot) -> Self {
        Self {
            volume: snapshot.volume,
            is_muted: snapshot.is_muted,
            repeat: snapshot.repeat,
            is_shuffled: snapshot.is_shuffled,
            equalizer: snapshot.equalizer.as_ref().clone(),
            stages: snapshot.sound,
            playback: snapshot.source,
            follows_rate: snapshot.follows_rate,
            when_unplugged: snapshot.output.when_unplugged,
            output: snapshot.output.choice.clone(),
        }
    }

    /// The commands that bring a player to these settings; the output is opened at its start.
    pub(super) fn commands(&self) -> [PlayerCommand; 8] {
        [
            // Unmutes, so the flag follows.
            SoundCommand::SetVolume(self.volume).into(),
            SoundCommand::SetMuted(self.is_muted).into(),
            QueueCommand::SetRepeat(self.repeat).into(),
            QueueCommand::SetShuffle(self.is_shuffled).into(),
            SoundCommand::SetStages(self.stages).into(),
            SoundCommand::SetPlayback(self.playback).into(),
            OutputCommand::SetFollowsRate(self.follows_rate).into(),
            OutputCommand::SetWhenUnplugged(self.when_unplugged).into(),
        ]
    }

    /// Clamps every value to its range: a file may have been edited by hand.
    pub(super) fn in_range(mut self) -> Self {
        self.volume = if self.volume.is_finite() {
            self.volume.clamp(0.0, 1.0)
        } else {
            1.0
        };
        let balance = &mut self.stages.balance.balance;
        *balance = balance.clamp(-1.0, 1.0);
        let crossfeed = &mut self.stages.crossfeed;
        crossfeed.amount = crossfeed.amount.clamp(0.0, 1.0);
        self.playback = self.playback.in_range();
        self
    }
}

/// [`OutputChoice`] as it stands in the file.
#[derive(Serialize, Deserialize)]
#[serde(remote = "OutputChoice", rename_all = "snake_case")]
enum StoredOutput {
    Default,
    Device(String),
    Null,
}
