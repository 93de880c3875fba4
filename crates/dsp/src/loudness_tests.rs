use std::f64::consts::PI;

use super::*;

const RATE: u32 = 48_000;

/// A 1 kHz sine, one after another at these levels in dBFS for these seconds, on as many channels
/// with these offsets in dB.
fn tones(parts: &[(f64, f64)], offsets_db: &[f64]) -> Vec<f32> {
    let mut frame = 0_u32;
    let mut samples = Vec::new();
    for (level_db, seconds) in parts {
        for _ in 0..(seconds * f64::from(RATE)).round() as u32 {
            let sine = (2.0 * PI * 1_000.0 * f64::from(frame) / f64::from(RATE)).sin();
            for offset in offsets_db {
                samples.push((10.0_f64.powf((level_db + offset) / 20.0) * sine) as f32);
            }
            frame += 1;
        }
    }
    samples
}

fn meter(channels: usize) -> LoudnessMeter {
    LoudnessMeter::new(RATE, channels, AudioOptimizer::detected()).unwrap()
}

const STEREO: [f64; 2] = [0.0, 0.0];

/// EBU Tech 3341 (2016), table 1. Cases 7 and 8 are authentic programmes that only the recordings of
/// the EBU hold: they cannot be made from the standard, and are missing here. Cases 15 to 23, of true
/// peaks, are in the tests of [`crate::meter`], whose detector is this one's.
#[test]
fn ebu_tech_3341_integrated() {
    let off = f64::NEG_INFINITY;
    let surround: &[f64] = &[-5.0, -5.0, -1.0, off, -7.0, -7.0];
    let five: &[f64] = &[-5.0, -5.0, -1.0, -7.0, -7.0];
    for (case, parts, offsets, wanted) in [
        (1, vec![(-23.0, 20.0)], &STEREO[..], -23.0),
        (2, vec![(-33.0, 20.0)], &STEREO, -33.0),
        (
            3,
            vec![(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)],
            &STEREO,
            -23.0,
        ),
        (
            4,
            vec![
                (-72.0, 10.0),
                (-36.0, 10.0),
                (-23.0, 60.0),
                (-36.0, 10.0),
                (-72.0, 10.0),
            ],
            &STEREO,
            -23.0,
        ),
        (
            5,
            vec![(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)],
            &STEREO,
            -23.0,
        ),
        (6, vec![(-23.0, 20.0)], surround, -23.0),
        (6, vec![(-23.0, 20.0)], five, -23.0),
    ] {
        let mut meter = meter(offsets.len());
        meter.process(&tones(&parts, offsets));
        let read = meter.integrated_lufs();
        println!("case {case}: {read:+.3} LUFS");
        assert!((read - wanted).abs() <= 0.1, "case {case}: {read}");
        if case <= 2 {
            assert!((meter.momentary_lufs() - wanted).abs() <= 0.1);
            assert!((meter.short_term_lufs() - wanted).abs() <= 0.1);
        }
    }
}

/// Cases 9 and 12: levels that alternate within the window read the same throughout.
#[test]
fn ebu_tech_3341_short_term_and_momentary() {
    let check = |part: [(f64, f64); 2], times: usize, after_seconds: f64, momentary: bool| {
        let samples = tones(&part.repeat(times), &STEREO);
        let mut meter = meter(2);
        let mut seconds = 0.0;
        for block in samples.chunks(2 * 480) {
            meter.process(block);
            seconds += 0.01;
            if seconds > after_seconds {
                let read = if momentary {
                    meter.momentary_lufs()
                } else {
                    meter.short_term_lufs()
                };
                assert!((read + 23.0).abs() <= 0.1, "{read} at {seconds}");
            }
        }
    };
    check([(-20.0, 1.34), (-30.0, 1.66)], 5, 3.0, false);
    check([(-20.0, 0.18), (-30.0, 0.22)], 25, 1.0, true);
}

/// Momentary loudness 50 times a second, as exact as the steps of case 13; short-term loudness as
/// seldom as the standard allows.
const MOMENTARY: (fn(&LoudnessMeter) -> f64, u32) = (LoudnessMeter::momentary_lufs, 50);
const SHORT_TERM: (fn(&LoudnessMeter) -> f64, u32) = (LoudnessMeter::short_term_lufs, 10);

/// The largest reading of 1 kHz in stereo at these levels in dBFS for these seconds: in each stretch
/// that ends at one of `ends`, in seconds, and in the rest.
fn largest(
    parts: &[(f64, f64)],
    ends: &[f64],
    (read, per_second): (fn(&LoudnessMeter) -> f64, u32),
) -> Vec<f64> {
    let mut meter = meter(2);
    let (mut stretches, mut most) = (Vec::new(), f64::NEG_INFINITY);
    let samples = tones(parts, &STEREO);
    for (step, block) in samples.chunks((2 * RATE / per_second) as usize).enumerate() {
        meter.process(block);
        most = most.max(read(&meter));
        let seconds = (step + 1) as f64 / f64::from(per_second);
        if ends.iter().any(|end| (end - seconds).abs() < 1e-6) {
            stretches.push(std::mem::replace(&mut most, f64::NEG_INFINITY));
        }
    }
    stretches.push(most);
    stretches
}

