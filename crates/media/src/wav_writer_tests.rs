use super::*;
use dsp::eq_bank::EqBandOptimizer;
use dsp::equalizer::EqualizerSettings;
use std::f64::consts::TAU;

const RATE_HZ: u32 = 44_100;

/// The words of a file of `samples`, written `frames` at a time.
fn words(
    samples: &[f32],
    channels: u16,
    width: SampleWidth,
    dither: Option<Shaping>,
    frames: usize,
) -> Vec<i32> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("words.wav");
    let mut writer = WavWriter::create(&path, RATE_HZ, channels, width).unwrap();
    writer.set_dither(dither);
    for block in samples.chunks(frames * usize::from(channels)) {
        writer.write(block).unwrap();
    }
    writer.finish().unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let data = &bytes[HEADER_BYTES as usize..];
    let width = usize::from(width.bytes());
    data.chunks_exact(width)
        .take(samples.len())
        .map(|word| {
            // At the top of 32 bits, and down again with its sign.
            let mut top = [0; 4];
            top[4 - width..].copy_from_slice(word);
            i32::from_le_bytes(top) >> (32 - 8 * width)
        })
        .collect()
}

#[test]
fn without_dither_words_come_out_as_they_went_in() {
    for (width, full) in [
        (SampleWidth::Int16, 32_768),
        (SampleWidth::Int24, 8_388_608),
    ] {
        let all: Vec<i32> = (-full..full).step_by(full as usize / 5_000).collect();
        let samples: Vec<f32> = all.iter().map(|w| *w as f32 / full as f32).collect();
        assert_eq!(words(&samples, 1, width, None, 333), all);
    }
}

#[test]
fn blocks_and_channels_do_not_matter_to_the_noise() {
    let samples: Vec<f32> = (0..3 * 5_000).map(|n| (n as f32 * 0.01).sin()).collect();
    for width in [SampleWidth::Int16, SampleWidth::Int24] {
        for shaping in [Shaping::Flat, Shaping::Shaped] {
            let whole = words(&samples, 3, width, Some(shaping), 5_000);
            assert_eq!(whole, words(&samples, 3, width, Some(shaping), 77));
        }
    }
}

/// A 997 Hz tone at -60 dB through an equalizer, as 16-bit words: how far they are off, in codes.
fn errors(dither: Option<Shaping>) -> Vec<f64> {
    let at = |n: u32| (0.001 * (TAU * 997.0 * f64::from(n) / f64::from(RATE_HZ)).sin()) as f32;
    let mut samples: Vec<f32> = (0..12 * RATE_HZ).map(at).collect();
    let rate_hz = f64::from(RATE_HZ);
    let mut settings = EqualizerSettings::ten_bands();
    for (band, gain_db) in settings.bands.iter_mut().zip([3.0, -2.0, 4.0, 1.0, -3.0]) {
        band.filter.gain_db = gain_db;
    }
    let mut equalizer = EqBandOptimizer::new(AudioOptimizer::detected(), rate_hz, 1, 0.02);
    equalizer.jump_to(&settings.design(rate_hz));
    equalizer.process(&mut samples);
    let words = words(&samples, 1, SampleWidth::Int16, dither, 4_096);
    let pairs = words.into_iter().zip(samples);
    pairs
        .map(|(word, sample)| f64::from(word) - f64::from(sample) * 32_768.0)
        .collect()
}

/// The amplitude at `hz` in `signal`, in dB of a code.
fn amplitude_db(signal: &[f64], hz: f64) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    for (n, x) in signal.iter().enumerate() {
        let (sin, cos) = (TAU * hz * n as f64 / f64::from(RATE_HZ)).sin_cos();
        re += x * cos;
        im += x * sin;
    }
    20.0 * (2.0 * re.hypot(im) / signal.len() as f64).log10()
}

/// The power from 2 to 5 kHz, in dB of a code squared.
fn power_2_to_5_khz_db(signal: &[f64]) -> f64 {
    let size = 4_096;
    let bin = |hz: f64| (hz / f64::from(RATE_HZ) * size as f64) as usize;
    let fft = transforms::real_f64(size);
    let mut power = 0.0;
    for block in signal.chunks_exact(size) {
        let windowed = block.iter().enumerate().map(|(n, x)| {
            let hann = 1.0 - (TAU * n as f64 / size as f64).cos();
            x * hann
        });
        let mut spectrum = fft.make_output_vec();
        fft.process(&mut windowed.collect::<Vec<_>>(), &mut spectrum)
            .unwrap();
        let band = &spectrum[bin(2_000.0)..bin(5_000.0)];
        power += band.iter().map(|c| c.norm_sqr()).sum::<f64>();
    }
    let blocks = signal.len() / size;
    10.0 * (2.0 * power / (1.5 * (size * size * blocks) as f64)).log10()
}

#[test]
fn shaped_noise_is_lower_where_the_ear_hears_best() {
    let flat = power_2_to_5_khz_db(&errors(Some(Shaping::Flat)));
    let shaped = power_2_to_5_khz_db(&errors(Some(Shaping::Shaped)));
    println!("2-5 kHz: flat {flat:.1} dB, shaped {shaped:.1} dB");
    assert!(shaped < flat - 15.0, "flat {flat}, shaped {shaped}");
}

#[test]
fn dither_takes_the_harmonics_away() {
    let loudest_harmonic_db = |dither| {
        let errors = errors(dither);
        let harmonics = (2..=12).map(|k| amplitude_db(&errors, 997.0 * f64::from(k)));
        harmonics.fold(f64::NEG_INFINITY, f64::max)
    };
    let without = loudest_harmonic_db(None);
    let flat = loudest_harmonic_db(Some(Shaping::Flat));
    let shaped = loudest_harmonic_db(Some(Shaping::Shaped));
    println!("harmonics: {without:.1} dB without, {flat:.1} dB flat, {shaped:.1} dB shaped");
    assert!(without > flat + 15.0, "{without} without, {flat} flat");
    assert!(
        without > shaped + 15.0,
        "{without} without, {shaped} shaped"
    );
}
