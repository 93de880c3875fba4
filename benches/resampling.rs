//! Rates converted in the decode thread, a second of stereo at a time.

mod sampling;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use media::resampler::Resampler;

/// Frames the pipeline hands over at a time.
const BLOCK_FRAMES: usize = 1024;

fn noise(frames: u32) -> Vec<f32> {
    (0..2 * frames)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 8) as f32 / 8_388_608.0 - 1.0)
        .collect()
}

fn resampling(c: &mut Criterion) {
    let mut group = c.benchmark_group("resample a second of stereo");
    for (from_hz, to_hz) in [(44_100, 48_000), (96_000, 44_100), (44_100, 192_000)] {
        let input = noise(from_hz);
        let mut resampler = Resampler::new(from_hz, to_hz, 2).expect("a pair of rates");
        let mut out = Vec::new();
        group.throughput(Throughput::Elements(u64::from(to_hz)));
        group.bench_function(format!("{from_hz} to {to_hz} Hz"), |b| {
            b.iter(|| {
                out.clear();
                for block in input.chunks(2 * BLOCK_FRAMES) {
                    resampler.process(black_box(block), &mut out);
                }
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = sampling::brief();
    targets = resampling
}
criterion_main!(benches);
