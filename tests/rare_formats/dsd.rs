//! DSD files made here, by a modulator whose input is known.

use crate::encoders::{have, run};
use crate::{assert_equal, decode};
use media::decoder::TrackDecoder;
use media::error::MediaError;
use std::f64::consts::TAU;
use std::path::Path;

/// One-bit samples of a tone in each channel, by a third-order sigma-delta modulator with integrators
/// in a chain, whose outputs are weighted (Schreier and Temes, "Understanding Delta-Sigma Data
/// Converters"). Bytes by channel, first bit highest; `frames` are multiples of 8 bits.
pub(crate) fn modulate(bit_rate_hz: u32, bits: usize, tones: &[(f64, f64)]) -> Vec<Vec<u8>> {
    let channel = |&(hz, amplitude): &(f64, f64)| {
        let mut state = [0.0_f64; 3];
        let mut bytes = vec![0_u8; bits.div_ceil(8)];
        for n in 0..bits {
            let phase = n as f64 * hz / f64::from(bit_rate_hz) * TAU;
            let sum = 0.7997 * state[0] + 0.2881 * state[1] + 0.0440 * state[2];
            let bit = if sum >= 0.0 { 1.0 } else { -1.0 };
            bytes[n / 8] |= if sum >= 0.0 { 0x80 >> (n % 8) } else { 0 };
            state[2] += state[1];
            state[1] += state[0];
            state[0] += amplitude * phase.cos() - bit;
        }
        bytes
    };
    tones.iter().map(channel).collect()
}

/// A DSF file; its samples are lowest bit first.
pub(crate) fn dsf(bit_rate_hz: u32, bits: u64, channels: &[Vec<u8>]) -> Vec<u8> {
    let mut data = Vec::new();
    for block in 0..channels[0].len().div_ceil(4096) {
        for channel in channels {
            let end = channel.len().min(block * 4096 + 4096);
            data.extend(channel[block * 4096..end].iter().map(|b| b.reverse_bits()));
            data.resize(data.len().next_multiple_of(4096), 0);
        }
    }
    let count = channels.len() as u32;
    let mut file = b"DSD ".to_vec();
    file.extend(
        [28, 28 + 52 + 12 + data.len() as u64, 0]
            .map(u64::to_le_bytes)
            .concat(),
    );
    file.extend(b"fmt ");
    file.extend(52_u64.to_le_bytes());
    file.extend(
        [1, 0, count, count, bit_rate_hz, 1]
            .map(u32::to_le_bytes)
            .concat(),
    );
    file.extend(bits.to_le_bytes());
    file.extend([4096_u32, 0].map(u32::to_le_bytes).concat());
    file.extend(b"data");
    file.extend((12 + data.len() as u64).to_le_bytes());
    file.extend(data);
    file
}

/// A DFF file with `compression`; its samples are highest bit first.
pub(crate) fn dff(bit_rate_hz: u32, compression: &[u8; 4], channels: &[Vec<u8>]) -> Vec<u8> {
    let chunk = |id: &[u8; 4], body: &[u8]| {
        let size = (body.len() as u64).to_be_bytes();
        let padding = vec![0; body.len() % 2];
        [id, &size[..], body, &padding].concat()
    };
    let names = b"SLFTSRGTC   LFE LS  RS  ";
    let names = &names[..channels.len() * 4];
    let count = (channels.len() as u16).to_be_bytes();
    let properties = [
        b"SND ".to_vec(),
        chunk(b"FS  ", &bit_rate_hz.to_be_bytes()),
        chunk(b"CHNL", &[&count[..], names].concat()),
        chunk(b"CMPR", &[compression, &b"\x0Enot compressed"[..]].concat()),
    ];
    let interleaved = (0..channels[0].len()).flat_map(|n| channels.iter().map(move |c| c[n]));
    let body = [
        b"DSD ".to_vec(),
        chunk(b"FVER", &[1, 5, 0, 0]),
        chunk(b"PROP", &properties.concat()),
        chunk(compression, &interleaved.collect::<Vec<u8>>()),
    ];
    chunk(b"FRM8", &body.concat())
}

