//! Loudness of real files, and ReplayGain stored in them without touching anything else.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

mod encoders;

use media::decoder::TrackDecoder;
use media::tags::read_tags;
use media::wav_writer::{SampleWidth, WavWriter};
use serde_json::Value;
use std::f64::consts::TAU;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rusty-audio"));
    let config = Path::new(env!("CARGO_TARGET_TMPDIR")).join("analyze-config");
    command.arg("--config-dir").arg(config);
    command
}

/// What `analyze --json` says of each file, and whether it exited with 0.
fn analyze(options: &[&str], files: &[PathBuf]) -> (Vec<Value>, bool) {
    let output = program()
        .args(["analyze", "--json"])
        .args(options)
        .args(files)
        .output();
    let Output {
        status,
        stdout,
        stderr,
    } = output.unwrap();
    assert!(
        !String::from_utf8_lossy(&stderr).contains('\u{1b}'),
        "a bar where no terminal is"
    );
    let lines = String::from_utf8(stdout).unwrap();
    let objects = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    (objects.collect(), status.success())
}

#[track_caller]
fn assert_near(object: &Value, key: &str, wanted: f64, slack: f64) {
    let read = object[key].as_f64().unwrap_or(f64::NAN);
    assert!(
        (read - wanted).abs() <= slack,
        "{key} is {read}, not {wanted}: {object}"
    );
}

/// A 1 kHz sine of these levels in dBFS, one channel each.
fn write_sine(path: &Path, rate_hz: u32, seconds: f64, levels_db: &[f64]) {
    let channels = levels_db.len() as u16;
    let mut writer = WavWriter::create(path, rate_hz, channels, SampleWidth::Float32).unwrap();
    let mut samples = Vec::new();
    for n in 0..(seconds * f64::from(rate_hz)) as u32 {
        let sine = (TAU * 1_000.0 * f64::from(n) / f64::from(rate_hz)).sin();
        samples.extend(
            levels_db
                .iter()
                .map(|db| (10_f64.powf(db / 20.0) * sine) as f32),
        );
    }
    writer.write(&samples).unwrap();
    writer.finish().unwrap();
}

#[test]
fn calibrated_tones_read_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let off = f64::NEG_INFINITY;
    let cases: [(&str, u32, &[f64], f64); 6] = [
        ("stereo", 48_000, &[-23.0, -23.0], -23.0),
        ("mono", 44_100, &[-20.0], -23.0),
        ("slow", 8_000, &[-18.0, -18.0], -18.0),
        ("fast", 384_000, &[-30.0, -30.0], -30.0),
        // The LFE does not count; a surround counts 1.5 dB more.
        ("lfe", 48_000, &[off, off, -23.0, 0.0, off, off], -26.0),
        ("surround", 48_000, &[off, off, off, off, -23.0, off], -24.5),
    ];
    let path = |name: &str| folder.path().join(name).with_extension("wav");
    for (name, rate_hz, levels_db, _) in &cases {
        write_sine(&path(name), *rate_hz, 5.0, levels_db);
    }
    let files: Vec<PathBuf> = cases.iter().map(|(name, ..)| path(name)).collect();
    let (objects, ok) = analyze(&[], &files);
    assert!(ok);
    assert_eq!(objects.len(), cases.len());
    for ((name, _, levels_db, lufs), object) in cases.iter().zip(&objects) {
        assert_eq!(object["path"], path(name).display().to_string());
        assert_eq!(
            (&object["ok"], &object["error"]),
            (&true.into(), &Value::Null)
        );
        assert_near(object, "integrated_lufs", *lufs, 0.1);
        assert_near(object, "replaygain_db", -18.0 - lufs, 0.1);
        assert_near(object, "loudness_range_lu", 0.0, 0.1);
        let peak_db = levels_db.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        assert_near(object, "sample_peak_dbfs", peak_db, 0.05);
        assert_near(object, "true_peak_dbtp", peak_db, 0.2);
        assert_eq!(object["album_replaygain_db"], Value::Null);
    }
}

