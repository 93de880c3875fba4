//! Alerts, provoked for real in the build for tests: an effect that takes too long, a disk that stalls, a
//! hog of memory, a thread that never rests. The program must say so in plain words, and nothing else.

#![cfg(feature = "inspection")]
#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

#[path = "support/undisturbed.rs"]
mod undisturbed;

use std::path::Path;
use std::process::Command;
use undisturbed::undisturbed;

/// Share of a processor that must be missing to excuse a test that failed again and again.
const EXCUSE: f64 = 0.1;
const SLOW: &str = "A block of sound takes";
const LOADED: &str = "Making the sound takes";
const BROKEN_OFF: &str = "The sound broke off";
const AGAIN: &str = "The sound breaks off";
const MEMORY: &str = "of memory";
const BUSY: &str = "of a processor core busy";
const FULL: &str = "This computer has 98 MiB of memory left.";

struct Played {
    lines: Vec<String>,
    stats: serde_json::Value,
}

/// Plays `file` to its end without a device, with what is `planted`.
fn play(planted: &[(&str, &str)], file: &Path) -> Played {
    let player = Command::new(env!("CARGO_BIN_EXE_rusty-audio"));
    play_by(player, planted, file)
}

/// As [`play`], by a command that ends with the player.
fn play_by(mut player: Command, planted: &[(&str, &str)], file: &Path) -> Played {
    let folder = tempfile::tempdir().unwrap();
    let stats = folder.path().join("stats.json");
    let output = player
        .arg("--config-dir")
        .arg(folder.path())
        .args([
            "play",
            "--headless",
            "--output",
            "null",
            "--until-end",
            "--buffer",
            "512",
            "--stats",
        ])
        .args([&stats, file])
        .envs(planted.iter().copied())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let stats = serde_json::from_slice(&std::fs::read(&stats).unwrap()).unwrap();
    let lines = String::from_utf8(output.stderr).unwrap();
    let lines = lines.lines().map(str::to_owned).collect();
    Played { lines, stats }
}

impl Played {
    fn says(&self, words: &str) -> bool {
        self.lines.iter().any(|line| line.contains(words))
    }
}

/// Silence for so many seconds, a stall of so many ms, and a second more.
fn planted_file(folder: &Path, seconds: u32, stall_ms: u32) -> std::path::PathBuf {
    let path = folder.join(format!("{seconds} s, {stall_ms} ms.flac"));
    let words = [seconds * 44_100, stall_ms].map(u32::to_le_bytes).concat();
    std::fs::write(&path, [b"PLNT".as_slice(), &words].concat()).unwrap();
    path
}

#[test]
fn an_effect_that_takes_too_long_is_told_by_what_it_does() {
    undisturbed(
        "an_effect_that_takes_too_long_is_told_by_what_it_does",
        3,
        EXCUSE,
        || {
            let folder = tempfile::tempdir().unwrap();
            let file = planted_file(folder.path(), 4, 1);
            // Deadlines are 10.7 ms apart.
            let cases = [
                ("1500", &[SLOW][..], &[LOADED][..]),
                ("9500", &[SLOW, LOADED], &[]),
                ("12000", &[SLOW, LOADED, BROKEN_OFF, AGAIN], &[]),
            ];
            for (effect_us, told, untold) in cases {
                let played = play(&[("RUSTY_AUDIO_PLANT_EFFECT_US", effect_us)], &file);
                for words in told {
                    assert!(
                        played.says(words),
                        "{effect_us}: {words} in {:?}",
                        played.lines
                    );
                }
                for words in untold {
                    assert!(
                        !played.says(words),
                        "{effect_us}: {words} in {:?}",
                        played.lines
                    );
                }
            }
        },
    );
}

#[test]
fn a_slow_disk_is_not_heard_within_the_ring_and_told_beyond_it() {
    undisturbed(
        "a_slow_disk_is_not_heard_within_the_ring_and_told_beyond_it",
        3,
        EXCUSE,
        || {
            let folder = tempfile::tempdir().unwrap();
            for (stall_ms, breaks_off) in [(250, false), (1_500, true)] {
                let file = planted_file(folder.path(), 2, stall_ms);
                let played = play(&[], &file);
                println!("{stall_ms} ms: {:?}", played.lines);
                let starved = played.stats["starved"].as_u64().unwrap();
                assert_eq!(
                    starved > 0,
                    breaks_off,
                    "{stall_ms} ms: starved {starved} times"
                );
                assert_eq!(played.says(BROKEN_OFF), breaks_off, "{:?}", played.lines);
                // Once, and clean: not again and again while the ring fills.
                assert!(starved <= 1, "starved {starved} times");
            }
        },
    );
}

#[test]
fn a_hog_of_memory_and_a_thread_that_never_rests_are_told() {
    undisturbed(
        "a_hog_of_memory_and_a_thread_that_never_rests_are_told",
        3,
        EXCUSE,
        || {
            let folder = tempfile::tempdir().unwrap();
            let file = planted_file(folder.path(), 9, 1);
            let planted = [
                ("RUSTY_AUDIO_PLANT_MEMORY_MIB", "1100"),
                ("RUSTY_AUDIO_PLANT_BUSY_THREADS", "1"),
            ];
            let played = play(&planted, &file);
            for words in [MEMORY, BUSY] {
                assert!(played.says(words), "{words} in {:?}", played.lines);
            }
        },
    );
}

/// A computer without memory left, as far as the player can see: it reads another `/proc/meminfo`, in a
/// namespace of its own.
#[cfg(target_os = "linux")]
#[test]
fn a_system_without_memory_left_is_told() {
    let test = "a_system_without_memory_left_is_told";
    undisturbed(test, 3, EXCUSE, || {
        let folder = tempfile::tempdir().unwrap();
        let figures = std::fs::read_to_string("/proc/meminfo").unwrap();
        let full = figures.lines().map(|line| match line {
            line if line.starts_with("MemAvailable:") => "MemAvailable: 100000 kB\n".to_owned(),
            line => format!("{line}\n"),
        });
        let meminfo = folder.path().join("meminfo");
        std::fs::write(&meminfo, full.collect::<String>()).unwrap();
        let in_its_place = |command: &str| {
            let mut shell = Command::new("unshare");
            let script = format!("mount --bind \"$1\" /proc/meminfo && shift && {command}");
            shell.args(["--map-root-user", "--mount", "sh", "-c", &script, "sh"]);
            shell.arg(&meminfo);
            shell
        };
        if !in_its_place("true")
            .output()
            .is_ok_and(|o| o.status.success())
        {
            println!("not run: {test} may not make a namespace here");
            return;
        }
        let mut player = in_its_place("exec \"$@\"");
        player.arg(env!("CARGO_BIN_EXE_rusty-audio"));
        let file = planted_file(folder.path(), 4, 1);
        let played = play_by(player, &[], &file);
        assert!(played.says(FULL), "{:?}", played.lines);
        let played = play(&[], &file);
        assert!(!played.says("of memory left"), "{:?}", played.lines);
    });
}
