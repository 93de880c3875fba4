use super::*;
use std::f64::consts::PI;

const RATE: f64 = 48_000.0;

struct Noise(u32);

impl Noise {
    /// Within -1..1.
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        f64::from(self.0) / 2_147_483_648.0 - 1.0
    }
}

fn kaiser_sinc(t: f64, half_width: f64, beta: f64) -> f64 {
    let i0 = |x: f64| {
        (1..60)
            .fold((1.0, 1.0), |(sum, term), k| {
                let term: f64 = term * (x / 2.0 / f64::from(k)).powi(2);
                (sum + term, term)
            })
            .0
    };
    let x = t / half_width;
    if x.abs() >= 1.0 {
        return 0.0;
    }
    let sinc = if t == 0.0 {
        1.0
    } else {
        (PI * t).sin() / (PI * t)
    };
    sinc * i0(beta * (1.0 - x * x).sqrt()) / i0(beta)
}

/// The true peak in dB by 16x oversampling in f64 with a converter's filter: flat to 0.45 fs, 100
/// dB down from 0.55 fs.
fn true_peak_db(samples: &[f32], channels: usize) -> f64 {
    const HALF: usize = 32;
    let phases: Vec<Vec<f64>> = (0..16)
        .map(|p| {
            (0..2 * HALF)
                .map(|k| {
                    let t = k as f64 - (HALF as f64 - 1.0) - f64::from(p) / 16.0;
                    kaiser_sinc(t, HALF as f64, 10.0)
                })
                .collect()
        })
        .collect();
    let mut peak = 0.0_f64;
    for channel in 0..channels {
        let line: Vec<f64> = std::iter::repeat_n(0.0, 2 * HALF)
            .chain(
                samples
                    .iter()
                    .skip(channel)
                    .step_by(channels)
                    .map(|s| f64::from(*s)),
            )
            .chain(std::iter::repeat_n(0.0, 2 * HALF))
            .collect();
        for window in line.windows(2 * HALF) {
            for taps in &phases {
                let sum: f64 = taps.iter().zip(window).map(|(t, x)| t * x).sum();
                peak = peak.max(sum.abs());
            }
        }
    }
    20.0 * peak.log10()
}

/// The worst signals, in stereo with silence on the right or the same, louder than full scale.
fn worst_signals() -> Vec<(String, Vec<f32>)> {
    let frames = 9_600;
    let mut signals: Vec<(String, Vec<f64>)> = Vec::new();
    for (over, under) in [
        (1, 4),
        (1, 3),
        (1, 6),
        (1, 8),
        (2, 5),
        (3, 8),
        (5, 12),
        (1, 48),
        (1, 480),
    ] {
        for degrees in [0.0, 22.5, 45.0, 60.0, 67.5, 90.0] {
            let sine = |n: usize| {
                let turns = n as f64 * f64::from(over) / f64::from(under) + degrees / 360.0;
                // Begins and ends with a jump.
                let on = (n / 1_200) % 2 == 1;
                f64::from(u8::from(on)) * 1.6 * (2.0 * PI * turns).sin()
            };
            signals.push((
                format!("{over}/{under} fs at {degrees}"),
                (0..frames).map(sine).collect(),
            ));
        }
    }
    for hz in [50.0, 997.0, 5_001.0, 12_000.0] {
        let square = |n: usize| 2.0 * (2.0 * PI * hz * n as f64 / RATE + 0.1).sin().signum();
        signals.push((format!("square {hz} Hz"), (0..frames).map(square).collect()));
    }
    for gain in [1.1, 1.5, 4.0] {
        let mut noise = Noise(1);
        let clipped = (0..frames)
            .map(|_| gain * (noise.next() * 3.0).clamp(-1.0, 1.0))
            .collect();
        signals.push((format!("clipped noise x {gain}"), clipped));
    }
    let mut noise = Noise(2);
    let mut alternating = vec![0.0; frames];
    for start in (0..frames - 20).step_by(311) {
        for n in 0..(noise.next() * 10.0).abs() as usize {
            alternating[start + n] =
                (1.0 + noise.next().abs() * 3.0) * if n % 2 == 0 { 1.0 } else { -1.0 };
        }
    }
    signals.push(("alternating bursts".into(), alternating));
    let mut music = vec![0.0; frames];
    for (n, sample) in music.iter_mut().enumerate() {
        let t = n as f64 / RATE;
        let decay = (-(t % 0.05) * 80.0).exp();
        *sample = 0.8 * (2.0 * PI * 60.0 * t).sin() + 8.0 * decay * noise.next();
    }
    signals.push(("drums".into(), music));
    signals
        .into_iter()
        .map(|(name, mono)| {
            // Silence behind, so that the delay does not cut the sound off.
            let mono = mono.into_iter().chain(std::iter::repeat_n(0.0, 200));
            let stereo = mono.flat_map(|s| [s as f32, (-0.7 * s) as f32]).collect();
            (name, stereo)
        })
        .collect()
}

