//! Inputs that are too many, or that nobody would call music, behind one that plays.

use crate::player::Player;
use crate::server::SoundServer;
use crate::servers::track;
use crate::support::listening::{agreement, describe_break, first_match};
use crate::support::{RATE, on_desktop};
use std::ffi::{OsStr, OsString};
use std::fmt::Write;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::symlink;
use std::path::Path;

/// Sound that must come whole while the rest is taken in, in s.
const SECONDS: f64 = 6.0;

/// Plays a track with `more` behind it and hears every frame of it; returns what the player has said by then.
fn whole_beside(folder: &Path, more: &[OsString]) -> String {
    let track = track(folder, 20.0);
    let server = SoundServer::start(folder);
    let ear = server.ear("test");
    let arguments = more.iter().map(OsString::as_os_str);
    let arguments = [track.path.as_os_str()].into_iter().chain(arguments);
    let player = Player::play(folder, arguments, |command| server.enter(command));
    let (at, place) = ear.wait("the track", |heard| first_match(heard, 0, &track.frames));
    assert_eq!(place, 0, "from its beginning");
    ear.listen(SECONDS);
    let heard = ear.frames();
    let agree = agreement(&heard[at..], &track.frames[place..]);
    let wanted = (SECONDS * RATE as f64) as usize - RATE / 10;
    assert!(
        agree >= wanted,
        "{}",
        describe_break(&heard[at..], &track.frames)
    );
    player.said()
}

#[test]
fn ten_thousand_files_behind_it_hold_up_nothing() {
    on_desktop("ten_thousand_files_behind_it_hold_up_nothing", |folder| {
        let other = track(folder, 1.0);
        let many = folder.join("many");
        std::fs::create_dir(&many).expect("a folder");
        let files = (0..10_000).map(|number| {
            let path = many.join(format!("{number:05}.flac"));
            std::fs::hard_link(&other.path, &path).expect("a link");
            path.into_os_string()
        });
        let said = whole_beside(folder, &files.collect::<Vec<_>>());
        assert_eq!(said, "", "nothing to say");
    });
}

#[test]
fn a_list_of_a_hundred_thousand_behind_it_holds_up_nothing() {
    on_desktop(
        "a_list_of_a_hundred_thousand_behind_it_holds_up_nothing",
        |folder| {
            let mut text = String::new();
            for number in 0..100_000 {
                let _ = writeln!(text, "not there/{number}.flac");
            }
            let list = folder.join("long.m3u8");
            std::fs::write(&list, text).expect("a list");
            whole_beside(folder, &[list.into_os_string()]);
        },
    );
}

#[test]
fn what_is_no_music_holds_up_nothing() {
    on_desktop("what_is_no_music_holds_up_nothing", |folder| {
        let other = track(folder, 1.0);
        // A pipe that nobody writes to.
        let pipe = folder.join("pipe.flac");
        let name = std::ffi::CString::new(pipe.as_os_str().as_encoded_bytes()).expect("a name");
        // SAFETY: `name` is a string that ends in zero and lives until after the call.
        assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
        // Folders that lead back to themselves.
        let circle = folder.join("circle");
        std::fs::create_dir(&circle).expect("a folder");
        symlink(&circle, circle.join("again")).expect("a link");
        symlink(circle.join("itself"), circle.join("itself")).expect("a link");
        let odd = OsString::from_vec(b"odd \xff\xfe name.flac".to_vec());
        std::fs::copy(&other.path, circle.join(odd)).expect("a copy");
        let inputs: Vec<OsString> = [
            OsStr::new("/dev/zero"),
            circle.as_os_str(),
            pipe.as_os_str(),
        ]
        .map(OsStr::to_os_string)
        .into();
        let said = whole_beside(folder, &inputs);
        println!("said: {}", said.trim());
    });
}
