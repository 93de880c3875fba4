//! The command line without a window: bad input, and a minute of playing.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

mod encoders;
#[path = "support/undisturbed.rs"]
mod undisturbed;

use std::path::Path;
use std::process::{Command, Output};
use undisturbed::undisturbed;

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rusty-audio"));
    let config = Path::new(env!("CARGO_TARGET_TMPDIR")).join("headless-config");
    command.arg("--config-dir").arg(config);
    command
}

fn stderr_lines(output: &Output) -> Vec<String> {
    String::from_utf8_lossy(&output.stderr)
        .lines()
        .map(str::to_owned)
        .collect()
}

/// Asserts exit 1 and a single line on standard error that names `file` and says `reason`; exit 0 where
/// that is a warning, as some of the file could be had.
fn assert_one_line(output: &Output, file: &Path, reason: &str) {
    let lines = stderr_lines(output);
    let code = if reason == "cut short" { 0 } else { 1 };
    assert_eq!(output.status.code(), Some(code), "{lines:?}");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].starts_with(&file.display().to_string()),
        "{lines:?}"
    );
    assert!(
        lines[0].contains(reason),
        "{lines:?} does not say '{reason}'"
    );
}

#[test]
fn bad_input_is_one_clear_line_and_exit_one() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("empty.flac"), b"").unwrap();
    std::fs::write(
        at("text.mp3"),
        "Not music at all, but a letter.\n".repeat(200),
    )
    .unwrap();
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo.flac");
    let bytes = std::fs::read(&demo).unwrap();
    std::fs::write(at("cut.flac"), &bytes[..bytes.len() / 2]).unwrap();
    std::fs::create_dir(at("no music")).unwrap();
    std::fs::write(at("no music").join("readme.txt"), b"hello").unwrap();
    // A folder that cannot be read whoever asks, root included: a link to itself.
    #[cfg(unix)]
    std::os::unix::fs::symlink(at("loop"), at("loop")).unwrap();
    let mut cases = vec![
        ("missing.flac", "no such file"),
        ("empty.flac", "the file is empty"),
        ("text.mp3", "not an audio file"),
        ("cut.flac", "cut short"),
        ("no music", "no music in this folder"),
    ];
    if cfg!(unix) {
        cases.push(("loop", "too many levels of symbolic links"));
    }
    for (name, reason) in cases {
        let file = at(name);
        let probe = program().arg("probe").arg(&file).output().unwrap();
        assert_one_line(&probe, &file, reason);
        let out = at("out.wav");
        let render = program()
            .args(["render", "-o"])
            .args([&out, &file])
            .output()
            .unwrap();
        assert_one_line(&render, &file, reason);
        if name != "cut.flac" {
            let play = ["play", "--headless", "--output", "null", "--until-end"];
            let play = program().args(play).arg(&file).output().unwrap();
            assert_one_line(&play, &file, reason);
        }
    }
    let json = program()
        .args(["probe", "--json"])
        .arg(at("missing.flac"))
        .arg(&demo)
        .output();
    let json = String::from_utf8(json.unwrap().stdout).unwrap();
    let objects: Vec<serde_json::Value> = json
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(objects[0]["ok"], false);
    assert_eq!(objects[0]["error"], "no such file");
    assert_eq!(objects[1]["ok"], true);
    assert_eq!(objects[1]["tags"]["title"], "Amber Hour");
}

#[test]
fn the_queue_goes_on_behind_bad_files() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("empty.flac"), b"").unwrap();
    std::fs::write(at("text.mp3"), "Not music.\n".repeat(200)).unwrap();
    for name in ["first.wav", "last.wav"] {
        encoders::write_wav(&at(name), &encoders::music(24_000, 48_000), 48_000, 16);
    }
    let stats = at("stats.json");
    let output = program()
        .args([
            "play",
            "--headless",
            "--output",
            "null",
            "--until-end",
            "--stats",
        ])
        .arg(&stats)
        .args([
            at("empty.flac"),
            at("first.wav"),
            at("text.mp3"),
            at("gone.ogg"),
            at("last.wav"),
        ])
        .output()
        .unwrap();
    // A machine busy with other things may also be told that the sound takes long.
    let folder = folder.path().display().to_string();
    let mut lines = stderr_lines(&output);
    lines.retain(|line| line.starts_with(&folder));
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(lines.len(), 3, "{lines:?}");
    let played = read_stats(&stats)["frames"].as_u64().unwrap();
    assert!(
        played >= 48_000,
        "both good files were played: {played} frames"
    );
}