fn engaged(ceiling_db: f32) -> TruePeakLimiter {
    let mut limiter = TruePeakLimiter::new(RATE, Decibels(ceiling_db), AudioOptimizer::detected());
    limiter.set_engaged(true);
    limiter.process(&mut [], 2);
    limiter.reset();
    limiter
}

#[test]
fn no_true_peak_passes_the_ceiling() {
    let mut worst = f64::MIN;
    for (name, mut samples) in worst_signals() {
        let before = true_peak_db(&samples, 2);
        engaged(-1.0).process(&mut samples, 2);
        let after = true_peak_db(&samples, 2);
        println!("{name}: {before:+.2} -> {after:+.3} dBTP");
        worst = worst.max(after);
        let ceiling = Decibels(-1.0).to_gain();
        assert!(samples.iter().all(|s| s.abs() <= ceiling), "{name}");
        assert!(after < -1.0 + 0.1, "{name}: {after:.3}");
        // And not much lower than needed.
        assert!(after > -1.7, "{name}: {after:.3}");
    }
    println!("worst {worst:+.3}");
}

#[test]
fn below_the_ceiling_every_bit_passes() {
    let mut noise = Noise(3);
    let mut samples: Vec<f32> = (0..20_000).map(|_| noise.next() as f32).collect();
    let peak = true_peak_db(&samples, 2);
    let gain = 10.0_f64.powf((-1.0 - 0.2 - peak) / 20.0) as f32;
    samples.iter_mut().for_each(|s| *s *= gain);
    let input = samples.clone();
    let mut limiter = engaged(-1.0);
    limiter.process(&mut samples, 2);
    let delay = 2 * limiter.latency_frames();
    assert_eq!(samples[delay..], input[..input.len() - delay]);
    assert!(samples[..delay].iter().all(|s| *s == 0.0));
    assert!(limiter.is_released());
    assert_eq!(limiter.take_gain_reduction(), Decibels(0.0));
}

#[test]
fn the_gain_moves_smoothly_and_returns_to_exactly_one() {
    // A constant shows the gain itself; the click in it is 12 dB too loud.
    let mut samples = vec![0.25_f32; 2 * 96_000];
    samples[2 * 4_800] = 4.0;
    let mut limiter = engaged(0.0);
    limiter.process(&mut samples, 2);
    let right: Vec<f32> = samples
        .iter()
        .skip(2 * 400 + 1)
        .step_by(2)
        .copied()
        .collect();
    let steepest = right
        .windows(2)
        .map(|w| (w[1] - w[0]).abs())
        .fold(0.0, f32::max);
    // 12 dB over 1.5 ms: a straight line would step by 0.0026 of this.
    assert!(steepest < 0.0056, "{steepest}");
    assert!(right.iter().any(|s| *s < 0.0626));
    assert_eq!(right.last(), Some(&0.25));
    assert!(limiter.is_released());
    let reduction = limiter.take_gain_reduction().0;
    assert!((reduction + 12.1).abs() < 0.1, "{reduction}");
    // Half the reduction is back after 0.1 s.
    let back = (1.0 - right[4_800 - 400 + 100 + 4_990] / 0.25) / 0.75;
    assert!((back - 0.5).abs() < 0.03, "{back}");
}

