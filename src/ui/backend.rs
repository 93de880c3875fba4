//! What the window needs of a player, and nothing more.

use crate::engine::analysis::SpectrumFrame;
use crate::engine::command::PlayerCommand;
use crate::engine::levels::LevelsFrame;
use crate::engine::player::PlayerHandle;
use crate::engine::status::{PlayerEvent, PlayerSnapshot};
use crate::telemetry::TelemetrySnapshot;
use crate::telemetry::metric::Metric;
use crate::telemetry::monitor::MonitorSpan;
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
    /// What the level meters read of what is audible; asks for more.
    fn levels(&mut self) -> LevelsFrame;
    /// Measured figures, callbacks over `span`.
    fn telemetry(&mut self, span: MonitorSpan) -> TelemetrySnapshot;
    /// The last `seconds` of a figure in at most `columns` points, oldest first.
    fn history_line(&self, metric: Metric, seconds: usize, columns: usize) -> Vec<f64>;
    /// The last hour's figures as comma-separated values.
    fn history_csv(&self) -> String;
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

    fn levels(&mut self) -> LevelsFrame {
        *PlayerHandle::levels(self)
    }

    fn telemetry(&mut self, span: MonitorSpan) -> TelemetrySnapshot {
        PlayerHandle::telemetry(self, span)
    }

    fn history_line(&self, metric: Metric, seconds: usize, columns: usize) -> Vec<f64> {
        self.with_history(|history| history.line(metric, seconds, columns))
    }

    fn history_csv(&self) -> String {
        let mut csv = Vec::new();
        // Writing to memory cannot fail.
        let _ = self.with_history(|history| history.write_csv(&mut csv));
        String::from_utf8_lossy(&csv).into_owned()
    }
}
