//! Once a second: how the sound path is doing, kept for an hour, told to the listener, acted on.

use crate::adaptive::{AdaptiveBufferManager, BufferTick};
use crate::figures::Figures;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use telemetry::Reading;
use telemetry::alert::{AlertChange, AlertWatch, PerformanceAlert};
use telemetry::history::{MetricsEntry, MetricsHistory};
use telemetry::monitor::MonitorSpan;

/// Between two looks.
const PERIOD: Duration = Duration::from_secs(1);

/// An hour of figures, shared with whoever shows them.
pub(crate) type SharedHistory = Arc<Mutex<MetricsHistory>>;

/// What came of a look.
pub(crate) struct Findings {
    pub(super) raised: Vec<PerformanceAlert>,
    /// Another size of the buffer would be better.
    pub(super) buffer_frames: Option<u32>,
}

/// The watch over the sound path. Lives in the control thread.
pub(crate) struct Health {
    started: Instant,
    looked: Instant,
    figures: Figures,
    history: SharedHistory,
    alerts: AlertWatch,
    buffer: AdaptiveBufferManager,
    /// The reading of the last look.
    seen: Reading,
}

impl Health {
    /// A watch that begins now; `adapts` lets it change the buffer from `buffer_frames` on.
    pub(crate) fn new(
        figures: Figures,
        history: SharedHistory,
        buffer_frames: u32,
        adapts: bool,
    ) -> Self {
        Self {
            started: Instant::now(),
            looked: Instant::now(),
            figures,
            history,
            alerts: AlertWatch::default(),
            buffer: match adapts {
                true => AdaptiveBufferManager::new(buffer_frames),
                false => AdaptiveBufferManager::fixed(buffer_frames),
            },
            seen: Reading::default(),
        }
    }

    /// Looks at the figures of an output at `sample_rate_hz` where a second has passed since the last look;
    /// only while something plays.
    /// Allocates.
    pub(super) fn look(&mut self, sample_rate_hz: u32) -> Option<Findings> {
        if self.looked.elapsed() < PERIOD {
            return None;
        }
        self.looked = Instant::now();
        let now = self.started.elapsed();
        let reading = self.figures.read(MonitorSpan::TenSeconds, sample_rate_hz);
        let before = std::mem::replace(&mut self.seen, reading.clone());
        let troubles = reading.troubles.session.since(&before.troubles.session);
        self.history
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(MetricsEntry::between(&before, &reading, now.as_secs()));
        let raised: Vec<_> = self
            .alerts
            .update(now, &reading)
            .filter_map(|change| match change {
                AlertChange::Raised(alert) => Some(alert),
                AlertChange::Cleared(_) => None,
            })
            .collect();
        let tick = BufferTick {
            now,
            troubles: troubles.overloads + troubles.xruns,
            load_p99_percent: reading.callback.load_percent.p99,
        };
        Some(Findings {
            raised,
            buffer_frames: self.buffer.tick(tick),
        })
    }
}
