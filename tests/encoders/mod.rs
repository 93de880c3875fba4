//! Real encoders and decoders, and sound to feed them: for tests that need real files.

#![allow(dead_code, reason = "each test program uses its own part")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a tool and panics with what it said if it fails.
pub(crate) fn run(program: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{program} {arguments:?} failed: {said}"
    );
    output.stdout
}

/// Whether every one of `programs` is there; says which test is not run when one is not.
pub(crate) fn have(test: &str, programs: &[&str]) -> bool {
    let missing: Vec<&str> = programs
        .iter()
        .copied()
        .filter(|program| Command::new(program).arg("--version").output().is_err())
        .collect();
    if !missing.is_empty() {
        println!("not run: {test} needs {}", missing.join(", "));
    }
    missing.is_empty()
}

/// Seeded pink-ish noise with two tones, interleaved stereo, well below full scale.
pub(crate) fn music(frames: usize, rate_hz: u32) -> Vec<f32> {
    music_of(frames, rate_hz, 2)
}

/// As [`music`], in any number of channels.
pub(crate) fn music_of(frames: usize, rate_hz: u32, channels: u16) -> Vec<f32> {
    let mut seed = 0x1234_5678_u32;
    let mut low = vec![0.0_f64; usize::from(channels)];
    let mut samples = Vec::with_capacity(frames * low.len());
    for n in 0..frames {
        let t = n as f64 / f64::from(rate_hz);
        let tones = (t * 440.0 * std::f64::consts::TAU).sin() * 0.2
            + (t * 3_100.0 * std::f64::consts::TAU).sin() * 0.05;
        for low in &mut low {
            seed ^= seed << 13;
            seed ^= seed >> 17;
            seed ^= seed << 5;
            let white = f64::from(seed) / f64::from(u32::MAX) - 0.5;
            *low += (white - *low) * 0.2;
            samples.push((tones + *low * 0.4) as f32);
        }
    }
    samples
}

/// Writes interleaved stereo samples as a 16- or 24-bit WAVE file, rounded.
pub(crate) fn write_wav(path: &Path, samples: &[f32], rate_hz: u32, bits: u16) {
    write_wav_of(path, samples, rate_hz, 2, bits);
}

/// As [`write_wav`], in any number of channels.
pub(crate) fn write_wav_of(path: &Path, samples: &[f32], rate_hz: u32, channels: u16, bits: u16) {
    let bytes_per_sample = bits / 8;
    let data_bytes = samples.len() as u32 * u32::from(bytes_per_sample);
    let mut file = Vec::with_capacity(44 + data_bytes as usize);
    file.extend(b"RIFF");
    file.extend((36 + data_bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(rate_hz.to_le_bytes());
    let frame_bytes = channels * bytes_per_sample;
    file.extend((rate_hz * u32::from(frame_bytes)).to_le_bytes());
    file.extend(frame_bytes.to_le_bytes());
    file.extend(bits.to_le_bytes());
    file.extend(b"data");
    file.extend(data_bytes.to_le_bytes());
    let full = f64::from(1_u32 << (bits - 1));
    for sample in samples {
        let value = (f64::from(*sample) * full).round().clamp(-full, full - 1.0) as i32;
        file.extend(&value.to_le_bytes()[..usize::from(bytes_per_sample)]);
    }
    std::fs::write(path, file).unwrap();
}

/// What a tool decodes a file to: interleaved 32-bit float.
pub(crate) fn ffmpeg_f32(path: &Path) -> Vec<f32> {
    let path = path.to_str().unwrap();
    f32_of(&run(
        "ffmpeg",
        &["-v", "error", "-i", path, "-f", "f32le", "-"],
    ))
}

/// As [`ffmpeg_f32`], decoded by libopus where that is the codec, and at `rate_hz`.
pub(crate) fn ffmpeg_f32_at(path: &Path, rate_hz: u32) -> Vec<f32> {
    let (path, rate) = (path.to_str().unwrap(), rate_hz.to_string());
    let entry = "stream=codec_name";
    let probe = [
        "-v",
        "error",
        "-show_entries",
        entry,
        "-of",
        "csv=p=0",
        path,
    ];
    let codec = String::from_utf8(run("ffprobe", &probe)).unwrap();
    let mut arguments = vec!["-v", "error"];
    if codec.trim() == "opus" {
        arguments.extend(["-c:a", "libopus"]);
    }
    arguments.extend(["-i", path, "-ar", &rate, "-f", "f32le", "-"]);
    f32_of(&run("ffmpeg", &arguments))
}

fn f32_of(bytes: &[u8]) -> Vec<f32> {
    bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|b| f32::from_le_bytes(*b))
        .collect()
}

/// Encodes a WAVE file next to it; `kind` is flac, ogg (Vorbis), mp3 (LAME) or wav (as it is).
pub(crate) fn encode(wav: &Path, kind: &str) -> PathBuf {
    let target = wav.with_extension(kind);
    let (from, to) = (wav.to_str().unwrap(), target.to_str().unwrap());
    match kind {
        "wav" => {}
        "flac" => drop(run("flac", &["-s", "-f", "-o", to, from])),
        "ogg" => drop(run("oggenc", &["-Q", "-q", "6", "-o", to, from])),
        "mp3" => drop(run("lame", &["--quiet", "-V", "2", from, to])),
        other => {
            panic!("no encoder for {other}")
        }
    }
    target
}
