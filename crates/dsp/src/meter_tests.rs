use std::f64::consts::PI;

use super::*;

const RATE: f64 = 48_000.0;

fn meter_of(samples: &[f32], channels: usize) -> Meter {
    let mut meter = Meter::new(RATE, AudioOptimizer::detected());
    meter.process(samples, channels);
    meter
}

fn db(level: f32) -> f64 {
    20.0 * f64::from(level).log10()
}

#[test]
fn a_full_scale_sine_reads_0_db_on_peak_and_rms() {
    let sine: Vec<f32> = (0..2 * 96_000)
        .map(|n| (2.0 * PI * 997.0 * f64::from(n) / RATE).sin() as f32)
        .flat_map(|s| [s, 0.5 * s])
        .collect();
    let meter = meter_of(&sine, 2);
    let [left, right] = [meter.levels(0), meter.levels(1)];
    assert!(db(left.sample_peak).abs() < 0.01);
    // The sudden start has a crest of its own.
    assert!(db(left.true_peak).abs() < 0.05, "{}", db(left.true_peak));
    assert!(db(left.rms).abs() < 0.03, "{}", db(left.rms));
    assert!((db(right.rms) + 6.02).abs() < 0.03);
    assert!((db(right.sample_peak) + 6.02).abs() < 0.01);
}

/// EBU Tech 3341 (2016) cases 15 to 19: half scale, or 1.41 of it, with no sample at the crest; the
/// tolerance is +0.2 and -0.4 dB. Faded in and out, because a sudden start has a peak of its own.
#[test]
fn ebu_tech_3341_true_peak_tones() {
    for (case, under, degrees, amplitude, wanted_db) in [
        (15, 4.0, 0.0, 0.50, -6.0),
        (16, 4.0, 45.0, 0.50, -6.0),
        (17, 6.0, 60.0, 0.50, -6.0),
        (18, 8.0, 67.5, 0.50, -6.0),
        (19, 4.0, 45.0, 1.41, 3.0),
    ] {
        let frames = 48_000;
        let tone: Vec<f32> = (0..frames)
            .map(|n| {
                let fade = (f64::from(n.min(frames - 1 - n)) / 480.0).min(1.0);
                let phase = 2.0 * PI * (f64::from(n) / under + degrees / 360.0);
                (fade * amplitude * phase.sin()) as f32
            })
            .collect();
        let read = db(meter_of(&tone, 1).levels(0).true_peak);
        println!("case {case}: {read:+.3} dBTP");
        assert!(
            (wanted_db - 0.4..=wanted_db + 0.2).contains(&read),
            "case {case}: {read}"
        );
    }
}

/// EBU Tech 3341 (2016) cases 20 to 23: a sine of fs/6 at half scale with one period of fs/4 at full
/// scale in it, the phase going on throughout; made at 4 fs, low-passed, and every fourth sample taken,
/// from the first, second, third or fourth on. The low pass is of our making, at 0.45 fs; the crest it
/// leaves is printed.
#[test]
fn ebu_tech_3341_true_peak_bursts() {
    let (before, burst) = (24 * 100, 16);
    let frames = 2 * before + burst;
    let mut phase = 0.0_f64;
    let fine: Vec<f64> = (0..frames)
        .map(|n| {
            let is_burst = (before..before + burst).contains(&n);
            let (amplitude, period) = if is_burst { (1.0, 16.0) } else { (0.5, 24.0) };
            let fade = (f64::from(n.min(frames - 1 - n)) / 400.0).min(1.0);
            let sample = fade * amplitude * phase.sin();
            phase += 2.0 * PI / period;
            sample
        })
        .collect();
    let half = 256;
    let low_pass: Vec<f64> = (-half..=half)
        .map(|n| {
            let turn = PI * f64::from(n) / f64::from(half);
            let blackman = 0.42 + 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos();
            let x = PI * f64::from(n);
            let sinc = match n {
                0 => 0.45 / 2.0,
                _ => (0.45 / 2.0 * x).sin() / x,
            };
            blackman * sinc
        })
        .collect();
    let filtered: Vec<f64> = fine
        .windows(low_pass.len())
        .map(|fine| fine.iter().zip(&low_pass).map(|(x, h)| x * h).sum())
        .collect();
    let crest = filtered.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    println!("crest at 4 fs: {:+.3} dB", 20.0 * crest.log10());
    for offset in 0..4 {
        let samples = filtered.iter().skip(offset).step_by(4);
        let samples: Vec<f32> = samples.map(|x| *x as f32).collect();
        let read = db(meter_of(&samples, 1).levels(0).true_peak);
        let case = 20 + offset;
        println!("case {case}: {read:+.3} dBTP");
        assert!((-0.4..=0.2).contains(&read), "case {case}: {read}");
    }
}

