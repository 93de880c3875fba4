//! What `render` leaves on disk: an input is never written to, and a result is there whole or not at all.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

use std::collections::BTreeMap;
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const FRAMES: usize = 2_000;

/// A folder with inputs, and one of settings beside it.
struct Bench {
    root: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("files")).unwrap();
        Self { root }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join("files").join(name)
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rusty-audio"));
        command
            .arg("--config-dir")
            .arg(self.root.path().join("config"))
            .args(words)
            .current_dir(self.path(""))
            .stdin(Stdio::null());
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Every file with its content.
    fn snapshot(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.path("")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let kind = path.symlink_metadata().unwrap().file_type();
                if kind.is_dir() {
                    folders.push(path);
                } else if kind.is_symlink() {
                    let leads_to = path.read_link().unwrap();
                    found.insert(path, leads_to.to_str().unwrap().as_bytes().to_vec());
                } else if kind.is_file() {
                    let content = std::fs::read(&path).unwrap();
                    found.insert(path, content);
                }
            }
        }
        found
    }

    fn assert_refused(&self, words: &[&str]) {
        let before = self.snapshot();
        let output = self.run(words);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{words:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{words:?}: {said}");
        assert!(self.snapshot() == before, "{words:?} changed files");
    }
}

/// A ramp, as a 16-bit mono WAVE file at 44.1 kHz.
fn wave(frames: usize) -> Vec<u8> {
    let data = 2 * frames as u32;
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((36 + data).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend([1, 0, 1, 0]);
    file.extend(44_100_u32.to_le_bytes());
    file.extend(88_200_u32.to_le_bytes());
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend(data.to_le_bytes());
    file.extend((0..frames).flat_map(|n| ((n % 20_000) as i16).to_le_bytes()));
    file
}

/// Frames of a mono 24-bit file as `render` writes them, its header believed.
fn frames_of(path: &Path) -> usize {
    let bytes = std::fs::read(path).unwrap();
    let at = bytes.windows(4).position(|name| name == b"data").unwrap();
    let size = u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap()) as usize;
    assert_eq!(bytes.len(), at + 8 + size + size % 2);
    size / 3
}

#[test]
fn an_output_that_is_an_input_is_refused() {
    let bench = Bench::new();
    bench.put("a.wav", &wave(FRAMES));
    bench.put("music/1.wav", &wave(FRAMES));
    bench.put("music/2.wav", &wave(FRAMES));
    bench.put("disc/whole.wav", &wave(FRAMES));
    bench.put(
        "disc/whole.cue",
        b"FILE \"WHOLE.flac\" WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 00:00:01\n",
    );
    bench.put("list.m3u", b"a.wav\n");
    bench.put("outer.m3u", b"list.m3u\nmusic\ndisc/whole.cue\n");
    bench.put("eq.txt", b"Preamp: -3 dB\n");
    std::fs::hard_link(bench.path("a.wav"), bench.path("hard.wav")).unwrap();
    symlink("a.wav", bench.path("soft.wav")).unwrap();
    symlink("soft.wav", bench.path("softer.wav")).unwrap();
    symlink("music", bench.path("linked")).unwrap();
    for words in [
        &["render", "a.wav", "-o", "a.wav"][..],
        &["render", "a.wav", "-o", "./music/../a.wav"],
        &["render", "a.wav", "-o", "hard.wav"],
        &["render", "hard.wav", "-o", "softer.wav"],
        &["render", "soft.wav", "-o", "a.wav"],
        &["render", "a.wav", "-o", "music/1.wav", "music/1.wav"],
        &["render", "music", "-o", "linked/2.wav"],
        &["render", "linked", "-o", "music/2.wav"],
        &["render", "list.m3u", "-o", "a.wav"],
        &["render", "list.m3u", "-o", "list.m3u"],
        &["render", "outer.m3u", "-o", "a.wav"],
        &["render", "outer.m3u", "-o", "list.m3u"],
        &["render", "outer.m3u", "-o", "music/1.wav"],
        &["render", "outer.m3u", "-o", "disc/whole.cue"],
        &["render", "disc/whole.cue", "-o", "disc/whole.wav"],
        &["render", "disc/whole.cue", "-o", "disc/whole.cue"],
        &["render", "disc", "-o", "disc/whole.cue"],
        &["render", "disc", "-o", "disc/whole.wav"],
        &["render", "a.wav", "--eq", "eq.txt", "-o", "eq.txt"],
        &["render", "demo", "-o", "../config/demo.flac"],
    ] {
        bench.assert_refused(words);
    }
    let demo = std::fs::read(bench.root.path().join("config/demo.flac")).unwrap();
    assert_eq!(&demo[..4], b"fLaC");
}

