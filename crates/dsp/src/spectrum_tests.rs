use super::trace::power_to_db;
use super::*;
use std::f64::consts::TAU;

fn sine(hz: f64, rate_hz: f64, amplitude: f64, frames: usize) -> Vec<f32> {
    (0..frames)
        .map(|n| (amplitude * (TAU * hz * n as f64 / rate_hz).sin()) as f32)
        .collect()
}

fn top(values: &[f32]) -> f32 {
    values.iter().copied().fold(f32::MIN, f32::max)
}

fn with(channels: SpectrumChannels) -> SpectrumProcessor {
    let settings = SpectrumSettings {
        channels,
        ..SpectrumSettings::default()
    };
    SpectrumProcessor::new(&settings, 48_000.0, AudioOptimizer::detected())
}

#[test]
fn decibels_keep_their_stated_error() {
    let mut power = 1e-20_f32;
    let mut worst = 0.0_f64;
    while power < 1e6 {
        let error = (f64::from(power_to_db(power)) - 10.0 * f64::from(power).log10()).abs();
        worst = worst.max(error);
        power *= 1.000_1;
    }
    assert!(worst <= 2e-5, "error {worst:.2e} dB");
    assert_eq!(power_to_db(1.0), 0.0);
    assert!(power_to_db(0.0) < -370.0);
    assert!(power_to_db(f32::NAN) < -370.0);
}

#[test]
fn a_sine_stands_in_its_band_at_its_level() {
    for optimizer in AudioOptimizer::available() {
        for per_octave in [3, 6, 12, 24] {
            for bin in [171, 1_707] {
                let settings = SpectrumSettings {
                    bands: BandLayout::PerOctave(per_octave),
                    ..SpectrumSettings::default()
                };
                let mut spectrum = SpectrumProcessor::new(&settings, 48_000.0, optimizer);
                let hz = f64::from(bin) * 48_000.0 / 8192.0;
                let frames = sine(hz, 48_000.0, 0.5, 8192);
                spectrum.process(SpectrumInput::Mono(&frames), 0.02);
                let levels = spectrum.traces()[0].levels_db();
                let loudest = (0..levels.len())
                    .max_by(|&a, &b| levels[a].total_cmp(&levels[b]))
                    .unwrap();
                let octaves = (f64::from(spectrum.centres_hz()[loudest]) / hz).log2();
                assert!(octaves.abs() <= 0.501 / f64::from(per_octave));
                assert!((levels[loudest] + 6.02).abs() < 0.01);
            }
        }
    }
}

/// Every rate: bands inside what the rate holds, no gap between them, each tone seen at its level where
/// bands are wider than bins and at least by a band beside it where they are not.
#[test]
fn bands_cover_the_spectrum_at_every_rate() {
    for rate_hz in [
        8_000.0, 11_025.0, 22_050.0, 44_100.0, 48_000.0, 96_000.0, 192_000.0, 384_000.0,
    ] {
        for fft_frames in [512, 2048, 8192, 32_768] {
            for per_octave in [3, 12, 24] {
                let settings = SpectrumSettings {
                    fft_frames,
                    bands: BandLayout::PerOctave(per_octave),
                    ..SpectrumSettings::default()
                };
                let best = AudioOptimizer::detected();
                let spectrum = SpectrumProcessor::new(&settings, rate_hz, best);
                let top_hz = HIGHEST_HZ.min(rate_hz / 2.0);
                let centres = spectrum.centres_hz();
                let octaves = (top_hz / LOWEST_HZ).log2();
                assert_eq!(centres.len(), (octaves * per_octave as f32) as usize + 1);
                assert!(centres.is_sorted());
                assert!(centres[0] == LOWEST_HZ && *centres.last().unwrap() <= top_hz);
                // One bin after another at 0 dB, from the lowest band's to the highest's.
                let bands = Bands::new(settings.bands, fft_frames, rate_hz);
                let per_hz = fft_frames as f32 / rate_hz;
                let step = 2.0_f32.powf(1.0 / per_octave as f32);
                let mut power = vec![0.0; fft_frames / 2 + 1];
                let mut levels = vec![0.0; centres.len()];
                let first = (LOWEST_HZ * per_hz).ceil() as usize;
                let last = (centres[centres.len() - 1] * per_hz) as usize;
                for bin in (first.max(1)..=last).step_by(1 + fft_frames / 700) {
                    power[bin] = 1.0;
                    bands.gather(&power, &mut levels, best);
                    power[bin] = 0.0;
                    let is_wide = bin as f32 * (step - 1.0) > 2.5;
                    let expected = if is_wide { 1.0 } else { 0.49 };
                    let seen = top(&levels);
                    assert!(
                        (expected..=1.0).contains(&seen),
                        "bin {bin} of {fft_frames} at {rate_hz} Hz, 1/{per_octave}: {seen}"
                    );
                }
            }
        }
    }
}

