//! Requests that the player's present state decides on.

use crate::ui::shell::PlayerApp;
use crate::ui::transport::action::PlaybackAction;
use engine::command::{QueueCommand, SoundCommand, TransportCommand};
use engine::status::{RepeatMode, Transport};

impl PlayerApp {
    pub(in crate::ui::shell) fn carry_out_playback(&mut self, action: PlaybackAction, now: f64) {
        match action {
            PlaybackAction::Pause => match self.snapshot.transport {
                Transport::Playing => self.send(TransportCommand::Pause),
                Transport::Paused => self.send(TransportCommand::Play),
                Transport::Stopped => {}
            },
            PlaybackAction::VolumeBy(change) => {
                let volume = self.pending.volume.shown(&self.snapshot.volume, now) + change;
                self.set_volume(volume, now);
            }
            PlaybackAction::SetVolume(volume) => self.set_volume(volume, now),
            PlaybackAction::ToggleMute => {
                self.send(SoundCommand::SetMuted(!self.snapshot.is_muted));
            }
            PlaybackAction::CycleRepeat => {
                let next = match self.snapshot.repeat {
                    RepeatMode::Off => RepeatMode::All,
                    RepeatMode::All => RepeatMode::One,
                    RepeatMode::One => RepeatMode::Off,
                };
                self.send(QueueCommand::SetRepeat(next));
            }
            PlaybackAction::ToggleShuffle => {
                self.send(QueueCommand::SetShuffle(!self.snapshot.is_shuffled));
            }
            PlaybackAction::ToggleStopAfterCurrent => {
                let on = !self.snapshot.stop_after_current;
                self.send(QueueCommand::SetStopAfterCurrent(on));
            }
            PlaybackAction::SetStages(stages) => {
                self.pending.stages.request(stages, now);
                self.send(SoundCommand::SetStages(stages));
            }
            PlaybackAction::SetPlayback(playback) => {
                self.pending.playback.request(playback, now);
                self.send(SoundCommand::SetPlayback(playback));
            }
        }
    }

    fn set_volume(&mut self, volume: f32, now: f64) {
        // Rounded to a percent, so that many small steps add up to a large one.
        let volume = (volume.clamp(0.0, 1.0) * 100.0).round() / 100.0;
        self.pending.volume.request(volume, now);
        self.send(SoundCommand::SetVolume(volume));
        if self.snapshot.is_muted {
            self.send(SoundCommand::SetMuted(false));
        }
    }
}
