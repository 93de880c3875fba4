//! Test sounds, and files made of them by real encoders.

use super::RATE;
use std::f64::consts::TAU;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Left and right.
pub(crate) type Frame = [f32; 2];

/// A file and what is in it.
pub(crate) struct Track {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// What it sounds like, exactly.
    pub(crate) frames: Vec<Frame>,
}

/// Seeded noise under two tones: any 64 frames of it occur once. Peaks stay below -10 dBFS.
pub(crate) fn noise(seed: u64, seconds: f64) -> Vec<[i16; 2]> {
    // Far apart for neighbouring seeds, and never 0.
    let mut state = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64 * 2.0 - 1.0
    };
    (0..frames_of(seconds))
        .map(|n| {
            let time = n as f64 / RATE as f64;
            let tones = 0.06 * (TAU * 220.0 * time).sin() + 0.06 * (TAU * 3_520.0 * time).sin();
            [0; 2].map(|_: i32| quantized(tones + 0.18 * random()))
        })
        .collect()
}

/// A tone of `peak` (linear) on both channels.
pub(crate) fn sine(hz: f64, peak: f64, seconds: f64) -> Vec<[i16; 2]> {
    (0..frames_of(seconds))
        .map(|n| [quantized(peak * (TAU * hz * n as f64 / RATE as f64).sin()); 2])
        .collect()
}

/// Writes `NAME.flac` with the `flac` tool.
pub(crate) fn flac(folder: &Path, name: &str, title: &str, sound: &[[i16; 2]]) -> Track {
    let path = folder.join(format!("{name}.flac"));
    let rate = format!("--sample-rate={RATE}");
    let mut command = Command::new("flac");
    command
        .args(["--totally-silent", "--force", "--force-raw-format"])
        .args([
            "--endian=little",
            "--sign=signed",
            "--channels=2",
            "--bps=16",
        ])
        .args([&rate, &format!("--tag=TITLE={title}"), "-o"])
        .arg(&path)
        .arg("-");
    encode(command, path, sound)
}

fn encode(mut command: Command, path: PathBuf, sound: &[[i16; 2]]) -> Track {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let bytes: Vec<u8> = sound
        .iter()
        .flatten()
        .flat_map(|s| s.to_le_bytes())
        .collect();
    let mut stdin = child.stdin.take().expect("a pipe was asked for");
    stdin
        .write_all(&bytes)
        .expect("the encoder reads its input");
    drop(stdin);
    let status = child.wait().expect("the encoder ends");
    assert!(status.success(), "{program}: {status}");
    let heard = |frame: &[i16; 2]| frame.map(|sample| f32::from(sample) / 32_768.0);
    Track {
        path,
        frames: sound.iter().map(heard).collect(),
    }
}

fn frames_of(seconds: f64) -> usize {
    (seconds * RATE as f64).round() as usize
}

fn quantized(value: f64) -> i16 {
    (value * 32_768.0).round() as i16
}
