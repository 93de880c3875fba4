//! How exact the running filters are, at every SIMD level.

use super::super::equalizer::{ChannelTarget, EqualizerBand, EqualizerSettings};
use super::super::filter::{FilterKind, FilterSpec, PassSlope};
use super::super::units::Decibels;
use super::*;
use std::f64::consts::{PI, TAU};

const GAINS_DB: [f64; 3] = [9.0, -9.0, 5.0];

fn settings(bands: impl IntoIterator<Item = FilterSpec>) -> EqualizerSettings {
    EqualizerSettings {
        enabled: true,
        preamp: Decibels::UNITY,
        bands: bands.into_iter().map(EqualizerBand::new).collect(),
        curve: None,
    }
}

fn peaks(count: i32) -> EqualizerSettings {
    let (first_hz, step, q) = match count {
        10 => (31.25, 1.0, 1.41),
        _ => (20.0, 1.0 / 3.0, 4.32),
    };
    settings((0..count).map(|n| {
        let hz = first_hz * (f64::from(n) * step).exp2();
        FilterSpec::new(FilterKind::Peak, hz, GAINS_DB[n as usize % 3], q)
    }))
}

/// A cascade of RBJ cookbook biquads in f64, transposed direct form II: another form, another
/// precision, another text.
fn oracle(settings: &EqualizerSettings, rate_hz: f64, input: &[f32]) -> Vec<f64> {
    let mut samples: Vec<f64> = input.iter().map(|&s| f64::from(s)).collect();
    for band in &settings.bands {
        let FilterSpec {
            frequency_hz,
            gain_db,
            q,
            kind,
            ..
        } = band.filter;
        let (w, a) = (TAU * frequency_hz / rate_hz, 10.0_f64.powf(gain_db / 40.0));
        let (cos, alpha) = (w.cos(), w.sin() / (2.0 * q));
        let (b, c) = match kind {
            FilterKind::Peak => (
                [1.0 + alpha * a, -2.0 * cos, 1.0 - alpha * a],
                [1.0 + alpha / a, -2.0 * cos, 1.0 - alpha / a],
            ),
            FilterKind::LowShelf => {
                let beta = 2.0 * a.sqrt() * alpha;
                (
                    [
                        a * ((a + 1.0) - (a - 1.0) * cos + beta),
                        2.0 * a * ((a - 1.0) - (a + 1.0) * cos),
                        a * ((a + 1.0) - (a - 1.0) * cos - beta),
                    ],
                    [
                        (a + 1.0) + (a - 1.0) * cos + beta,
                        -2.0 * ((a - 1.0) + (a + 1.0) * cos),
                        (a + 1.0) + (a - 1.0) * cos - beta,
                    ],
                )
            }
            FilterKind::HighPass => (
                [(1.0 + cos) / 2.0, -(1.0 + cos), (1.0 + cos) / 2.0],
                [1.0 + alpha, -2.0 * cos, 1.0 - alpha],
            ),
            other => panic!("no oracle for {other:?}"),
        };
        let ([b0, b1, b2], [a0, a1, a2]) = (b.map(|b| b / c[0]), c.map(|a| a / c[0]));
        assert_eq!(a0, 1.0);
        let mut state = [[0.0; 2]; 2];
        for (n, sample) in samples.iter_mut().enumerate() {
            let s = &mut state[n % 2];
            let y = b0 * *sample + s[0];
            s[0] = b1 * *sample - a1 * y + s[1];
            s[1] = b2 * *sample - a2 * y;
            *sample = y;
        }
    }
    samples
}

fn noise(frames: usize) -> Vec<f32> {
    let mut seed = 0x2545_F491_u32;
    let next = |_| {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        seed as f32 / u32::MAX as f32 - 0.5
    };
    (0..frames * 2).map(next).collect()
}

fn stereo(frames: usize, signal: impl Fn(f64) -> f64, rate_hz: f64) -> Vec<f32> {
    (0..frames)
        .flat_map(|n| [signal(n as f64 / rate_hz) as f32; 2])
        .collect()
}