/// Amplitude of a tone, by its projections, and the phase it has at the first sample (as a cosine).
fn tone(samples: &[f32], hz: f64, rate_hz: f64) -> (f64, f64) {
    let (mut real, mut imaginary, mut weight) = (0.0, 0.0, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        // Hann: the ends and the noise far away count little.
        let window = (n as f64 / samples.len() as f64 * TAU / 2.0).sin().powi(2);
        let angle = n as f64 * hz / rate_hz * TAU;
        real += window * f64::from(*sample) * angle.cos();
        imaginary -= window * f64::from(*sample) * angle.sin();
        weight += window / 2.0;
    }
    let (real, imaginary) = (real / weight, imaginary / weight);
    (real.hypot(imaginary), imaginary.atan2(real))
}

fn db(ratio: f64) -> f64 {
    20.0 * ratio.log10()
}

#[test]
fn tones_come_out_at_their_level_and_time_with_little_noise() {
    let folder = tempfile::tempdir().unwrap();
    for (bit_rate_hz, channels, noise_limit_db) in [
        (2_822_400, 2, -120.0),
        (5_644_800, 1, -140.0),
        (11_289_600, 2, -155.0),
        (22_579_200, 6, -155.0),
    ] {
        let bits = bit_rate_hz as usize / 4 + 100;
        let rate_hz = if channels == 2 && bit_rate_hz == 2_822_400 {
            88_200
        } else {
            176_400
        };
        let decimation = (bit_rate_hz / rate_hz) as usize;
        let tones = [
            (1_000.0, 0.5),
            (19_000.0, 0.3),
            (300.0, 0.1),
            (60.0, 0.5),
            (5_000.0, 0.05),
            (10_000.0, 0.4),
        ];
        let bytes = modulate(bit_rate_hz, bits, &tones[..channels]);
        for kind in ["dsf", "dff"] {
            let path = folder.path().join(kind);
            let (content, bits) = match kind {
                "dsf" => (dsf(bit_rate_hz, bits as u64, &bytes), bits),
                // Without a count of its own a file has all bits of its bytes.
                _ => (dff(bit_rate_hz, b"DSD ", &bytes), bits.next_multiple_of(8)),
            };
            std::fs::write(&path, content).unwrap();
            let info = TrackDecoder::open(&path).unwrap().info().clone();
            assert_eq!(
                (info.codec.as_str(), info.container.as_str()),
                ("DSD", kind)
            );
            assert_eq!(
                (info.sample_rate_hz, info.bits_per_sample),
                (rate_hz, Some(1))
            );
            assert_eq!(info.frames, Some(bits.div_ceil(decimation) as u64));
            let (samples, count) = decode(&path);
            assert_eq!(count, channels);
            for (channel, (hz, amplitude)) in tones[..channels].iter().enumerate() {
                let of_channel = samples[channel..].iter().step_by(channels);
                let of_channel: Vec<f32> = of_channel.copied().collect();
                let (found, phase) = tone(&of_channel, *hz, f64::from(rate_hz));
                let what = format!("{bit_rate_hz} Hz {kind} channel {channel}");
                assert!(
                    db(found / amplitude).abs() < 0.005,
                    "{what}: {}",
                    db(found / amplitude)
                );
                // The modulator's own signal has no delay where its noise is low.
                let late = -phase / TAU / hz * f64::from(bit_rate_hz);
                assert!(late.abs() < 0.2, "{what}: {late} bits late");
                let nearby = (1..40).map(|n| 2_000.0 + 433.0 * f64::from(n));
                let nearby = nearby.filter(|other| (other - hz).abs() > 400.0);
                let powers: Vec<f64> = nearby
                    .map(|hz| tone(&of_channel, hz, f64::from(rate_hz)).0.powi(2))
                    .collect();
                let noise = (powers.iter().sum::<f64>() / powers.len() as f64).sqrt();
                println!(
                    "{what}: {:.4} dB, noise {:.1} dB",
                    db(found / amplitude),
                    db(noise)
                );
                assert!(db(noise) < noise_limit_db, "{what}: noise at {}", db(noise));
            }
        }
    }
}

