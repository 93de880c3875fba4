//! The sample kernels at every level this processor has, beside the plain Rust loop one would write
//! instead: `cargo bench --bench kernels`.

mod sampling;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use dsp::dither::TpdfDither;
use dsp::simd::AudioOptimizer;
use std::hint::black_box;

/// As long as a large callback, and well within the first cache.
const LENGTHS: [usize; 1] = [4_096];
const PLAIN: &str = "compiler's own loop";

fn noise(length: usize) -> Vec<f32> {
    let mut state = 1_u32;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.cast_signed() as f32 / 2_147_483_648.0
    };
    (0..length).map(next).collect()
}

/// One group: `plain` once, then `kernel` at each level, both on `buffers`.
fn compare<B>(
    c: &mut Criterion,
    name: &str,
    buffers: impl Fn(usize) -> B,
    plain: impl Fn(&mut B),
    kernel: impl Fn(AudioOptimizer, &mut B),
) {
    let mut group = c.benchmark_group(name);
    for length in LENGTHS {
        group.throughput(Throughput::Elements(length as u64));
        let mut buffer = buffers(length);
        group.bench_function(BenchmarkId::new(PLAIN, length), |b| {
            b.iter(|| plain(black_box(&mut buffer)));
        });
        for optimizer in AudioOptimizer::available() {
            let id = BenchmarkId::new(optimizer.level().name(), length);
            group.bench_function(id, |b| {
                b.iter(|| kernel(optimizer, black_box(&mut buffer)));
            });
        }
    }
    group.finish();
}

fn mixing(c: &mut Criterion) {
    compare(
        c,
        "mix a buffer into another",
        |n| (noise(n), noise(n)),
        |(out, input)| {
            for (out, input) in out.iter_mut().zip(input) {
                *out += *input * 1e-9;
            }
        },
        |optimizer, (out, input)| optimizer.mix_buffers(out, input, 1e-9),
    );
    compare(
        c,
        "apply a gain",
        noise,
        |samples| samples.iter_mut().for_each(|x| *x *= -1.0),
        |optimizer, samples| optimizer.apply_gain(samples, -1.0),
    );
}

fn measuring(c: &mut Criterion) {
    compare(
        c,
        "sum of squares",
        noise,
        |samples| _ = black_box(samples.iter().map(|x| x * x).sum::<f32>()),
        |optimizer, samples| _ = black_box(optimizer.sum_of_squares(samples)),
    );
    compare(
        c,
        "peak",
        noise,
        |samples| _ = black_box(samples.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()))),
        |optimizer, samples| _ = black_box(optimizer.find_peak(samples)),
    );
}

/// Lengths count the samples of both channels.
fn rearranging(c: &mut Criterion) {
    compare(
        c,
        "interleave two channels",
        |n| (noise(n / 2), noise(n / 2), vec![0.0; n]),
        |(left, right, out)| {
            for ((frame, left), right) in out.chunks_exact_mut(2).zip(left).zip(right) {
                frame[0] = *left;
                frame[1] = *right;
            }
        },
        |optimizer, (left, right, out)| optimizer.interleave(left, right, out),
    );
    compare(
        c,
        "deinterleave two channels",
        |n| (noise(n), vec![0.0; n / 2], vec![0.0; n / 2]),
        |(input, left, right)| {
            for ((frame, left), right) in input.chunks_exact(2).zip(left).zip(right) {
                *left = frame[0];
                *right = frame[1];
            }
        },
        |optimizer, (input, left, right)| optimizer.deinterleave(input, left, right),
    );
}

fn converting(c: &mut Criterion) {
    compare(
        c,
        "to 16 bits",
        |n| (noise(n), vec![0_i16; n]),
        |(input, out)| {
            for (out, x) in out.iter_mut().zip(input) {
                *out = (x.clamp(-1.0, 1.0) * 32_767.0).round() as i16;
            }
        },
        |optimizer, (input, out)| optimizer.to_i16(input, out),
    );
    compare(
        c,
        "to 24 bits, packed",
        |n| (noise(n), vec![0_u8; 3 * n]),
        |(input, out)| {
            for (out, x) in out.chunks_exact_mut(3).zip(input) {
                let word = (x.clamp(-1.0, 1.0) * 8_388_607.0).round() as i32;
                out.copy_from_slice(&word.to_le_bytes()[..3]);
            }
        },
        |optimizer, (input, out)| optimizer.to_i24(input, out),
    );
    compare(
        c,
        "to 32 bits",
        |n| (noise(n), vec![0_i32; n]),
        |(input, out)| {
            for (out, x) in out.iter_mut().zip(input) {
                *out = (f64::from(x.clamp(-1.0, 1.0)) * 2_147_483_647.0).round() as i32;
            }
        },
        |optimizer, (input, out)| optimizer.to_i32(input, out),
    );
    compare(
        c,
        "to 16 bits with triangular dither",
        |n| (noise(n), vec![0_i16; n], TpdfDither::new(), 1_u32),
        |(input, out, _, state)| {
            for (out, x) in out.iter_mut().zip(input) {
                *state ^= *state << 13;
                *state ^= *state >> 17;
                *state ^= *state << 5;
                let noise = ((*state >> 16) as f32 - (*state & 0xFFFF) as f32) / 65_536.0;
                *out = (*x * 32_767.0 + noise).round().clamp(-32_768.0, 32_767.0) as i16;
            }
        },
        |optimizer, (input, out, dither, _)| optimizer.to_i16_tpdf(input, out, dither),
    );
}

fn levels(c: &mut Criterion) {
    compare(
        c,
        "amplitude to decibels",
        |n| (noise(n), vec![0.0; n]),
        |(input, out)| {
            for (out, x) in out.iter_mut().zip(input) {
                *out = 20.0 * x.abs().log10();
            }
        },
        |optimizer, (input, out)| optimizer.gain_to_db(input, out),
    );
    compare(
        c,
        "decibels to amplitude",
        |n| {
            let levels = noise(n).iter().map(|x| x * 72.0 - 48.0).collect();
            (levels, vec![0.0; n])
        },
        |(input, out): &mut (Vec<f32>, Vec<f32>)| {
            for (out, x) in out.iter_mut().zip(input) {
                *out = 10_f32.powf(*x / 20.0);
            }
        },
        |optimizer, (input, out)| optimizer.db_to_gain(input, out),
    );
}

criterion_group! {
    name = kernels;
    config = sampling::brief().without_plots();
    targets = mixing, measuring, rearranging, converting, levels
}
criterion_main!(kernels);
