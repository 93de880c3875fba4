//! The rows, and what is expected of each.

use crate::encoders::{ffmpeg_f32_at, have, music_of, run, write_wav_of};
use Kind::{Lossless, Lossy, Untrimmed};
use media::decoder::{StreamInfo, TrackDecoder};
use std::path::{Path, PathBuf};

/// One row of the table.
pub(crate) struct Case {
    name: &'static str,
    file: &'static str,
    /// Encoder and arguments; `IN` and `OUT` stand for the files.
    command: &'static str,
    rate_hz: u32,
    channels: u16,
    bits: u16,
    /// Rate that comes out.
    output_hz: u32,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// Every bit comes back.
    Lossless,
    /// As long as what went in, and as the reference decoder has it.
    Lossy,
    /// Declares no padding: as long as the reference decoder's, or longer by what it cuts.
    Untrimmed,
}

pub(crate) const fn case(
    name: &'static str,
    file: &'static str,
    command: &'static str,
    kind: Kind,
) -> Case {
    Case {
        name,
        file,
        command,
        rate_hz: 44_100,
        channels: 2,
        bits: 16,
        output_hz: 44_100,
        kind,
    }
}

pub(crate) const fn opus(
    name: &'static str,
    file: &'static str,
    channels: u16,
    command: &'static str,
) -> Case {
    Case {
        name,
        file,
        command,
        rate_hz: 48_000,
        channels,
        bits: 16,
        output_hz: 48_000,
        kind: Lossy,
    }
}

pub(crate) const fn wide(mut case: Case, rate_hz: u32, channels: u16, bits: u16) -> Case {
    case.rate_hz = rate_hz;
    case.output_hz = rate_hz;
    case.channels = channels;
    case.bits = bits;
    case
}

/// A row of 24 bits.
pub(crate) const fn deep(name: &'static str, file: &'static str, command: &'static str) -> Case {
    wide(case(name, file, command, Lossless), 48_000, 2, 24)
}

pub(crate) const fn untrimmed(mut case: Case) -> Case {
    case.kind = Untrimmed;
    case
}

const FF: &str = "ffmpeg -v error -y -i IN";

/// Not a multiple of any packet's length.
const FRAMES: usize = 150_001;
const SEEKS: usize = 100;
/// One step of 16 bits.
const LSB16: f64 = 1.0 / 32_768.0;

fn decode(path: &Path) -> Result<(Vec<f32>, StreamInfo), String> {
    let mut decoder = TrackDecoder::open(path).map_err(|e| e.to_string())?;
    let info = decoder.info().clone();
    let mut all = Vec::new();
    while let Some(frames) = decoder.next_frames().map_err(|e| e.to_string())? {
        all.extend_from_slice(frames);
    }
    Ok((all, info))
}

fn encode(case: &Case, folder: &Path) -> PathBuf {
    let wav = folder.join("in.wav");
    let samples = music_of(FRAMES, case.rate_hz, case.channels);
    write_wav_of(&wav, &samples, case.rate_hz, case.channels, case.bits);
    if case.channels > 2 || case.bits > 16 {
        // Encoders want the extensible header for these.
        let (plain, wav) = (folder.join("plain.wav"), wav.to_str().unwrap());
        std::fs::rename(wav, &plain).unwrap();
        let codec = format!("pcm_s{}le", case.bits);
        let plain = plain.to_str().unwrap();
        run("ffmpeg", &["-v", "error", "-i", plain, "-c:a", &codec, wav]);
    }
    let out = folder.join(case.file);
    let command = case.command.replace("FF", FF);
    let words: Vec<&str> = command
        .split(' ')
        .map(|word| match word {
            "IN" => wav.to_str().unwrap(),
            "OUT" => out.to_str().unwrap(),
            word => word,
        })
        .collect();
    run(words[0], &words[1..]);
    out
}

fn rms(a: &[f32], b: &[f32]) -> f64 {
    let sum: f64 = a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum();
    (sum / a.len().min(b.len()).max(1) as f64).sqrt()
}

/// The shift, within 3,000 frames, at which the first channel of `got` is most like `want`'s.
fn offset(got: &[f32], want: &[f32], channels: usize) -> i64 {
    let left =
        |samples: &[f32]| -> Vec<f32> { samples.iter().step_by(channels).copied().collect() };
    let (got, want) = (left(got), left(want));
    let middle = 20_000..24_000;
    let best = (-3_000_i64..=3_000).max_by(|a, b| {
        let likeness = |shift: &i64| -> f64 {
            let pairs = middle.clone().filter_map(|n| {
                let at = usize::try_from(n as i64 + shift).ok()?;
                Some(f64::from(*want.get(n)?) * f64::from(*got.get(at)?))
            });
            pairs.sum()
        };
        likeness(a).total_cmp(&likeness(b))
    });
    best.unwrap_or(0)
}

