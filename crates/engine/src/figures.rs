//! Reads all figures of the sound path and the process into one [`Reading`].

use crate::output::audio_path::AudioPath;
use media::cache::CachedAudioLoader;
use std::sync::{Arc, PoisonError};
use telemetry::memory::MemoryPoolMonitor;
use telemetry::monitor::{MonitorSpan, MonitorWindow};
use telemetry::process::ProcessMeter;
use telemetry::{DecodingFigures, OutputFigures, ProcessFigures, Reading};

/// One reader of the figures, with moving windows of its own. Any number may read the same path.
pub(crate) struct Figures {
    path: Arc<AudioPath>,
    loader: Arc<CachedAudioLoader>,
    window: MonitorWindow,
    process: ProcessMeter,
    memory: MemoryPoolMonitor,
}

impl Figures {
    /// A reader whose windows begin now. Makes system calls.
    pub(crate) fn new(path: Arc<AudioPath>, loader: Arc<CachedAudioLoader>) -> Self {
        Self {
            window: MonitorWindow::new(Arc::clone(&path.monitor)),
            process: ProcessMeter::new(),
            memory: MemoryPoolMonitor::new(),
            path,
            loader,
        }
    }

    /// Everything but the CPU time of single threads, callbacks over `span`, of an output that runs at
    /// `sample_rate_hz`. Process figures are refreshed at most twice a second. Allocates.
    pub(crate) fn read(&mut self, span: MonitorSpan, sample_rate_hz: u32) -> Reading {
        let mut reading = self.window.reading_over(span);
        reading.output = OutputFigures {
            sample_rate_hz,
            latency_frames: self.path.clock.read().latency_frames,
        };
        let level = self
            .path
            .ring_level
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(level) = level {
            self.memory.watch_pool("blocks", level.pool());
            reading.ring.queued_frames = level.queued_frames();
            reading.ring.capacity_frames = level.capacity_frames();
        }
        reading.ring.blocks = self.memory.pools().next();
        let cache = self.loader.figures();
        let (decoded, decoding) = self.path.monitor.decode_totals();
        reading.decoding = DecodingFigures {
            sound_seconds: decoded.as_secs_f64(),
            took_seconds: decoding.as_secs_f64(),
            cache_hits: cache.hits,
            cache_misses: cache.misses,
            cache_bytes: cache.bytes,
        };
        let (usage, memory) = (self.process.usage(), self.memory.usage());
        reading.process = ProcessFigures {
            cpu_percent: match span {
                MonitorSpan::TenSeconds | MonitorSpan::Minute => usage.cpu_percent,
                MonitorSpan::Session => usage.session_cpu_percent,
            },
            rss_mib: usage.rss_mib,
            peak_mib: memory.peak_mib,
            available_mib: memory.available_mib,
        };
        reading
    }

    /// As [`Self::read`], with the CPU time of each kind of thread, for a sheet that shows them.
    pub(crate) fn read_with_threads(&mut self, span: MonitorSpan, sample_rate_hz: u32) -> Reading {
        let mut reading = self.read(span, sample_rate_hz);
        reading.threads.usage = self.process.threads().to_vec();
        reading
    }
}
