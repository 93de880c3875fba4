//! The monitor of the audio callback, and the view a window takes of it.

use super::Percentiles;
use super::histogram::{Counts, Histogram};
use crate::rt::thread::AudioThreadPriority;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Load is counted in hundredths of a percent.
const LOAD_UNITS: f64 = 10_000.0;
/// Seconds the moving window looks back.
const WINDOW_SECONDS: usize = 10;

/// Times each audio callback against its own deadline and counts the three kinds of underrun.
///
/// The audio side is wait-free and takes `&self`; one audio thread brackets its callback with
/// [`Self::start_audio_callback`] and [`Self::end_audio_callback`]. Everything else may be called by
/// any thread.
pub struct PerformanceMonitor {
    epoch: Instant,
    started_ns: AtomicU64,
    deadline_ns: AtomicU64,
    callback_ns: Histogram,
    load: Histogram,
    callbacks: AtomicU64,
    frames: AtomicU64,
    last_frames: AtomicU64,
    starved: AtomicU64,
    overloads: AtomicU64,
    xruns: AtomicU64,
    callback_priority: AtomicU8,
    decode_priority: AtomicU8,
}

impl Default for PerformanceMonitor {
    fn default() -> Self {
        Self::new()
    }
}

impl PerformanceMonitor {
    /// A monitor that has seen nothing. Allocates.
    pub fn new() -> Self {
        let normal = AudioThreadPriority::Normal.to_u8();
        Self {
            epoch: Instant::now(),
            started_ns: AtomicU64::new(0),
            deadline_ns: AtomicU64::new(0),
            callback_ns: Histogram::new(),
            load: Histogram::new(),
            callbacks: AtomicU64::new(0),
            frames: AtomicU64::new(0),
            last_frames: AtomicU64::new(0),
            starved: AtomicU64::new(0),
            overloads: AtomicU64::new(0),
            xruns: AtomicU64::new(0),
            callback_priority: AtomicU8::new(normal),
            decode_priority: AtomicU8::new(normal),
        }
    }

    /// First thing in the callback. Wait-free.
    pub fn start_audio_callback(&self) {
        self.started_ns.store(self.now_ns(), Ordering::Relaxed);
    }

    /// Says how much sound this callback makes, which is its deadline. Wait-free.
    pub fn set_block(&self, frames: usize, sample_rate_hz: u32) {
        let deadline = frames as u64 * 1_000_000_000 / u64::from(sample_rate_hz.max(1));
        self.deadline_ns.store(deadline, Ordering::Relaxed);
        self.frames.fetch_add(frames as u64, Ordering::Relaxed);
        self.last_frames.store(frames as u64, Ordering::Relaxed);
    }