/// Cases 10 and 13: one tone as long as the window, wherever in the file it begins.
#[test]
fn ebu_tech_3341_one_tone_anywhere() {
    let off = f64::NEG_INFINITY;
    for (case, reading, tone_seconds, step_seconds) in
        [(10, SHORT_TERM, 3.0, 0.15), (13, MOMENTARY, 0.4, 0.02)]
    {
        let (mut low, mut high) = (0.0_f64, -99.0_f64);
        for index in 0..20 {
            let before = f64::from(index) * step_seconds;
            let parts = [(off, before), (-23.0, tone_seconds), (off, 1.0)];
            let read = largest(&parts, &[], reading)[0];
            assert!(
                (read + 23.0).abs() <= 0.1,
                "case {case}, {before} s: {read}"
            );
            (low, high) = (low.min(read), high.max(read));
        }
        println!("case {case}: {low:+.3} to {high:+.3} LUFS");
    }
}

/// Cases 11 and 14: twenty such tones in one file, each 1 dB louder than the one before. Their maxima
/// follow one another, -38 to -19 LUFS.
#[test]
fn ebu_tech_3341_tones_one_after_another() {
    let off = f64::NEG_INFINITY;
    for (case, reading, tone_seconds, step_seconds) in
        [(11, SHORT_TERM, 3.0, 0.15), (14, MOMENTARY, 0.4, 0.02)]
    {
        let (mut parts, mut ends) = (Vec::new(), Vec::new());
        for index in 0..20 {
            let before = f64::from(index) * step_seconds;
            parts.push((off, before));
            parts.push((f64::from(index) - 38.0, tone_seconds));
            parts.push((off, tone_seconds - before));
            ends.push(f64::from(index + 1) * 2.0 * tone_seconds);
        }
        let stretches = largest(&parts, &ends, reading);
        let mut worst = 0.0_f64;
        for (wanted, read) in (-38..=-19).zip(stretches) {
            let error = read - f64::from(wanted);
            assert!(error.abs() <= 0.1, "case {case}: {read}, not {wanted}");
            worst = worst.max(error.abs());
        }
        println!("case {case}: within {worst:.3} LU");
    }
}

/// EBU Tech 3342 (2016), table 1, cases 1 to 4; 5 and 6 are the programmes of 3341's cases 7 and 8.
#[test]
fn ebu_tech_3342_range() {
    for (case, levels, wanted) in [
        (1, &[-20.0, -30.0][..], 10.0),
        (2, &[-20.0, -15.0], 5.0),
        (3, &[-40.0, -20.0], 20.0),
        (4, &[-50.0, -35.0, -20.0, -35.0, -50.0], 15.0),
    ] {
        let parts: Vec<_> = levels.iter().map(|level| (*level, 20.0)).collect();
        let mut meter = meter(2);
        meter.process(&tones(&parts, &STEREO));
        println!("case {case}: {:.3} LU", meter.range_lu());
        assert!((meter.range_lu() - wanted).abs() <= 1.0, "case {case}");
    }
}

#[test]
fn the_true_peak_between_the_last_samples_is_found() {
    // Two equal samples alone: the crest between them is 4 / pi of each.
    let mut meter = meter(1);
    meter.process(&[[0.0; 100].as_slice(), &[0.5; 2]].concat());
    meter.finish();
    let read = f64::from(meter.true_peak().0);
    let wanted = 20.0 * (2.0 / PI).log10();
    assert!((read - wanted).abs() < 0.1, "{read}, not {wanted}");
    meter.reset();
    assert_eq!(meter.true_peak().0, f32::NEG_INFINITY);
    assert_eq!(meter.integrated_lufs(), f64::NEG_INFINITY);
}

#[test]
fn what_cannot_be_measured_is_refused() {
    for (rate, channels) in [(48_000, 0), (48_000, 9), (0, 2)] {
        assert!(LoudnessMeter::new(rate, channels, AudioOptimizer::detected()).is_err());
    }
}

/// As one programme, the quiet one is gated out but for what is within 10 LU of both.
#[test]
fn programmes_are_gated_together() {
    let measure = |parts: &[(f64, f64)]| {
        let mut meter = meter(2);
        meter.process(&tones(parts, &STEREO));
        (meter.integrated_lufs(), meter.into_gating_blocks())
    };
    let (loud, quiet) = ((-20.0, 20.0), (-40.0, 20.0));
    let (loud_lufs, loud_blocks) = measure(&[loud]);
    let (_, quiet_blocks) = measure(&[quiet]);
    let both = GatingBlocks::integrated_lufs([&loud_blocks, &quiet_blocks]);
    assert!((both - loud_lufs).abs() < 1e-6, "{both}, not {loud_lufs}");
    let (_, near_blocks) = measure(&[(-26.0, 20.0)]);
    let both = GatingBlocks::integrated_lufs([&loud_blocks, &near_blocks]);
    let (one_after_the_other, _) = measure(&[loud, (-26.0, 20.0)]);
    assert!(
        (both - one_after_the_other).abs() < 0.02,
        "{both}, not {one_after_the_other}"
    );
    let (silence, silent_blocks) = measure(&[(f64::NEG_INFINITY, 2.0)]);
    assert_eq!(silence, f64::NEG_INFINITY);
    assert_eq!(GatingBlocks::integrated_lufs([&silent_blocks]), silence);
    assert_eq!(GatingBlocks::integrated_lufs([]), silence);
}