fn sweep(frames: usize, rate_hz: f64) -> Vec<f32> {
    let (octaves, seconds) = (10.0, frames as f64 / rate_hz);
    let per_second = octaves / seconds;
    let turns = move |t: f64| 20.0 * ((per_second * t).exp2() - 1.0) / (per_second * 2.0_f64.ln());
    stereo(frames, move |t| 0.5 * (TAU * turns(t)).sin(), rate_hz)
}

fn run(
    optimizer: AudioOptimizer,
    settings: &EqualizerSettings,
    rate_hz: f64,
    input: &[f32],
) -> Vec<f32> {
    let mut eq = EqBandOptimizer::new(optimizer, rate_hz, 2, 0.02);
    eq.jump_to(&settings.design(rate_hz));
    let mut output = input.to_vec();
    eq.process(&mut output);
    output
}

fn rms_db(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for value in values {
        sum += value * value;
        count += 1.0;
    }
    10.0 * (sum / count).max(1e-40).log10()
}

fn error_db(output: &[f32], exact: &[f64]) -> f64 {
    rms_db(output.iter().zip(exact).map(|(o, e)| f64::from(*o) - e))
}

#[test]
fn the_error_against_f64_is_far_below_hearing() {
    let frames = 96_000;
    let rate_hz = 48_000.0;
    for optimizer in AudioOptimizer::available() {
        for (bands, bar_db) in [(10, -110.0), (31, -105.0)] {
            let eq = peaks(bands);
            for (name, input) in [
                (
                    "tone",
                    stereo(frames, |t| 0.5 * (TAU * 997.0 * t).sin(), rate_hz),
                ),
                (
                    "bass",
                    stereo(frames, |t| 0.5 * (TAU * 33.0 * t).sin(), rate_hz),
                ),
                ("sweep", sweep(frames, rate_hz)),
                ("noise", noise(frames)),
            ] {
                let exact = oracle(&eq, rate_hz, &input);
                let error = error_db(&run(optimizer, &eq, rate_hz, &input), &exact)
                    - rms_db(exact.iter().copied());
                println!(
                    "{bands} bands, {name}, {}: {error:.1} dB",
                    optimizer.level().name()
                );
                assert!(error < bar_db, "{bands} bands, {name}: {error:.1} dB");
            }
        }
    }
}

#[test]
fn a_deep_band_at_a_high_rate_is_as_exact() {
    let rate_hz = 192_000.0;
    let frames = 2 * 192_000;
    let eq = settings([FilterSpec::new(FilterKind::Peak, 31.0, 12.0, 1.41)]);
    for optimizer in AudioOptimizer::available() {
        for (name, input) in [
            (
                "tone",
                stereo(frames, |t| 0.2 * (TAU * 31.0 * t).sin(), rate_hz),
            ),
            ("sweep", sweep(frames, rate_hz)),
            ("noise", noise(frames)),
        ] {
            let exact = oracle(&eq, rate_hz, &input);
            let error = error_db(&run(optimizer, &eq, rate_hz, &input), &exact);
            println!(
                "31 Hz at 192 kHz, {name}, {}: {error:.1} dBFS",
                optimizer.level().name()
            );
            assert!(error < -130.0, "{name}: {error:.1} dBFS");
        }
    }
}

#[test]
fn shelves_and_passes_are_as_exact_as_bells() {
    let rate_hz = 44_100.0;
    let eq = settings([
        FilterSpec::new(FilterKind::HighPass, 25.0, 0.0, 0.7),
        FilterSpec::new(FilterKind::LowShelf, 105.0, 6.5, 0.7),
        FilterSpec::new(FilterKind::Peak, 3_000.0, -6.0, 2.0),
    ]);
    let input = noise(96_000);
    let exact = oracle(&eq, rate_hz, &input);
    for optimizer in AudioOptimizer::available() {
        let error = error_db(&run(optimizer, &eq, rate_hz, &input), &exact);
        assert!(
            error < -125.0,
            "{}: {error:.1} dBFS",
            optimizer.level().name()
        );
    }
}

