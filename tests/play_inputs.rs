//! What `play` is given: pipes, tracks of a moment, names and files that are not what they should be.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

mod encoders;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn play(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rusty-audio"));
    command.arg("--config-dir").arg(folder.join("config"));
    command.args(["play", "--output", "null", "--until-end", "--stats"]);
    command.arg(folder.join("stats.json"));
    command
}

/// Seconds that were handed to the output, silence before and behind included.
fn played_seconds(folder: &Path) -> f64 {
    let stats = std::fs::read(folder.join("stats.json")).unwrap();
    let stats: serde_json::Value = serde_json::from_slice(&stats).unwrap();
    stats["frames"].as_f64().unwrap() / stats["sample_rate"].as_f64().unwrap()
}

/// Lines on standard error that name what is in `folder`; a busy machine may be told of as well.
fn lines_about(output: &Output, folder: &str) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let lines = text.lines().filter(|line| line.contains(folder));
    lines.map(str::to_owned).collect()
}

fn wav(path: &Path, frames: usize) {
    encoders::write_wav(path, &encoders::music(frames, 48_000), 48_000, 16);
}

#[test]
fn short_tracks_between_others_play_and_end() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for (name, frames) in [("a.wav", 24_000), ("b.wav", 2_400), ("c.wav", 240)] {
        wav(&at(name), frames);
    }
    let names = ["a.wav", "b.wav", "c.wav", "b.wav", "a.wav"];
    let output = play(folder.path()).args(names.map(at)).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let seconds = played_seconds(folder.path());
    assert!((1.105..4.0).contains(&seconds), "{seconds} s");
}

#[cfg(unix)]
#[test]
fn standard_input_is_played_once_and_whole() {
    let folder = tempfile::tempdir().unwrap();
    let flac = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo.flac");
    wav(&folder.path().join("a.wav"), 24_000);
    let bytes = std::fs::read(folder.path().join("a.wav")).unwrap();
    for input in ["-", "/dev/stdin"] {
        let mut child = play(folder.path())
            .arg(input)
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&bytes).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{input}: {output:?}");
        let seconds = played_seconds(folder.path());
        assert!((0.45..3.0).contains(&seconds), "{input}: {seconds} s");
    }
    // A file by that name is read like any other.
    let file = std::fs::File::open(&flac).unwrap();
    let mut probe = Command::new(env!("CARGO_BIN_EXE_rusty-audio"));
    let probed = probe.args(["probe", "--json", "-"]).stdin(file).output();
    let probed: serde_json::Value = serde_json::from_slice(&probed.unwrap().stdout).unwrap();
    assert_eq!(probed["ok"], true, "{probed}");
}

#[test]
fn a_fault_behind_sound_is_a_warning_and_names_stay_on_their_line() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    wav(&at("whole.wav"), 24_000);
    let bytes = std::fs::read(at("whole.wav")).unwrap();
    std::fs::write(at("cut.wav"), &bytes[..bytes.len() / 2]).unwrap();
    let cut = play(folder.path()).arg(at("cut.wav")).output().unwrap();
    let lines = lines_about(&cut, "cut.wav");
    assert_eq!(cut.status.code(), Some(0), "{cut:?}");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("cut short"), "{lines:?}");

    let name = if cfg!(unix) {
        "no\nsound\u{1b}[31m.mp3"
    } else {
        "no sound.mp3"
    };
    std::fs::write(at(name), "Not music.\n".repeat(200)).unwrap();
    let both = play(folder.path())
        .args([at(name), at("whole.wav")])
        .output()
        .unwrap();
    assert_eq!(both.status.code(), Some(1), "{both:?}");
    assert!(!both.stderr.contains(&0x1b), "{both:?}");
    let lines = lines_about(&both, ".mp3");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("not an audio file"), "{lines:?}");
}
