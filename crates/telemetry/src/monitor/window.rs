//! Moving windows over a monitor.

use super::{Counters, PerformanceMonitor, per_minute};
use crate::Reading;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Between two readings that are kept.
const STEP: Duration = Duration::from_secs(1);
/// A window may be longer than asked for by this, as readings come in steps.
const MAX_OVERHANG: Duration = Duration::from_millis(1_500);

const MINUTE: Duration = Duration::from_secs(60);

/// How far back a reading looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MonitorSpan {
    /// The last ten to eleven seconds.
    #[default]
    TenSeconds,
    /// The last 60 to 61 seconds.
    Minute,
    /// Since the monitor was made.
    Session,
}

impl MonitorSpan {
    fn length(self) -> Option<Duration> {
        match self {
            Self::TenSeconds => Some(Duration::from_secs(10)),
            Self::Minute => Some(MINUTE),
            Self::Session => None,
        }
    }
}

/// A moving window over a monitor. Any number of them may look at the same one. It covers the time
/// in which it is asked for a report at least once a second.
pub struct MonitorWindow {
    monitor: Arc<PerformanceMonitor>,
    /// Counters of the last minute, oldest first, one a second.
    kept: VecDeque<(Instant, Counters)>,
}

impl MonitorWindow {
    /// A window that begins now. Allocates.
    pub fn new(monitor: Arc<PerformanceMonitor>) -> Self {
        let first = (Instant::now(), monitor.counters());
        Self {
            monitor,
            kept: VecDeque::from([first]),
        }
    }

    /// Counters of the session, and percentiles of the last ten to eleven seconds. Allocates.
    pub fn reading(&mut self) -> Reading {
        self.reading_over(MonitorSpan::TenSeconds)
    }

    /// Counters of the session, and percentiles of `span`: of less of it while the window is younger,
    /// and after a time in which nobody asked. [`Reading::span_seconds`] says of how much. Allocates.
    pub fn reading_over(&mut self, span: MonitorSpan) -> Reading {
        self.reading_at(Instant::now(), span)
    }

    fn reading_at(&mut self, now: Instant, span: MonitorSpan) -> Reading {
        let mut reading = match span.length() {
            None => self.monitor.generate_report(),
            Some(length) => match self.base(now, length) {
                Some((then, counters)) => self
                    .monitor
                    .reading_since(counters, now.saturating_duration_since(*then)),
                None => self
                    .monitor
                    .reading_since(&self.monitor.counters(), Duration::ZERO),
            },
        };
        if let Some((then, counters)) = self.base(now, MINUTE) {
            let troubles = reading.troubles.session.since(&counters.troubles);
            reading.troubles.per_minute =
                per_minute(troubles, now.saturating_duration_since(*then));
        }
        self.keep(now);
        reading
    }

    /// The newest counters that are `length` old or a little more, else the oldest that are younger.
    fn base(&self, now: Instant, length: Duration) -> Option<&(Instant, Counters)> {
        let age = |then: Instant| now.saturating_duration_since(then);
        let far = self
            .kept
            .iter()
            .rev()
            .find(|(then, _)| age(*then) >= length);
        far.filter(|(then, _)| age(*then) <= length + MAX_OVERHANG)
            .or_else(|| self.kept.iter().find(|(then, _)| age(*then) < length))
    }

    /// Keeps the counters of `now` where the last are a second old, and drops those of no more use.
    fn keep(&mut self, now: Instant) {
        let age = |then: Instant| now.saturating_duration_since(then);
        if self.kept.back().is_none_or(|&(t, _)| age(t) >= STEP) {
            self.kept.push_back((now, self.monitor.counters()));
        }
        let longest = MINUTE + MAX_OVERHANG;
        while self.kept.front().is_some_and(|&(t, _)| age(t) > longest) {
            self.kept.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(start: Instant, seconds: f64) -> Instant {
        start + Duration::from_secs_f64(seconds)
    }

    #[test]
    fn each_window_shows_its_own_past() {
        let monitor = Arc::new(PerformanceMonitor::new());
        let mut window = MonitorWindow::new(Arc::clone(&monitor));
        let start = Instant::now();
        // The n-th second has one callback of n ms and n frames in the ring.
        for second in 1..=120_u64 {
            monitor.callback_ns.add(second * 1_000_000);
            monitor.note_ring(second);
            monitor.count_starved();
            window.reading_at(at(start, second as f64), MonitorSpan::TenSeconds);
        }
        let now = at(start, 120.25);
        let mut look = |span| window.reading_at(now, span);
        let ten = look(MonitorSpan::TenSeconds);
        assert_eq!(ten.ring.min_frames, Some(111));
        assert!((ten.callback.us.max / 120e3 - 1.0).abs() < 0.004);
        assert_eq!(
            (ten.troubles.span.starved, ten.troubles.session.starved),
            (10, 120)
        );
        assert!((ten.span_seconds - 10.25).abs() < 1e-6);
        let minute = look(MonitorSpan::Minute);
        assert_eq!(minute.ring.min_frames, Some(61));
        assert!((minute.callback.us.p50 / 90e3 - 1.0).abs() < 0.01);
        let session = look(MonitorSpan::Session);
        assert_eq!(session.ring.min_frames, Some(1));
        assert_eq!(session.callback.us.max, 120e3);
        assert!((session.callback.us.p50 / 60e3 - 1.0).abs() < 0.01);
        assert!(window.kept.len() <= 63);
    }

    #[test]
    fn what_nobody_watched_is_not_taken_for_the_last_seconds() {
        let monitor = Arc::new(PerformanceMonitor::new());
        let mut window = MonitorWindow::new(Arc::clone(&monitor));
        let start = Instant::now();
        monitor.callback_ns.add(9_000_000);
        let unwatched = window.reading_at(at(start, 40.0), MonitorSpan::TenSeconds);
        assert_eq!(
            (unwatched.callback.us.max, unwatched.span_seconds),
            (0.0, 0.0)
        );
        monitor.callback_ns.add(200_000);
        let watched = window.reading_at(at(start, 43.0), MonitorSpan::TenSeconds);
        assert!((watched.callback.us.max - 200.0).abs() < 1.0);
        assert!((watched.span_seconds - 3.0).abs() < 1e-6);
        let minute = window.reading_at(at(start, 43.0), MonitorSpan::Minute);
        assert!((minute.callback.us.max / 9e3 - 1.0).abs() < 0.004);
    }
}
