//! The monitor of the audio callback.

mod window;

pub use window::{MonitorSpan, MonitorWindow};

use super::histogram::{Counts, Histogram};
use super::reading::{
    CallbackFigures, Reading, RingFigures, ThreadFigures, TroubleCounts, TroubleFigures,
};
use super::tick_clock::TickClock;
use rt::thread::{AudioThread, ThreadStanding};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Load is counted in millionths of the deadline.
const LOAD_UNITS: f64 = 1e6;
/// No callback has begun yet on this stream.
const NEVER: u64 = u64::MAX;

/// Times each audio callback against its own deadline and counts the three kinds of underrun.
///
/// ```
/// use telemetry::monitor::PerformanceMonitor;
///
/// let monitor = PerformanceMonitor::new();
/// monitor.start_audio_callback();
/// /* ... processing ... */
/// monitor.end_audio_callback();
/// let report = monitor.generate_report(); // P50, P95, P99 latencies and alerts
/// assert_eq!(report.callback.count, 1);
/// assert!(report.callback.us.p50 <= report.callback.us.p99);
/// assert!(report.alerts().is_empty());
/// ```
///
/// The audio side takes `&self` and is wait-free: no lock, no memory, and no system call but a look
/// at the clock. One audio thread at a time brackets its callback with [`Self::start_audio_callback`]
/// and [`Self::end_audio_callback`]. Everything else may be called by any thread.
///
/// ```
/// let monitor = telemetry::monitor::PerformanceMonitor::new();
/// monitor.start_audio_callback();
/// monitor.set_block(512, 48_000);
/// monitor.end_audio_callback();
/// assert_eq!(monitor.generate_report().callback.count, 1);
/// ```
pub struct PerformanceMonitor {
    epoch: Instant,
    clock: TickClock,
    started_ns: AtomicU64,
    /// Frames of the last block, times 2^32, plus its rate.
    block: AtomicU64,
    deadline_ns: AtomicU64,
    /// Load units a nanosecond, times 2^32.
    load_per_ns: AtomicU64,
    callback_ns: Histogram,
    load: Histogram,
    jitter_ns: Histogram,
    ring_frames: Histogram,
    callbacks: AtomicU64,
    frames: AtomicU64,
    starved: AtomicU64,
    overloads: AtomicU64,
    xruns: AtomicU64,
    decoded_ns: AtomicU64,
    decoding_ns: AtomicU64,
    callback_thread: Arc<ThreadStanding>,
    decode_thread: Arc<ThreadStanding>,
}

impl Default for PerformanceMonitor {
    fn default() -> Self {
        Self::new()
    }
}

impl PerformanceMonitor {
    /// A monitor that has seen nothing. Allocates.
    pub fn new() -> Self {
        Self {
            epoch: Instant::now(),
            clock: TickClock::new(),
            started_ns: AtomicU64::new(NEVER),
            block: AtomicU64::new(0),
            deadline_ns: AtomicU64::new(0),
            load_per_ns: AtomicU64::new(0),
            callback_ns: Histogram::new(),
            load: Histogram::new(),
            jitter_ns: Histogram::new(),
            ring_frames: Histogram::new(),
            callbacks: AtomicU64::new(0),
            frames: AtomicU64::new(0),
            starved: AtomicU64::new(0),
            overloads: AtomicU64::new(0),
            xruns: AtomicU64::new(0),
            decoded_ns: AtomicU64::new(0),
            decoding_ns: AtomicU64::new(0),
            callback_thread: Arc::new(ThreadStanding::new(AudioThread::Callback)),
            decode_thread: Arc::new(ThreadStanding::new(AudioThread::Decode)),
        }
    }

    /// A new stream begins: the time since the last one's callbacks is no jitter. Wait-free; for the
    /// audio thread, or while there is none.
    pub fn begin_stream(&self) {
        self.started_ns.store(NEVER, Ordering::Relaxed);
    }

    /// First thing in the callback. Wait-free.
    pub fn start_audio_callback(&self) {
        self.start_at(self.clock.now_ns());
    }

    fn start_at(&self, now: u64) {
        let last = self.started_ns.load(Ordering::Relaxed);
        // Still the block of the callback before: it should have lasted until now.
        let block = self.deadline_ns.load(Ordering::Relaxed);
        if last != NEVER && block > 0 {
            let since = now.saturating_sub(last);
            self.jitter_ns.add(since.abs_diff(block));
        }
        self.started_ns.store(now, Ordering::Relaxed);
    }

    /// Says how much sound this callback makes, which is its deadline. Wait-free.
    pub fn set_block(&self, frames: usize, sample_rate_hz: u32) {
        bump(&self.frames, frames as u64);
        let block = (frames as u64) << 32 | u64::from(sample_rate_hz);
        // Blocks seldom change, and divisions take time.
        if block == self.block.load(Ordering::Relaxed) {
            return;
        }
        let deadline = frames as u64 * 1_000_000_000 / u64::from(sample_rate_hz.max(1));
        let load_per_ns = ((LOAD_UNITS as u64) << 32) / deadline.max(1);
        self.block.store(block, Ordering::Relaxed);
        self.deadline_ns.store(deadline, Ordering::Relaxed);
        self.load_per_ns.store(load_per_ns, Ordering::Relaxed);
    }

    /// Notes the decoded frames that wait in the ring, for their lowest. Wait-free; once a callback,
    /// before frames are taken, while sound plays and more is to be decoded: a ring that runs out at
    /// the end of the last track is no trouble.
    pub fn note_ring(&self, queued_frames: u64) {
        self.ring_frames.add(queued_frames);
    }