/// Seeks to random places, back and forth; the number of places where what follows is not the same.
fn wrong_seeks(path: &Path, whole: &[f32], channels: usize, allowed: f64) -> (usize, Vec<usize>) {
    let mut at = Vec::new();
    let frames = whole.len() / channels;
    let mut decoder = TrackDecoder::open(path).unwrap();
    let mut seed = 0x9E37_79B9_u64;
    let mut wrong = 0;
    for number in 0..SEEKS {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let target = match number {
            0 => 0,
            1 => frames - 1,
            2 => 1,
            // After the end of the stream.
            3 => {
                decoder.seek(frames as u64 + 7).unwrap();
                assert!(decoder.next_frames().unwrap().is_none(), "past the end");
                0
            }
            _ => (seed >> 33) as usize % frames,
        };
        decoder.seek(target as u64).unwrap();
        let mut got = Vec::new();
        while got.len() < 3_000 * channels {
            match decoder.next_frames().unwrap_or(None) {
                Some(frames) => got.extend_from_slice(frames),
                None => break,
            }
        }
        let want = &whole[target * channels..];
        let length = want.len().min(3_000 * channels);
        let same = got.len() >= length && rms(&got[..length], &want[..length]) < allowed;
        if !same {
            wrong += 1;
            at.push(target);
        }
    }
    (wrong, at)
}

/// Has each row made by its encoder, decodes it, goes to random places, and prints the table.
pub(crate) fn expect_exact(family: &str, tools: &[&str], cases: &[Case]) {
    if !have(family, tools) {
        return;
    }
    let only = std::env::var("RUSTY_AUDIO_FORMAT").ok();
    let mut faults = Vec::new();
    println!(
        "{:18} {:>8} {:>8} {:>6} {:>7} {:>12}",
        "format", "frames", "declared", "offset", "seeks", "error"
    );
    for case in cases {
        if only
            .as_ref()
            .is_some_and(|only| !case.name.starts_with(only.as_str()))
        {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let path = encode(case, folder.path());
        let (got, info) = match decode(&path) {
            Ok(found) => found,
            Err(error) => {
                println!("{:18} {error}", case.name);
                faults.push(format!("{}: {error}", case.name));
                continue;
            }
        };
        let mut fault = |text: String| faults.push(format!("{}: {text}", case.name));
        let (rate_hz, channels, declared) = (info.sample_rate_hz, info.channels, info.frames);
        // Sound that was put into wider words has their bits.
        let widened = ["wav 32", "wav float", "wav double", "aifc float", "caf"];
        let is_widened = widened.contains(&case.name);
        if case.kind == Lossless && !is_widened && info.bits_per_sample != Some(case.bits.into()) {
            fault(format!(
                "{:?} bits, not {}",
                info.bits_per_sample, case.bits
            ));
        }
        assert_eq!(channels, usize::from(case.channels), "{}", case.name);
        assert_eq!(rate_hz, case.output_hz, "{}", case.name);
        let frames = got.len() / channels;
        let source = music_of(FRAMES, case.rate_hz, case.channels);
        let full = f64::from(1_u32 << (case.bits - 1));
        let source: Vec<f32> = source
            .iter()
            .map(|s| ((f64::from(*s) * full).round().clamp(-full, full - 1.0) / full) as f32)
            .collect();
        let reference = match case.kind {
            // The source is the truth; not every reader knows RIFX of 24 bits.
            Lossless => Vec::new(),
            Lossy | Untrimmed => ffmpeg_f32_at(&path, rate_hz),
        };
        // Strong compression leaves too little to find the exact place: the reference has it there too.
        let shift = match case.kind {
            Lossless => offset(&got, &source, channels),
            Lossy => offset(&got, &source, channels) - offset(&reference, &source, channels),
            Untrimmed => 0,
        };
        let error = match case.kind {
            Lossless => rms(&got, &source),
            Lossy => rms(&got, &reference),
            Untrimmed => {
                let shift = offset(&got, &reference, channels);
                let from = usize::try_from(shift).unwrap_or(0) * channels;
                rms(&got[from..], &reference)
            }
        };
        // Speech coding predicts from its own past without end: after a seek it comes near, not back.
        let allowed = if case.name == "opus mono speech" {
            100.0 * LSB16
        } else {
            LSB16 / 4.0
        };
        let (wrong, at) = wrong_seeks(&path, &got, channels, allowed);
        println!(
            "{:18} {frames:>8} {:>8} {shift:>6} {:>7} {:>9.4} LSB",
            case.name,
            declared.map_or("-".into(), |n| n.to_string()),
            format!("{}/{SEEKS}", SEEKS - wrong),
            error / LSB16,
        );
        if case.kind != Untrimmed && frames != FRAMES {
            fault(format!("{frames} of {FRAMES} frames"));
        }
        // The one encoder of ALAC in CAF at hand rounds the length up to whole packets.
        if declared.is_some_and(|n| n != frames as u64) && !case.name.starts_with("alac in caf") {
            fault(format!("{frames} frames, {declared:?} declared"));
        }
        if shift != 0 {
            fault(format!("shifted by {shift}"));
        }
        if wrong > 0 {
            fault(format!("{wrong} of {SEEKS} seeks wrong: {at:?}"));
        }
        let allowed = if case.kind == Lossless { 0.0 } else { LSB16 };
        if error > allowed {
            fault(format!("off by {:.3} steps of 16 bits", error / LSB16));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
