//! The player is installed into a home of its own, found by the desktop, opened by a file, and taken away again.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The built program, beside this test.
fn program() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_BIN_EXE_xtask"));
    own.with_file_name("rusty-audio")
}

/// A command in a home.
fn command(home: &Path, name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command
        .args(arguments)
        .env("HOME", home)
        .env_remove("XDG_DATA_HOME")
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("XDG_CURRENT_DESKTOP")
        .env("XDG_DATA_DIRS", "/usr/share")
        .current_dir(home);
    command
}

/// Runs a command in a home; none where it is not installed.
fn run(home: &Path, name: &str, arguments: &[&str]) -> Option<Output> {
    let done = command(home, name, arguments).output();
    if done.is_err() {
        println!("not run: needs {name}");
    }
    done.ok()
}

/// Everything below a folder.
fn listed(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            found.extend(listed(&entry.path()));
        }
        found.insert(entry.path());
    }
    found
}

fn text(output: &Output) -> String {
    let both = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8_lossy(&both).into_owned()
}

#[test]
fn it_is_installed_opens_files_and_goes_without_a_trace() {
    if !program().is_file() {
        println!("not run: rusty-audio is not built");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    // Somebody else's things, which must stay.
    let others = home.join(".local/share/icons/hicolor/16x16/apps");
    std::fs::create_dir_all(&others).unwrap();
    std::fs::write(others.join("other.png"), "theirs").unwrap();
    let before = listed(home);
    let xtask = env!("CARGO_BIN_EXE_xtask");
    let binary = program();
    let install = ["install", "--binary", binary.to_str().unwrap()];
    // Twice: the second takes the place of the first.
    for _ in 0..2 {
        let done = run(home, xtask, &install).unwrap();
        assert!(done.status.success(), "{}", text(&done));
    }
    let share = home.join(".local/share");
    let entry = share.join("applications/rusty-audio.desktop");
    if let Some(checked) = run(home, "desktop-file-validate", &[entry.to_str().unwrap()]) {
        assert!(checked.status.success(), "{}", text(&checked));
    }
    let metainfo = share.join("metainfo/io.github.rusty_audio.RustyAudio.metainfo.xml");
    let metainfo = ["validate", "--no-net", metainfo.to_str().unwrap()];
    if let Some(checked) = run(home, "appstreamcli", &metainfo) {
        assert!(checked.status.success(), "{}", text(&checked));
    }
    let page = std::fs::read_to_string(share.join("man/man1/rusty-audio.1")).unwrap();
    for word in [".TH", "COMMAND RENDER", "enqueue"] {
        assert!(page.contains(word), "{word}");
    }
    let version = run(
        home,
        home.join(".local/bin/rusty-audio").to_str().unwrap(),
        &["--version"],
    );
    assert!(text(&version.unwrap()).starts_with("rusty-audio 0."));
    for kind in ["audio/flac", "audio/mpeg", "audio/x-vorbis+ogg"] {
        if let Some(found) = run(home, "xdg-mime", &["query", "default", kind]) {
            assert_eq!(text(&found).trim(), "rusty-audio.desktop", "{kind}");
        }
    }
    open_a_file(home);
    let done = run(home, xtask, &["uninstall"]).unwrap();
    assert!(done.status.success(), "{}", text(&done));
    // What the player itself has stored is the user's.
    let own = [".config/rusty-audio", ".local/share/rusty-audio", ".cache"];
    let is_own = |path: &PathBuf| {
        let above = [".config", ".cache"].map(|name| home.join(name));
        own.iter().any(|own| path.starts_with(home.join(own))) || above.contains(path)
    };
    let left: Vec<PathBuf> = listed(home)
        .difference(&before)
        .filter(|path| !is_own(path))
        .cloned()
        .collect();
    assert_eq!(left, Vec::<PathBuf>::new());
    let again = run(home, xtask, &["uninstall"]).unwrap();
    assert_eq!(again.status.code(), Some(1));
}

/// Opens a file as a file manager does; the player's own words must say that it plays.
fn open_a_file(home: &Path) {
    if std::env::var_os("DISPLAY").is_none() {
        println!("not run: no display to open a file on");
        return;
    }
    let track = home.join("a track.flac");
    std::fs::copy(
        xtask_common::project::root().join("assets/demo.flac"),
        &track,
    )
    .unwrap();
    let mut open = command(home, "gio", &["open", track.to_str().unwrap()]);
    // What it starts outlives it: nobody waits for the end of its output.
    let open = open.stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(opened) = open.status() else {
        println!("not run: needs gio");
        return;
    };
    assert!(opened.success());
    let player = home.join(".local/bin/rusty-audio");
    let player = player.to_str().unwrap();
    let start = Instant::now();
    loop {
        let status = run(home, player, &["--status", "--json"]).unwrap();
        let words = text(&status);
        if words.contains("a track.flac") && words.contains(r#""transport":"playing""#) {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "{words}");
        std::thread::sleep(Duration::from_millis(100));
    }
    end_player(home);
    std::fs::remove_file(track).unwrap();
}

/// Ends the player of that home, as its user would at the end of the session.
fn end_player(home: &Path) {
    let wanted = home.join(".local/bin/rusty-audio");
    for process in std::fs::read_dir("/proc").unwrap().flatten() {
        let program = std::fs::read_link(process.path().join("exe"));
        if program.is_ok_and(|program| program == wanted) {
            let id = process.file_name().into_string().unwrap();
            run(home, "kill", &[&id]).unwrap();
            let start = Instant::now();
            while process.path().join("exe").exists() && start.elapsed() < Duration::from_secs(10) {
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    }
}