/// The response of what runs, not of what was designed: the spectrum of an impulse.
#[test]
fn every_kind_runs_with_the_response_it_shows() {
    let kinds = [
        FilterKind::Peak,
        FilterKind::LowShelf,
        FilterKind::HighShelf,
        FilterKind::LowPass,
        FilterKind::HighPass,
        FilterKind::BandPass,
        FilterKind::Notch,
        FilterKind::AllPass,
    ];
    for optimizer in AudioOptimizer::available() {
        for kind in kinds {
            for rate_hz in [44_100.0, 48_000.0, 96_000.0, 192_000.0, 384_000.0] {
                for slope in [6, 12, 24, 48] {
                    let slope = PassSlope::from_db_per_octave(slope).unwrap();
                    let is_pass = matches!(kind, FilterKind::LowPass | FilterKind::HighPass);
                    if !is_pass && slope != PassSlope::SECOND_ORDER {
                        continue;
                    }
                    let eq = settings([FilterSpec {
                        slope,
                        ..FilterSpec::new(kind, 900.0, 7.5, 1.1)
                    }]);
                    let frames = rate_hz as usize / 8;
                    let mut input = vec![0.0; 2 * frames];
                    input[..2].fill(1.0);
                    let output = run(optimizer, &eq, rate_hz, &input);
                    let mut hz = 20.0;
                    while hz < 0.45 * rate_hz {
                        let (mut re, mut im) = (0.0, 0.0);
                        for (n, frame) in output.as_chunks::<2>().0.iter().enumerate() {
                            let (sin, cos) = (TAU * hz * n as f64 / rate_hz).sin_cos();
                            re += f64::from(frame[0]) * cos;
                            im += f64::from(frame[0]) * sin;
                        }
                        let got = 10.0 * (re * re + im * im).log10();
                        let want = eq.response_db(hz, rate_hz);
                        assert!(
                            (got - want).abs() < 0.01 || want < -60.0,
                            "{kind:?} at {rate_hz}: {got} dB at {hz} Hz, not {want} dB"
                        );
                        hz *= 2.3;
                    }
                }
            }
        }
    }
}

#[test]
fn levels_agree_at_every_length_and_alignment() {
    let bank = peaks(31).design(48_000.0);
    let input = noise(300);
    for length in 0..=257 {
        for offset in [0, 1, 3] {
            let render = |optimizer| {
                let mut eq = EqBandOptimizer::new(optimizer, 48_000.0, 2, 0.02);
                eq.jump_to(&bank);
                let mut output = input.clone();
                eq.process(&mut output[offset..offset + 2 * length]);
                output
            };
            let scalar = render(AudioOptimizer::scalar());
            for optimizer in AudioOptimizer::available() {
                for (got, want) in render(optimizer).iter().zip(&scalar) {
                    // Three roundings of the largest sample on the way through 31 sections, which
                    // the levels add up in different orders: -123 dB.
                    let near = (got - want).abs() <= 6.0 * f32::EPSILON;
                    assert!(
                        near,
                        "{:?}, {length} frames: {got} {want}",
                        optimizer.level()
                    );
                }
            }
        }
    }
}

#[test]
fn sections_work_on_their_channels_only() {
    let input = noise(4_000);
    let filter = FilterSpec::new(FilterKind::Peak, 1_000.0, 9.0, 1.0);
    let both = settings([filter]);
    for optimizer in AudioOptimizer::available() {
        let want = run(optimizer, &both, 48_000.0, &input);
        for (target, part) in [(ChannelTarget::Left, 0), (ChannelTarget::Right, 1)] {
            let mut one = both.clone();
            one.bands[0].target = target;
            let got = run(optimizer, &one, 48_000.0, &input);
            for ((got, want), dry) in got
                .chunks_exact(2)
                .zip(want.chunks_exact(2))
                .zip(input.chunks_exact(2))
            {
                assert_eq!(got[part], want[part]);
                assert_eq!(got[1 - part], dry[1 - part]);
            }
        }
        for (target, sign) in [(ChannelTarget::Mid, 1.0), (ChannelTarget::Side, -1.0)] {
            let mut one = both.clone();
            one.bands[0].target = target;
            let got = run(optimizer, &one, 48_000.0, &input);
            let part = |frame: &[f32], sign: f32| frame[0] + sign * frame[1];
            for ((got, want), dry) in got
                .chunks_exact(2)
                .zip(want.chunks_exact(2))
                .zip(input.chunks_exact(2))
            {
                assert!((part(got, sign) - part(want, sign)).abs() < 1e-6);
                assert!((part(got, -sign) - part(dry, -sign)).abs() < 1e-6);
            }
        }
    }
}

