use super::*;
use std::f64::consts::TAU;

const RATE_HZ: f64 = 44_100.0;

fn stretcher(speed: f64, channels: usize) -> TimeStretch {
    TimeStretch::new(speed, RATE_HZ as u32, channels, AudioOptimizer::detected())
}

fn stretch_in(input: &[f32], speed: f64, channels: usize, block: usize) -> Vec<f32> {
    let mut stretcher = stretcher(speed, channels);
    let mut out = Vec::new();
    for frames in input.chunks(block * channels) {
        stretcher.process(frames, &mut out);
    }
    stretcher.finish(&mut out);
    out
}

fn stretch(input: &[f32], speed: f64) -> Vec<f32> {
    stretch_in(input, speed, 2, 1_000)
}

/// Stereo, the right side at half the level and turned.
fn tone(hz: f64, frames: usize) -> Vec<f32> {
    let phase = |n: usize| TAU * hz * n as f64 / RATE_HZ;
    (0..frames)
        .flat_map(|n| [0.5 * phase(n).sin(), 0.25 * (phase(n) + 1.0).sin()])
        .map(|s| s as f32)
        .collect()
}

fn noise(frames: usize) -> Vec<f32> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let random = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
    };
    (0..frames * 2).map(random).collect()
}

/// Amplitude of the tone of `hz` in the left channel, and the level of all else relative to it in dB.
fn tone_and_rest(frames: &[f32], hz: f64) -> (f64, f64) {
    // Whole periods of every whole frequency: sine and cosine are orthogonal.
    let left: Vec<f64> = frames[frames.len() / 4..]
        .chunks(2)
        .take(RATE_HZ as usize)
        .map(|frame| f64::from(frame[0]))
        .collect();
    assert_eq!(left.len(), RATE_HZ as usize);
    let [mut re, mut im, mut power] = [0.0; 3];
    for (n, s) in left.iter().enumerate() {
        let (sin, cos) = (TAU * hz * n as f64 / RATE_HZ).sin_cos();
        (re, im, power) = (re + s * cos, im + s * sin, power + s * s);
    }
    let amplitude = 2.0 * re.hypot(im) / RATE_HZ;
    let tone_power = 0.5 * amplitude * amplitude;
    let rest = (power / RATE_HZ - tone_power).max(1e-20);
    (amplitude, 10.0 * (rest / tone_power).log10())
}

#[test]
fn a_tone_keeps_pitch_and_level_and_stays_clean() {
    for speed in [0.5, 0.8, 1.25, 2.0] {
        for hz in [97.0, 440.0, 997.0, 1_000.0, 5_234.0] {
            let (amplitude, rest_db) = tone_and_rest(&stretch(&tone(hz, 180_000), speed), hz);
            let change_db = 20.0 * (amplitude / 0.5).log10();
            assert!(change_db.abs() < 0.1, "{hz} Hz at {speed}: {change_db} dB");
            let most_db = if hz < 200.0 { -38.0 } else { -45.0 };
            assert!(
                rest_db < most_db,
                "{hz} Hz at {speed}: the rest at {rest_db} dB"
            );
        }
    }
}

#[test]
fn noise_keeps_its_level_in_splices() {
    let input = noise(100_000);
    let level = |part: &[f32]| 10.0 * part.iter().map(|s| s * s).sum::<f32>().log10();
    for speed in [0.5, 0.8, 1.25, 2.0] {
        let out = stretch(&input, speed);
        let change = level(&out) - level(&input) + 10.0 * speed.log10() as f32;
        assert!(change.abs() < 0.1, "{speed}: {change} dB");
    }
}

#[test]
fn lengths_are_exact_and_blocks_do_not_matter() {
    let input = noise(30_011);
    for speed in [0.5, 0.8, 1.25, 2.0] {
        let whole = stretch_in(&input, speed, 2, 30_011);
        assert_eq!(whole.len() / 2, (30_011.0 / speed).round() as usize);
        for block in [1, 100, 4_097] {
            assert!(
                stretch_in(&input, speed, 2, block) == whole,
                "{speed}, {block}"
            );
        }
        for frames in [0, 1, 700] {
            let out = stretch(&input[..2 * frames], speed);
            assert_eq!(out.len() / 2, (frames as f64 / speed).round() as usize);
        }
    }
}

