use super::*;
use std::f64::consts::TAU;

const SIZES: [usize; 7] = [512, 1024, 2048, 4096, 8192, 16_384, 32_768];

fn sine(size: usize, bin: f64, phase: f64) -> Vec<f32> {
    (0..size)
        .map(|n| (TAU * bin * n as f64 / size as f64 + phase).sin() as f32)
        .collect()
}

/// Noise in -1..1, the same each time.
fn noise(frames: usize, mut seed: u32) -> Vec<f32> {
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        seed as i32 as f32 / 2_147_483_648.0
    };
    (0..frames).map(|_| next()).collect()
}

fn power(fft: &mut OptimizedFft, input: FftInput<'_>) -> Vec<f32> {
    let mut power = vec![f32::NAN; fft.bin_count()];
    fft.power(input, &mut power);
    power
}

/// The power spectrum in f64 by another library.
fn exact_power(frames: &[f32], kind: WindowKind) -> Vec<f64> {
    let size = frames.len();
    let plan = transforms::real_f64(size);
    let mut input: Vec<f64> = kind
        .normalised(size)
        .zip(frames)
        .map(|(w, &x)| f64::from(w) * f64::from(x))
        .collect();
    let mut bins = plan.make_output_vec();
    plan.process(&mut input, &mut bins).unwrap();
    let mut power: Vec<f64> = bins.iter().map(|bin| 4.0 * bin.norm_sqr()).collect();
    power[0] *= 0.25;
    power[size / 2] *= 0.25;
    power
}

fn assert_close(ours: &[f32], exact: &[f64], limit: f64, what: &str) {
    assert_eq!(ours.len(), exact.len());
    let peak = exact.iter().copied().fold(0.0, f64::max);
    for (bin, (&ours, &exact)) in ours.iter().zip(exact).enumerate() {
        let error = (f64::from(ours) - exact).abs() / peak;
        assert!(
            error <= limit,
            "{what}: error {error:.2e} of the peak at bin {bin}"
        );
    }
}

#[test]
fn a_full_scale_sine_reads_zero_decibels_at_its_bin() {
    for optimizer in AudioOptimizer::available() {
        for kind in WindowKind::ALL {
            for size in SIZES {
                let mut fft = OptimizedFft::new(size, kind, optimizer);
                for bin in [7, size / 10, size / 4, size / 2 - 7] {
                    let power = power(&mut fft, FftInput::Mono(&sine(size, bin as f64, 0.3)));
                    let db = 10.0 * power[bin].log10();
                    assert!(db.abs() < 0.001, "{db} dB at bin {bin} of {size}, {kind:?}");
                    let lobe = kind.terms().len();
                    for (other, &leak) in power.iter().enumerate() {
                        assert!(other.abs_diff(bin) < lobe || leak < 1e-11);
                    }
                }
            }
        }
    }
}

#[test]
fn constants_and_the_highest_frequency_read_zero_decibels_too() {
    for optimizer in AudioOptimizer::available() {
        let mut fft = OptimizedFft::new(1024, WindowKind::BlackmanHarris, optimizer);
        let constant = power(&mut fft, FftInput::Mono(&[1.0; 1024]));
        assert!((constant[0] - 1.0).abs() < 1e-5);
        let alternating = [1.0, -1.0].repeat(512);
        let highest = power(&mut fft, FftInput::Mono(&alternating));
        assert!((highest[512] - 1.0).abs() < 1e-5);
    }
}

