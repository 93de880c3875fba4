//! Starts that meet.

use crate::player::Home;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

fn socket(home: &Home) -> PathBuf {
    let folder = home.folder.path().join("run/rusty-audio");
    let mut entries = std::fs::read_dir(folder).unwrap().flatten();
    let socket = entries.find(|entry| entry.path().extension().is_some_and(|it| it == "sock"));
    socket.unwrap().path()
}

#[test]
fn every_request_acts_on_the_player_that_runs() {
    let home = Home::new(None);
    let (a, b) = (home.track("a.wav", 60), home.track("b b.wav", 60));
    let player = home.play(&[&a, &b]);
    home.ask(&["--pause"]);
    let paused = home.wait("paused", |it| it["transport"] == "paused");
    assert_eq!(paused["path"], a.to_str().unwrap());
    assert_eq!(paused["title"], "a");
    assert_eq!(paused["duration_seconds"], 60.0);
    assert_eq!(paused["queue_length"], 2);
    assert_eq!(paused["queue_index"], 0);
    assert_eq!(paused["restored"], false);
    home.ask(&["--toggle"]);
    home.wait("playing", |it| it["transport"] == "playing");
    home.ask(&["--seek", "30.5"]);
    let at = |from: f64, to: f64| {
        move |it: &serde_json::Value| (from..to).contains(&it["position_seconds"].as_f64().unwrap())
    };
    home.wait("at 30.5 s", at(30.5, 40.0));
    home.ask(&["--seek", "-20"]);
    home.wait("20 s before", at(10.5, 20.0));
    home.ask(&["--seek", "+30"]);
    home.wait("30 s behind", at(40.5, 50.0));
    home.ask(&["--volume", "25"]);
    home.wait("quieter", |it| it["volume"] == 25.0);
    home.ask(&["--skip"]);
    home.wait("the second", |it| it["title"] == "b b");
    home.ask(&["--previous"]);
    home.wait("the first", |it| it["title"] == "a");
    home.ask(&["--stop"]);
    let stopped = home.wait("stopped", |it| it["transport"] == "stopped");
    assert_eq!(stopped["position_seconds"], 0.0);
    home.ask(&["--play"]);
    home.wait("playing", |it| it["transport"] == "playing");
    drop(player);
    // What a killed player leaves is in nobody's way.
    let gone = home.run(&["--status"]);
    assert_eq!(gone.status.code(), Some(1));
    assert_eq!(gone.stderr, b"no player is running\n");
    let _next = home.play(&[&b]);
    assert_eq!(home.status().unwrap()["title"], "b b");
}

#[test]
fn wrong_usage_is_told_and_nothing_is_done() {
    let home = Home::new(None);
    for wrong in [
        &["--volume", "101"][..],
        &["--volume", "nan"],
        &["--seek", "inf"],
        &["--seek", "x"],
        &["--enqueue"],
        &["--next"],
        &["--pause", "--play"],
        &["--pause", "a.wav"],
        &["--json"],
    ] {
        let done = home.run(wrong);
        assert_eq!(done.status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn a_hundred_starts_in_a_row_and_twenty_at_once_bring_each_file_once_and_in_order() {
    let home = Home::new(None);
    let first = home.track("first.wav", 100);
    let _player = home.play(&[&first]);
    for n in 0..100 {
        home.track(&format!("row {n:03}.wav"), 1);
        // Relative to where the second start was made.
        home.ask(&["--enqueue", &format!("row {n:03}.wav")]);
    }
    home.wait("101 tracks", |it| it["queue_length"] == 101);
    let mut starts: Vec<_> = (0..20)
        .map(|n| {
            let track = home.track(&format!("once {n:02}.wav"), 1);
            home.command(&["--enqueue".as_ref(), track.as_os_str()])
                .spawn()
                .unwrap()
        })
        .collect();
    for start in &mut starts {
        assert!(start.wait().unwrap().success());
    }
    home.wait("121 tracks", |it| it["queue_length"] == 121);
    // Walk through them: their names tell the order.
    let mut names = Vec::new();
    home.ask(&["--pause"]);
    for at in 1..121 {
        home.ask(&["--skip"]);
        let there = home.wait("the next", |it| it["queue_index"] == at);
        names.push(there["title"].as_str().unwrap().to_owned());
    }
    let row: Vec<String> = (0..100).map(|n| format!("row {n:03}")).collect();
    assert_eq!(names[..100], row);
    names[100..].sort();
    let once: Vec<String> = (0..20).map(|n| format!("once {n:02}")).collect();
    assert_eq!(names[100..], once);
}

#[test]
fn tracks_to_play_next_come_behind_the_current_one() {
    let home = Home::new(None);
    let tracks = ["a", "b", "c"].map(|name| home.track(&format!("{name}.wav"), 60));
    let _player = home.play(&[&tracks[0], &tracks[1]]);
    home.ask(&["--next", "c.wav"]);
    home.wait("three tracks", |it| it["queue_length"] == 3);
    home.ask(&["--skip"]);
    home.wait("what was to be next", |it| it["title"] == "c");
    home.ask(&["--skip"]);
    home.wait("the other", |it| it["title"] == "b");
}

#[test]
fn garbage_and_floods_are_survived() {
    let home = Home::new(None);
    let track = home.track("a.wav", 100);
    let mut player = home.play(&[&track]);
    let place = socket(&home);
    let mut random = 31_u64;
    for round in 0..60 {
        let mut garbage = Vec::new();
        for _ in 0..round * 40 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695);
            garbage.push((random >> 56) as u8);
        }
        garbage.push(b'\n');
        let mut stream = UnixStream::connect(&place).unwrap();
        // It may hang up before everything is said.
        let _ = stream.write_all(&garbage);
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert!(
            answer.is_empty() || answer.contains("not understood"),
            "{answer}"
        );
    }
    // Numbers that no player can use.
    for request in [
        r#"{"do":"volume","percent":1e9}"#,
        r#"{"do":"seek_to","seconds":-1}"#,
        r#"{"do":"seek_to","seconds":1e300}"#,
        r#"{"do":"explode"}"#,
        r#"{"do":"open","inputs":"x"}"#,
        "[]",
        "",
    ] {
        let mut stream = UnixStream::connect(&place).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream.write_all(b"\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(!answer.contains(r#""error":null"#), "{request}: {answer}");
    }
    // Many that say nothing do not keep out one that does, once they have been given up.
    let silent: Vec<_> = (0..200).map(|_| UnixStream::connect(&place)).collect();
    let start = Instant::now();
    while home.status().is_none() {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "it no longer answers"
        );
    }
    drop(silent);
    assert_eq!(home.status().unwrap()["transport"], "playing");
    assert!(player.0.try_wait().unwrap().is_none());
}

#[test]
fn the_folder_of_the_socket_belongs_to_the_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new(None);
    let track = home.track("a.wav", 100);
    let player = home.play(&[&track]);
    let folder = home.folder.path().join("run/rusty-audio");
    let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    drop(player);
    // One that others may enter is not used; the player plays all the same.
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).unwrap();
    let done = home.run(&["--status"]);
    assert_eq!(done.status.code(), Some(1));
    let line = String::from_utf8(done.stderr).unwrap();
    assert!(line.contains("not a folder of this user alone"), "{line}");
    let played = home.run(&[
        "play",
        "--output",
        "null",
        "--until-end",
        "--seek",
        "99",
        "a.wav",
    ]);
    assert!(played.status.success());
}