#[test]
fn linear_bands_are_the_bins() {
    let settings = SpectrumSettings {
        fft_frames: 512,
        bands: BandLayout::Linear,
        ..SpectrumSettings::default()
    };
    let mut spectrum = SpectrumProcessor::new(&settings, 384_000.0, AudioOptimizer::detected());
    assert_eq!(spectrum.centres_hz().len(), 257);
    assert_eq!(spectrum.centres_hz()[256], 192_000.0);
    let frames = sine(75_000.0, 384_000.0, 1.0, 512);
    spectrum.process(SpectrumInput::Mono(&frames), 0.02);
    assert!(spectrum.traces()[0].levels_db()[100].abs() < 0.01);
    assert!(spectrum.traces()[0].levels_db()[103] == FLOOR_DB);
}

#[test]
fn each_choice_of_channels_shows_its_own() {
    use SpectrumChannels::{LeftAndRight, Loudest, Mid, Right, Side};
    // 1 kHz at 0 dB left, 4 kHz at -6.02 dB right, both on bins.
    let low = sine(171.0, 8192.0, 1.0, 8192);
    let high = sine(683.0, 8192.0, 0.5, 8192);
    let interleaved: Vec<f32> = low.iter().zip(&high).flat_map(|(&l, &r)| [l, r]).collect();
    for (channels, expected) in [
        (Loudest, vec![[0.0, -6.02]]),
        (LeftAndRight, vec![[0.0, FLOOR_DB], [FLOOR_DB, -6.02]]),
        (Mid, vec![[-6.02, -12.04]]),
        (Side, vec![[-6.02, -12.04]]),
        (SpectrumChannels::Left, vec![[0.0, FLOOR_DB]]),
        (Right, vec![[FLOOR_DB, -6.02]]),
    ] {
        for input in [
            SpectrumInput::Interleaved(&interleaved),
            SpectrumInput::Planar(&low, &high),
        ] {
            let mut spectrum = with(channels);
            spectrum.process(input, 0.02);
            assert_eq!(spectrum.traces().len(), expected.len());
            let split = spectrum.centres_hz().partition_point(|&hz| hz < 2_000.0);
            for (trace, expected) in spectrum.traces().iter().zip(&expected) {
                let (low, high) = trace.levels_db().split_at(split);
                let got = [top(low), top(high)];
                for (got, expected) in got.into_iter().zip(expected) {
                    assert!((got - expected).abs() < 0.01, "{channels:?}: {got} dB");
                }
            }
        }
    }
}

#[test]
fn one_channel_is_both_sides() {
    use SpectrumChannels::{Left, LeftAndRight, Loudest, Mid, Right, Side};
    let frames = sine(171.0, 8192.0, 1.0, 8192);
    for channels in [Loudest, LeftAndRight, Mid, Left, Right, Side] {
        let mut spectrum = with(channels);
        spectrum.process(SpectrumInput::Mono(&frames), 0.02);
        let expected = if channels == Side { FLOOR_DB } else { 0.0 };
        for trace in spectrum.traces() {
            assert!(
                (top(trace.levels_db()) - expected).abs() < 0.01,
                "{channels:?}"
            );
        }
    }
}

