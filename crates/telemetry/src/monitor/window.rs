//! Moving windows over a monitor.

use super::{MonitorReport, PerformanceMonitor, Reading};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Between two readings that are kept.
const STEP: Duration = Duration::from_secs(1);
/// A window may be longer than asked for by this, as readings come in steps.
const MAX_OVERHANG: Duration = Duration::from_millis(1_500);

/// How far back a report looks.
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
            Self::Minute => Some(Duration::from_secs(60)),
            Self::Session => None,
        }
    }
}

/// A moving window over a monitor. Any number of them may look at the same one. It covers the time
/// in which it is asked for a report at least once a second.
pub struct MonitorWindow {
    monitor: Arc<PerformanceMonitor>,
    /// Readings of the last minute, oldest first, one a second.
    readings: VecDeque<(Instant, Reading)>,
}

impl MonitorWindow {
    /// A window that begins now. Allocates.
    pub fn new(monitor: Arc<PerformanceMonitor>) -> Self {
        let first = (Instant::now(), monitor.read());
        Self {
            monitor,
            readings: VecDeque::from([first]),
        }
    }

    /// Counters of the session, and percentiles of the last ten to eleven seconds. Allocates.
    pub fn report(&mut self) -> MonitorReport {
        self.report_over(MonitorSpan::TenSeconds)
    }

    /// Counters of the session, and percentiles of `span`: of less of it while the window is younger,
    /// and after a time in which nobody asked. [`MonitorReport::span_seconds`] says of how much.
    /// Allocates.
    pub fn report_over(&mut self, span: MonitorSpan) -> MonitorReport {
        self.report_at(Instant::now(), span)
    }

    fn report_at(&mut self, now: Instant, span: MonitorSpan) -> MonitorReport {
        let age = |then: Instant| now.saturating_duration_since(then);
        let Some(length) = span.length() else {
            self.keep(now);
            return self.monitor.generate_report();
        };
        // The newest that is old enough, else the oldest.
        let is_far = |&&(then, _): &&(Instant, Reading)| age(then) >= length;
        let far = self.readings.iter().rev().find(is_far);
        let base = far
            .filter(|&&(then, _)| age(then) <= length + MAX_OVERHANG)
            .or_else(|| self.readings.iter().find(|&&(then, _)| age(then) < length));
        let report = match base {
            Some((then, reading)) => self.monitor.report_since(reading, age(*then)),
            None => self
                .monitor
                .report_since(&self.monitor.read(), Duration::ZERO),
        };
        self.keep(now);
        report
    }

    /// Keeps a reading of `now` where the last is a second old, and drops those of no more use.
    fn keep(&mut self, now: Instant) {
        let age = |then: Instant| now.saturating_duration_since(then);
        if self.readings.back().is_none_or(|&(t, _)| age(t) >= STEP) {
            self.readings.push_back((now, self.monitor.read()));
        }
        let longest = Duration::from_secs(60) + MAX_OVERHANG;
        while self
            .readings
            .front()
            .is_some_and(|&(t, _)| age(t) > longest)
        {
            self.readings.pop_front();
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
            window.report_at(at(start, second as f64), MonitorSpan::TenSeconds);
        }
        let now = at(start, 120.25);
        let mut look = |span| window.report_at(now, span);
        let ten = look(MonitorSpan::TenSeconds);
        assert_eq!(ten.ring_min_frames, Some(111));
        assert!((ten.callback_us.max / 120e3 - 1.0).abs() < 0.004);
        assert_eq!((ten.troubles.starved, ten.starved), (10, 120));
        assert!((ten.span_seconds - 10.25).abs() < 1e-6);
        let minute = look(MonitorSpan::Minute);
        assert_eq!(minute.ring_min_frames, Some(61));
        assert!((minute.callback_us.p50 / 90e3 - 1.0).abs() < 0.01);
        let session = look(MonitorSpan::Session);
        assert_eq!(session.ring_min_frames, Some(1));
        assert_eq!(session.callback_us.max, 120e3);
        assert!((session.callback_us.p50 / 60e3 - 1.0).abs() < 0.01);
        assert!(window.readings.len() <= 63);
    }

    #[test]
    fn what_nobody_watched_is_not_taken_for_the_last_seconds() {
        let monitor = Arc::new(PerformanceMonitor::new());
        let mut window = MonitorWindow::new(Arc::clone(&monitor));
        let start = Instant::now();
        monitor.callback_ns.add(9_000_000);
        let unwatched = window.report_at(at(start, 40.0), MonitorSpan::TenSeconds);
        assert_eq!(
            (unwatched.callback_us.max, unwatched.span_seconds),
            (0.0, 0.0)
        );
        monitor.callback_ns.add(200_000);
        let watched = window.report_at(at(start, 43.0), MonitorSpan::TenSeconds);
        assert!((watched.callback_us.max - 200.0).abs() < 1.0);
        assert!((watched.span_seconds - 3.0).abs() < 1e-6);
        let minute = window.report_at(at(start, 43.0), MonitorSpan::Minute);
        assert!((minute.callback_us.max / 9e3 - 1.0).abs() < 0.004);
    }
}
