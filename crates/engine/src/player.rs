//! The player's owner: starts the threads, ends them, reads their figures.

use super::analysis::{AnalysisReader, HISTORY_FRAMES, SpectrumFrame};
use super::control::health::{SharedHistory, Watched};
use super::control::{Control, Links};
use super::decode_worker::{self, DecodeLinks};
use super::levels::LevelsFrame;
pub use super::options::{DEFAULT_BUFFER_FRAMES, PlayerOptions, UNATTENDED_BUFFER_FRAMES};
use super::output::slot::AudioPath;
use super::publisher::{Publisher, feed};
use super::remote::{ControlMessage, PlayerFeed, PlayerRemote};
use super::status::PlayerSnapshot;
use super::waveforms;
use crossbeam::channel::unbounded;
use media::cache::{CachedAudioLoader, DEFAULT_BUDGET_BYTES};
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;
use telemetry::TelemetrySnapshot;
use telemetry::history::MetricsHistory;
use telemetry::memory::MemoryPoolMonitor;
use telemetry::monitor::{MonitorReport, MonitorSpan, MonitorWindow};
use telemetry::process::{ProcessMeter, ProcessUsage};

/// A running player. Dropping it fades out and ends its threads.
pub struct PlayerHandle {
    remote: PlayerRemote,
    feed: PlayerFeed,
    analysis: AnalysisReader,
    path: Arc<AudioPath>,
    history: SharedHistory,
    loader: Arc<CachedAudioLoader>,
    window: MonitorWindow,
    process: ProcessMeter,
    memory: MemoryPoolMonitor,
    control: Option<JoinHandle<()>>,
}