#[test]
fn levels_fall_steadily_and_peaks_are_held() {
    let mut spectrum = with(SpectrumChannels::Loudest);
    let loud = sine(171.0, 8192.0, 1.0, 8192);
    let silence = vec![0.0; 8192];
    spectrum.process(SpectrumInput::Mono(&loud), 0.02);
    let start = top(spectrum.traces()[0].levels_db());
    let mut fall = |seconds| {
        spectrum.process(SpectrumInput::Mono(&silence), seconds);
        let trace = &spectrum.traces()[0];
        [
            start - top(trace.levels_db()),
            start - top(trace.peaks_db()),
        ]
    };
    let close = |got: [f32; 2], expected: [f32; 2]| {
        assert!((got[0] - expected[0]).abs() < 0.01, "{got:?}");
        assert!((got[1] - expected[1]).abs() < 0.01, "{got:?}");
    };
    close(fall(0.5), [18.0, 0.0]);
    close(fall(0.5), [36.0, 0.0]);
    close(fall(1.0), [72.0, 18.0]);
    close(fall(f32::NAN), [72.0, 18.0]);
    fall(6.0);
    assert!(spectrum.is_at_rest());
}

/// Bars fall by wall time, however often they are looked at.
#[test]
fn ballistics_do_not_depend_on_how_often_they_are_called() {
    let loud = sine(171.0, 8192.0, 1.0, 8192);
    let faint = sine(683.0, 8192.0, 0.01, 8192);
    for optimizer in AudioOptimizer::available() {
        // With peaks that fall slower and faster than levels.
        for peak_fall_db_per_second in [18.0, 90.0] {
            let run = |calls: usize| {
                let settings = SpectrumSettings {
                    peak_fall_db_per_second,
                    peak_hold_seconds: 0.37,
                    ..SpectrumSettings::default()
                };
                let mut spectrum = SpectrumProcessor::new(&settings, 48_000.0, optimizer);
                let mut seen = Vec::new();
                for (frames, seconds) in [(&loud, 0.5), (&faint, 1.3), (&loud, 0.1), (&faint, 0.9)]
                {
                    for _ in 0..calls {
                        spectrum.process(SpectrumInput::Mono(frames), seconds / calls as f32);
                    }
                    seen.extend_from_slice(spectrum.traces()[0].levels_db());
                    seen.extend_from_slice(spectrum.traces()[0].peaks_db());
                }
                seen
            };
            let once = run(1);
            for calls in [10, 100, 1000] {
                for (a, b) in once.iter().zip(run(calls)) {
                    assert!((a - b).abs() < 0.01, "{a} dB in one call, {b} in {calls}");
                }
            }
        }
    }
}

#[test]
fn levels_of_every_form_agree() {
    let frames: Vec<f32> = sine(1_234.5, 48_000.0, 0.7, 8192)
        .iter()
        .zip(sine(17_777.7, 48_000.0, 0.2, 8192))
        .map(|(a, b)| a + b)
        .collect();
    for window in WindowKind::ALL {
        let run = |optimizer| {
            let settings = SpectrumSettings {
                window,
                bands: BandLayout::Linear,
                ..SpectrumSettings::default()
            };
            let mut spectrum = SpectrumProcessor::new(&settings, 48_000.0, optimizer);
            spectrum.process(SpectrumInput::Mono(&frames), 0.02);
            spectrum.traces()[0].levels_db().to_vec()
        };
        let plain = run(AudioOptimizer::scalar());
        for optimizer in AudioOptimizer::available() {
            for (a, b) in plain.iter().zip(run(optimizer)) {
                assert!(
                    (a - b).abs() < 0.01,
                    "{a} dB, {b} dB as {:?}",
                    optimizer.level()
                );
            }
        }
    }
}

#[test]
fn a_sample_that_is_no_number_leaves_no_trace() {
    let mut frames = sine(171.0, 8192.0, 1.0, 8192);
    let mut spectrum = with(SpectrumChannels::Loudest);
    frames[4000] = f32::NAN;
    spectrum.process(SpectrumInput::Mono(&frames), 0.02);
    assert!(spectrum.is_at_rest());
    frames[4000] = 0.0;
    spectrum.process(SpectrumInput::Mono(&frames), 0.02);
    assert!(top(spectrum.traces()[0].levels_db()).abs() < 0.1);
}
