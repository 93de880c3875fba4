use super::*;
use std::f64::consts::TAU;

fn tone(hz: f64, rate: u32, frames: usize) -> Vec<f32> {
    let at = |n: usize| (0.5 * (TAU * hz * n as f64 / f64::from(rate)).sin()) as f32;
    (0..frames).flat_map(|n| [at(n), at(n)]).collect()
}

fn resample(source_hz: u32, output_hz: u32, input: &[f32], block: usize) -> Vec<f32> {
    let mut resampler = Resampler::new(source_hz, output_hz, 2).unwrap();
    let mut out = Vec::new();
    for frames in input.chunks(block * 2) {
        resampler.process(frames, &mut out);
    }
    resampler.finish(&mut out);
    out
}

#[test]
fn a_tone_comes_out_in_time_and_in_tune() {
    for (source_hz, output_hz) in [(44_100, 48_000), (96_000, 44_100), (8_000, 48_000)] {
        let out = resample(
            source_hz,
            output_hz,
            &tone(997.0, source_hz, source_hz as usize),
            777,
        );
        assert_eq!(
            out.len(),
            output_hz as usize * 2,
            "{source_hz} to {output_hz}"
        );
        let want = tone(997.0, output_hz, output_hz as usize);
        let middle = 20_000..out.len() - 20_000;
        let error: f64 = out[middle.clone()]
            .iter()
            .zip(&want[middle.clone()])
            .map(|(a, b)| f64::from(a - b).powi(2))
            .sum();
        let db = 10.0 * (error / middle.len() as f64 / 0.125).log10();
        println!("{source_hz} to {output_hz}: error {db:.1} dB");
        assert!(db < -140.0, "{source_hz} to {output_hz}: {db} dB");
    }
}

#[test]
fn output_does_not_depend_on_how_input_is_cut() {
    let input = tone(440.0, 44_100, 20_000);
    let whole = resample(44_100, 48_000, &input, 20_000);
    for block in [1, 100, 1024, 4_097] {
        assert_eq!(
            whole,
            resample(44_100, 48_000, &input, block),
            "blocks of {block}"
        );
    }
}

#[test]
fn tiny_inputs_keep_their_length() {
    for frames in [0_usize, 1, 2, 100] {
        let out = resample(44_100, 48_000, &tone(440.0, 44_100, frames), 64);
        let want = (frames as f64 * 48_000.0 / 44_100.0).round() as usize;
        assert_eq!(out.len(), want * 2);
    }
}

/// Left of what becomes of one second of a tone at 0.99 of full scale, without a tenth of a second at
/// either end.
fn steady(hz: f64, source_hz: u32, output_hz: u32) -> Vec<f64> {
    let at = |n: u32| (0.99 * (TAU * hz * f64::from(n) / f64::from(source_hz)).sin()) as f32;
    let input: Vec<f32> = (0..source_hz).flat_map(|n| [at(n), 0.0]).collect();
    let out = resample(source_hz, output_hz, &input, 4_096);
    assert!(out.iter().skip(1).step_by(2).all(|right| *right == 0.0));
    let left = out.into_iter().step_by(2).map(f64::from);
    let edge = output_hz as usize / 10;
    left.skip(edge)
        .take(output_hz as usize - 2 * edge)
        .collect()
}

/// The tone of `hz` nearest to `signal` by least squares: its level, and the power of everything else
/// from 0 Hz to half of `rate`, both in dB of a tone of 0.99.
fn fit(signal: &[f64], hz: f64, rate: u32) -> [f64; 2] {
    let turn = TAU * hz / f64::from(rate);
    let basis = |n: usize| (turn * n as f64).sin_cos();
    let (mut ss, mut sc, mut cc, mut xs, mut xc) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (n, x) in signal.iter().enumerate() {
        let (sin, cos) = basis(n);
        ss += sin * sin;
        sc += sin * cos;
        cc += cos * cos;
        xs += x * sin;
        xc += x * cos;
    }
    let determinant = ss * cc - sc * sc;
    let (a, b) = (
        (xs * cc - xc * sc) / determinant,
        (xc * ss - xs * sc) / determinant,
    );
    let rest = signal.iter().enumerate().map(|(n, x)| {
        let (sin, cos) = basis(n);
        (x - a * sin - b * cos).powi(2)
    });
    let rest = rest.sum::<f64>() / signal.len() as f64;
    let full = 0.99_f64.powi(2);
    [(a * a + b * b) / full, 2.0 * rest / full].map(|power| 10.0 * power.log10())
}

/// Up, down, and down by so much that the filter is at its shortest.
const PAIRS: [(u32, u32); 8] = [
    (44_100, 48_000),
    (96_000, 44_100),
    (48_000, 44_100),
    (44_100, 96_000),
    (44_100, 192_000),
    (192_000, 44_100),
    (352_800, 44_100),
    (384_000, 48_000),
];

#[test]
fn distortion_noise_and_images_stay_below_145_db() {
    for (source_hz, output_hz) in PAIRS {
        for hz in [997.0, 19_000.0] {
            let [_, rest] = fit(&steady(hz, source_hz, output_hz), hz, output_hz);
            println!("{source_hz} to {output_hz}, {hz} Hz: THD+N {rest:.1} dB");
            assert!(
                rest < -145.0,
                "{source_hz} to {output_hz}, {hz} Hz: {rest} dB"
            );
        }
    }
}

#[test]
fn levels_are_kept_up_to_20_khz() {
    let mut worst = 0.0_f64;
    for (source_hz, output_hz) in PAIRS {
        for hz in [
            20.0, 30.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 2_000.0, 5_000.0, 10_000.0, 14_000.0,
            16_000.0, 18_000.0, 19_000.0, 19_500.0, 20_000.0,
        ] {
            let [level, _] = fit(&steady(hz, source_hz, output_hz), hz, output_hz);
            worst = worst.max(level.abs());
            assert!(
                level.abs() < 0.001,
                "{source_hz} to {output_hz}, {hz} Hz: {level:+.4} dB"
            );
        }
    }
    println!("levels within {worst:.6} dB");
}

#[test]
fn what_the_lower_rate_cannot_hold_leaves_no_alias() {
    for (source_hz, output_hz, tones) in [
        (96_000, 44_100, &[23_000.0, 30_000.0, 41_000.0][..]),
        (48_000, 44_100, &[23_000.0, 23_900.0]),
        (192_000, 48_000, &[25_000.0, 30_000.0, 90_000.0]),
        (352_800, 44_100, &[23_000.0, 30_000.0, 170_000.0]),
    ] {
        for hz in tones {
            let out = steady(*hz, source_hz, output_hz);
            let power = out.iter().map(|x| x * x).sum::<f64>() / out.len() as f64;
            let db = 10.0 * (2.0 * power / 0.99_f64.powi(2)).log10();
            println!("{source_hz} to {output_hz}, {hz} Hz: {db:.1} dB");
            assert!(db < -140.0, "{source_hz} to {output_hz}, {hz} Hz: {db} dB");
        }
    }
}

#[test]
fn low_rates_pass_nine_tenths_of_what_they_hold() {
    for (source_hz, output_hz) in [(8_000, 48_000), (48_000, 8_000), (22_050, 44_100)] {
        let hz = 0.45 * f64::from(source_hz.min(output_hz));
        let [level, rest] = fit(&steady(hz, source_hz, output_hz), hz, output_hz);
        assert!(
            level.abs() < 0.001 && rest < -145.0,
            "{source_hz} to {output_hz}: {level:+.4} dB and {rest:.1} dB"
        );
    }
}
