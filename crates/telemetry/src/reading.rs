//! All figures of one moment. The overlay, the history, the alerts and `--stats` are views of it.

use crate::Percentiles;
use crate::alert::{AlertLimits, PerformanceAlert};
use crate::memory::PoolUsage;
use crate::threads::ThreadUsage;
use rt::thread::AudioThreadPriority;
use serde::Serialize;

/// Figures of the sound path and the process at one moment. A monitor alone fills in what it knows;
/// the engine adds the ring, the output, the decoder and the process.
///
/// ```
/// use telemetry::monitor::PerformanceMonitor;
/// let monitor = PerformanceMonitor::new();
/// monitor.count_starved();
/// let reading = monitor.generate_report();
/// assert_eq!(reading.troubles.session.starved, 1);
/// assert_eq!(reading.alerts().len(), 1);
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Reading {
    /// Seconds that percentiles, `ring.min_frames` and `troubles.span` cover.
    pub span_seconds: f64,
    /// The audio callback.
    pub callback: CallbackFigures,
    /// The three kinds of underrun.
    pub troubles: TroubleFigures,
    /// Decoded sound that waits for the callback.
    pub ring: RingFigures,
    /// The stream to the device.
    pub output: OutputFigures,
    /// Decoder and cache.
    pub decoding: DecodingFigures,
    /// This process.
    pub process: ProcessFigures,
    /// Its threads.
    pub threads: ThreadFigures,
}

/// What the audio callback did.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct CallbackFigures {
    /// Callbacks since the start.
    pub count: u64,
    /// Frames rendered since the start.
    pub frames: u64,
    /// Time in the callback, in µs.
    pub us: Percentiles,
    /// Time in the callback as a share of each callback's own deadline, in %.
    pub load_percent: Percentiles,
    /// How far the time between two callbacks' starts was from the length of the block between
    /// them, early or late, in µs.
    pub jitter_us: Percentiles,
    /// Length of the last block, in µs: the time a callback may take.
    pub deadline_us: f64,
    /// Frames of the last block.
    pub block_frames: u32,
}

/// The three kinds of underrun, counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
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

/// Underruns since the start and lately.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct TroubleFigures {
    /// Since the start.
    pub session: TroubleCounts,
    /// Within the span.
    pub span: TroubleCounts,
    /// Of all kinds, in the last minute; of less than a minute, what there was counts as if it had
    /// been one.
    pub per_minute: f64,
}

/// Decoded sound between the decode thread and the callback.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct RingFigures {
    /// Frames that wait now.
    pub queued_frames: u64,
    /// Frames that fit; 0 without a ring.
    pub capacity_frames: u64,
    /// The fewest that waited within the span; `None` where nothing sounded.
    pub min_frames: Option<u64>,
    /// The blocks the frames lie in.
    pub blocks: Option<PoolUsage>,
}

impl RingFigures {
    /// What waits, as a share of what fits, 0 to 1.
    pub fn fill(&self) -> f64 {
        self.share(self.queued_frames)
    }

    /// The least that waited, as a share of what fits; 1 where nothing sounded.
    pub fn min_fill(&self) -> f64 {
        self.min_frames.map_or(1.0, |frames| self.share(frames))
    }

    fn share(&self, frames: u64) -> f64 {
        frames as f64 / self.capacity_frames.max(1) as f64
    }
}

/// The stream to the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct OutputFigures {
    /// Its rate, in Hz; 0 where none is open.
    pub sample_rate_hz: u32,
    /// Frames handed over and not heard yet, as far as the device tells.
    pub latency_frames: u64,
}

impl OutputFigures {
    /// From handing a frame over to hearing it, in ms.
    pub fn latency_ms(&self) -> f64 {
        self.ms(self.latency_frames)
    }

    /// How long `frames` last at the stream's rate, in ms.
    pub fn ms(&self, frames: u64) -> f64 {
        frames as f64 / f64::from(self.sample_rate_hz.max(1)) * 1e3
    }
}

/// What decoder and cache have done since the start.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct DecodingFigures {
    /// Sound decoded, in seconds.
    pub sound_seconds: f64,
    /// Time that took, in seconds.
    pub took_seconds: f64,
    /// Files opened from memory.
    pub cache_hits: u64,
    /// Files opened from the disk.
    pub cache_misses: u64,
    /// Bytes of files held in memory.
    pub cache_bytes: u64,
}

impl DecodingFigures {
    /// Seconds of sound decoded in a second of decoding; 0 where none was.
    pub fn speed(&self) -> f64 {
        if self.took_seconds > 0.0 {
            self.sound_seconds / self.took_seconds
        } else {
            0.0
        }
    }

    /// What came since `earlier`.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        Self {
            sound_seconds: self.sound_seconds - earlier.sound_seconds,
            took_seconds: self.took_seconds - earlier.took_seconds,
            cache_hits: self.cache_hits.saturating_sub(earlier.cache_hits),
            cache_misses: self.cache_misses.saturating_sub(earlier.cache_misses),
            cache_bytes: self.cache_bytes,
        }
    }

    /// Bytes of files held in memory, in MiB.
    pub fn cache_mib(&self) -> f64 {
        self.cache_bytes as f64 / f64::from(1 << 20)
    }
}

/// What this process uses.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct ProcessFigures {
    /// CPU time, in % of one core.
    pub cpu_percent: f64,
    /// Memory that is resident, in MiB.
    pub rss_mib: f64,
    /// The most memory that was resident, in MiB.
    pub peak_mib: f64,
    /// Memory the system could still give, in MiB, where it tells.
    pub available_mib: Option<f64>,
}

/// The threads of this process.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ThreadFigures {
    /// Scheduling the callback thread was granted.
    pub callback_priority: AudioThreadPriority,
    /// The core the callback's thread is kept on, in words; empty where none was asked for.
    pub callback_core: String,
    /// Scheduling the decode thread was granted.
    pub decode_priority: AudioThreadPriority,
    /// CPU time of each kind of thread, where the system tells.
    pub usage: Vec<ThreadUsage>,
}

impl Reading {
    /// What is over its limit as it stands, without the hysteresis of a watch. Allocates.
    pub fn alerts(&self) -> Vec<PerformanceAlert> {
        PerformanceAlert::of_reading(self, &AlertLimits::default())
    }

    /// Decoded sound that waits, in ms.
    pub fn ring_ms(&self) -> f64 {
        self.output.ms(self.ring.queued_frames)
    }

    /// The least decoded sound that waited within the span, in ms; `None` where nothing sounded.
    pub fn ring_min_ms(&self) -> Option<f64> {
        Some(self.output.ms(self.ring.min_frames?))
    }
}
