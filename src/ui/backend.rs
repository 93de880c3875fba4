//! What the window needs of a player, and nothing more.

use crate::engine::analysis::SpectrumFrame;
use crate::engine::command::PlayerCommand;
use crate::engine::player::PlayerHandle;
use crate::engine::status::{PlayerEvent, PlayerSnapshot};
use crate::telemetry::TelemetrySnapshot;
use std::time::Duration;

/// A player as the window sees it. No call waits.
pub(crate) trait Backend {
    /// Sends an order.
    fn send(&self, command: PlayerCommand);
    /// The newest snapshot.
    fn snapshot(&mut self) -> &PlayerSnapshot;
    /// Events since the last call, oldest first.
    fn events(&mut self) -> Vec<PlayerEvent>;
    /// The audible position in the loaded track.
    fn position(&mut self) -> Duration;
    /// The spectrum of what is audible; asks for more of them.
    fn spectrum(&mut self) -> &SpectrumFrame;
    /// Measured figures.
    fn telemetry(&mut self) -> TelemetrySnapshot;
}

impl Backend for PlayerHandle {
    fn send(&self, command: PlayerCommand) {
        PlayerHandle::send(self, command);
    }

    fn snapshot(&mut self) -> &PlayerSnapshot {
        PlayerHandle::snapshot(self)
    }

    fn events(&mut self) -> Vec<PlayerEvent> {
        PlayerHandle::events(self).collect()
    }

    fn position(&mut self) -> Duration {
        PlayerHandle::position(self)
    }

    fn spectrum(&mut self) -> &SpectrumFrame {
        PlayerHandle::spectrum(self)
    }

    fn telemetry(&mut self) -> TelemetrySnapshot {
        PlayerHandle::telemetry(self)
    }
}
