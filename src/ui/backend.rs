//! What the window needs of the program.

use crate::app::{App, AppCommand, CoverView, LibraryView, ListsView};
use engine::analysis::SpectrumFrame;
use engine::levels::LevelsFrame;
use engine::status::{PlayerEvent, PlayerSnapshot};
use serde_json::Value;
use std::time::Duration;
use telemetry::Reading;
use telemetry::metric::Metric;
use telemetry::monitor::MonitorSpan;

/// A player as the window sees it. No call waits.
pub(crate) trait Backend {
    /// Carries out a command.
    fn send(&self, command: AppCommand);
    /// The newest snapshot.
    fn snapshot(&mut self) -> &PlayerSnapshot;
    /// Events since the last call, oldest first.
    fn events(&mut self) -> Vec<PlayerEvent>;
    /// The audible position in the loaded track.
    fn position(&mut self) -> Duration;
    /// The spectrum of what is audible. Asking keeps the analysis running.
    fn spectrum(&mut self) -> &SpectrumFrame;
    /// The levels of what is audible. Asking keeps the analysis running.
    fn levels(&mut self) -> LevelsFrame;
    /// Measured figures, callbacks over `span`.
    fn reading(&mut self, span: MonitorSpan) -> Reading;
    /// The last `seconds` of a figure in at most `columns` points, oldest first.
    fn history_line(&mut self, metric: Metric, seconds: usize, columns: usize) -> Vec<f64>;
    /// Has a section of the settings stored.
    fn store(&self, section: &'static str, content: Value);
    /// The last hour's figures as comma-separated values.
    fn history_csv(&mut self) -> String;
    /// The collection, where there is one.
    fn library(&mut self) -> Option<&mut LibraryView> {
        None
    }
    /// Covers of tracks, where there is a collection.
    fn covers(&mut self) -> Option<&mut CoverView> {
        None
    }
    /// The listener's lists, where there is a collection.
    fn lists(&mut self) -> Option<&mut ListsView> {
        None
    }
    /// Of a scan that runs, the files seen, those read, and those that have to be.
    fn scan_progress(&self) -> Option<[u64; 3]> {
        None
    }
}

impl Backend for App {
    fn send(&self, command: AppCommand) {
        App::send(self, command);
    }

    fn snapshot(&mut self) -> &PlayerSnapshot {
        self.player().feed().snapshot()
    }

    fn events(&mut self) -> Vec<PlayerEvent> {
        self.player().feed().events().collect()
    }

    fn position(&mut self) -> Duration {
        self.player().feed().position()
    }

    fn spectrum(&mut self) -> &SpectrumFrame {
        self.player().spectrum()
    }

    fn levels(&mut self) -> LevelsFrame {
        *self.player().levels()
    }

    fn reading(&mut self, span: MonitorSpan) -> Reading {
        self.player().reading(span)
    }

    fn history_line(&mut self, metric: Metric, seconds: usize, columns: usize) -> Vec<f64> {
        self.player()
            .with_history(|history| history.line(metric, seconds, columns))
    }

    fn store(&self, section: &'static str, content: Value) {
        self.store_section(section, content);
    }

    fn library(&mut self) -> Option<&mut LibraryView> {
        self.library_view()
    }

    fn covers(&mut self) -> Option<&mut CoverView> {
        App::covers(self)
    }

    fn lists(&mut self) -> Option<&mut ListsView> {
        App::lists(self)
    }

    fn scan_progress(&self) -> Option<[u64; 3]> {
        App::scan_progress(self)
    }

    fn history_csv(&mut self) -> String {
        let mut csv = Vec::new();
        // Writing to memory cannot fail.
        let _ = self
            .player()
            .with_history(|history| history.write_csv(&mut csv));
        String::from_utf8_lossy(&csv).into_owned()
    }
}