#[test]
fn a_day_of_noise_leaves_no_trace() {
    let bank = peaks(10).design(48_000.0);
    let new = || {
        let mut eq = EqBandOptimizer::new(AudioOptimizer::detected(), 48_000.0, 2, 0.02);
        eq.jump_to(&bank);
        eq
    };
    let mut eq = new();
    let second = noise(48_000);
    let mut block = second.clone();
    let mut mean = 0.0;
    for turn in 0..24 * 3_600 {
        block.copy_from_slice(&second);
        // Each second another stretch of the noise, so that nothing repeats in step.
        block.rotate_left(2 * (turn * 7_919 % 48_000));
        eq.process(&mut block);
        if turn >= 24 * 3_600 - 60 {
            mean += block.iter().map(|&s| f64::from(s)).sum::<f64>();
        }
    }
    mean /= 60.0 * 96_000.0;
    let noise_mean = second.iter().map(|&s| f64::from(s)).sum::<f64>() / 96_000.0;
    assert!((mean - noise_mean).abs() < 1e-3, "mean {mean}");
    for _ in 0..10 {
        block.fill(0.0);
        eq.process(&mut block);
    }
    assert!(block.iter().all(|&s| s == 0.0));
    let (mut old, mut fresh) = (second.clone(), second);
    eq.process(&mut old);
    new().process(&mut fresh);
    assert_eq!(old, fresh);
}

/// Gain of a bin of a windowed tone, for judging what stands beside it.
fn spectrum_db(samples: &[f64]) -> Vec<f64> {
    let size = samples.len();
    let plan = transforms::real_f64(size);
    let mut windowed: Vec<f64> = samples
        .iter()
        .enumerate()
        .map(|(n, s)| {
            // Blackman-Harris, four terms; its mean is 0.35875.
            let x = TAU * n as f64 / size as f64;
            let window =
                0.35875 - 0.48829 * x.cos() + 0.14128 * (2.0 * x).cos() - 0.01168 * (3.0 * x).cos();
            s * window * 2.0 / (0.35875 * size as f64)
        })
        .collect();
    let mut bins = plan.make_output_vec();
    plan.process(&mut windowed, &mut bins).unwrap();
    bins.iter()
        .map(|bin| 20.0 * bin.norm().max(1e-12).log10())
        .collect()
}

#[test]
fn a_sweeping_gain_adds_nothing_outside_its_own_band() {
    let rate_hz = 48_000.0;
    let size = 1 << 17;
    for optimizer in AudioOptimizer::available() {
        let mut eq = EqBandOptimizer::new(optimizer, rate_hz, 2, 0.02);
        let bank_at = |seconds: f64| {
            // The slider goes up and down by 6 dB every two seconds.
            let gain_db = 6.0 * (PI * seconds).sin();
            settings([FilterSpec::new(FilterKind::Peak, 1_000.0, gain_db, 1.41)]).design(rate_hz)
        };
        eq.jump_to(&bank_at(0.0));
        let mut output = Vec::new();
        for block in 0..(size / 512 + 20) {
            let start = block * 512;
            eq.set_target(&bank_at(start as f64 / rate_hz));
            let mut samples: Vec<f32> = (start..start + 512)
                .flat_map(|n| {
                    let tone = 0.25 * (TAU * 1_000.0 * n as f64 / rate_hz).sin();
                    [tone as f32; 2]
                })
                .collect();
            eq.process(&mut samples);
            output.extend(samples.iter().step_by(2).map(|&s| f64::from(s)));
        }
        let bins = spectrum_db(&output[output.len() - size..]);
        let worst = bins
            .iter()
            .enumerate()
            .map(|(bin, db)| (bin as f64 * rate_hz / size as f64, *db))
            .filter(|(hz, _)| (hz - 1_000.0).abs() > 400.0)
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .unwrap();
        println!(
            "sweeping gain, {}: {:.1} dBFS at {:.0} Hz",
            optimizer.level().name(),
            worst.1,
            worst.0
        );
        assert!(worst.1 < -90.0, "{:.1} dBFS at {:.0} Hz", worst.1, worst.0);
    }
}
