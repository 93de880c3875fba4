//! Streams that were joined, cut, or have something around them, made by real encoders: every frame plays, and any
//! can be gone to.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

#[path = "../encoders/mod.rs"]
mod encoders;
mod flac;
mod mpeg;
mod ogg;
mod ogg_damage;
#[cfg(unix)]
mod pipes;
mod wide_flac;

use encoders::{music_of, run, write_wav_of};
use media::decoder::{StreamInfo, TrackDecoder};
use std::path::{Path, PathBuf};

struct Decoded {
    info: StreamInfo,
    samples: Vec<f32>,
}

fn decode(path: &Path) -> Decoded {
    let mut decoder =
        TrackDecoder::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut samples = Vec::new();
    while let Some(frames) = decoder.next_frames().unwrap() {
        samples.extend_from_slice(frames);
    }
    Decoded {
        info: decoder.info().clone(),
        samples,
    }
}

/// After a seek, what comes is what comes there without one: to within `allowed`.
fn expect_seeks(path: &Path, whole: &Decoded, targets: &[usize], allowed: f32) {
    let channels = whole.info.channels;
    let frames = whole.samples.len() / channels;
    let mut decoder = TrackDecoder::open(path).unwrap();
    let mut seed = 9_u64;
    let random = (0..30).map(|_| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize % frames
    });
    for target in targets.iter().copied().chain(random.collect::<Vec<_>>()) {
        decoder.seek(target as u64).unwrap();
        let mut got = Vec::new();
        while got.len() < 2_500 * channels {
            // What is lost is told at the end.
            match decoder.next_frames().unwrap_or(None) {
                Some(frames) => got.extend_from_slice(frames),
                None => break,
            }
        }
        let wanted = &whole.samples[target * channels..];
        let length = wanted.len().min(2_500 * channels);
        assert!(
            got.len() >= length,
            "{}: too few frames at {target}",
            path.display()
        );
        let far = got
            .iter()
            .zip(&wanted[..length])
            .map(|(a, b)| (a - b).abs());
        let worst = far.fold(0.0, f32::max);
        assert!(
            worst <= allowed,
            "{}: {worst} off after a seek to {target}",
            path.display()
        );
    }
}

fn wav(folder: &Path, name: &str, frames: usize, rate_hz: u32, channels: u16) -> PathBuf {
    let path = folder.join(name);
    write_wav_of(
        &path,
        &music_of(frames, rate_hz, channels),
        rate_hz,
        channels,
        16,
    );
    path
}

/// Encodes with `command`, in which IN and OUT stand for the files.
fn encode(source: &Path, name: &str, command: &str) -> PathBuf {
    let out = source.with_file_name(name);
    let words: Vec<&str> = command
        .split(' ')
        .map(|word| match word {
            "IN" => source.to_str().unwrap(),
            "OUT" => out.to_str().unwrap(),
            word => word,
        })
        .collect();
    run(words[0], &words[1..]);
    out
}

fn join(paths: &[&Path], name: &str) -> PathBuf {
    let joined = paths[0].with_file_name(name);
    let bytes: Vec<u8> = paths
        .iter()
        .flat_map(|path| std::fs::read(path).unwrap())
        .collect();
    std::fs::write(&joined, bytes).unwrap();
    joined
}

fn write(beside: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = beside.with_file_name(name);
    std::fs::write(&path, bytes).unwrap();
    path
}
