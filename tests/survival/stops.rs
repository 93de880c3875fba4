//! A player that is stopped for a while: a suspended machine, or one that swaps.

use crate::player::Player;
use crate::server::SoundServer;
use crate::servers::{BUFFER, last_match, track};
use crate::support::listening::first_match;
use crate::support::on_desktop;
use crate::{is_long, limit};
use std::time::Duration;

/// Memory of its own that playing through PipeWire may take, with what the linker wrote into the program's own
/// pages: 2.3 MiB in a test build.
const MAX_KIB: u64 = 10_000;

#[test]
fn a_stopped_player_plays_on_where_it_was() {
    on_desktop("a_stopped_player_plays_on_where_it_was", |folder| {
        let track = track(folder, 60.0);
        let server = SoundServer::start(folder);
        let player = Player::start(&server, folder, &track.path, &[]);
        let ear = server.ear("test");
        ear.wait("the track", |heard| first_match(heard, 0, &track.frames));
        ear.listen(1.0);
        player.signal(libc::SIGSTOP);
        std::thread::sleep(Duration::from_secs(if is_long() { 30 } else { 5 }));
        let last = last_match(&ear.frames(), &track);
        let from = ear.len();
        player.signal(libc::SIGCONT);
        let (_, place) = ear.wait("the track again", |heard| {
            first_match(heard, from, &track.frames)
        });
        let error = place as i64 - last as i64;
        println!(
            "{error} frames from the last one heard; said: {:?}",
            player.said()
        );
        // What was on its way then may be heard again, or be lost.
        assert!((-BUFFER..=2 * BUFFER).contains(&error), "{error} frames");
        ear.listen(2.0);
        assert_eq!(player.said(), "", "nothing to say");
    });
}

#[test]
fn playing_takes_little_memory_and_wakes_the_machine_rarely() {
    on_desktop(
        "playing_takes_little_memory_and_wakes_the_machine_rarely",
        |folder| {
            let track = track(folder, 60.0);
            let server = SoundServer::start(folder);
            let player = Player::start(&server, folder, &track.path, &[]);
            std::thread::sleep(Duration::from_secs(4));
            let before = player.waits();
            let seconds = if is_long() { 50.0 } else { 10.0 };
            let load = player.load_over(seconds);
            let rate = (player.waits() - before) as f64 / seconds;
            println!(
                "{rate:.1} wake-ups a second, {:.2} % of a core (test build)",
                load.whole_percent
            );
            let kib = player.private_kib();
            println!("{kib} KiB of memory of its own");
            assert!(rate < limit(60.0), "{rate} wake-ups a second");
            assert!(kib < MAX_KIB, "{kib} KiB");
        },
    );
}

#[test]
fn a_player_that_has_come_to_its_end_sleeps() {
    on_desktop("a_player_that_has_come_to_its_end_sleeps", |folder| {
        let track = track(folder, 1.0);
        let server = SoundServer::start(folder);
        let player = Player::start(&server, folder, &track.path, &[]);
        // The device is released ten seconds after the last sound.
        std::thread::sleep(Duration::from_secs(17));
        let before = player.waits();
        std::thread::sleep(Duration::from_secs(if is_long() { 60 } else { 5 }));
        let waits = player.waits() - before;
        println!("{waits} wake-ups");
        assert_eq!(waits, 0);
    });
}