#[test]
fn dither_is_a_choice_where_words_change_and_absent_where_not() {
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("in.wav");
    encoders::write_wav(&wav, &encoders::music(4_800, 48_000), 48_000, 16);
    let render = |arguments: &[&str]| {
        let out = folder.path().join("out.wav");
        let mut command = program();
        command.args(["render", "--bits", "16", "-o"]).arg(&out);
        let done = command.args(arguments).arg(&wav).output().unwrap();
        assert!(done.status.success(), "{:?}", stderr_lines(&done));
        std::fs::read(out).unwrap()
    };
    let kinds = ["none", "flat", "shaped"];
    let [none, flat, shaped] = kinds.map(|kind| render(&["--dither", kind]));
    assert!(none == flat && none == shaped);
    let [none, flat, shaped] = kinds.map(|kind| render(&["--gain", "-3", "--dither", kind]));
    assert!(none != flat && flat != shaped && shaped != none);
    assert!(flat == render(&["--gain", "-3"]));
}

#[test]
fn wrong_usage_exits_with_two() {
    for arguments in [
        &["render", "demo"][..],
        &["play", "--headless"],
        &["--no-such-option"],
    ] {
        let output = program().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}

/// Files whose decoders panic, in the test build: playing, probing and rendering go on or say so.
#[cfg(feature = "inspection")]
#[test]
fn a_decoder_that_panics_costs_its_own_track_only() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let planted = |frame: u32| [b"PLNT".as_slice(), &frame.to_le_bytes(), &[0; 4]].concat();
    std::fs::write(at("opened.flac"), planted(0)).unwrap();
    std::fs::write(at("begun.flac"), planted(30_000)).unwrap();
    for name in ["first.wav", "between.wav", "last.wav"] {
        encoders::write_wav(&at(name), &encoders::music(24_000, 48_000), 48_000, 16);
    }
    let bad = ["opened.flac", "begun.flac"];
    let failed = |name: &str, lines: &[String]| {
        let path = at(name).display().to_string();
        let told = |line: &&String| line.starts_with(&path) && line.contains("the decoder failed");
        lines.iter().filter(told).count()
    };
    let stats = at("stats.json");
    let output = program()
        .args(["play", "--headless", "--output", "null", "--until-end"])
        .arg("--stats")
        .arg(&stats)
        .args(["first.wav", bad[0], "between.wav", bad[1], "last.wav"].map(at))
        .output()
        .unwrap();
    let lines = stderr_lines(&output);
    assert_eq!(output.status.code(), Some(1), "{lines:?}");
    for name in bad {
        assert_eq!(failed(name, &lines), 1, "{name}: {lines:?}");
    }
    // Half a second each; something is lost where a thread was.
    let frames = read_stats(&stats)["frames"].as_u64().unwrap();
    assert!(frames > 3 * 24_000 / 2, "{frames} frames");

    let probe = program().arg("probe").args(bad.map(at)).output().unwrap();
    let lines = stderr_lines(&probe);
    assert_eq!(probe.status.code(), Some(1));
    assert!(
        bad.iter().all(|name| failed(name, &lines) == 1),
        "{lines:?}"
    );
    let render = program()
        .args(["render", "-o"])
        .args([at("out.wav"), at(bad[1])])
        .output()
        .unwrap();
    assert_eq!(render.status.code(), Some(1), "{render:?}");
    assert_eq!(stderr_lines(&render).len(), 1, "{render:?}");
}

