//! The stages behind the decoder, heard through the offline renderer.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

use dsp::convolver::PreparedResponse;
use dsp::eq_bank::EqBandOptimizer;
use dsp::equalizer::{EqualizerSettings, GraphicCurve};
use dsp::minimum_phase::impulse_response;
use dsp::simd::AudioOptimizer;
use engine::chain::ChainSettings;
use engine::offline::{OfflineOptions, OfflineRenderer};
use engine::pipeline::PlaybackSettings;
use media::decoder::TrackDecoder;
use media::wav_writer::{SampleWidth, WavWriter};
use std::f64::consts::TAU;
use std::path::Path;
use std::time::Duration;

const RATE_HZ: u32 = 48_000;

fn noise(frames: usize, amplitude: f32) -> Vec<f32> {
    let mut seed = 0x2545_F491_u32;
    let next = |_| {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        (seed as f32 / u32::MAX as f32 - 0.5) * 2.0 * amplitude
    };
    (0..frames * 2).map(next).collect()
}

fn write(path: &Path, samples: &[f32]) {
    let mut writer = WavWriter::create(path, RATE_HZ, 2, SampleWidth::Float32).unwrap();
    writer.write(samples).unwrap();
    writer.finish().unwrap();
}

fn render(
    samples: &[f32],
    settings: ChainSettings,
    response: Option<Box<PreparedResponse>>,
    block_frames: usize,
) -> Vec<f32> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("input.wav");
    write(&path, samples);
    let options = OfflineOptions {
        sample_rate_hz: RATE_HZ,
        channels: 2,
        settings,
        response,
        start: Duration::ZERO,
        source: PlaybackSettings::default(),
        is_integer_output: false,
    };
    let tracks = vec![TrackDecoder::open(&path).unwrap()];
    let mut renderer = OfflineRenderer::new(tracks, options).unwrap();
    let mut all = Vec::new();
    loop {
        let mut block = vec![9.0; 2 * block_frames];
        let frames = renderer.render(&mut block);
        all.extend_from_slice(&block[..2 * frames]);
        if frames < block_frames {
            return all;
        }
    }
}

fn boosting() -> EqualizerSettings {
    let mut eq = EqualizerSettings::ten_bands();
    for band in &mut eq.bands {
        band.filter.gain_db = 4.0;
    }
    eq
}

/// The limiter looks ahead, and holds the sound back to do so; none of that is heard in a file.
#[test]
fn a_limiter_in_circuit_moves_and_loses_no_frame() {
    let input = noise(30_000, 0.05);
    let bank = boosting().design(f64::from(RATE_HZ));
    let mut want = input.clone();
    let optimizer = AudioOptimizer::detected();
    let mut eq = EqBandOptimizer::new(optimizer, f64::from(RATE_HZ), 2, 0.02);
    eq.jump_to(&bank);
    eq.process(&mut want);
    for block_frames in [4_096, 7, 1] {
        let settings = ChainSettings {
            eq: bank,
            ..ChainSettings::default()
        };
        let got = render(&input, settings, None, block_frames);
        assert_eq!(got.len(), want.len());
        assert_eq!(got, want, "blocks of {block_frames}");
    }
}

#[test]
fn what_is_too_loud_is_limited_unless_told_otherwise() {
    let input = noise(30_000, 0.9);
    let settings = ChainSettings {
        eq: boosting().design(f64::from(RATE_HZ)),
        ..ChainSettings::default()
    };
    let peak = |samples: &[f32]| samples.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
    let limited = render(&input, settings, None, 4_096);
    assert!(peak(&limited) < 1.0 && peak(&limited) > 0.9);
    let free = ChainSettings {
        limiter: false,
        ..settings
    };
    assert!(peak(&render(&input, free, None, 4_096)) > 1.2);
}

#[test]
fn a_graphic_curve_is_heard_as_it_is_drawn() {
    let curve = GraphicCurve {
        points: vec![
            (20.0, -6.0),
            (200.0, -6.0),
            (1_000.0, 0.0),
            (8_000.0, -12.0),
        ],
    };
    let response = impulse_response(&curve, f64::from(RATE_HZ));
    for hz in [50.0, 200.0, 447.0, 1_000.0, 2_828.0, 8_000.0, 15_000.0] {
        let tone: Vec<f32> = (0..48_000)
            .flat_map(|n| [(0.25 * (TAU * hz * f64::from(n) / f64::from(RATE_HZ)).sin()) as f32; 2])
            .collect();
        let settings = ChainSettings {
            has_response: true,
            ..ChainSettings::default()
        };
        let prepared = Box::new(PreparedResponse::new(&response));
        let got = render(&tone, settings, Some(prepared), 512);
        assert_eq!(got.len(), tone.len());
        let tail = &got[48_000..];
        let rms = (tail.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / 48_000.0).sqrt();
        let gained_db = 20.0 * (rms / (0.25 / 2.0_f64.sqrt())).log10();
        let want_db = curve.gain_db(hz);
        assert!(
            (gained_db - want_db).abs() < 0.1,
            "{hz} Hz: {gained_db:.2} dB, not {want_db:.2} dB"
        );
    }
}
