//! Once a second: how the sound path is doing, kept for an hour, told to the listener, acted on.

use super::Control;
use crate::adaptive::{AdaptiveBufferManager, BufferTick};
use crate::status::PlayerEvent;
use media::cache::{CacheFigures, CachedAudioLoader};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use telemetry::alert::{AlertChange, AlertWatch};
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
}

impl Control {
    /// Looks at the figures when a second has passed while something plays.
    pub(super) fn watch_health(&mut self) {
        self.output.path.monitor.callback_thread().ask_rtkit();
        self.report_lowered_threads();
        let health = &mut self.health;
        if !self.playhead.is_playing() || health.looked.elapsed() < PERIOD {
            return;
        }
        health.looked = Instant::now();
        let now = health.started.elapsed();
        let report = health.window.report();
        let minute = health.window.report_over(MonitorSpan::Minute);
        let (usage, memory) = (health.process.usage(), health.memory.usage());
        let totals = self.output.path.monitor.troubles();
        let troubles = totals.since(&std::mem::replace(&mut health.seen, totals));
        let capacity = self
            .output
            .path
            .ring_level
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map_or(1, |level| level.capacity_frames());
        let opened = health.watched.loader.figures();
        let opened_before = std::mem::replace(&mut health.opened, opened);
        let decoded = self.output.path.monitor.decode_totals();
        let decoded_before = std::mem::replace(&mut health.decoded, decoded);
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
        health
            .watched
            .history
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(entry);
        let mut figures = report.alert_figures(&minute);
        figures.cpu_percent = usage.cpu_percent;
        figures.rss_mib = usage.rss_mib;
        figures.available_mib = memory.available_mib;
        let raised: Vec<_> = health
            .alerts
            .update(now, &figures)
            .filter_map(|change| match change {
                AlertChange::Raised(alert) => Some(alert),
                AlertChange::Cleared(_) => None,
            })
            .collect();
        let is_device = !self.output.slot.status().is_null;
        let tick = BufferTick {
            now,
            troubles: troubles.overloads + troubles.xruns,
            load_p99_percent: report.load_percent.p99,
        };
        if let Some(frames) = health.buffer.tick(tick).filter(|_| is_device) {
            self.output.want_buffer(frames);
        }
        for alert in raised {
            self.links.publisher.emit(&PlayerEvent::Alert(alert));
            self.is_dirty = true;
        }
    }

    /// Says where a thread has lost its priority because it took too much of a core.
    fn report_lowered_threads(&mut self) {
        let monitor = Arc::clone(&self.output.path.monitor);
        let threads = [
            (monitor.callback_thread().take_lowered(), "the sound's"),
            (monitor.decode_thread().take_lowered(), "the decoder's"),
        ];
        for (_, whose) in threads.into_iter().filter(|(is_lowered, _)| *is_lowered) {
            let line =
                format!("{whose} thread computed for too long and is no longer a real-time thread");
            self.links.publisher.emit(&PlayerEvent::Warning(line));
            self.is_dirty = true;
        }
    }
}