impl PlayerHandle {
    /// Starts the threads. The output opens in the background.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start(options: PlayerOptions) -> std::io::Result<Self> {
        let path = Arc::new(AudioPath::new(HISTORY_FRAMES));
        #[cfg(feature = "inspection")]
        super::fault_injection::plant(&path.shared);
        if let Some(core) = options.core {
            path.monitor.callback_thread().want_core(core);
        }
        let (message_sender, messages) = unbounded();
        let (decode, decode_orders) = unbounded();
        let (decode_report_sender, decode_reports) = unbounded();
        let initial = Arc::new(PlayerSnapshot {
            volume: options.volume,
            equalizer: Arc::new(options.equalizer.clone()),
            ..Default::default()
        });
        let (feed_sender, feed_receiver) = feed(&initial, Arc::clone(&options.wake));
        let mut publisher = Publisher::new(Arc::clone(&initial));
        publisher.add(feed_sender);
        let remote = PlayerRemote::new(message_sender, Arc::clone(&path), initial);
        let loader = Arc::new(CachedAudioLoader::new(DEFAULT_BUDGET_BYTES));
        let decode_links = DecodeLinks {
            orders: decode_orders,
            reports: decode_report_sender,
            monitor: Arc::clone(&path.monitor),
            loader: Arc::clone(&loader),
        };
        decode_worker::start(decode_links.clone())?;
        let (waveforms, found_waveforms) = match &options.waveform_folder {
            Some(folder) => {
                let (wanted, found) = waveforms::start(Arc::clone(&loader), folder.clone())?;
                (Some(wanted), found)
            }
            None => (None, crossbeam::channel::never()),
        };
        let links = Links {
            waveforms,
            found_waveforms,
            messages,
            publisher,
            decode,
            decode_reports,
            decode_links,
            tag_requests: options.tag_requests.clone(),
        };
        let analysis = AnalysisReader::start(&path)?;
        let control_path = Arc::clone(&path);
        let history = SharedHistory::default();
        let watched = Watched {
            history: Arc::clone(&history),
            loader: Arc::clone(&loader),
        };
        let control = std::thread::Builder::new()
            .name("player".into())
            .spawn(move || {
                Control::new(links, control_path, &options, watched).run(&options.output);
            })?;
        Ok(Self {
            remote,
            feed: PlayerFeed::new(feed_receiver, Arc::clone(&path)),
            analysis,
            window: MonitorWindow::new(Arc::clone(&path.monitor)),
            process: ProcessMeter::new(),
            memory: MemoryPoolMonitor::new(),
            path,
            history,
            loader,
            control: Some(control),
        })
    }

    /// A way to this player for others.
    pub fn remote(&self) -> &PlayerRemote {
        &self.remote
    }

    /// The owner's own feed.
    pub fn feed(&mut self) -> &mut PlayerFeed {
        &mut self.feed
    }

    /// The newest spectrum of what is audible; asks for further ones for the next 200 ms.
    pub fn spectrum(&mut self) -> &SpectrumFrame {
        let rate_hz = self.feed.snapshot().output.sample_rate_hz;
        self.analysis.spectrum(rate_hz)
    }

    /// What the level meters read; likewise.
    pub fn levels(&mut self) -> &LevelsFrame {
        let rate_hz = self.feed.snapshot().output.sample_rate_hz;
        self.analysis.levels(rate_hz)
    }

    /// Measured figures of the audio path and the process, callbacks over `span`.
    /// Process figures are refreshed at most twice a second. Allocates.
    pub fn telemetry(&mut self, span: MonitorSpan) -> TelemetrySnapshot {
        let report = self.window.report_over(span);
        let usage = self.process.usage();
        self.telemetry_of(&report, usage)
    }

    /// The same over the whole session.
    pub fn session_telemetry(&mut self) -> TelemetrySnapshot {
        let report = self.path.monitor.generate_report();
        let mut usage = self.process.usage();
        usage.cpu_percent = usage.session_cpu_percent;
        self.telemetry_of(&report, usage)
    }

    /// What was measured in each second of the last hour in which something played, oldest first.
    /// `read` must not take long: the control thread may be waiting to add to it.
    pub fn with_history<R>(&self, read: impl FnOnce(&MetricsHistory) -> R) -> R {
        read(&self.history.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// When the first sound of this player had been handed to an output.
    pub fn first_sound(&self) -> Option<Instant> {
        let since = self.path.shared.first_sound()?;
        Some(self.path.clock.epoch() + since)
    }

    /// Frames of sound, silences left out, handed to the output since the last output was opened.
    pub fn sounded_frames(&self) -> u64 {
        self.path.clock.read().sounded_frames
    }

    fn telemetry_of(&mut self, report: &MonitorReport, usage: ProcessUsage) -> TelemetrySnapshot {
        let output = Arc::clone(&self.feed.snapshot().output);
        let rate_hz = f64::from(output.sample_rate_hz.max(1));
        let reading = self.path.clock.read();
        let (cache, (decoded, decoding)) =
            (self.loader.figures(), self.path.monitor.decode_totals());
        let level = self
            .path
            .ring_level
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(level) = &level {
            self.memory.watch_pool("blocks", level.pool());
        }
        let (queued, capacity) = level.map_or((0, 1), |level| {
            (level.queued_frames(), level.capacity_frames())
        });
        let blocks = self.memory.pools().next();
        TelemetrySnapshot {
            callbacks: report.callbacks,
            frames: report.frames,
            callback_us: report.callback_us,
            load_percent: report.load_percent,
            deadline_us: report.deadline_us,
            starved: report.starved,
            overloads: report.overloads,
            xruns: report.xruns,
            ring_ms: queued as f64 / rate_hz * 1e3,
            ring_fill: queued as f64 / capacity as f64,
            buffer_frames: report.last_frames,
            sample_rate: output.sample_rate_hz,
            output_latency_ms: reading.latency_frames as f64 / rate_hz * 1e3,
            cpu_percent: usage.cpu_percent,
            rss_mib: usage.rss_mib,
            callback_priority: report.callback_priority.name(),
            callback_core: self.path.monitor.callback_thread().core().in_words(),
            blocks,
            decode_priority: report.decode_priority.name(),
            decode_speed: if decoding.is_zero() {
                0.0
            } else {
                decoded.as_secs_f64() / decoding.as_secs_f64()
            },
            cache_hits: cache.hits,
            cache_misses: cache.misses,
            cache_mib: cache.bytes as f64 / f64::from(1 << 20),
            jitter_us: report.jitter_us,
            ring_min_ms: report.ring_min_frames.map(|n| n as f64 / rate_hz * 1e3),
            peak_mib: self.memory.usage().peak_mib,
            threads: self.process.threads().to_vec(),
            alerts: report.alerts.iter().map(|alert| alert.message()).collect(),
        }
    }
}

impl Drop for PlayerHandle {
    fn drop(&mut self) {
        self.remote.message(ControlMessage::End);
        if let Some(control) = self.control.take() {
            // A panicked control thread has nothing left to say.
            let _ = control.join();
        }
    }
}
