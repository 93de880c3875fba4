//! Decoding by codec, beside ffmpeg on the same file; the first sound by codec; the waveform of a track.
//!
//! The files are made by the real encoders when the benchmark begins; those that are missing are named.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a benchmark may fail loudly"
)]

#[path = "../tests/encoders/mod.rs"]
mod encoders;
mod sampling;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use engine::pipeline::DecodePipeline;
use media::decoder::TrackDecoder;
use media::waveform::Waveform;
use rt::ids::{Generation, PlayId};
use rt::ring::AudioRingBuffer;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Length of each file.
const SECONDS: usize = 60;
/// Length of the file whose waveform is drawn up.
const LONG_SECONDS: usize = 300;
const RATE_HZ: u32 = 44_100;

/// Name, file, encoder and its arguments, and whether it is of 96 kHz and 24 bit.
const FILES: &[(&str, &str, &str, bool)] = &[
    (
        "WAVE 16 bit",
        "a.wav",
        "ffmpeg -v error -y -i IN -c:a pcm_s16le OUT",
        false,
    ),
    (
        "FLAC 16 bit 44.1 kHz",
        "b.flac",
        "flac -s -f -o OUT IN",
        false,
    ),
    ("FLAC 24 bit 96 kHz", "c.flac", "flac -s -f -o OUT IN", true),
    (
        "ALAC",
        "d.m4a",
        "ffmpeg -v error -y -i IN -c:a alac OUT",
        false,
    ),
    ("WavPack", "e.wv", "wavpack -q -y IN -o OUT", false),
    ("MP3 VBR", "f.mp3", "lame --quiet -V 2 IN OUT", false),
    (
        "AAC",
        "g.m4a",
        "ffmpeg -v error -y -i IN -c:a aac OUT",
        false,
    ),
    ("Vorbis", "h.ogg", "oggenc -Q -q 6 -o OUT IN", false),
    (
        "Opus",
        "i.opus",
        "opusenc --quiet --bitrate 128 IN OUT",
        false,
    ),
];

struct Sample {
    name: &'static str,
    path: PathBuf,
    frames: u64,
}

fn samples(folder: &Path) -> Vec<Sample> {
    let wave = |seconds: usize, rate_hz: u32, bits: u16| {
        let path = folder.join(format!("{seconds}_{rate_hz}.wav"));
        let sound = encoders::music(seconds * rate_hz as usize, rate_hz);
        encoders::write_wav(&path, &sound, rate_hz, bits);
        path
    };
    let (usual, high) = (wave(SECONDS, RATE_HZ, 16), wave(SECONDS, 96_000, 24));
    let mut made = Vec::new();
    for &(name, file, command, is_high) in FILES {
        let program = command.split(' ').next().unwrap_or_default();
        if !encoders::have(name, &[program]) {
            continue;
        }
        let path = folder.join(file);
        let input = if is_high { &high } else { &usual };
        let of = |word: &str| match word {
            "IN" => input.display().to_string(),
            "OUT" => path.display().to_string(),
            _ => word.to_owned(),
        };
        let words: Vec<String> = command.split(' ').skip(1).map(of).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        encoders::run(program, &words);
        let frames = decode(&path);
        made.push(Sample { name, path, frames });
    }
    made
}

fn decode(path: &Path) -> u64 {
    let mut decoder = TrackDecoder::open(path).expect("a file just encoded");
    let mut samples = 0;
    while let Some(frames) = decoder.next_frames().expect("a file just encoded") {
        samples += black_box(frames).len();
    }
    (samples / decoder.info().channels) as u64
}

fn quick<'a>(c: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = c.benchmark_group(name);
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1));
    group
}

fn decoding(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let samples = samples(folder.path());
    let has_ffmpeg = encoders::have("decoding beside ffmpeg", &["ffmpeg"]);
    let mut group = quick(c, "decoding a minute");
    for sample in &samples {
        group.throughput(Throughput::Elements(sample.frames));
        group.bench_function(format!("{}/ours", sample.name), |b| {
            b.iter(|| decode(&sample.path));
        });
        if has_ffmpeg {
            group.bench_function(format!("{}/ffmpeg, whole process", sample.name), |b| {
                b.iter(|| {
                    let mut ffmpeg = Command::new("ffmpeg");
                    ffmpeg.args(["-v", "error", "-nostdin", "-threads", "1", "-i"]);
                    ffmpeg
                        .arg(&sample.path)
                        .args(["-map", "0:a", "-f", "null", "-"]);
                    assert!(ffmpeg.status().is_ok_and(|status| status.success()));
                });
            });
        }
    }
    group.finish();

    let mut group = quick(c, "first sound: from the command to a block in the ring");
    for sample in &samples {
        group.bench_function(sample.name, |b| {
            b.iter_with_large_drop(|| {
                let (ring, mut reader) = AudioRingBuffer::new(RATE_HZ, 2, 0.5);
                let mut pipeline = DecodePipeline::new(ring, RATE_HZ);
                let decoder = TrackDecoder::open(&sample.path).expect("a file just encoded");
                let loaded =
                    pipeline.load(Generation(1), PlayId(1), Box::new(decoder), Duration::ZERO);
                loaded.expect("a file just encoded");
                pipeline.fill(1);
                assert!(reader.pop().is_some());
                (pipeline, reader)
            });
        });
    }
    group.finish();
}