#[test]
fn what_cannot_be_measured_is_null_and_what_fails_keeps_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write_sine(&at("silent.wav"), 44_100, 5.0, &[f64::NEG_INFINITY; 2]);
    write_sine(&at("short.wav"), 44_100, 0.2, &[-6.0, -6.0]);
    write_sine(&at("two.wav"), 44_100, 2.0, &[-6.0, -6.0]);
    std::fs::write(at("text.mp3"), "Not music.\n".repeat(200)).unwrap();
    let names = [
        "silent.wav",
        "gone.flac",
        "short.wav",
        "text.mp3",
        "two.wav",
    ];
    let (objects, ok) = analyze(&["--write"], &names.map(at));
    assert!(!ok);
    let silent = &objects[0];
    for key in [
        "integrated_lufs",
        "loudness_range_lu",
        "true_peak_dbtp",
        "sample_peak_dbfs",
    ] {
        assert_eq!(silent[key], Value::Null, "{key}");
        assert!(silent.as_object().unwrap().contains_key(key));
    }
    assert_eq!(silent["ok"], true);
    assert_eq!(objects[1]["ok"], false);
    assert_eq!(objects[1]["error"], "no such file");
    assert_eq!(objects[2]["ok"], true);
    assert_eq!(objects[2]["integrated_lufs"], Value::Null);
    assert_near(&objects[2], "sample_peak_dbfs", -6.0, 0.05);
    assert_eq!(objects[3]["ok"], false);
    assert_near(&objects[4], "integrated_lufs", -6.0, 0.1);
    assert_eq!(objects[4]["loudness_range_lu"], Value::Null);
}

#[test]
fn an_album_is_measured_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write_sine(&at("a.wav"), 48_000, 10.0, &[-20.0, -20.0]);
    write_sine(&at("b.wav"), 48_000, 10.0, &[-26.0, -26.0]);
    let files = [at("a.wav"), at("b.wav")];
    let (objects, _) = analyze(&["--album"], &files);
    // Equal times of both: the mean of the powers.
    let mean = 10.0 * ((10_f64.powf(-2.0) + 10_f64.powf(-2.6)) / 2.0).log10();
    for (object, lufs) in objects.iter().zip([-20.0, -26.0]) {
        assert_near(object, "integrated_lufs", lufs, 0.1);
        assert_near(object, "album_integrated_lufs", mean, 0.1);
        assert_near(object, "album_replaygain_db", -18.0 - mean, 0.1);
    }
    let (objects, _) = analyze(&[], &files);
    assert_eq!(
        objects[0]["album_replaygain_db"],
        Value::Null,
        "they have no album in common"
    );
}

/// A file of this kind with tags and, where it can be, a cover.
fn encode(folder: &Path, kind: &str, wav: &Path, name: &str) -> PathBuf {
    let file = folder.join(format!("{name}.{kind}"));
    let codec = match kind {
        "mp3" => "libmp3lame",
        "ogg" => "libvorbis",
        "opus" => "libopus",
        "m4a" => "aac",
        "wv" => "wavpack",
        "aiff" => "pcm_s16be",
        "wav" => "pcm_s16le",
        other => other,
    };
    let cover = folder.join("cover.png");
    let mut arguments = vec!["-v", "error", "-y", "-i", wav.to_str().unwrap()];
    if ["mp3", "flac", "m4a"].contains(&kind) {
        arguments.extend([
            "-i",
            cover.to_str().unwrap(),
            "-map",
            "0",
            "-map",
            "1",
            "-c:v",
            "copy",
        ]);
        arguments.extend(["-disposition:v", "attached_pic"]);
    }
    let title = format!("title={name}");
    arguments.extend([
        "-metadata",
        &title,
        "-metadata",
        "artist=Björk",
        "-metadata",
        "album=Album Ж",
    ]);
    arguments.extend(["-metadata", "track=3/12", "-metadata", "comment=Kept"]);
    arguments.extend([
        "-metadata",
        "REPLAYGAIN_TRACK_GAIN=+30.00 dB",
        "-c:a",
        codec,
    ]);
    if ["aiff", "wav"].contains(&kind) {
        arguments.extend(["-write_id3v2", "1"]);
    }
    if kind == "mp3" {
        arguments.extend(["-id3v2_version", "3", "-write_id3v1", "1"]);
    }
    arguments.push(file.to_str().unwrap());
    encoders::run("ffmpeg", &arguments);
    file
}

/// What another decoder makes of the sound.
fn sound(file: &Path) -> Vec<u8> {
    let file = file.to_str().unwrap();
    encoders::run(
        "ffmpeg",
        &["-v", "error", "-i", file, "-map", "0:a", "-f", "f32le", "-"],
    )
}