#[test]
fn the_output_follows_the_rate_of_each_file_or_keeps_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for (name, rate_hz) in [("cd.wav", 44_100), ("high.wav", 96_000)] {
        let sound = encoders::music(rate_hz as usize / 2, rate_hz);
        encoders::write_wav(&at(name), &sound, rate_hz, 16);
    }
    let path_at_the_end = |options: &[&str], files: &[&str]| {
        let stats = at("stats.json");
        let arguments = ["play", "--headless", "--output", "null", "--until-end"];
        let output = program()
            .args(arguments)
            .args(options)
            .arg("--stats")
            .arg(&stats)
            .args(files.iter().map(|name| at(name)))
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let stats = read_stats(&stats);
        stats["signal_path"].clone()
    };
    for (files, rate_hz) in [
        (&["cd.wav"][..], 44_100),
        (&["cd.wav", "high.wav"], 96_000),
        (&["high.wav", "cd.wav", "cd.wav"], 44_100),
    ] {
        let path = path_at_the_end(&["--follow-rate"], files);
        assert_eq!(path["device"]["sample_rate_hz"], rate_hz, "{files:?}");
        assert_eq!(path["stages"], serde_json::json!([]), "{files:?}");
    }
    let path = path_at_the_end(&["--crossfade", "0.1"], &["high.wav", "cd.wav"]);
    assert_eq!(path["file"]["sample_rate_hz"], 44_100);
    assert_eq!(path["device"]["sample_rate_hz"], 48_000);
    let stages = serde_json::json!(["resampler", "cross-fade", "limiter"]);
    assert_eq!(path["stages"], stages);
}

fn read_stats(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Plays noise for a minute with ten bands on and returns the measured figures.
fn play_a_minute(output: &[&str], buffer_frames: u32, folder: &Path) -> serde_json::Value {
    let name = format!("{}-{buffer_frames}", output.last().unwrap_or(&"default"));
    let (wav, preset) = (folder.join("minute.wav"), folder.join("ten.txt"));
    let stats = folder.join(format!("{name}.json"));
    let buffer = buffer_frames.to_string();
    let done = program()
        .args([
            "play",
            "--headless",
            "--until-end",
            "--buffer",
            &buffer,
            "--stats",
        ])
        .arg(&stats)
        .arg("--eq")
        .arg(&preset)
        .args(output)
        .arg(&wav)
        .output()
        .unwrap();
    assert!(done.status.success(), "{name}: {:?}", stderr_lines(&done));
    let stats = read_stats(&stats);
    println!("{name}: {stats}");
    stats
}

#[test]
fn a_minute_of_playing_has_no_underrun() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    encoders::write_wav(
        &path.join("minute.wav"),
        &encoders::music(60 * 44_100, 44_100),
        44_100,
        16,
    );
    let band = |(n, hz): (usize, &f64)| {
        let gain = if n % 2 == 0 { 6 } else { -6 };
        format!("Filter {}: ON PK Fc {hz} Hz Gain {gain} dB Q 1.41\n", n + 1)
    };
    let bands: String = dsp::equalizer::GRAPHIC_BANDS_HZ
        .iter()
        .enumerate()
        .map(band)
        .collect();
    std::fs::write(path.join("ten.txt"), format!("Preamp: -6 dB\n{bands}")).unwrap();
    let has_server = std::env::var_os("RUSTY_AUDIO_TEST_DESKTOP").is_some();
    let null: &[&str] = &["--output", "null"];
    let mut outputs = vec![null];
    if has_server {
        outputs.push(&[]);
    } else {
        println!(
            "not run: a minute through PipeWire needs the headless desktop, use `cargo xtask test`"
        );
    }
    for (buffer_frames, attempts) in [(256, 1), (512, 2)] {
        let what = format!("a minute of playing with {buffer_frames} frames");
        undisturbed(&what, attempts, EXCUSE, || {
            std::thread::scope(|scope| {
                let play = |output| move || play_a_minute(output, buffer_frames, path);
                let runs: Vec<_> = outputs.iter().map(|o| scope.spawn(play(o))).collect();
                for run in runs {
                    check_minute(&run.join().unwrap());
                }
            });
        });
    }
}

/// Share of a processor beyond which a machine cannot answer within milliseconds: a tenth of a second in
/// a minute.
const EXCUSE: f64 = 0.1 / 60.0;
/// Callback p99 at 512 frames with ten bands on, in µs.
const MAX_P99_US: f64 = 100.0;
fn check_minute(stats: &serde_json::Value) {
    assert!(stats["frames"].as_u64().unwrap() >= 60 * 48_000, "{stats}");
    assert_eq!(stats["starved"], 0, "{stats}");
    assert_eq!(stats["overloads"], 0, "{stats}");
    let p99_us = stats["callback_us"]["p99"].as_f64().unwrap();
    assert!(
        stats["buffer_frames"] != 512 || p99_us < MAX_P99_US,
        "{stats}"
    );
}