fn waveform(c: &mut Criterion) {
    if !encoders::have("the waveform of a track", &["flac"]) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (wave, path) = (folder.path().join("a.wav"), folder.path().join("a.flac"));
    let sound = encoders::music(LONG_SECONDS * RATE_HZ as usize, RATE_HZ);
    encoders::write_wav(&wave, &sound, RATE_HZ, 16);
    let [from, to] = [&wave, &path].map(|path| path.display().to_string());
    encoders::run("flac", &["-s", "-f", "-o", &to, &from]);
    let mut group = quick(c, "waveform");
    group.throughput(Throughput::Elements(
        (LONG_SECONDS * RATE_HZ as usize) as u64,
    ));
    group.bench_function("five minutes of FLAC", |b| {
        b.iter(|| {
            let decoder = TrackDecoder::open(&path).expect("a file just encoded");
            Waveform::of(decoder, || true).expect("wanted")
        });
    });
    group.finish();
}

/// Processor time of all children that have ended, as Linux counts it: in hundredths of a second.
fn children_cpu() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the name, which may have spaces in it.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(13);
    let ticks: u64 = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    Some(Duration::from_millis(10 * ticks))
}

/// A FLAC through ten bells into a WAVE: processor time of the whole process, beside ffmpeg's.
fn render(c: &mut Criterion) {
    let test = "rendering beside ffmpeg";
    if children_cpu().is_none() || !encoders::have(test, &["flac", "ffmpeg"]) {
        println!("not run: {test} needs /proc");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).display().to_string();
    let sound = encoders::music(SECONDS * RATE_HZ as usize, RATE_HZ);
    encoders::write_wav(at("a.wav").as_ref(), &sound, RATE_HZ, 16);
    encoders::run("flac", &["-s", "-f", "-o", &at("a.flac"), &at("a.wav")]);
    let (mut preset, mut filters) = (String::from("Preamp: -9 dB\n"), String::from("volume=-9dB"));
    for n in 0..10 {
        let (hz, gain_db) = (31.25 * f64::from(1 << n), if n % 2 == 0 { 6 } else { -6 });
        preset += &format!(
            "Filter {}: ON PK Fc {hz} Hz Gain {gain_db} dB Q 1.41\n",
            n + 1
        );
        filters += &format!(",equalizer=f={hz}:t=q:w=1.41:g={gain_db}");
    }
    std::fs::write(at("eq.txt"), preset).expect("a file");
    let [from, to, eq] = ["a.flac", "out.wav", "eq.txt"].map(at);
    let ours = [
        "--config-dir",
        &at("config"),
        "render",
        &from,
        "-o",
        &to,
        "--eq",
        &eq,
        "--bits",
        "16",
    ];
    let ffmpeg = [
        "-v", "error", "-nostdin", "-y", "-threads", "1", "-i", &from, "-af", &filters, &to,
    ];
    let mut group = quick(
        c,
        "render a minute of FLAC through ten bells, processor time",
    );
    group.throughput(Throughput::Elements((SECONDS * RATE_HZ as usize) as u64));
    let rusty_audio = env!("CARGO_BIN_EXE_rusty-audio");
    for (name, program, arguments) in [
        ("ours, whole process", rusty_audio, &ours[..]),
        ("ffmpeg, whole process", "ffmpeg", &ffmpeg),
    ] {
        group.bench_function(name, |b| {
            b.iter_custom(|times| {
                let before = children_cpu().unwrap_or_default();
                for _ in 0..times {
                    let status = Command::new(program).args(arguments).status();
                    assert!(status.is_ok_and(|status| status.success()));
                }
                children_cpu().unwrap_or_default() - before
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = sampling::brief();
    targets = decoding, waveform, render
}
criterion_main!(benches);
