use super::super::equalizer::EqualizerSettings;
use super::super::filter::FilterKind;
use super::super::units::Decibels;
use super::*;
use std::f64::consts::TAU;

const RATE_HZ: f64 = 48_000.0;

fn new_bank(channels: usize) -> EqBandOptimizer {
    EqBandOptimizer::new(AudioOptimizer::detected(), RATE_HZ, channels, 0.02)
}

fn ten_band(gains_db: [f64; 10]) -> EqBank {
    let mut eq = EqualizerSettings::ten_bands();
    for (band, gain_db) in eq.bands.iter_mut().zip(gains_db) {
        band.filter.gain_db = gain_db;
    }
    eq.design(RATE_HZ)
}

const WILD: [f64; 10] = [9.0, -9.0, 5.0, 9.0, -9.0, 5.0, 9.0, -9.0, 5.0, 12.0];

/// Stereo noise from a fixed xorshift seed, within ±0.5.
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

#[test]
fn a_flat_bank_changes_no_bit() {
    let mut eq = new_bank(2);
    eq.set_target(&ten_band([0.0; 10]));
    let input = noise(5_000);
    let mut output = input.clone();
    eq.process(&mut output);
    assert!(eq.is_idle());
    assert_eq!(input, output);
}

#[test]
fn output_does_not_depend_on_block_sizes() {
    let input = noise(9_600);
    let render = |sizes: &[usize]| {
        let mut eq = new_bank(2);
        eq.jump_to(&ten_band(WILD));
        let mut output = input.clone();
        let (mut at, mut turn) = (0, 0);
        // The move happens at one frame, whatever the blocks.
        let move_at = 4_800 * 2;
        let mut moved = false;
        while at < output.len() {
            let limit = if moved { output.len() } else { move_at };
            let end = (at + sizes[turn % sizes.len()] * 2).min(limit);
            eq.process(&mut output[at..end]);
            (at, turn) = (end, turn + 1);
            if at == move_at && !moved {
                moved = true;
                eq.set_target(&ten_band([-6.0; 10]));
            }
        }
        output
    };
    let whole = render(&[9_600]);
    for sizes in [
        &[1][..],
        &[7],
        &[64],
        &[480],
        &[1056],
        &[3, 500, 17, 1, 256],
    ] {
        assert_eq!(whole, render(sizes), "blocks of {sizes:?}");
    }
}

#[test]
fn a_tone_gains_what_the_response_says() {
    let mut settings = EqualizerSettings::ten_bands();
    settings.preamp = Decibels(-3.0);
    for (band, gain_db) in settings.bands.iter_mut().zip(WILD) {
        band.filter.gain_db = gain_db;
    }
    for hz in [31.25, 100.0, 440.0, 1_000.0, 3_150.0, 10_000.0, 16_000.0] {
        let mut eq = new_bank(2);
        eq.jump_to(&settings.design(RATE_HZ));
        let tone = |n: usize| (TAU * hz * n as f64 / RATE_HZ).sin();
        let mut samples: Vec<f32> = (0..96_000)
            .map(|n| (0.1 * tone(n)) as f32)
            .flat_map(|s| [s, s])
            .collect();
        eq.process(&mut samples);
        let tail = &samples[96_000..];
        let rms =
            (tail.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / tail.len() as f64).sqrt();
        let gained_db = 20.0 * (rms / (0.1 / 2.0_f64.sqrt())).log10();
        let want_db = settings.response_db(hz, RATE_HZ);
        assert!(
            (gained_db - want_db).abs() < 0.02,
            "{hz} Hz: {gained_db} dB, not {want_db} dB"
        );
    }
}

#[test]
fn a_tail_ends_in_exact_zeros() {
    let mut eq = new_bank(2);
    eq.jump_to(&ten_band(WILD));
    let mut samples = vec![0.0; 2 * 48_000 * 10];
    samples[..2].fill(1.0);
    eq.process(&mut samples);
    assert!(samples[..2_000].iter().any(|&s| s != 0.0));
    assert!(samples[2 * 48_000 * 9..].iter().all(|&s| s == 0.0));
}

#[test]
fn moving_to_flat_and_back_settles_exactly_without_a_step() {
    let mut eq = new_bank(2);
    let constant = vec![0.5_f32; 2 * 4_800];
    let mut previous = 0.5_f32;
    for bank in [
        ten_band(WILD),
        ten_band([0.0; 10]),
        ten_band([12.0; 10]),
        EqBank::FLAT,
    ] {
        eq.set_target(&bank);
        for _ in 0..10 {
            let mut block = constant.clone();
            eq.process(&mut block);
            for frame in block.as_chunks::<2>().0 {
                assert!(
                    (frame[0] - previous).abs() < 0.02,
                    "step of {}",
                    frame[0] - previous
                );
                previous = frame[0];
            }
        }
    }
    assert!(eq.is_idle());
    let input = noise(1_000);
    let mut output = input.clone();
    eq.process(&mut output);
    assert_eq!(input, output);
}

#[test]
fn every_channel_is_filtered_alike() {
    let mono: Vec<f32> = noise(2_000).into_iter().step_by(2).collect();
    let render = |channels: usize| {
        let mut eq = new_bank(channels);
        eq.jump_to(&ten_band(WILD));
        let mut samples: Vec<f32> = mono
            .iter()
            .flat_map(|&s| std::iter::repeat_n(s, channels))
            .collect();
        eq.process(&mut samples);
        samples
    };
    let one = render(1);
    for channels in 2..=MAX_CHANNELS {
        for (frame, want) in render(channels).chunks(channels).zip(&one) {
            assert!(frame.iter().all(|s| s == want), "{channels} channels");
        }
    }
}

#[test]
fn kinds_and_frequencies_may_change_under_way() {
    let mut eq = new_bank(2);
    let mut settings = EqualizerSettings::ten_bands();
    let kinds = [
        FilterKind::LowPass,
        FilterKind::Notch,
        FilterKind::HighShelf,
        FilterKind::Peak,
    ];
    for turn in 0..200 {
        let filter = &mut settings.bands[turn % 10].filter;
        filter.kind = kinds[turn % 4];
        filter.frequency_hz = 20.0 * 1.035_f64.powi(turn as i32);
        filter.gain_db = (turn % 25) as f64 - 12.0;
        eq.set_target(&settings.design(RATE_HZ));
        let mut block = noise(333);
        eq.process(&mut block);
        assert!(
            block.iter().all(|s| s.is_finite() && s.abs() < 100.0),
            "turn {turn}"
        );
    }
}
