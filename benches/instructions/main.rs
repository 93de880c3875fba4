//! Instructions of the hot kernels and of one callback, counted by valgrind: the same each time, on
//! however busy a machine. `cargo xtask perf --instructions` compares them with
//! `benches/instructions.tsv`.
//!
//! Levels are forced, so that the counts do not depend on the processor. The callback takes the best
//! one there is; valgrind shows no AVX-512 to a program, so that is AVX2 wherever there is AVX2.

#[cfg(target_os = "linux")]
#[allow(dead_code, reason = "it also serves benchmarks that measure time")]
#[path = "../support/mod.rs"]
mod support;

#[cfg(target_os = "linux")]
#[allow(
    unused_qualifications,
    reason = "gungraun's macros write every path in full"
)]
mod counted {
    use crate::support::{FRAMES, Playing, RATE_HZ, bells, chain, noise};
    use dsp::dither::TpdfDither;
    use dsp::eq_bank::EqBandOptimizer;
    use dsp::limiter::{DEFAULT_CEILING, TruePeakLimiter};
    use dsp::simd::SimdLevel::{Avx2, Sse2};
    use dsp::simd::{AudioOptimizer, SimdLevel};
    use dsp::spectrum::{SpectrumInput, SpectrumProcessor, SpectrumSettings};
    use gungraun::prelude::*;
    use std::hint::black_box;

    /// Samples a kernel works on: a callback's.
    const SAMPLES: usize = 2 * FRAMES;

    type Kernel = (AudioOptimizer, Vec<f32>, Vec<f32>);

    fn at(level: SimdLevel) -> AudioOptimizer {
        AudioOptimizer::forced(level).expect("a processor with the level to be counted")
    }

    fn kernel(level: SimdLevel) -> Kernel {
        (at(level), noise(SAMPLES), vec![0.0; SAMPLES])
    }

    // What is taken is given back: freeing it is not counted.
    #[library_benchmark]
    #[bench::sse2(kernel(Sse2))]
    #[bench::avx2(kernel(Avx2))]
    fn mix_buffers(mut state: Kernel) -> Kernel {
        state.0.mix_buffers(&mut state.2, black_box(&state.1), 0.5);
        state
    }

    #[library_benchmark]
    #[bench::sse2(kernel(Sse2))]
    #[bench::avx2(kernel(Avx2))]
    fn apply_gain(mut state: Kernel) -> Kernel {
        state.0.apply_gain(black_box(&mut state.1), 0.5);
        state
    }

    #[library_benchmark]
    #[bench::sse2(kernel(Sse2))]
    #[bench::avx2(kernel(Avx2))]
    fn sum_of_squares(state: Kernel) -> (f32, Kernel) {
        (state.0.sum_of_squares(black_box(&state.1)), state)
    }

    #[library_benchmark]
    #[bench::sse2(kernel(Sse2))]
    #[bench::avx2(kernel(Avx2))]
    fn find_peak(state: Kernel) -> (f32, Kernel) {
        (state.0.find_peak(black_box(&state.1)), state)
    }

    #[library_benchmark]
    #[bench::sse2(kernel(Sse2))]
    #[bench::avx2(kernel(Avx2))]
    fn interleave(mut state: Kernel) -> Kernel {
        let (left, right) = state.1.split_at(FRAMES);
        state.0.interleave(left, right, black_box(&mut state.2));
        state
    }

    #[library_benchmark]
    #[bench::sse2(kernel(Sse2))]
    #[bench::avx2(kernel(Avx2))]
    fn gain_to_db(mut state: Kernel) -> Kernel {
        state.0.gain_to_db(black_box(&state.1), &mut state.2);
        state
    }

    type Quantizing = (Kernel, Vec<i16>, TpdfDither);

    fn quantizing(level: SimdLevel) -> Quantizing {
        (kernel(level), vec![0; SAMPLES], TpdfDither::new())
    }

    #[library_benchmark]
    #[bench::sse2(quantizing(Sse2))]
    #[bench::avx2(quantizing(Avx2))]
    fn to_i16_tpdf(mut state: Quantizing) -> Quantizing {
        let ((optimizer, input, _), words, dither) = &mut state;
        optimizer.to_i16_tpdf(black_box(input), words, dither);
        state
    }

    type Equalizing = (EqBandOptimizer, Vec<f32>);

    fn equalizing(level: SimdLevel, bands: usize) -> Equalizing {
        let mut eq = EqBandOptimizer::new(at(level), f64::from(RATE_HZ), 2, 0.02);
        eq.jump_to(&bells(bands, RATE_HZ));
        (eq, noise(SAMPLES))
    }

    #[library_benchmark]
    #[bench::sse2_10_bands(equalizing(Sse2, 10))]
    #[bench::sse2_31_bands(equalizing(Sse2, 31))]
    #[bench::avx2_10_bands(equalizing(Avx2, 10))]
    #[bench::avx2_31_bands(equalizing(Avx2, 31))]
    fn equalizer(mut state: Equalizing) -> Equalizing {
        state.0.process(black_box(&mut state.1));
        state
    }

    type Limiting = (TruePeakLimiter, Vec<f32>);

    fn limiting(level: SimdLevel) -> Limiting {
        let mut limiter = TruePeakLimiter::new(f64::from(RATE_HZ), DEFAULT_CEILING, at(level));
        limiter.set_engaged(true);
        let loud: Vec<f32> = noise(SAMPLES).iter().map(|sample| 8.0 * sample).collect();
        for _ in 0..4 {
            limiter.process(&mut loud.clone(), 2);
        }
        (limiter, loud)
    }

    #[library_benchmark]
    #[bench::sse2(limiting(Sse2))]
    #[bench::avx2(limiting(Avx2))]
    fn limiter(mut state: Limiting) -> Limiting {
        state.0.process(black_box(&mut state.1), 2);
        state
    }

    type Looking = (SpectrumProcessor, Vec<f32>);

    fn looking(level: SimdLevel) -> Looking {
        let settings = SpectrumSettings {
            fft_frames: 2_048,
            ..SpectrumSettings::default()
        };
        let mut spectrum = SpectrumProcessor::new(&settings, RATE_HZ as f32, at(level));
        let frames = noise(2_048);
        spectrum.process(SpectrumInput::Mono(&frames), 0.016);
        (spectrum, frames)
    }

    #[library_benchmark]
    #[bench::sse2(looking(Sse2))]
    #[bench::avx2(looking(Avx2))]
    fn spectrum_2048(mut state: Looking) -> Looking {
        let frames = SpectrumInput::Mono(black_box(&state.1));
        state.0.process(frames, 0.016);
        state
    }

    fn playing(bands: usize) -> Playing {
        Playing::new(&chain(bands, RATE_HZ), FRAMES, RATE_HZ)
    }

    #[library_benchmark]
    #[bench::bit_perfect(playing(0))]
    #[bench::with_10_bands(playing(10))]
    #[bench::with_31_bands(playing(31))]
    fn callback(mut playing: Playing) -> Playing {
        playing.callback();
        playing
    }

    gungraun::library_benchmark_group!(
        name = hot,
        benchmarks = [
            mix_buffers,
            apply_gain,
            sum_of_squares,
            find_peak,
            interleave,
            gain_to_db,
            to_i16_tpdf,
            equalizer,
            limiter,
            spectrum_2048,
            callback
        ]
    );
    gungraun::main!(library_benchmark_groups = hot);

    pub(crate) fn run() {
        main();
    }
}

fn main() {
    #[cfg(target_os = "linux")]
    counted::run();
    #[cfg(not(target_os = "linux"))]
    eprintln!("instructions are counted by valgrind, on Linux");
}