/// What another program reads as tags, by lower-case names, and the cover.
fn other_reader(file: &Path) -> (Value, Vec<u8>) {
    let file = file.to_str().unwrap();
    let show = [
        "-v",
        "error",
        "-of",
        "json",
        "-show_entries",
        "format_tags:stream_tags",
        file,
    ];
    let tags: Value = serde_json::from_slice(&encoders::run("ffprobe", &show)).unwrap();
    let copy = [
        "-v",
        "error",
        "-i",
        file,
        "-map",
        "0:v?",
        "-c",
        "copy",
        "-f",
        "image2pipe",
        "-",
    ];
    let cover = Command::new("ffmpeg").args(copy).output().unwrap().stdout;
    let mut all = serde_json::Map::new();
    let streams = tags["streams"].as_array().cloned().unwrap_or_default();
    for group in streams.iter().chain([&tags["format"]]) {
        let fields = group["tags"].as_object().cloned().unwrap_or_default();
        all.extend(
            fields
                .into_iter()
                .map(|(key, value)| (key.to_lowercase(), value)),
        );
    }
    (all.into(), cover)
}

fn kept(tags: &Value) -> Vec<(String, String)> {
    let own = |key: &str| key.starts_with("replaygain") || key.starts_with("r128");
    let fields = tags
        .as_object()
        .unwrap()
        .iter()
        .filter(|(key, _)| !own(key));
    fields
        .map(|(key, value)| (key.clone(), value.to_string()))
        .collect()
}

