//! Real files of other projects, where a folder of them is at hand (`RUSTY_AUDIO_CORPUS`, with an
//! `expected.tsv` that says what is right about each).

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

use media::decoder::TrackDecoder;
use std::path::Path;
use std::time::Instant;

/// What cannot be played yet, by a part of the path, and what is said of it. A file that plays after all
/// fails the test, so that this list stays true.
const KNOWN_LIMITS: [(&str, &str); 0] = [];

struct Expected {
    path: String,
    kind: String,
    rate_hz: u32,
    channels: usize,
    frames: u64,
    is_lossless: bool,
}

fn read_expected(folder: &Path) -> Vec<Expected> {
    let text = std::fs::read_to_string(folder.join("expected.tsv")).unwrap();
    let lines = text
        .lines()
        .skip(1)
        .map(|line| line.split('\t').collect::<Vec<_>>());
    lines
        .map(|cells| Expected {
            path: cells[0].to_owned(),
            kind: cells[1].to_owned(),
            rate_hz: cells[4].parse().unwrap_or(0),
            channels: cells[5].parse().unwrap_or(0),
            frames: cells[6].parse().unwrap_or(0),
            is_lossless: cells[9].contains(':'),
        })
        .collect()
}

/// Frames that came out, and the root mean square of their samples.
fn decode(path: &Path) -> Result<(u32, usize, u64, f64), String> {
    let mut decoder = TrackDecoder::open(path).map_err(|error| error.to_string())?;
    let (rate_hz, channels) = (decoder.info().sample_rate_hz, decoder.info().channels);
    let (mut samples, mut power) = (0_u64, 0.0);
    loop {
        match decoder.next_frames() {
            Ok(Some(frames)) => {
                samples += frames.len() as u64;
                power += frames.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>();
            }
            Ok(None) => break,
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok((
        rate_hz,
        channels,
        samples / channels as u64,
        (power / samples.max(1) as f64).sqrt(),
    ))
}

#[test]
fn real_files_play_or_say_why_not() {
    let Some(folder) = std::env::var_os("RUSTY_AUDIO_CORPUS") else {
        println!("not run: real files need a folder of them in RUSTY_AUDIO_CORPUS");
        return;
    };
    let folder = Path::new(&folder);
    let (mut wrong, mut decoded, mut refused) = (Vec::new(), 0, 0);
    for file in read_expected(folder) {
        let start = Instant::now();
        let result = decode(&folder.join(&file.path));
        let took = start.elapsed();
        let limit = KNOWN_LIMITS
            .iter()
            .find(|(part, _)| file.kind == "must-decode" && file.path.contains(part));
        if let Some((_, said)) = limit {
            match result {
                Err(reason) if reason.contains(said) => refused += 1,
                other => wrong.push(format!("{}: known limit, but {other:?}", file.path)),
            }
            continue;
        }
        match (file.kind.as_str(), result) {
            ("must-decode", Err(reason)) => wrong.push(format!("{}: {reason}", file.path)),
            ("must-decode", Ok((rate_hz, channels, frames, _))) => {
                decoded += 1;
                // Lossy files may keep or lose a packet of padding their headers do not declare.
                let slack = if file.is_lossless { 0 } else { 4_608 };
                let is_right = rate_hz == file.rate_hz
                    && channels == file.channels
                    && frames.abs_diff(file.frames) <= slack;
                if !is_right {
                    let Expected {
                        rate_hz: r,
                        channels: c,
                        frames: f,
                        ..
                    } = file;
                    let got = format!("{rate_hz} Hz x{channels} {frames} frames");
                    wrong.push(format!("{}: {got}, not {r} Hz x{c} {f}", file.path));
                }
            }
            ("must-fail-cleanly", Ok((.., frames, rms))) if frames > 0 && rms > 0.0 => {
                wrong.push(format!(
                    "{}: {frames} frames of sound out of nothing",
                    file.path
                ));
            }
            (_, Err(_)) => refused += 1,
            (_, Ok(_)) => decoded += 1,
        }
        if took.as_secs() >= 5 {
            wrong.push(format!("{}: took {took:?}", file.path));
        }
    }
    println!(
        "{decoded} decoded, {refused} refused with a reason, {} wrong",
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn mp3_vectors_come_out_as_their_references_say() {
    let Some(folder) = std::env::var_os("RUSTY_AUDIO_CORPUS") else {
        println!("not run: real files need a folder of them in RUSTY_AUDIO_CORPUS");
        return;
    };
    let folder = Path::new(&folder).join("mp3-vectors");
    let mut compared = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let reference = std::fs::read(path.with_extension("pcm"));
        let (Ok(reference), Some("mp3")) = (reference, path.extension().and_then(|e| e.to_str()))
        else {
            continue;
        };
        let mut decoder = TrackDecoder::open(&path).unwrap();
        let mut samples = Vec::new();
        while let Ok(Some(frames)) = decoder.next_frames() {
            samples.extend_from_slice(frames);
        }
        let words = reference
            .as_chunks()
            .0
            .iter()
            .map(|word| i16::from_le_bytes(*word));
        let far = samples
            .iter()
            .zip(words)
            .map(|(sample, word)| (sample.clamp(-1.0, 1.0) * 32_768.0 - f32::from(word)).abs());
        let worst = far.fold(0.0, f32::max);
        assert!(worst <= 2.5, "{}: {worst} of 32,768 off", path.display());
        compared += 1;
    }
    assert!(compared > 0, "no vector has a reference beside it");
}
