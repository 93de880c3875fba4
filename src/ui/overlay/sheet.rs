//! The figures as they are shown.

use super::figures::{Group, groups};
use super::sparkline::Plotted;
use crate::ui::backend::Backend;
use crate::ui::overlay::frame_times::FrameTimes;
use engine::status::PlayerSnapshot;
use telemetry::Reading;
use telemetry::monitor::MonitorSpan;

/// Time between two readings, in seconds: digits that change faster cannot be read.
const RENEWAL_SECONDS: f64 = 0.25;

/// What the listener has chosen to see.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Choice {
    /// What the line shows.
    pub(crate) plotted: Plotted,
    /// How far back the callback's figures look.
    pub(crate) span: MonitorSpan,
}

/// One reading of everything the overlay shows.
pub(crate) struct Sheet {
    pub(crate) choice: Choice,
    pub(crate) figures: Reading,
    pub(crate) groups: Vec<Group>,
    /// The line's values, oldest first.
    pub(crate) line: Vec<f64>,
    read_at_seconds: f64,
}

impl Sheet {
    /// Reads everything at `now_seconds`.
    pub(crate) fn read(
        choice: Choice,
        backend: &mut dyn Backend,
        snapshot: &PlayerSnapshot,
        frames: &FrameTimes,
        now_seconds: f64,
    ) -> Self {
        let plotted = choice.plotted;
        let figures = backend.reading(choice.span);
        Self {
            groups: groups(&figures, choice.span, snapshot, frames),
            line: backend.history_line(plotted.metric, plotted.seconds(), plotted.columns()),
            choice,
            figures,
            read_at_seconds: now_seconds,
        }
    }

    /// Whether it still shows what is chosen and how things are.
    pub(crate) fn is_current(&self, choice: Choice, now_seconds: f64) -> bool {
        self.choice == choice && now_seconds - self.read_at_seconds < RENEWAL_SECONDS
    }
}