#[test]
fn a_folder_rendered_into_itself_is_not_doubled() {
    let bench = Bench::new();
    bench.put("music/1.wav", &wave(FRAMES));
    let words = ["render", "music", "-o", "music/all.wav"];
    assert!(bench.run(&words).status.success());
    assert_eq!(frames_of(&bench.path("music/all.wav")), FRAMES);
    bench.assert_refused(&words);
}

#[test]
fn a_link_leads_to_the_result_and_an_old_result_is_replaced_whole() {
    let bench = Bench::new();
    bench.put("a.wav", &wave(FRAMES));
    bench.put("out/old.wav", b"old");
    std::fs::set_permissions(bench.path("out/old.wav"), PermissionsExt::from_mode(0o640)).unwrap();
    symlink("out/old.wav", bench.path("link.wav")).unwrap();
    symlink("out/new.wav", bench.path("dangling.wav")).unwrap();
    for (link, made) in [("link.wav", "out/old.wav"), ("dangling.wav", "out/new.wav")] {
        assert!(bench.run(&["render", "a.wav", "-o", link]).status.success());
        assert!(bench.path(link).is_symlink());
        assert_eq!(frames_of(&bench.path(made)), FRAMES);
    }
    let mode = bench
        .path("out/old.wav")
        .metadata()
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(bench.snapshot().len(), 5, "something was left behind");
}

#[test]
fn inputs_that_fail_are_named_and_the_others_are_rendered() {
    let bench = Bench::new();
    bench.put("a.wav", &wave(FRAMES));
    bench.put("text.wav", b"no music at all, only words");
    bench.put("empty.wav", b"");
    let output = bench.run(&[
        "render",
        "text.wav",
        "a.wav",
        "gone.wav",
        "a.wav",
        "empty.wav",
        "-o",
        "out.wav",
    ]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(frames_of(&bench.path("out.wav")), 2 * FRAMES);
    for name in ["text.wav: ", "gone.wav: ", "empty.wav: "] {
        assert_eq!(
            said.lines().filter(|line| line.starts_with(name)).count(),
            1,
            "{said}"
        );
    }
    assert_eq!(said.lines().count(), 3, "{said}");
    for inputs in [&["text.wav"][..], &["gone.wav"], &["empty.wav", "text.wav"]] {
        let words = [&["render", "-o", "none.wav"], inputs].concat();
        let output = bench.run(&words);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(
            String::from_utf8(output.stderr).unwrap().lines().count(),
            inputs.len()
        );
        assert!(!bench.path("none.wav").exists());
    }
}

#[test]
fn devices_and_pipes_are_written_directly() {
    let bench = Bench::new();
    bench.put("a.wav", &wave(FRAMES));
    assert!(
        bench
            .run(&["render", "a.wav", "-o", "/dev/null"])
            .status
            .success()
    );
    let full = bench.run(&["render", "a.wav", "-o", "/dev/full"]);
    let said = String::from_utf8(full.stderr).unwrap();
    assert_eq!(
        (full.status.code(), said.lines().count()),
        (Some(1), 1),
        "{said}"
    );
    assert!(said.starts_with("/dev/full: "), "{said}");
    let piped = bench.run(&["render", "a.wav", "-o", "/dev/stdout"]);
    assert!(piped.status.success());
    let at = piped
        .stdout
        .windows(4)
        .position(|name| name == b"data")
        .unwrap();
    assert_eq!(piped.stdout.len() - at - 8, 3 * FRAMES);
    assert_eq!(bench.snapshot().len(), 1);
}

#[test]
fn a_result_too_large_for_its_disk_leaves_nothing() {
    let bench = Bench::new();
    bench.put("a.wav", &wave(200_000));
    bench.put("out.wav", b"old");
    let before = bench.snapshot();
    // The shell counts blocks of 512 or 1024 bytes; either way too few.
    let script = "ulimit -f 100 && exec \"$0\" --config-dir ../config render a.wav -o out.wav";
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_rusty-audio")])
        .current_dir(bench.path(""))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        (output.status.code(), said.lines().count()),
        (Some(1), 1),
        "{said}"
    );
    assert!(said.starts_with("out.wav: "), "{said}");
    assert!(bench.snapshot() == before, "something was left behind");
}

#[test]
fn an_interrupted_rendering_leaves_nothing() {
    for signal in ["INT", "TERM"] {
        let bench = Bench::new();
        // An hour at a slow speed: longer than any test.
        bench.put("a.wav", &wave(40_000_000));
        bench.put("out.wav", b"old");
        let mut command = bench.command(&[
            "render", "a.wav", "a.wav", "a.wav", "--speed", "0.5", "-o", "out.wav",
        ]);
        let mut child: Child = command.stderr(Stdio::piped()).spawn().unwrap();
        let began = Instant::now();
        while bench.snapshot_names() == ["a.wav", "out.wav"] {
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "nothing was begun"
            );
            assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
            std::thread::sleep(Duration::from_millis(5));
        }
        let id = child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", signal, &id])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(child.wait().unwrap().code(), Some(130), "{signal}");
        let mut said = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        assert_eq!(said.lines().count(), 1, "{said}");
        assert_eq!(bench.snapshot_names(), ["a.wav", "out.wav"]);
        assert_eq!(std::fs::read(bench.path("out.wav")).unwrap(), b"old");
    }
}

