//! Once a second: how the sound path is doing, kept for an hour, told to the listener, acted on.

use crate::adaptive::{AdaptiveBufferManager, BufferTick};
use crate::output::slot::AudioPath;
use media::cache::{CacheFigures, CachedAudioLoader};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use telemetry::alert::{AlertChange, AlertWatch, PerformanceAlert};
use telemetry::history::{MetricsEntry, MetricsHistory};
use telemetry::memory::MemoryPoolMonitor;
use telemetry::monitor::{MonitorSpan, MonitorWindow, PerformanceMonitor, TroubleCounts};
use telemetry::process::ProcessMeter;

/// Between two looks.
const PERIOD: Duration = Duration::from_secs(1);

/// An hour of figures, shared with whoever shows them.
pub(crate) type SharedHistory = Arc<Mutex<MetricsHistory>>;

/// What the watch looks at or fills beside the sound path.
pub(crate) struct Watched {
    pub(crate) history: SharedHistory,
    pub(crate) loader: Arc<CachedAudioLoader>,
}

/// What came of a look.
pub(super) struct Findings {
    pub(super) raised: Vec<PerformanceAlert>,
    /// Another size of the buffer would be better.
    pub(super) buffer_frames: Option<u32>,
}

/// The watch over the sound path. Lives in the control thread.
pub(super) struct Health {
    started: Instant,
    looked: Instant,
    window: MonitorWindow,
    process: ProcessMeter,
    memory: MemoryPoolMonitor,
    alerts: AlertWatch,
    watched: Watched,
    decoded: (Duration, Duration),
    opened: CacheFigures,
    buffer: AdaptiveBufferManager,
    seen: TroubleCounts,
}

impl Health {
    /// A watch that begins now; `adapts` lets it change the buffer from `buffer_frames` on.
    pub(super) fn new(
        monitor: Arc<PerformanceMonitor>,
        watched: Watched,
        buffer_frames: u32,
        adapts: bool,
    ) -> Self {
        Self {
            started: Instant::now(),
            looked: Instant::now(),
            window: MonitorWindow::new(monitor),
            process: ProcessMeter::new(),
            memory: MemoryPoolMonitor::new(),
            alerts: AlertWatch::default(),
            watched,
            decoded: Default::default(),
            opened: CacheFigures::default(),
            buffer: match adapts {
                true => AdaptiveBufferManager::new(buffer_frames),
                false => AdaptiveBufferManager::fixed(buffer_frames),
            },
            seen: TroubleCounts::default(),
        }
    }

    /// Looks at the figures where a second has passed since the last look; only while something plays.
    /// Allocates.
    pub(super) fn look(&mut self, path: &AudioPath) -> Option<Findings> {
        if self.looked.elapsed() < PERIOD {
            return None;
        }
        self.looked = Instant::now();
        let now = self.started.elapsed();
        let report = self.window.report();
        let minute = self.window.report_over(MonitorSpan::Minute);
        let (usage, memory) = (self.process.usage(), self.memory.usage());
        let totals = path.monitor.troubles();
        let troubles = totals.since(&std::mem::replace(&mut self.seen, totals));
        let capacity = path
            .ring_level
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map_or(1, |level| level.capacity_frames());
        let opened = self.watched.loader.figures();
        let opened_before = std::mem::replace(&mut self.opened, opened);
        let decoded = path.monitor.decode_totals();
        let decoded_before = std::mem::replace(&mut self.decoded, decoded);
        let (sound, took) = (decoded.0 - decoded_before.0, decoded.1 - decoded_before.1);
        let entry = MetricsEntry {
            seconds: now.as_secs(),
            callback_p50_us: report.callback_us.p50,
            callback_p99_us: report.callback_us.p99,
            load_p99_percent: report.load_percent.p99,
            ring_fill_min: report
                .ring_min_frames
                .map_or(1.0, |frames| frames as f64 / capacity.max(1) as f64),
            starved: troubles.starved,
            overloads: troubles.overloads,
            xruns: troubles.xruns,
            cpu_percent: usage.cpu_percent,
            rss_mib: usage.rss_mib,
            decode_speed: if took.is_zero() {
                0.0
            } else {
                sound.as_secs_f64() / took.as_secs_f64()
            },
            cache_hits: opened.hits - opened_before.hits,
            cache_misses: opened.misses - opened_before.misses,
        };
        self.watched
            .history
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(entry);
        let mut figures = report.alert_figures(&minute);
        figures.cpu_percent = usage.cpu_percent;
        figures.rss_mib = usage.rss_mib;
        figures.available_mib = memory.available_mib;
        let raised: Vec<_> = self
            .alerts
            .update(now, &figures)
            .filter_map(|change| match change {
                AlertChange::Raised(alert) => Some(alert),
                AlertChange::Cleared(_) => None,
            })
            .collect();
        let tick = BufferTick {
            now,
            troubles: troubles.overloads + troubles.xruns,
            load_p99_percent: report.load_percent.p99,
        };
        Some(Findings {
            raised,
            buffer_frames: self.buffer.tick(tick),
        })
    }
}
