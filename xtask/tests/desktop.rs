//! The desktop without a screen: what goes in comes out, and nothing stays behind.
#![cfg(target_os = "linux")]

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use undisturbed::undisturbed;

#[path = "../../tests/support/undisturbed.rs"]
mod undisturbed;

/// Runs a shell script on a desktop of its own, or says why not.
fn on_desktop(script: &str) -> Option<Output> {
    // Where this is set, the packages a desktop needs are known to be installed.
    if env::var_os("RUSTY_AUDIO_TEST_DESKTOP").is_none() {
        println!("not run: the desktop's own test, outside of `cargo xtask test`");
        return None;
    }
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["desktop", "--", "sh", "-c", script])
        .output()
        .expect("xtask starts");
    Some(output)
}

fn scratch(name: &str) -> PathBuf {
    env::temp_dir().join(format!("xtask-desktop-{}-{name}", std::process::id()))
}

#[test]
fn the_exit_code_comes_through_and_no_process_or_folder_stays() {
    // The shell's own pid makes an argument nobody else uses.
    let script = "echo $XDG_RUNTIME_DIR; (setsid sleep 1$$.25 &); echo 1$$.25; exit 7";
    let Some(output) = on_desktop(script) else {
        return;
    };
    assert_eq!(output.status.code(), Some(7));
    let text = String::from_utf8_lossy(&output.stdout);
    let [folder, marker] = text.lines().collect::<Vec<_>>()[..] else {
        panic!("printed: {text}")
    };
    assert!(!PathBuf::from(folder).exists(), "{folder} is still there");
    for entry in fs::read_dir("/proc").expect("/proc").flatten() {
        let command = fs::read_to_string(entry.path().join("cmdline")).unwrap_or_default();
        assert!(!command.contains(marker), "still running: {command}");
    }
}

#[test]
fn every_sample_played_is_heard() {
    // As for every test that hears samples.
    undisturbed("every_sample_played_is_heard", 3, 0.1, || {
        let (played_file, heard_file) = (scratch("played"), scratch("heard"));
        // A ramp that never repeats: each value names its own place. Exact in f32.
        let played: Vec<f32> = (1..=2 * 24_000).map(|i| i as f32 / 65_536.0).collect();
        let bytes: Vec<u8> = played
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        fs::write(&played_file, bytes).expect("a file to play");
        let script = format!(
            // Without a latency parec hands out what it hears two seconds at a time.
            "parec -d test.monitor --latency-msec=20 --format=float32le --rate=48000 --channels=2 \
            > {heard} & ear=$!
         for try in $(seq 100); do [ -s {heard} ] && break; sleep 0.1; done
         paplay --raw --format=float32le --rate=48000 --channels=2 {played}
         sleep 0.7
         kill $ear",
            played = played_file.display(),
            heard = heard_file.display()
        );
        let Some(output) = on_desktop(&script) else {
            return;
        };
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let heard: Vec<f32> = fs::read(&heard_file)
            .expect("what was heard")
            .chunks_exact(4)
            .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .collect();
        for file in [&played_file, &heard_file] {
            fs::remove_file(file).expect("a scratch file");
        }
        let first = heard
            .iter()
            .position(|&value| value != 0.0)
            .expect("some sound");
        let heard = &heard[first..(first + played.len()).min(heard.len())];
        assert_eq!(heard.len(), played.len());
        assert!(
            heard == played,
            "what was heard differs from what was played"
        );
    });
}
