//! The equalizer beside the textbook form: five vector forms, ten and 31 bands, settled and moving.

mod sampling;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use dsp::eq_bank::EqBandOptimizer;
use dsp::equalizer::{EqBank, EqualizerBand, EqualizerSettings};
use dsp::filter::{FilterKind, FilterSpec};
use dsp::simd::AudioOptimizer;
use dsp::units::Decibels;
use std::f64::consts::TAU;

const RATE_HZ: f64 = 48_000.0;
const FRAMES: usize = 512;

fn bells(count: usize, tilt_db: f64) -> EqualizerSettings {
    let (first_hz, octaves, q) = match count {
        10 => (31.25, 1.0, 1.41),
        _ => (20.0, 1.0 / 3.0, 4.32),
    };
    let bell = |n: usize| {
        let hz = first_hz * (n as f64 * octaves).exp2();
        let gain_db = [9.0, -9.0, 5.0][n % 3] + tilt_db;
        EqualizerBand::new(FilterSpec::new(FilterKind::Peak, hz, gain_db, q))
    };
    EqualizerSettings {
        enabled: true,
        preamp: Decibels::UNITY,
        bands: (0..count).map(bell).collect(),
        curve: None,
    }
}

fn noise() -> Vec<f32> {
    let mut seed = 0x2545_F491_u32;
    let next = |_| {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        seed as f32 / u32::MAX as f32 - 0.5
    };
    (0..2 * FRAMES).map(next).collect()
}

/// What a first attempt looks like: f32 biquads of the RBJ cookbook, transposed direct form II, one band
/// after another over each channel.
struct Textbook {
    bands: Vec<([f32; 5], [[f32; 2]; 2])>,
}

impl Textbook {
    fn new(settings: &EqualizerSettings) -> Self {
        let design = |band: &EqualizerBand| {
            let FilterSpec {
                frequency_hz,
                gain_db,
                q,
                ..
            } = band.filter;
            let (w, a) = (TAU * frequency_hz / RATE_HZ, 10.0_f64.powf(gain_db / 40.0));
            let alpha = w.sin() / (2.0 * q);
            let a0 = 1.0 + alpha / a;
            let all = [
                1.0 + alpha * a,
                -2.0 * w.cos(),
                1.0 - alpha * a,
                -2.0 * w.cos(),
                1.0 - alpha / a,
            ];
            (all.map(|c| (c / a0) as f32), [[0.0; 2]; 2])
        };
        Self {
            bands: settings.bands.iter().map(design).collect(),
        }
    }

    fn process(&mut self, channels: [&mut [f32]; 2]) {
        let [left, right] = channels;
        for ([b0, b1, b2, a1, a2], states) in &mut self.bands {
            for (samples, state) in [&mut *left, &mut *right].into_iter().zip(states) {
                let [mut s1, mut s2] = *state;
                for sample in samples {
                    let y = *b0 * *sample + s1;
                    s1 = *b1 * *sample - *a1 * y + s2;
                    s2 = *b2 * *sample - *a2 * y;
                    *sample = y;
                }
                *state = [s1, s2];
            }
        }
    }
}

fn bank(optimizer: AudioOptimizer, bank: &EqBank) -> EqBandOptimizer {
    let mut eq = EqBandOptimizer::new(optimizer, RATE_HZ, 2, 0.02);
    eq.jump_to(bank);
    eq
}

fn equalizer(criterion: &mut Criterion) {
    let input = noise();
    for count in [10, 31] {
        let mut group = criterion.benchmark_group(format!("equalizer/{count} bands stereo"));
        group.throughput(Throughput::Elements(FRAMES as u64));
        let settings = bells(count, 0.0);
        let (steady, other) = (settings.design(RATE_HZ), bells(count, 3.0).design(RATE_HZ));
        let mut textbook = Textbook::new(&settings);
        let (mut left, mut right) = (vec![0.0; FRAMES], vec![0.0; FRAMES]);
        group.bench_function("textbook, band by band", |b| {
            b.iter(|| {
                left.copy_from_slice(&input[..FRAMES]);
                right.copy_from_slice(&input[FRAMES..]);
                textbook.process([&mut left, &mut right]);
            });
        });
        let mut samples = input.clone();
        for optimizer in AudioOptimizer::available() {
            let name = optimizer.level().name();
            let mut eq = bank(optimizer, &steady);
            group.bench_function(BenchmarkId::new("settled", name), |b| {
                b.iter(|| {
                    samples.copy_from_slice(&input);
                    eq.process(&mut samples);
                });
            });
        }
        // A ramp of an hour: it moves in every block, and only the first has to take new settings.
        let optimizer = AudioOptimizer::detected();
        let mut one_moves = steady;
        one_moves.sections[count / 2] = other.sections[count / 2];
        let mut another_kind = bells(count, 0.0);
        another_kind.bands[0].filter.kind = FilterKind::HighPass;
        let moves = [
            ("one gain moves", one_moves),
            ("all gains move", other),
            ("cross-fade to another kind", another_kind.design(RATE_HZ)),
        ];
        for (name, target) in moves {
            let mut eq = EqBandOptimizer::new(optimizer, RATE_HZ, 2, 3_600.0);
            eq.jump_to(&steady);
            eq.set_target(&target);
            group.bench_function(name, |b| {
                b.iter(|| {
                    samples.copy_from_slice(&input);
                    eq.process(&mut samples);
                });
            });
        }
        let mut eq = bank(optimizer, &steady);
        let mut is_there = false;
        group.bench_function("taking new gains", |b| {
            b.iter(|| {
                is_there = !is_there;
                eq.set_target(if is_there { &other } else { &steady });
            });
        });
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = sampling::brief();
    targets = equalizer
}
criterion_main!(benches);
