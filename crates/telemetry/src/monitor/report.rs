//! What a monitor has seen, as plain figures.

use crate::Percentiles;
use crate::alert::{AlertFigures, AlertLimits, PerformanceAlert};
use rt::thread::AudioThreadPriority;

/// The three kinds of underrun, counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct TroubleCounts {
    /// Times without decoded sound when some was due.
    pub starved: u64,
    /// Callbacks that took longer than their block lasts.
    pub overloads: u64,
    /// Underruns the device reported.
    pub xruns: u64,
}

impl TroubleCounts {
    /// What came since `earlier`.
    pub fn since(self, earlier: &Self) -> Self {
        Self {
            starved: self.starved.saturating_sub(earlier.starved),
            overloads: self.overloads.saturating_sub(earlier.overloads),
            xruns: self.xruns.saturating_sub(earlier.xruns),
        }
    }

    /// All three together.
    pub fn total(self) -> u64 {
        self.starved + self.overloads + self.xruns
    }
}

/// What a [`super::PerformanceMonitor`] has seen over a span of time.
#[derive(Debug, Clone, PartialEq)]
pub struct MonitorReport {
    /// Callbacks since the start.
    pub callbacks: u64,
    /// Frames rendered since the start.
    pub frames: u64,
    /// Seconds that percentiles, `ring_min_frames` and `troubles` cover.
    pub span_seconds: f64,
    /// Time in the callback, in µs.
    pub callback_us: Percentiles,
    /// The same as a share of each callback's own deadline, in %.
    pub load_percent: Percentiles,
    /// How far the time between two callbacks' starts was from the length of the block between
    /// them, early or late, in µs.
    pub jitter_us: Percentiles,
    /// The fewest decoded frames that waited in the ring; `None` where none were noted.
    pub ring_min_frames: Option<u64>,
    /// Length of the last block, in µs.
    pub deadline_us: f64,
    /// Frames of the last block.
    pub last_frames: u32,
    /// Times without decoded sound when some was due, since the start.
    pub starved: u64,
    /// Callbacks that took longer than their block lasts, since the start.
    pub overloads: u64,
    /// Underruns the device reported, since the start.
    pub xruns: u64,
    /// The same three within the span.
    pub troubles: TroubleCounts,
    /// Scheduling the callback thread was granted.
    pub callback_priority: AudioThreadPriority,
    /// Scheduling the decode thread was granted.
    pub decode_priority: AudioThreadPriority,
    /// What in these figures is over its limit; of memory and processor a monitor knows nothing.
    pub alerts: Vec<PerformanceAlert>,
}

impl MonitorReport {
    /// The figures that alerts are judged by, those a monitor knows. `minute` is the report of the
    /// last minute.
    pub fn alert_figures(&self, minute: &Self) -> AlertFigures {
        AlertFigures {
            callback_p99_us: self.callback_us.p99,
            load_p99_percent: self.load_percent.p99,
            underruns: self.troubles.total(),
            // A rate needs a minute; of less, what there was counts as if it had been one.
            dropouts_per_minute: minute.troubles.total() as f64 * 60.0
                / minute.span_seconds.max(60.0),
            ..AlertFigures::default()
        }
    }

    pub(super) fn with_alerts(mut self) -> Self {
        let figures = self.alert_figures(&self);
        self.alerts = PerformanceAlert::of_figures(&figures, &AlertLimits::default());
        self
    }
}
