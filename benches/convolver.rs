//! The convolver at one stereo callback of 512 frames, beside a direct FIR, which costs in proportion
//! to its taps, and the cost of single slices: `cargo bench --bench convolver`.

mod sampling;

use criterion::{Criterion, criterion_group};
use dsp::convolver::{Convolver, ImpulseResponse, PreparedResponse};
use dsp::simd::AudioOptimizer;
use std::hint::black_box;
use std::time::Instant;

const RATE_HZ: f64 = 48_000.0;
const FRAMES: usize = 512;

fn noise(count: usize) -> Vec<f32> {
    let mut word = 1_u32;
    let mut next = || {
        word ^= word << 13;
        word ^= word >> 17;
        word ^= word << 5;
        word as i32 as f32 / i32::MAX as f32
    };
    (0..count).map(|_| next()).collect()
}

fn decaying(taps: usize) -> Vec<f32> {
    let decay = 6.0 / taps as f32;
    let taps = noise(taps).into_iter().enumerate();
    taps.map(|(n, tap)| tap * 0.05 * (-decay * n as f32).exp())
        .collect()
}

fn prepared(taps: usize) -> Option<Box<PreparedResponse>> {
    let response = ImpulseResponse::mono(decaying(taps));
    Some(Box::new(PreparedResponse::new(&response)))
}

/// Settled and full of sound.
fn playing(taps: usize, optimizer: AudioOptimizer) -> Convolver {
    let mut convolver = Convolver::new(2, taps, RATE_HZ, optimizer);
    convolver.set_response(prepared(taps));
    convolver.process(&mut noise(2 * (taps + 4_096)), 2);
    convolver
}

fn callbacks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("convolver, 512 stereo frames");
    let input = noise(2 * FRAMES);
    for taps in [8_192, 16_384, 65_536] {
        for optimizer in AudioOptimizer::available() {
            let mut convolver = playing(taps, optimizer);
            let name = format!("{taps} taps, {}", optimizer.level().name());
            group.bench_function(name, |bencher| {
                let mut block = input.clone();
                bencher.iter(|| {
                    block.copy_from_slice(&input);
                    convolver.process(black_box(&mut block), 2);
                });
            });
        }
    }
    let taps = decaying(256);
    let past = noise(2 * (FRAMES + taps.len()));
    group.bench_function(
        "direct FIR of 256 taps in f32 (64 times that: 16384)",
        |b| {
            let mut output = vec![0.0; 2 * FRAMES];
            b.iter(|| {
                for (n, frame) in output.chunks_exact_mut(2).enumerate() {
                    let mut sum = [0.0; 2];
                    let window = past[2 * n..].chunks_exact(2);
                    for (x, tap) in window.zip(black_box(&taps)) {
                        sum[0] += x[0] * tap;
                        sum[1] += x[1] * tap;
                    }
                    frame.copy_from_slice(&sum);
                }
                black_box(&mut output);
            });
        },
    );
    group.finish();
}

/// Prints how evenly the work is spread: the median cost of each of the slices that make one round of
/// the large partitions, which is what callbacks of that size see.
fn evenness() {
    const ROUNDS: usize = 2_000;
    for (taps, slice, changing) in [
        (8_192, 64, false),
        (8_192, 128, false),
        (16_384, 64, false),
        (16_384, 128, false),
        (16_384, 512, false),
        (16_384, 128, true),
    ] {
        let mut convolver = playing(taps, AudioOptimizer::detected());
        let input = noise(2 * slice);
        let mut block = input.clone();
        let slices = 512 / slice;
        let mut costs_ns = vec![Vec::new(); slices];
        let mut next = prepared(taps);
        for _ in 0..ROUNDS {
            if changing {
                let retired = convolver.take_retired();
                next = next.or(retired);
                // Whenever one is free: a change is under way all the time.
                if let Some(response) = next.take() {
                    next = convolver.set_response(Some(response));
                }
            }
            for costs_ns in &mut costs_ns {
                block.copy_from_slice(&input);
                let start = Instant::now();
                convolver.process(black_box(&mut block), 2);
                costs_ns.push(start.elapsed().as_nanos() as f64);
            }
        }
        let medians = costs_ns.iter_mut().map(|costs| {
            costs.sort_by(f64::total_cmp);
            costs[costs.len() / 2]
        });
        let medians: Vec<f64> = medians.collect();
        let mean = medians.iter().sum::<f64>() / slices as f64;
        let max = medians.iter().copied().fold(0.0, f64::max);
        let what = if changing { ", while changing" } else { "" };
        println!(
            "{taps} taps, {slice} stereo frames at a time{what}: mean {mean:.0} ns, max {max:.0} ns, \
             ratio {:.2}; {medians:.0?}",
            max / mean
        );
    }
}

criterion_group! {
    name = benches;
    config = sampling::brief();
    targets = callbacks
}

fn main() {
    evenness();
    benches();
    Criterion::default().configure_from_args().final_summary();
}
