//! The stages behind the equalizer, each per block of 512 stereo frames.

mod sampling;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use dsp::balance::{Balance, BalanceSettings};
use dsp::crossfeed::{Crossfeed, CrossfeedSettings};
use dsp::limiter::{DEFAULT_CEILING, TruePeakLimiter};
use dsp::meter::Meter;
use dsp::noise_shaper::{ShapedQuantizer, Shaping};
use dsp::simd::AudioOptimizer;

const RATE_HZ: f64 = 48_000.0;
const FRAMES: usize = 512;

/// White noise up to `level` on both channels.
fn noise(level: f32) -> Vec<f32> {
    (0..2 * FRAMES as u32)
        .map(|n| level * ((n.wrapping_mul(2_654_435_761) >> 8) as f32 / 8_388_608.0 - 1.0))
        .collect()
}

fn limiter(c: &mut Criterion) {
    let mut group = c.benchmark_group("limiter");
    for optimizer in AudioOptimizer::available() {
        for (name, level) in [("working", 2.0), ("released", 0.1)] {
            let mut limiter = TruePeakLimiter::new(RATE_HZ, DEFAULT_CEILING, optimizer);
            limiter.set_engaged(true);
            let input = noise(level);
            let mut block = input.clone();
            group.bench_function(format!("{name}/{}", optimizer.level().name()), |b| {
                b.iter(|| {
                    block.copy_from_slice(&input);
                    limiter.process(black_box(&mut block), 2);
                });
            });
        }
    }
    let mut limiter = TruePeakLimiter::new(RATE_HZ, DEFAULT_CEILING, AudioOptimizer::detected());
    let mut block = noise(0.1);
    group.bench_function("out of circuit", |b| {
        b.iter(|| limiter.process(black_box(&mut block), 2));
    });
}

fn sides(c: &mut Criterion) {
    let input = noise(0.5);
    let mut block = input.clone();
    let mut crossfeed = Crossfeed::new(RATE_HZ);
    crossfeed.set(CrossfeedSettings::DEFAULT);
    c.bench_function("crossfeed", |b| {
        b.iter(|| {
            block.copy_from_slice(&input);
            crossfeed.process(black_box(&mut block), 2);
        });
    });
    let mut balance = Balance::new(RATE_HZ);
    balance.set(BalanceSettings {
        balance: 0.3,
        ..Default::default()
    });
    c.bench_function("balance", |b| {
        b.iter(|| {
            block.copy_from_slice(&input);
            balance.process(black_box(&mut block), 2);
        });
    });
}

fn meter(c: &mut Criterion) {
    let input = noise(0.5);
    let mut meter = Meter::new(RATE_HZ, AudioOptimizer::detected());
    c.bench_function("meter", |b| {
        b.iter(|| meter.process(black_box(&input), 2));
    });
}

fn quantizer(c: &mut Criterion) {
    let input = noise(0.5);
    let mut codes = vec![0; input.len()];
    for (name, shaping) in [("flat", Shaping::Flat), ("shaped", Shaping::Shaped)] {
        let mut quantizer = ShapedQuantizer::new(16, RATE_HZ, shaping);
        c.bench_function(&format!("quantizer/{name}"), |b| {
            b.iter(|| quantizer.process(black_box(&input), 2, &mut codes));
        });
    }
}

criterion_group! {
    name = benches;
    config = sampling::brief();
    targets = limiter, sides, meter, quantizer
}
criterion_main!(benches);
