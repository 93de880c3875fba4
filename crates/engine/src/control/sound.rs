//! Volume, equalizer and the other stages, and what the chain is to do for them.

use super::playhead::{Play, Playhead};
use crate::chain::ChainSettings;
use crate::command::SoundCommand;
use crate::pipeline::PlaybackSettings;
use crate::status::{OutputStages, OutputStatus, PlayerSnapshot};
use dsp::equalizer::{EqualizerSettings, GraphicCurve};
use dsp::units::volume_gain;
use media::replaygain::ReplayGainMode;
use std::sync::Arc;

/// What the listener has set. The only owner of these settings.
pub(super) struct Sound {
    volume: f32,
    is_muted: bool,
    equalizer: Arc<EqualizerSettings>,
    stages: OutputStages,
    playback: PlaybackSettings,
}

impl Sound {
    pub(super) fn new(volume: f32, equalizer: EqualizerSettings) -> Self {
        Self {
            volume,
            is_muted: false,
            equalizer: Arc::new(equalizer),
            stages: OutputStages::default(),
            playback: PlaybackSettings::default(),
        }
    }

    /// Carries out a command.
    pub(super) fn handle(&mut self, command: SoundCommand) {
        match command {
            SoundCommand::SetVolume(volume) => {
                self.volume = volume.clamp(0.0, 1.0);
                self.is_muted = false;
            }
            SoundCommand::SetMuted(is_muted) => self.is_muted = is_muted,
            SoundCommand::SetEqualizer(settings) => self.equalizer = Arc::new(settings),
            SoundCommand::SetStages(stages) => self.stages = stages,
            SoundCommand::SetPlayback(playback) => self.playback = playback.in_range(),
        }
    }

    /// What is done to tracks before the equalizer.
    pub(super) fn playback(&self) -> PlaybackSettings {
        self.playback
    }

    /// The curve that the convolver runs, if there is one.
    pub(super) fn curve(&self) -> Option<&GraphicCurve> {
        let curve = self.equalizer.curve.as_ref();
        curve.filter(|_| self.equalizer.enabled)
    }

    /// The chain's settings at an output's rate. Designs filters; allocates.
    pub(super) fn chain(&self, output: &OutputStatus, playhead: &Playhead) -> ChainSettings {
        let volume = if self.is_muted {
            0.0
        } else {
            volume_gain(self.volume)
        };
        ChainSettings {
            eq: self.equalizer.design(f64::from(output.sample_rate_hz)),
            has_response: self.curve().is_some(),
            crossfeed: self.stages.crossfeed,
            balance: self.stages.balance,
            volume,
            has_loud_input: self.has_loud_input(output, playhead),
            limiter: self.stages.limiter,
        }
    }

    /// Whether what enters the chain may be beyond full scale: by what is done to tracks (a gain in tags
    /// may stand there without a peak), or because a queued track is so itself and the device cuts that
    /// off.
    pub(super) fn has_loud_input(&self, output: &OutputStatus, playhead: &Playhead) -> bool {
        let may_boost = self.playback.can_exceed_full_scale()
            || self.playback.replaygain.mode != ReplayGainMode::Off;
        let is_loud = |play: &Play| {
            let rate_hz = play.info.as_ref().map(|info| info.sample_rate_hz);
            let is_resampled = rate_hz.is_some_and(|rate_hz| rate_hz != output.sample_rate_hz);
            play.may_exceed_full_scale || is_resampled
        };
        may_boost || output.is_integer() && playhead.queued().any(is_loud)
    }

    /// Fills in what the listener has set.
    pub(super) fn describe_in(&self, snapshot: &mut PlayerSnapshot) {
        snapshot.volume = self.volume;
        snapshot.is_muted = self.is_muted;
        snapshot.equalizer = Arc::clone(&self.equalizer);
        snapshot.sound = self.stages;
        snapshot.source = self.playback;
    }
}
