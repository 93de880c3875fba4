//! Devices that go, come back, and take turns.

use crate::limit;
use crate::player::Player;
use crate::server::SoundServer;
use crate::servers::{BUFFER, last_match, track};
use crate::support::listening::{first_match, is_silent};
use crate::support::{RATE, on_desktop};
use std::time::Duration;

/// The longest gap when the listener has changed the default, in frames.
const SHORT_GAP: i64 = (RATE / 10) as i64;

#[test]
fn the_default_is_followed_without_a_gap_and_a_chosen_device_stays() {
    on_desktop(
        "the_default_is_followed_without_a_gap_and_a_chosen_device_stays",
        |folder| {
            let track = track(folder, 60.0);
            let server = SoundServer::start(folder);
            server.add_sink("other", "");
            server.add_sink("dac", "");
            server.set_default("test");
            let player = Player::start(&server, folder, &track.path, &[]);
            // The session manager moves an ear on the default's monitor along with it.
            let (ear, there) = (server.ear("test"), server.ear("other"));
            let (from, _) = ear.wait("the track", |heard| first_match(heard, 0, &track.frames));
            ear.listen(1.0);
            server.set_default("other");
            there.wait("the track there", |heard| {
                first_match(heard, 0, &track.frames)
            });
            ear.listen(0.5);
            let gap = longest_silence(&ear.frames()[from..]);
            println!(
                "a gap of {:.0} ms; said: {:?}",
                gap as f64 / 48.0,
                player.said()
            );
            assert!(gap < SHORT_GAP, "{gap} frames");
            assert_eq!(player.said(), "", "nothing to say");
            drop((player, ear));
            // A chosen one stays where it is.
            server.set_default("test");
            let _player = Player::start(&server, folder, &track.path, &["--output", "dac"]);
            let here = server.ear("dac");
            let (from, _) = here.wait("the track", |heard| first_match(heard, 0, &track.frames));
            server.set_default("other");
            let from_there = there.len();
            here.listen(1.5);
            let gap = longest_silence(&here.frames()[from..]);
            assert!(gap < SHORT_GAP, "{gap} frames");
            assert!(
                there.frames()[from_there..].iter().all(is_silent),
                "not through the new default"
            );
        },
    );
}

/// The longest row of silent frames.
fn longest_silence(heard: &[[f32; 2]]) -> i64 {
    let (mut longest, mut length) = (0, 0);
    for frame in heard {
        length = if is_silent(frame) { length + 1 } else { 0 };
        longest = longest.max(length);
    }
    longest
}

#[test]
fn an_unplugged_device_gives_way_to_the_default_and_is_taken_again() {
    on_desktop(
        "an_unplugged_device_gives_way_to_the_default_and_is_taken_again",
        |folder| {
            let track = track(folder, 60.0);
            let server = SoundServer::start(folder);
            server.add_sink("dac", "");
            let player = Player::start(&server, folder, &track.path, &["--output", "dac"]);
            let (dac, speakers) = (server.ear("dac"), server.ear("test"));
            dac.wait("the track", |heard| first_match(heard, 0, &track.frames));
            dac.listen(1.0);
            server.remove_sink("dac");
            let last = last_match(&dac.frames(), &track) as i64;
            drop(dac);
            let (_, place) = speakers.wait("the track through the default", |heard| {
                first_match(heard, 0, &track.frames)
            });
            let error = place as i64 - last;
            println!(
                "{error} frames from the last one heard; said: {}",
                player.said().trim()
            );
            assert!(
                (-BUFFER..=2 * BUFFER + SHORT_GAP).contains(&error),
                "{error} frames"
            );
            assert!(
                player.said().contains("dac is not connected"),
                "{}",
                player.said()
            );
            server.add_sink("dac", "");
            let dac = server.ear("dac");
            dac.wait("the track on its device", |heard| {
                first_match(heard, 0, &track.frames)
            });
            let from = speakers.len();
            speakers.listen(0.7);
            let heard = speakers.frames();
            assert!(
                heard[from + RATE / 2..].iter().all(is_silent),
                "not aloud too"
            );
        },
    );
}

#[test]
fn without_any_device_the_sound_waits() {
    on_desktop("without_any_device_the_sound_waits", |folder| {
        let track = track(folder, 60.0);
        let server = SoundServer::start(folder);
        let player = Player::start(&server, folder, &track.path, &[]);
        let ear = server.ear("test");
        ear.wait("the track", |heard| first_match(heard, 0, &track.frames));
        ear.listen(1.0);
        server.remove_sink("test");
        let last = last_match(&ear.frames(), &track) as i64;
        drop(ear);
        std::thread::sleep(Duration::from_secs(1));
        let load = player.load_over(3.0);
        player.signal(libc::SIGSTOP);
        server.add_sink("test", "");
        let ear = server.ear("test");
        player.signal(libc::SIGCONT);
        let (_, place) = ear.wait("the track again", |heard| {
            first_match(heard, 0, &track.frames)
        });
        let error = place as i64 - last;
        println!(
            "{:.1} % of a core meanwhile, {error} frames from the last one heard; said: {}",
            load.whole_percent,
            player.said().trim()
        );
        assert!(load.whole_percent < limit(2.0), "{load:?}");
        // Until it is noticed, the server plays what it has to nobody.
        assert!(
            (-BUFFER..=BUFFER + 2 * SHORT_GAP).contains(&error),
            "{error} frames"
        );
    });
}
