//! What the monitor costs a callback: its two calls beside nothing at all and beside the clock alone.

mod sampling;

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Instant;
use telemetry::monitor::PerformanceMonitor;

fn callback(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("monitor");
    group.bench_function("empty", |b| b.iter(|| black_box(())));
    group.bench_function("two looks at the clock", |b| {
        b.iter(|| (Instant::now(), Instant::now()));
    });
    let monitor = PerformanceMonitor::new();
    group.bench_function("start and end", |b| {
        b.iter(|| {
            let monitor = black_box(&monitor);
            monitor.start_audio_callback();
            monitor.end_audio_callback();
        });
    });
    let monitor = PerformanceMonitor::new();
    monitor.set_block(512, 48_000);
    group.bench_function("start and end with a deadline", |b| {
        b.iter(|| {
            let monitor = black_box(&monitor);
            monitor.start_audio_callback();
            monitor.end_audio_callback();
        });
    });
    group.bench_function("all calls of a callback", |b| {
        b.iter(|| {
            let monitor = black_box(&monitor);
            monitor.start_audio_callback();
            monitor.set_block(black_box(512), 48_000);
            monitor.note_ring(black_box(20_000));
            monitor.end_audio_callback();
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = sampling::brief();
    targets = callback
}
criterion_main!(benches);