    /// Last thing in the callback. Wait-free.
    pub fn end_audio_callback(&self) {
        let took = self
            .now_ns()
            .saturating_sub(self.started_ns.load(Ordering::Relaxed));
        let deadline = self.deadline_ns.load(Ordering::Relaxed);
        self.callback_ns.add(took);
        if let Some(load) = (took * LOAD_UNITS as u64).checked_div(deadline) {
            self.load.add(load);
            if took > deadline {
                self.overloads.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.callbacks.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts one time without decoded sound when some was due. Wait-free.
    pub fn count_starved(&self) {
        self.starved.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts one underrun the device reported. Wait-free.
    pub fn count_xrun(&self) {
        self.xruns.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes what the callback thread was granted. Wait-free.
    pub fn set_callback_priority(&self, granted: AudioThreadPriority) {
        self.callback_priority
            .store(granted.to_u8(), Ordering::Relaxed);
    }

    /// Notes what the decode thread was granted. Wait-free.
    pub fn set_decode_priority(&self, granted: AudioThreadPriority) {
        self.decode_priority
            .store(granted.to_u8(), Ordering::Relaxed);
    }

    /// Callbacks since the start.
    pub fn callbacks(&self) -> u64 {
        self.callbacks.load(Ordering::Relaxed)
    }

    /// Figures of the whole session. Allocates.
    pub fn generate_report(&self) -> MonitorReport {
        let session = |histogram: &Histogram, scale| {
            histogram.counts().percentiles(histogram.max_ever(), scale)
        };
        self.report(
            session(&self.callback_ns, 1e-3),
            session(&self.load, 100.0 / LOAD_UNITS),
        )
    }

    fn report(&self, callback_us: Percentiles, load_percent: Percentiles) -> MonitorReport {
        let granted =
            |value: &AtomicU8| AudioThreadPriority::from_u8(value.load(Ordering::Relaxed));
        MonitorReport {
            callbacks: self.callbacks(),
            frames: self.frames.load(Ordering::Relaxed),
            callback_us,
            load_percent,
            deadline_us: self.deadline_ns.load(Ordering::Relaxed) as f64 * 1e-3,
            last_frames: self.last_frames.load(Ordering::Relaxed) as u32,
            starved: self.starved.load(Ordering::Relaxed),
            overloads: self.overloads.load(Ordering::Relaxed),
            xruns: self.xruns.load(Ordering::Relaxed),
            callback_priority: granted(&self.callback_priority),
            decode_priority: granted(&self.decode_priority),
        }
    }

    fn now_ns(&self) -> u64 {
        self.epoch.elapsed().as_nanos() as u64
    }
}

/// What a [`PerformanceMonitor`] has seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MonitorReport {
    /// Callbacks since the start.
    pub callbacks: u64,
    /// Frames rendered since the start.
    pub frames: u64,
    /// Time in the callback, in µs.
    pub callback_us: Percentiles,
    /// The same as a share of each callback's own deadline, in %.
    pub load_percent: Percentiles,
    /// Length of the last block, in µs.
    pub deadline_us: f64,
    /// Frames of the last block.
    pub last_frames: u32,
    /// Times without decoded sound when some was due.
    pub starved: u64,
    /// Callbacks that took longer than their block lasts.
    pub overloads: u64,
    /// Underruns the device reported.
    pub xruns: u64,
    /// Scheduling the callback thread was granted.
    pub callback_priority: AudioThreadPriority,
    /// Scheduling the decode thread was granted.
    pub decode_priority: AudioThreadPriority,
}

struct Second {
    callback: Counts,
    load: Counts,
    callback_max: u64,
    load_max: u64,
}

/// A moving window over a monitor, for one reader.
pub struct MonitorWindow {
    monitor: Arc<PerformanceMonitor>,
    /// Counts at the end of each of the last seconds, with that second's highest values.
    seconds: VecDeque<Second>,
    turned: Instant,
}

impl MonitorWindow {
    /// A window that begins now.
    pub fn new(monitor: Arc<PerformanceMonitor>) -> Self {
        Self {
            monitor,
            seconds: VecDeque::new(),
            turned: Instant::now(),
        }
    }

    /// Counters of the session, and percentiles of the last ten to eleven seconds. Allocates.
    pub fn report(&mut self) -> MonitorReport {
        let m = Arc::clone(&self.monitor);
        let callback = m.callback_ns.counts();
        let load = m.load.counts();
        let is_due = self.turned.elapsed() >= Duration::from_secs(1);
        if is_due || self.seconds.is_empty() {
            self.turned = Instant::now();
            self.seconds.push_back(Second {
                callback: callback.clone(),
                load: load.clone(),
                callback_max: 0,
                load_max: 0,
            });
            if self.seconds.len() > WINDOW_SECONDS + 1 {
                self.seconds.pop_front();
            }
        }
        if let Some(second) = self.seconds.back_mut() {
            second.callback_max = second.callback_max.max(m.callback_ns.take_max());
            second.load_max = second.load_max.max(m.load.take_max());
        }
        let callback_max = self
            .seconds
            .iter()
            .map(|s| s.callback_max)
            .max()
            .unwrap_or(0);
        let load_max = self.seconds.iter().map(|s| s.load_max).max().unwrap_or(0);
        let Some(first) = self.seconds.front() else {
            return m.generate_report();
        };
        m.report(
            callback
                .since(&first.callback)
                .percentiles(callback_max, 1e-3),
            load.since(&first.load)
                .percentiles(load_max, 100.0 / LOAD_UNITS),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callbacks_are_timed_against_their_deadline() {
        let monitor = PerformanceMonitor::new();
        for _ in 0..20 {
            monitor.start_audio_callback();
            monitor.set_block(480, 48_000);
            std::thread::sleep(Duration::from_millis(2));
            monitor.end_audio_callback();
        }
        monitor.start_audio_callback();
        monitor.set_block(48, 48_000);
        std::thread::sleep(Duration::from_millis(3));
        monitor.end_audio_callback();
        let report = monitor.generate_report();
        assert_eq!((report.callbacks, report.frames), (21, 20 * 480 + 48));
        assert!(report.overloads >= 1);
        assert!(
            report.callback_us.p50 >= 1_980.0,
            "{:?}",
            report.callback_us
        );
        assert!(report.load_percent.p50 >= 19.0);
        assert!(report.load_percent.max >= 300.0);
        assert_eq!(report.deadline_us, 1_000.0);
    }
}