#[test]
fn clicks_stay_sharp_and_at_their_times() {
    // Eight a second, each three samples long.
    let mut input = vec![0.0; 2 * 176_400];
    for click in input.chunks_exact_mut(2 * 5_512) {
        click[2 * 2_000..][..6].copy_from_slice(&[0.5, 0.25, 0.8, 0.4, 0.5, 0.25]);
    }
    for speed in [0.8, 1.25] {
        let out = stretch(&input, speed);
        let loud: Vec<usize> = (0..out.len() / 2).filter(|&n| out[2 * n] > 0.4).collect();
        assert_eq!(loud.len(), 3 * 32, "{speed}: each once, unsmeared");
        for (n, at) in loud.chunks(3).enumerate() {
            let wanted = (5_512.0 * n as f64 + 2_000.0) / speed;
            let late_ms = (at[0] as f64 - wanted) / RATE_HZ * 1e3;
            assert!(late_ms.abs() < 15.0, "{speed}: {late_ms} ms");
        }
    }
}

#[test]
fn channels_are_cut_at_the_same_places_even_in_opposite_phase() {
    // The second channel is the first one turned over, the third is silent, the fourth half of the first.
    let one: Vec<f32> = tone(443.7, 60_000).into_iter().step_by(2).collect();
    let input: Vec<f32> = one.iter().flat_map(|&s| [s, -s, 0.0, 0.5 * s]).collect();
    for speed in [0.7, 1.6] {
        let out = stretch_in(&input, speed, 4, 512);
        for frame in out.chunks(4) {
            assert_eq!(frame, [frame[0], -frame[0], 0.0, 0.5 * frame[0]]);
        }
        // Its sum is silent, and still it is in one piece: no step is larger than the tone's own.
        let whole = &out[..out.len() - 4 * 4_000];
        let step = whole.chunks(4).map(|frame| frame[0]).collect::<Vec<_>>();
        let largest = step
            .windows(2)
            .map(|w| (w[1] - w[0]).abs())
            .fold(0.0, f32::max);
        assert!(
            largest < 0.5 * 1.1 * (TAU * 443.7 / RATE_HZ) as f32,
            "{largest}"
        );
    }
}

#[test]
fn a_speed_changes_and_goes_without_a_step() {
    let input = tone(440.0, 132_300);
    let (first, rest) = input.split_at(2 * 44_100);
    let (second, third) = rest.split_at(2 * 44_100);
    let mut stretcher = stretcher(0.6, 2);
    let mut out = Vec::new();
    stretcher.process(first, &mut out);
    let position = stretcher.position();
    assert!((position - 0.6 * (out.len() / 2) as f64).abs() < 1e-6);
    let before = out.len();
    stretcher.set_speed(1.7);
    stretcher.process(second, &mut out);
    let passed = stretcher.position() - position;
    assert!((passed - 1.7 * ((out.len() - before) / 2) as f64).abs() < 1e-6);
    let (before, due) = (out.len(), stretcher.position());
    let next = stretcher.release(&mut out) as usize;
    assert!((next as f64 - due).abs() < 0.05 * RATE_HZ, "{next}, {due}");
    assert!(
        out[before..] == input[2 * next..2 * 88_200],
        "the rest as it is"
    );
    out.extend_from_slice(third);
    let steps = out.windows(3).step_by(2).map(|w| (w[2] - w[0]).abs());
    let largest = steps.fold(0.0, f32::max);
    assert!(
        largest < 0.5 * 1.1 * (TAU * 440.0 / RATE_HZ) as f32,
        "{largest}"
    );
}

#[test]
fn silence_stays_silent() {
    assert!(stretch(&[0.0; 40_000], 0.9).iter().all(|&s| s == 0.0));
}
