//! Files and folders that are taken away while they are in use.

use crate::player::Player;
use crate::server::SoundServer;
use crate::support::listening::{agreement, describe_break, first_match};
use crate::support::signals::{flac, noise};
use crate::support::{RATE, on_desktop};
use std::process::Command;

#[test]
fn a_file_that_is_deleted_while_it_plays_plays_to_its_end() {
    on_desktop(
        "a_file_that_is_deleted_while_it_plays_plays_to_its_end",
        |folder| {
            let track = flac(folder, "noise", "Noise", &noise(3, 8.0));
            let server = SoundServer::start(folder);
            let ear = server.ear("test");
            let player = Player::start(&server, folder, &track.path, &[]);
            let (at, place) = ear.wait("the track", |heard| first_match(heard, 0, &track.frames));
            std::fs::remove_file(&track.path).expect("it is there");
            ear.listen(8.5);
            let heard = ear.frames();
            let agree = agreement(&heard[at..], &track.frames[place..]);
            assert_eq!(
                place + agree,
                track.frames.len(),
                "{}",
                describe_break(&heard[at..], &track.frames)
            );
            assert_eq!(player.said(), "");
        },
    );
}

#[test]
fn a_file_that_shrinks_while_it_plays_is_named_and_the_next_one_follows() {
    on_desktop(
        "a_file_that_shrinks_while_it_plays_is_named_and_the_next_one_follows",
        |folder| {
            // Too long to be kept in memory.
            let first = flac(folder, "first", "First", &noise(4, 100.0));
            let second = flac(folder, "second", "Second", &noise(5, 4.0));
            let server = SoundServer::start(folder);
            let ear = server.ear("test");
            let arguments = [first.path.as_os_str(), second.path.as_os_str()];
            let player = Player::play(folder, arguments, |command| server.enter(command));
            ear.wait("the first", |heard| first_match(heard, 0, &first.frames));
            let file = std::fs::OpenOptions::new().write(true).open(&first.path);
            file.expect("it is there").set_len(1 << 19).expect("cut");
            ear.wait("the second", |heard| first_match(heard, 0, &second.frames));
            println!("said: {}", player.said().trim());
            assert!(player.said().contains("first.flac"), "{}", player.said());
        },
    );
}

/// Mounts a full disk, or one that cannot be written to, at a folder of its own and starts a program there.
const ON_A_DISK: &str = "mount -t tmpfs -o size=64k none \"$0\" && \
    { head -c 1m /dev/zero > \"$0/all of it\" 2>/dev/null; true; } && \
    { [ \"$1\" = full ] || mount -o remount,ro \"$0\"; } && shift && exec \"$@\"";

#[test]
fn a_full_disk_and_one_that_cannot_be_written_to_hold_up_nothing() {
    on_desktop(
        "a_full_disk_and_one_that_cannot_be_written_to_hold_up_nothing",
        |folder| {
            let home = folder.join("home");
            std::fs::create_dir(&home).expect("a folder");
            let can_mount = Command::new("unshare")
                .args(["-rm", "mount", "-t", "tmpfs", "none"])
                .arg(&home)
                .status()
                .is_ok_and(|status| status.success());
            if !can_mount {
                println!("not run: this system lets nobody mount a disk of one's own");
                return;
            }
            let track = flac(folder, "noise", "Noise", &noise(6, 3.0));
            let server = SoundServer::start(folder);
            for kind in ["full", "read-only"] {
                let ear = server.ear("test");
                let mut command = Command::new("unshare");
                command
                    .args(["-rm", "sh", "-c", ON_A_DISK])
                    .arg(&home)
                    .arg(kind)
                    .arg(env!("CARGO_BIN_EXE_rusty-audio"))
                    .arg("--config-dir")
                    .arg(home.join("settings"))
                    .args(["play", "--until-end"])
                    .arg(&track.path)
                    .env("HOME", &home)
                    .env("XDG_CACHE_HOME", home.join("cache"));
                server.enter(&mut command);
                let output = command.output().expect("it starts");
                let said = String::from_utf8_lossy(&output.stderr);
                println!("{kind}: {}, said: {}", output.status, said.trim());
                let heard = ear.frames();
                let (at, place) = first_match(&heard, 0, &track.frames).expect("the track");
                let agree = agreement(&heard[at..], &track.frames[place..]);
                assert!(
                    agree > 2 * RATE,
                    "{}",
                    describe_break(&heard[at..], &track.frames)
                );
                assert!(output.status.success(), "{}", output.status);
            }
        },
    );
}