#[test]
fn a_seek_leads_to_the_very_same_samples() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = modulate(2_822_400, 300_001, &[(1_000.0, 0.5), (3_000.0, 0.4)]);
    for content in [
        dsf(2_822_400, 300_001, &bytes),
        dff(2_822_400, b"DSD ", &bytes),
    ] {
        let path = folder.path().join("file");
        std::fs::write(&path, content).unwrap();
        let (expected, _) = decode(&path);
        assert_eq!(expected.len(), 300_001_usize.div_ceil(32) * 2);
        let mut decoder = TrackDecoder::open(&path).unwrap();
        for frame in [9_375, 0, 5_000, 2_047, 2_048, 1, 9_370] {
            decoder.seek(frame as u64).unwrap();
            let found = decoder.next_frames().unwrap().unwrap();
            let length = found.len().min(1_000);
            assert_equal(
                &found[..length],
                &expected[frame * 2..][..length],
                "after a seek",
            );
        }
    }
}

#[test]
fn ffmpeg_agrees_on_the_level() {
    if !have("ffmpeg_agrees_on_the_level", &["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let bytes = modulate(2_822_400, 1 << 20, &[(1_000.0, 0.5)]);
    for (name, content) in [
        ("one.dsf", dsf(2_822_400, 1 << 20, &bytes)),
        ("one.dff", dff(2_822_400, b"DSD ", &bytes)),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let arguments = [
            "-v",
            "error",
            "-i",
            path.to_str().unwrap(),
            "-f",
            "f32le",
            "-",
        ];
        let theirs = run("ffmpeg", &arguments);
        let theirs: Vec<f32> = theirs
            .as_chunks()
            .0
            .iter()
            .map(|b| f32::from_le_bytes(*b))
            .collect();
        let theirs = tone(&theirs, 1_000.0, 352_800.0).0;
        let ours = tone(&decode(&path).0, 1_000.0, 88_200.0).0;
        assert!(
            db(ours / theirs).abs() < 0.01,
            "{name}: {ours}, not {theirs}"
        );
    }
}

#[test]
fn what_is_wrong_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = modulate(2_822_400, 100_000, &[(1_000.0, 0.5)]);
    let open = |content: &[u8]| {
        let path = folder.path().join("file");
        std::fs::write(&path, content).unwrap();
        TrackDecoder::open(Path::new(&path))
    };
    let compressed = open(&dff(2_822_400, b"DST ", &bytes)).err().unwrap();
    assert_eq!(
        compressed.to_string(),
        "DST-compressed DSD is not supported"
    );
    let too_fast = open(&dsf(1 << 30, 100_000, &bytes)).err().unwrap();
    assert!(matches!(too_fast, MediaError::Unsupported(_)), "{too_fast}");

    let whole = dff(2_822_400, b"DSD ", &bytes);
    let mut cut = open(&whole[..whole.len() / 2]).unwrap();
    let mut found = 0;
    let error = loop {
        match cut.next_frames() {
            Ok(Some(frames)) => found += frames.len() as u64,
            Ok(None) => panic!("no fault was reported"),
            Err(error) => break error,
        }
    };
    let MediaError::Truncated {
        declared,
        found: told,
    } = error
    else {
        panic!("{error}")
    };
    assert_eq!((declared, told), (100_000_u64.div_ceil(32), found));
}

#[test]
fn dsd_in_wavpack_is_called_so() {
    let test = "dsd_in_wavpack_is_called_so";
    if !have(test, &["wavpack", "mkvmerge"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let bits = modulate(2_822_400, 1 << 16, &[(440.0, 0.4), (660.0, 0.4)]);
    std::fs::write(path("a.dsf"), dsf(2_822_400, 1 << 16, &bits)).unwrap();
    for options in [&["-q", "-y"][..], &["-q", "-y", "-h"]] {
        let (source, wavpack) = (path("a.dsf"), path("a.wv"));
        let arguments = [options, &[&source, "-o", &wavpack]].concat();
        run("wavpack", &arguments);
        run("mkvmerge", &["-q", "-o", &path("a.mka"), &wavpack]);
        for name in ["a.wv", "a.mka"] {
            let error = TrackDecoder::open(Path::new(&path(name))).err().unwrap();
            assert_eq!(
                error.to_string(),
                "DSD in WavPack is not supported",
                "{name}"
            );
        }
    }
}
