//! The player's handle.

use super::analysis::SpectrumReader;
use super::command::PlayerCommand;
use super::status::{OutputChoice, PlayerEvent, PlayerSnapshot};
use crate::dsp::equalizer::EqualizerSettings;
use crate::rt::snapshot::SnapshotReader;
use crate::telemetry::TelemetrySnapshot;
use crossbeam::channel::{Receiver, Sender};
use std::sync::Arc;
use std::time::Duration;

/// How to start a player.
#[derive(Clone)]
pub struct PlayerOptions {
    /// The output to open first.
    pub output: OutputChoice,
    /// Frames to ask the device for per callback, a power of two.
    pub buffer_frames: u32,
    /// Slider position, 0 to 1.
    pub volume: f32,
    /// The equalizer's settings.
    pub equalizer: EqualizerSettings,
    /// Called from the control thread whenever something a window shows has changed; must not wait.
    pub wake: Arc<dyn Fn() + Send + Sync>,
}

/// A running player. Dropping it fades out and ends its threads.
pub struct PlayerHandle {
    commands: Sender<PlayerCommand>,
    events: Receiver<PlayerEvent>,
    snapshots: SnapshotReader<PlayerSnapshot>,
    spectrum: SpectrumReader,
}

impl PlayerHandle {
    /// Starts the threads. The output opens in the background.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start(options: PlayerOptions) -> std::io::Result<Self> {
        let _ = options;
        unimplemented!()
    }

    /// Sends an order; never waits.
    pub fn send(&self, command: PlayerCommand) {
        // The control thread outlives the handle, so the channel is never closed.
        let _ = self.commands.send(command);
    }

    /// The newest snapshot.
    pub fn snapshot(&mut self) -> &PlayerSnapshot {
        self.snapshots.latest()
    }

    /// Events since the last call, oldest first.
    pub fn events(&self) -> impl Iterator<Item = PlayerEvent> + '_ {
        self.events.try_iter()
    }

    /// The audible position in the loaded track, moving smoothly between callbacks; the target of a
    /// jump while it is under way.
    pub fn position(&mut self) -> Duration {
        unimplemented!()
    }

    /// The spectrum of what is audible.
    pub fn spectrum(&mut self) -> &mut SpectrumReader {
        &mut self.spectrum
    }

    /// Measured figures of the audio path and the process; cheap enough for each frame (process
    /// figures are refreshed at most twice a second).
    pub fn telemetry(&mut self) -> TelemetrySnapshot {
        unimplemented!()
    }
}