/// Halfway between two bins a tone reads low by what the window's transform says.
#[test]
fn scalloping_loss_is_what_the_window_has() {
    let loss = |kind: WindowKind| {
        // Each cosine is a pair of lines; the signs of the terms cancel against the shift by half the
        // window, since it begins at frame 0.
        let sinc = |x: f64| (x * TAU / 2.0).sin() / (x * TAU / 2.0);
        let lines = kind.terms().iter().enumerate().map(|(k, &term)| {
            let k = k as f64;
            0.5 * term * (sinc(0.5 - k) + sinc(0.5 + k))
        });
        -20.0 * (lines.sum::<f64>() / kind.terms()[0]).log10()
    };
    for (kind, published) in [
        (WindowKind::Hann, 1.42),
        (WindowKind::BlackmanHarris, 0.83),
        (WindowKind::FlatTop, 0.01),
    ] {
        assert!(
            (loss(kind).abs() - published).abs() < 0.01,
            "{kind:?}: {}",
            loss(kind)
        );
        for optimizer in AudioOptimizer::available() {
            for size in SIZES {
                let mut fft = OptimizedFft::new(size, kind, optimizer);
                let bin = size / 8;
                let power = power(&mut fft, FftInput::Mono(&sine(size, bin as f64 + 0.5, 0.0)));
                for bin in [bin, bin + 1] {
                    let db = -10.0 * power[bin].log10();
                    let expected = loss(kind) as f32;
                    assert!((db - expected).abs() < 0.02, "{kind:?}, {size}: {db} dB");
                }
            }
        }
    }
}

#[test]
fn every_level_agrees_with_an_exact_transform() {
    for optimizer in AudioOptimizer::available() {
        for size in SIZES {
            for kind in WindowKind::ALL {
                let what = format!("{}, {size}, {kind:?}", optimizer.level().name());
                let mut fft = OptimizedFft::new(size, kind, optimizer);
                for frames in [noise(size, 7), sine(size, 20.3, 1.0)] {
                    let ours = power(&mut fft, FftInput::Mono(&frames));
                    assert_close(&ours, &exact_power(&frames, kind), 1e-6, &what);
                }
            }
        }
    }
}

#[test]
fn two_channels_are_weighed_before_they_are_transformed() {
    let (left, right) = (noise(2048, 3), noise(2048, 4));
    let interleaved: Vec<f32> = left
        .iter()
        .zip(&right)
        .flat_map(|(&l, &r)| [l, r])
        .collect();
    for optimizer in AudioOptimizer::available() {
        let mut fft = OptimizedFft::new(2048, WindowKind::Hann, optimizer);
        for weights in [[1.0, 0.0], [0.0, 1.0], [0.5, 0.5], [0.5, -0.5]] {
            let mix: Vec<f32> = left
                .iter()
                .zip(&right)
                .map(|(l, r)| l * weights[0] + r * weights[1])
                .collect();
            let exact = exact_power(&mix, WindowKind::Hann);
            let ours = power(&mut fft, FftInput::Interleaved(&interleaved, weights));
            assert_close(&ours, &exact, 1e-6, "interleaved");
            let ours = power(&mut fft, FftInput::Planar(&left, &right, weights));
            assert_close(&ours, &exact, 1e-6, "planar");
        }
    }
}

#[test]
fn missing_frames_are_silence_and_the_last_transform_leaves_nothing_behind() {
    let frames = noise(4096, 5);
    let interleaved: Vec<f32> = frames.iter().flat_map(|&x| [x, x]).collect();
    for optimizer in AudioOptimizer::available() {
        let mut fft = OptimizedFft::new(1024, WindowKind::Hann, optimizer);
        for given in [0, 1, 17, 1000, 1023, 1024, 4096] {
            let mut padded = frames[..given.min(1024)].to_vec();
            padded.resize(1024, 0.0);
            let exact = power(&mut fft, FftInput::Mono(&padded));
            power(&mut fft, FftInput::Mono(&frames));
            assert_eq!(power(&mut fft, FftInput::Mono(&frames[..given])), exact);
            let half = [0.5; 2];
            let two = FftInput::Interleaved(&interleaved[..2 * given], half);
            assert_eq!(power(&mut fft, two), exact);
            let two = FftInput::Planar(&frames[..given], &frames, half);
            assert_eq!(power(&mut fft, two), exact);
        }
    }
}

#[test]
fn odd_sizes_become_the_next_that_works() {
    for (asked, got) in [(0, 512), (513, 1024), (8192, 8192), (1 << 20, 32_768)] {
        let fft = OptimizedFft::new(asked, WindowKind::Hann, AudioOptimizer::scalar());
        assert_eq!(fft.size(), got);
    }
}