#[test]
fn gains_are_stored_and_nothing_else_changes() {
    if !encoders::have("storing ReplayGain", &["ffmpeg", "ffprobe"]) {
        return;
    }
    for kind in ["mp3", "flac", "ogg", "opus", "m4a", "wav", "aiff", "wv"] {
        let folder = tempfile::tempdir().unwrap();
        let wav = folder.path().join("source.wav.tmp");
        let cover = folder.path().join("cover.png");
        let colour = [
            "-v",
            "error",
            "-f",
            "lavfi",
            "-i",
            "color=red:s=300x300",
            "-frames:v",
            "1",
        ];
        encoders::run(
            "ffmpeg",
            &[&colour[..], &[cover.to_str().unwrap()]].concat(),
        );
        let mut music = encoders::music(5 * 48_000, 48_000);
        encoders::write_wav(&wav, &music, 48_000, 16);
        let loud = encode(folder.path(), kind, &wav, "Loud");
        music.iter_mut().for_each(|sample| *sample *= 0.5);
        encoders::write_wav(&wav, &music, 48_000, 16);
        let soft = encode(folder.path(), kind, &wav, "Soft");
        if let Err(error) = TrackDecoder::open(&loud) {
            println!("not run: storing ReplayGain in {kind}: {error}");
            continue;
        }
        let files = [loud, soft];
        let before: Vec<_> = files
            .iter()
            .map(|file| (sound(file), other_reader(file)))
            .collect();
        let ours: Vec<_> = files.iter().map(|file| read_tags(file, true)).collect();
        let (objects, ok) = analyze(&["--write"], &files);
        assert!(ok, "{kind}: {objects:?}");
        for (index, file) in files.iter().enumerate() {
            let (object, (sound_before, (tags_before, cover_before))) =
                (&objects[index], &before[index]);
            assert_eq!(object["written"], true, "{kind}");
            assert!(*sound_before == sound(file), "{kind}: other sound");
            let (tags, cover) = other_reader(file);
            assert_eq!(kept(tags_before), kept(&tags), "{kind}");
            assert!(*cover_before == cover, "{kind}: other cover");
            let found = read_tags(file, true);
            assert_eq!(found.tags, ours[index].tags, "{kind}");
            assert_eq!(found.tags.artist.as_deref(), Some("Björk"), "{kind}");
            assert_eq!(found.cover, ours[index].cover, "{kind}");
            if ["mp3", "flac", "m4a"].contains(&kind) {
                assert!(found.cover.is_some(), "{kind}");
            }
            let number = |name: &str| -> f64 {
                let text = found
                    .replaygain
                    .get(name)
                    .unwrap_or_else(|| panic!("{kind}: no {name}"));
                text.trim_end_matches(" dB").parse().unwrap()
            };
            for (gain, opus, loudness) in [
                ("track_gain", "r128_track_gain", "integrated_lufs"),
                ("album_gain", "r128_album_gain", "album_integrated_lufs"),
            ] {
                if kind == "opus" {
                    assert_near(object, loudness, -23.0 - number(opus) / 256.0, 0.005);
                    assert!(
                        !found.replaygain.contains_key(gain),
                        "RFC 7845 wants none of these"
                    );
                } else {
                    assert_near(object, loudness, -18.0 - number(gain), 0.006);
                }
            }
            if kind != "opus" {
                let peak_db = 20.0 * number("track_peak").log10();
                assert_near(object, "sample_peak_dbfs", peak_db, 0.005);
                assert!(number("album_peak") >= number("track_peak"));
            }
        }
        assert_near(
            &objects[0],
            "integrated_lufs",
            objects[1]["integrated_lufs"].as_f64().unwrap() + 6.02,
            0.2,
        );
        let bytes: Vec<_> = files
            .iter()
            .map(|file| std::fs::read(file).unwrap())
            .collect();
        let (again, _) = analyze(&["--write"], &files);
        assert_eq!(again[0]["written"], false, "{kind}");
        let unchanged = files
            .iter()
            .zip(&bytes)
            .all(|(file, b)| std::fs::read(file).unwrap() == *b);
        assert!(unchanged, "{kind}: written twice");
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 4, "{kind}: something was left in the folder");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_must_not_be_written_stays_whole() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let folder = tempfile::tempdir().unwrap();
    let locked = folder.path().join("locked");
    std::fs::create_dir(&locked).unwrap();
    let in_locked = locked.join("a.wav");
    let read_only = folder.path().join("b.wav");
    for file in [&in_locked, &read_only] {
        write_sine(file, 48_000, 1.0, &[-10.0, -10.0]);
    }
    let set_mode = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    set_mode(folder.path(), 0o777);
    set_mode(&read_only, 0o444);
    set_mode(&in_locked, 0o666);
    set_mode(&locked, 0o555);
    let before = [&in_locked, &read_only].map(|file| std::fs::read(file).unwrap());
    let mut command = Command::new(env!("CARGO_BIN_EXE_rusty-audio"));
    command
        .arg("--config-dir")
        .arg(folder.path().join("config"));
    command
        .args(["analyze", "--write"])
        .args([&in_locked, &read_only]);
    // SAFETY: no memory is touched, and it cannot fail.
    if unsafe { libc::geteuid() } == 0 {
        // Root may write anywhere.
        command.uid(65_534).gid(65_534);
    }
    let output = command.output().unwrap();
    set_mode(&locked, 0o755);
    let lines = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(output.status.code(), Some(1), "{lines:?}");
    assert_eq!(lines.len(), 2, "{lines:?}");
    for (line, (file, reason)) in lines
        .iter()
        .zip([(&in_locked, "permission denied"), (&read_only, "read-only")])
    {
        assert!(
            line.starts_with(&file.display().to_string()) && line.contains(reason),
            "{line}"
        );
    }
    let after = [&in_locked, &read_only].map(|file| std::fs::read(file).unwrap());
    assert!(before == after);
    assert_eq!(std::fs::read_dir(&locked).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_file_named_twice_is_stored_once_and_a_pipe_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (path, link) = (folder.path().join("a.wav"), folder.path().join("link.wav"));
    write_sine(&path, 44_100, 2.0, &[-20.0, -20.0]);
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let dotted = folder.path().join("./a.wav");
    let (lines, is_good) = analyze(&["--write"], &[path.clone(), dotted, link]);
    assert!(is_good, "{lines:?}");
    let written: Vec<_> = lines.iter().map(|line| line["written"].as_bool()).collect();
    assert_eq!(written, [Some(true), Some(false), Some(false)]);
    let stored = read_tags(&path, false).replaygain;
    assert!(!stored.is_empty(), "no gain is in its tags");
    // Nobody ever writes into it: it must be refused before it is opened.
    let pipe = folder.path().join("pipe");
    encoders::run("mkfifo", &[pipe.to_str().unwrap()]);
    let (lines, is_good) = analyze(&["--write"], &[pipe]);
    assert!(!is_good);
    let reason = "is a pipe or device, in which no tags can be stored";
    assert_eq!(lines[0]["error"].as_str(), Some(reason));
}

#[cfg(unix)]
#[test]
fn a_pipe_named_twice_is_measured_once() {
    let folder = tempfile::tempdir().unwrap();
    let (path, pipe) = (folder.path().join("a.wav"), folder.path().join("pipe"));
    write_sine(&path, 44_100, 2.0, &[-20.0, -20.0]);
    encoders::run("mkfifo", &[pipe.to_str().unwrap()]);
    let (content, target) = (std::fs::read(&path).unwrap(), pipe.clone());
    let writer = std::thread::Builder::new().spawn(move || std::fs::write(target, content));
    let (lines, is_good) = analyze(&[], &[pipe.clone(), pipe]);
    writer.unwrap().join().unwrap().unwrap();
    assert!(!is_good);
    assert_near(&lines[0], "integrated_lufs", -20.0, 0.2);
    let reason = "is a pipe that was named before; what comes through it is taken once";
    assert_eq!(lines[1]["error"].as_str(), Some(reason));
}