#[test]
fn blocks_of_any_size_give_the_same_bits() {
    for channels in [1, 2, 6] {
        let mut noise = Noise(4);
        let input: Vec<f32> = (0..6_000 * channels)
            .map(|_| 2.5 * noise.next() as f32)
            .collect();
        let render = |mut sizes: Box<dyn FnMut() -> usize>, optimizer| {
            let mut limiter = TruePeakLimiter::new(RATE, Decibels(-0.1), optimizer);
            let mut samples = input.clone();
            let mut done = 0;
            // In at frame 100, out at 3000, back before that is over, and out again.
            for (until, on) in [
                (100, false),
                (3_000, true),
                (3_200, false),
                (4_000, true),
                (6_000, false),
            ] {
                limiter.set_engaged(on);
                while done < until {
                    let frames = sizes().min(until - done);
                    let block = &mut samples[done * channels..(done + frames) * channels];
                    limiter.process(block, channels);
                    done += frames;
                }
            }
            assert!(limiter.is_idle());
            samples
        };
        let plain = render(Box::new(|| 6_000), AudioOptimizer::scalar());
        let whole = render(Box::new(|| 6_000), AudioOptimizer::detected());
        for (a, b) in whole.iter().zip(&plain) {
            assert!((a - b).abs() < 1e-5, "{channels} channels: {a} {b}");
        }
        for size in [1, 7, 64, 480, 1_056] {
            let again = render(Box::new(move || size), AudioOptimizer::detected());
            assert_eq!(whole, again, "{channels} channels in blocks of {size}");
        }
        let mut random = Noise(5);
        let sizes = Box::new(move || 1 + (random.next().abs() * 700.0) as usize);
        assert_eq!(whole, render(sizes, AudioOptimizer::detected()));
    }
}

#[test]
fn going_in_and_out_of_circuit_does_not_click() {
    let sine = |n: usize| 0.5 * (2.0 * PI * 200.0 * n as f64 / RATE).sin() as f32;
    let input: Vec<f32> = (0..9_600).flat_map(|n| [sine(n), -sine(n)]).collect();
    let mut samples = input.clone();
    let mut limiter = TruePeakLimiter::new(RATE, Decibels(0.0), AudioOptimizer::detected());
    assert!(limiter.is_idle());
    limiter.process(&mut samples[..2_000], 2);
    limiter.set_engaged(true);
    limiter.process(&mut samples[2_000..10_000], 2);
    assert!(limiter.is_settled());
    let delay = 2 * limiter.latency_frames();
    assert_eq!(samples[9_000..10_000], input[9_000 - delay..10_000 - delay]);
    limiter.set_engaged(false);
    limiter.process(&mut samples[10_000..], 2);
    assert!(limiter.is_idle());
    assert_eq!(limiter.latency_frames(), 0);
    assert_eq!(samples[..2_000], input[..2_000]);
    assert_eq!(samples[12_000..], input[12_000..]);
    // A 200 Hz sine at 0.5 moves by 0.0131 a frame and bends by 0.00035.
    let left: Vec<f32> = samples.iter().step_by(2).copied().collect();
    for w in left.windows(3) {
        assert!((w[1] - w[0]).abs() < 0.0145);
        assert!((w[2] - 2.0 * w[1] + w[0]).abs() < 0.0006);
    }
}

#[test]
fn on_the_way_in_samples_are_clipped_at_the_ceiling() {
    let mut noise = Noise(6);
    let mut samples: Vec<f32> = (0..8_000).map(|_| 3.0 * noise.next() as f32).collect();
    let mut limiter = TruePeakLimiter::new(RATE, Decibels(-0.1), AudioOptimizer::detected());
    limiter.process(&mut [], 2);
    limiter.set_engaged(true);
    limiter.process(&mut samples, 2);
    let ceiling = Decibels(-0.1).to_gain();
    assert!(samples.iter().all(|s| s.abs() <= ceiling * 1.000_001));
}

#[test]
fn broken_samples_leave_nothing_behind_and_silence_is_zero() {
    let mut limiter = engaged(-0.1);
    let mut samples = vec![0.9_f32; 2 * 48_000 * 3];
    samples[500] = f32::NAN;
    samples[1_500] = f32::INFINITY;
    samples[2 * 48_000..].fill(0.0);
    limiter.process(&mut samples, 2);
    assert!(samples[2 * 1_200..].iter().all(|s| s.is_finite()));
    assert!(samples[2 * 49_000..].iter().all(|s| *s == 0.0));
    assert!(limiter.is_released());
}