impl Bench {
    fn snapshot_names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path("")).unwrap();
        let mut names: Vec<String> = entries
            .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

#[test]
fn numbers_that_are_none_are_wrong_usage() {
    let bench = Bench::new();
    bench.put("a.wav", &wave(FRAMES));
    let before = bench.snapshot();
    for (option, values) in [
        (
            "--gain",
            &[
                "nan", "inf", "-inf", "NaN", "1e39", "-1e39", "infinity", "x", "",
            ][..],
        ),
        ("--start", &["nan", "inf", "-1", "1e300", "x"]),
        ("--end", &["nan", "-inf", "-1", "-0.5", "1e300"]),
        ("--speed", &["nan", "inf", "0", "-1", "3"]),
        ("--crossfade", &["nan", "inf", "-1", "13"]),
        ("--rate", &["nan", "0", "-1", "1e9"]),
    ] {
        for value in values {
            let output = bench.run(&[
                "render",
                "a.wav",
                "-o",
                "out.wav",
                &format!("{option}={value}"),
            ]);
            assert_eq!(output.status.code(), Some(2), "{option} {value}");
            assert!(!output.stderr.is_empty());
        }
    }
    for value in ["nan", "inf", "-1", "1e300"] {
        let seek = format!("--seek={value}");
        let output = bench.run(&[
            "play",
            "--headless",
            "--output",
            "null",
            "--until-end",
            &seek,
            "a.wav",
        ]);
        assert_eq!(output.status.code(), Some(2), "{value}");
    }
    assert!(bench.snapshot() == before);
}

#[test]
fn names_cannot_move_the_cursor() {
    let bench = Bench::new();
    let name = "one\ntwo\u{1b}[31m\u{9b}three.wav";
    bench.put(name, b"no music at all, only words");
    bench.put("list\n\u{7}.m3u", b"gone\x1b.wav\n");
    for words in [
        &["probe", name][..],
        &["probe", "gone\r\x1b]0;x\x07.wav"],
        &["probe", "list\n\u{7}.m3u"],
        &["analyze", name],
        &["render", name, "-o", "out.wav"],
        &["render", "demo", "--eq", name, "-o", "out.wav"],
        &["render", "demo", "-o", "no\nfolder/out.wav"],
        &[
            "play",
            "--headless",
            "--output",
            "null",
            "--until-end",
            "gone\n\x1b.wav",
        ],
    ] {
        let output = bench.run(words);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{words:?}: {said}");
        let line = said.strip_suffix('\n').unwrap();
        assert!(!line.contains(char::is_control), "{words:?}: {said:?}");
    }
    // Wrong usage quotes what was given.
    let output = bench.run(&["render", "demo", "-o", "x.wav", "--gain", "1\x1b[31m"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!output.stderr.contains(&0x1b));
    // JSON has the name as it is.
    bench.put(name, &wave(FRAMES));
    let output = bench.run(&["probe", "--json", name]);
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["path"], name);
    assert_eq!(told["warnings"], serde_json::json!([]));
    let output = bench.run(&["probe", name]);
    assert!(
        output
            .stdout
            .starts_with(b"one\\ntwo\\x1b[31m\\u{9b}three.wav\n")
    );
}

/// A file whose decoder fails in its middle (see the decoder for planted faults).
#[cfg(feature = "inspection")]
#[test]
fn a_decoder_that_fails_costs_its_own_track_only() {
    let bench = Bench::new();
    bench.put("a.wav", &wave(FRAMES));
    let planted = [&b"PLNT"[..], &3_000_u32.to_le_bytes(), &0_u32.to_le_bytes()];
    bench.put("broken.flac", &planted.concat());
    let done = bench.run(&["render", "a.wav", "broken.flac", "a.wav", "-o", "out.wav"]);
    assert_eq!(done.status.code(), Some(1));
    let said = String::from_utf8(done.stderr).unwrap();
    assert!(said.starts_with("broken.flac: damaged: "), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    let bytes = std::fs::read(bench.path("out.wav")).unwrap();
    let data = bytes.windows(4).position(|name| name == b"data").unwrap();
    // Two tracks in one channel of 24 bits.
    assert_eq!(bytes.len() - data - 8, 2 * FRAMES * 3);
}
