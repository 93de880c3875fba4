use super::*;
use crate::alert::AlertKind;

/// One callback of `frames`, begun at `start_ns` and `took_ns` long, by a clock of our own.
fn callback(monitor: &PerformanceMonitor, start_ns: u64, took_ns: u64, frames: usize) {
    monitor.start_at(start_ns);
    monitor.set_block(frames, 48_000);
    monitor.end_at(start_ns + took_ns);
}

#[test]
fn callbacks_are_timed_against_their_own_deadline() {
    let monitor = PerformanceMonitor::new();
    for n in 0..200 {
        callback(&monitor, n * 10_000_000, 2_000_000, 480);
    }
    callback(&monitor, 2_000_000_000, 3_000_000, 48);
    let report = monitor.generate_report();
    assert_eq!(
        (report.callback.count, report.callback.frames),
        (201, 200 * 480 + 48)
    );
    assert!((report.callback.us.p50 / 2_000.0 - 1.0).abs() < 0.004);
    assert!((report.callback.load_percent.p99 / 20.0 - 1.0).abs() < 0.004);
    assert_eq!(
        (report.callback.us.max, report.callback.load_percent.max),
        (3_000.0, 300.0)
    );
    assert_eq!(
        (
            report.troubles.session.overloads,
            report.callback.deadline_us
        ),
        (1, 1_000.0)
    );
    assert_eq!(report.callback.jitter_us.max, 0.0);
    let kinds: Vec<_> = report.alerts().iter().map(|alert| alert.kind).collect();
    assert_eq!(kinds, [AlertKind::SlowCallback, AlertKind::Underrun]);
}

#[test]
fn jitter_is_the_distance_from_the_length_of_the_block_before() {
    let monitor = PerformanceMonitor::new();
    let mut start = 0;
    // Blocks of 10 ms and 20 ms by turns, each a little late or early; every 100th is 5 ms late.
    for n in 1..=1_000_u64 {
        let frames = if n.is_multiple_of(2) { 480 } else { 960 };
        callback(&monitor, start, 50_000, frames);
        let block = frames as u64 * 1_000_000_000 / 48_000;
        start += match n % 100 {
            0 => block + 5_000_000,
            _ if n.is_multiple_of(3) => block - 300_000,
            _ => block + 100_000,
        };
    }
    let jitter = monitor.generate_report().callback.jitter_us;
    assert!((jitter.p50 / 100.0 - 1.0).abs() < 0.004, "{jitter:?}");
    assert!((jitter.p95 / 300.0 - 1.0).abs() < 0.004, "{jitter:?}");
    assert!((jitter.p99 / 300.0 - 1.0).abs() < 0.004, "{jitter:?}");
    assert_eq!(jitter.max, 5_000.0);
    // The pause between two streams is nobody's jitter.
    monitor.begin_stream();
    callback(&monitor, start + 60_000_000_000, 50_000, 480);
    assert_eq!(monitor.generate_report().callback.jitter_us.max, 5_000.0);
}

#[test]
fn the_three_kinds_of_underrun_are_counted_apart() {
    let monitor = PerformanceMonitor::new();
    (0..3).for_each(|_| monitor.count_starved());
    (0..5).for_each(|_| monitor.count_xrun());
    callback(&monitor, 0, 11_000_000, 480);
    let report = monitor.generate_report();
    let troubles = report.troubles.session;
    assert_eq!(
        (troubles.starved, troubles.overloads, troubles.xruns),
        (3, 1, 5)
    );
    assert_eq!(report.troubles.span.total(), 9);
}

#[test]
fn a_real_callback_is_timed_by_the_real_clock() {
    let monitor = PerformanceMonitor::new();
    monitor.start_audio_callback();
    monitor.set_block(480, 48_000);
    monitor.note_ring(7_000);
    std::thread::sleep(Duration::from_millis(2));
    monitor.end_audio_callback();
    let report = monitor.generate_report();
    assert!(report.callback.us.p50 >= 1_990.0, "{report:?}");
    assert!((report.ring.min_frames.unwrap() as f64 / 7_000.0 - 1.0).abs() < 0.004);
    assert_eq!(report.alerts()[0].kind, AlertKind::SlowCallback);
}
