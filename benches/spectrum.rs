//! The spectrum from frames to bands, beside the plain way of doing it.

mod sampling;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use dsp::fft::{FftInput, OptimizedFft};
use dsp::simd::AudioOptimizer;
use dsp::spectrum::{BandLayout, SpectrumInput, SpectrumProcessor, SpectrumSettings};
use dsp::window::WindowKind;
use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::f32::consts::TAU;
use std::hint::black_box;
use std::sync::Arc;

const RATE_HZ: f32 = 48_000.0;
const SIZES: [usize; 2] = [2048, 4096];

/// A chord and noise, the same each time.
fn music(frames: usize) -> Vec<f32> {
    let mut seed = 1_u32;
    (0..frames)
        .map(|n| {
            seed ^= seed << 13;
            seed ^= seed >> 17;
            seed ^= seed << 5;
            let noise = seed as i32 as f32 / 2_147_483_648.0;
            let tones: f32 = [110.0, 277.2, 659.3, 3_520.0]
                .iter()
                .map(|hz| (TAU * hz * n as f32 / RATE_HZ).sin())
                .sum();
            0.2 * tones + 0.01 * noise
        })
        .collect()
}

/// Hann, realfft, magnitude and logarithm of every bin, mean of the decibels of each band, smoothing.
struct Naive {
    plan: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    windowed: Vec<f32>,
    bins: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    bins_db: Vec<f32>,
    edges: Vec<usize>,
    levels_db: Vec<f32>,
}

impl Naive {
    fn new(size: usize) -> Self {
        let plan = RealFftPlanner::new().plan_fft_forward(size);
        let edge = |band: usize| {
            let hz = 20.0 * 1000.0_f32.powf(band as f32 / 96.0);
            (hz * size as f32 / RATE_HZ) as usize
        };
        Self {
            window: (0..size)
                .map(|n| 0.5 - 0.5 * (TAU * n as f32 / size as f32).cos())
                .collect(),
            windowed: plan.make_input_vec(),
            bins: plan.make_output_vec(),
            scratch: plan.make_scratch_vec(),
            bins_db: vec![0.0; size / 2 + 1],
            edges: (0..=96).map(edge).collect(),
            levels_db: vec![-100.0; 96],
            plan,
        }
    }

    fn process(&mut self, frames: &[f32]) {
        for ((out, frame), weight) in self.windowed.iter_mut().zip(frames).zip(&self.window) {
            *out = frame * weight;
        }
        self.plan
            .process_with_scratch(&mut self.windowed, &mut self.bins, &mut self.scratch)
            .expect("lengths of the plan");
        let scale = 4.0 / self.window.len() as f32;
        for (db, bin) in self.bins_db.iter_mut().zip(&self.bins) {
            *db = 20.0 * (bin.norm() * scale + 1e-10).log10();
        }
        for (level, edges) in self.levels_db.iter_mut().zip(self.edges.windows(2)) {
            let bins = &self.bins_db[edges[0]..edges[1].max(edges[0] + 1)];
            let mean = bins.iter().sum::<f32>() / bins.len() as f32;
            *level += 0.3 * (mean - *level);
        }
    }
}

fn spectrum(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("frames to bands");
    for size in SIZES {
        let frames = music(size);
        let mut naive = Naive::new(size);
        group.bench_function(BenchmarkId::new("naive, 96 bands", size), |b| {
            b.iter(|| {
                naive.process(black_box(&frames));
                black_box(naive.levels_db[50])
            });
        });
        for optimizer in AudioOptimizer::available() {
            let settings = SpectrumSettings {
                fft_frames: size,
                // 100 bands, the fewest that are not below 96.
                bands: BandLayout::PerOctave(10),
                ..SpectrumSettings::default()
            };
            let mut ours = SpectrumProcessor::new(&settings, RATE_HZ, optimizer);
            let name = format!(
                "{}, {} bands",
                optimizer.level().name(),
                ours.centres_hz().len()
            );
            group.bench_function(BenchmarkId::new(name, size), |b| {
                b.iter(|| {
                    ours.process(SpectrumInput::Mono(black_box(&frames)), 0.016);
                    black_box(ours.traces()[0].levels_db()[50])
                });
            });
        }
    }
    group.finish();
}

fn transform(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("transform");
    for size in SIZES {
        let frames = music(size);
        let plan = RealFftPlanner::<f32>::new().plan_fft_forward(size);
        let mut input = plan.make_input_vec();
        let mut bins = plan.make_output_vec();
        let mut scratch = plan.make_scratch_vec();
        // Without window and power, which the others include.
        group.bench_function(BenchmarkId::new("realfft forward", size), |b| {
            b.iter(|| {
                input.copy_from_slice(black_box(&frames));
                plan.process_with_scratch(&mut input, &mut bins, &mut scratch)
                    .expect("lengths of the plan");
                black_box(bins[50])
            });
        });
        for optimizer in AudioOptimizer::available() {
            let mut fft = OptimizedFft::new(size, WindowKind::Hann, optimizer);
            let mut power = vec![0.0; fft.bin_count()];
            group.bench_function(BenchmarkId::new(optimizer.level().name(), size), |b| {
                b.iter(|| {
                    fft.power(FftInput::Mono(black_box(&frames)), &mut power);
                    black_box(power[50])
                });
            });
        }
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = sampling::brief();
    targets = spectrum, transform
}
criterion_main!(benches);