    /// Last thing in the callback. Wait-free.
    pub fn end_audio_callback(&self) {
        self.end_at(self.clock.now_ns());
    }

    fn end_at(&self, now: u64) {
        let took = now.saturating_sub(self.started_ns.load(Ordering::Relaxed));
        let deadline = self.deadline_ns.load(Ordering::Relaxed);
        self.callback_ns.add(took);
        if deadline > 0 {
            let per_ns = self.load_per_ns.load(Ordering::Relaxed);
            let load = (u128::from(took) * u128::from(per_ns)) >> 32;
            self.load.add(load as u64);
            if took > deadline {
                bump(&self.overloads, 1);
            }
        }
        bump(&self.callbacks, 1);
    }

    /// Counts one time without decoded sound when some was due. Wait-free; for the audio thread.
    pub fn count_starved(&self) {
        bump(&self.starved, 1);
    }

    /// Adds to what the decoder has done: sound made, and the time it took. Wait-free; for one thread.
    pub fn note_decode(&self, sound: Duration, took: Duration) {
        let ns = |time: Duration| time.as_nanos() as u64;
        self.decoded_ns.fetch_add(ns(sound), Ordering::Relaxed);
        self.decoding_ns.fetch_add(ns(took), Ordering::Relaxed);
    }

    /// Sound decoded since the start, and the time that took.
    pub fn decode_totals(&self) -> (Duration, Duration) {
        let time = |ns: &AtomicU64| Duration::from_nanos(ns.load(Ordering::Relaxed));
        (time(&self.decoded_ns), time(&self.decoding_ns))
    }

    /// Counts one underrun the device reported. Wait-free; for any thread.
    pub fn count_xrun(&self) {
        self.xruns.fetch_add(1, Ordering::Relaxed);
    }

    /// What the callback thread asked for and was granted.
    pub fn callback_thread(&self) -> &Arc<ThreadStanding> {
        &self.callback_thread
    }

    /// What the decode thread asked for and was granted.
    pub fn decode_thread(&self) -> &Arc<ThreadStanding> {
        &self.decode_thread
    }

    /// Callbacks since the start.
    pub fn callbacks(&self) -> u64 {
        self.callbacks.load(Ordering::Relaxed)
    }

    /// Starvation, overloads and device underruns since the start.
    pub fn troubles(&self) -> TroubleCounts {
        TroubleCounts {
            starved: self.starved.load(Ordering::Relaxed),
            overloads: self.overloads.load(Ordering::Relaxed),
            xruns: self.xruns.load(Ordering::Relaxed),
        }
    }

    /// Figures of the whole session: of the callback, the ring and the threads' scheduling. Allocates;
    /// not for the audio thread.
    #[doc(alias = "MonitorReport")]
    pub fn generate_report(&self) -> Reading {
        let mut reading = self.reading_since(&Counters::default(), self.epoch.elapsed());
        // Known exactly for the session.
        reading.callback.us.max = self.callback_ns.max() as f64 * 1e-3;
        reading.callback.load_percent.max = self.load.max() as f64 * 100.0 / LOAD_UNITS;
        reading.callback.jitter_us.max = self.jitter_ns.max() as f64 * 1e-3;
        reading
    }

    fn counters(&self) -> Counters {
        Counters {
            callback: self.callback_ns.counts(),
            load: self.load.counts(),
            jitter: self.jitter_ns.counts(),
            ring: self.ring_frames.counts(),
            troubles: self.troubles(),
        }
    }

    fn reading_since(&self, earlier: &Counters, span: Duration) -> Reading {
        let now = self.counters();
        let troubles = now.troubles.since(&earlier.troubles);
        let callback = CallbackFigures {
            count: self.callbacks(),
            frames: self.frames.load(Ordering::Relaxed),
            us: now.callback.since(&earlier.callback).percentiles(1e-3),
            load_percent: now
                .load
                .since(&earlier.load)
                .percentiles(100.0 / LOAD_UNITS),
            jitter_us: now.jitter.since(&earlier.jitter).percentiles(1e-3),
            deadline_us: self.deadline_ns.load(Ordering::Relaxed) as f64 * 1e-3,
            block_frames: (self.block.load(Ordering::Relaxed) >> 32) as u32,
        };
        Reading {
            span_seconds: span.as_secs_f64(),
            callback,
            troubles: TroubleFigures {
                session: now.troubles,
                span: troubles,
                per_minute: per_minute(troubles, span),
            },
            ring: RingFigures {
                min_frames: now.ring.since(&earlier.ring).min().map(|f| f as u64),
                ..RingFigures::default()
            },
            threads: ThreadFigures {
                callback_priority: self.callback_thread.granted(),
                callback_core: self.callback_thread.core().in_words(),
                decode_priority: self.decode_thread.granted(),
                usage: Vec::new(),
            },
            ..Reading::default()
        }
    }
}

/// Counts at one moment.
#[derive(Default)]
struct Counters {
    callback: Counts,
    load: Counts,
    jitter: Counts,
    ring: Counts,
    troubles: TroubleCounts,
}

/// Underruns a minute. A rate needs a minute; of less, what there was counts as if it had been one.
fn per_minute(troubles: TroubleCounts, span: Duration) -> f64 {
    troubles.total() as f64 * 60.0 / span.as_secs_f64().max(60.0)
}

/// Adds for a counter that one thread writes, without the cost of a read-modify-write.
fn bump(counter: &AtomicU64, by: u64) {
    let next = counter.load(Ordering::Relaxed).wrapping_add(by);
    counter.store(next, Ordering::Relaxed);
}

#[cfg(test)]
#[path = "monitor_tests.rs"]
mod tests;