/// As cases 20 to 23, with a crest that no low pass changes: full scale, at each quarter of the way
/// between two samples, of a raised-cosine burst of a sine of fs/6, which has nothing near fs/2.
#[test]
fn a_crest_anywhere_between_samples_is_found() {
    for quarter in 0..4 {
        let burst: Vec<f32> = (0..400)
            .map(|n| {
                let t = f64::from(n) - 200.0 - f64::from(quarter) / 4.0;
                let envelope = if t.abs() < 60.0 {
                    0.5 + 0.5 * (PI * t / 60.0).cos()
                } else {
                    0.0
                };
                (envelope * (2.0 * PI * t / 6.0).cos()) as f32
            })
            .collect();
        let read = db(meter_of(&burst, 1).levels(0).true_peak);
        println!("offset {quarter}/4: {read:+.3} dBTP");
        assert!((-0.4..=0.2).contains(&read), "{quarter}: {read}");
    }
}

#[test]
fn correlation_of_two_sines_is_the_cosine_between_them() {
    for degrees in [0, 30, 60, 90, 120, 180] {
        let between = f64::from(degrees) / 180.0 * PI;
        let samples: Vec<f32> = (0..2 * 96_000)
            .map(|n| 2.0 * PI * 1_000.0 * f64::from(n) / RATE)
            .flat_map(|phase| [phase.sin() as f32, 0.3 * (phase + between).sin() as f32])
            .collect();
        let read = f64::from(meter_of(&samples, 2).correlation());
        assert!(
            (read - between.cos()).abs() < 0.005,
            "{degrees} degrees: {read}"
        );
    }
}

#[test]
fn correlation_tells_mono_from_opposite_and_unrelated() {
    let mut state = 1_u32;
    let mut noise = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as f32 / 2_147_483_648.0 - 1.0
    };
    let mono: Vec<f32> = (0..96_000).flat_map(|_| [noise(); 2]).collect();
    let opposite: Vec<f32> = (0..96_000)
        .map(|_| noise())
        .flat_map(|s| [s, -0.1 * s])
        .collect();
    let unrelated: Vec<f32> = (0..2 * 96_000).map(|_| noise()).collect();
    assert!(meter_of(&mono, 2).correlation() > 0.9999);
    assert!(meter_of(&opposite, 2).correlation() < -0.9999);
    assert!(meter_of(&unrelated, 2).correlation().abs() < 0.05);
    assert_eq!(meter_of(&[0.0; 1_000], 2).correlation(), 0.0);
}

#[test]
fn blocks_of_any_size_read_the_same_and_silence_reads_zero() {
    let samples: Vec<f32> = (0..6 * 3_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 8) as f32 / 8_388_608.0 - 1.0)
        .collect();
    let read = |size: usize| {
        let mut meter = Meter::new(RATE, AudioOptimizer::detected());
        samples
            .chunks(size * 6)
            .for_each(|block| meter.process(block, 6));
        let mut all = [0.0; 18];
        for (channel, out) in all.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            let levels = meter.levels(channel);
            *out = [levels.sample_peak, levels.true_peak, levels.rms];
        }
        all
    };
    let whole = read(3_000);
    for size in [1, 7, 64, 480, 1_056] {
        assert_eq!(whole, read(size), "blocks of {size}");
    }
    let mut meter = meter_of(&samples, 2);
    meter.process(&vec![0.0; 2 * 48_000 * 20], 2);
    meter.take_peaks();
    assert_eq!(meter.levels(0), ChannelLevels::default());
    assert_eq!(meter.correlation(), 0.0);
}
