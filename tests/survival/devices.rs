//! Devices that go, come back, and take turns.

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
            server.set_default("test");
            let player = Player::start(&server, folder, &track.path, &[]);
            let (here, there) = (server.ear("test"), server.ear("other"));
            here.wait("the track", |heard| first_match(heard, 0, &track.frames));
            here.listen(1.0);
            server.set_default("other");
            let (_, place) = there.wait("the track there", |heard| {
                first_match(heard, 0, &track.frames)
            });
            here.listen(0.5);
            let gap = place as i64 - last_match(&here.frames(), &track) as i64;
            println!(
                "a gap of {:.0} ms; said: {:?}",
                gap as f64 / 48.0,
                player.said()
            );
            assert!((-SHORT_GAP..=SHORT_GAP).contains(&gap), "{gap} frames");
            drop(player);
            // A chosen one stays where it is.
            server.set_default("test");
            let _player = Player::start(&server, folder, &track.path, &["--output", "test"]);
            let from = here.len();
            here.wait("the track", |heard| first_match(heard, from, &track.frames));
            server.set_default("other");
            let (from_here, from_there) = (here.len(), there.len());
            here.listen(1.5);
            assert!(
                first_match(&here.frames(), from_here, &track.frames).is_some(),
                "it plays on"
            );
            assert!(
                there.frames()[from_there..].iter().all(is_silent),
                "not through the new default"
            );
        },
    );
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
        assert!(load.whole_percent < 2.0, "{load:?}");
        // Until it is noticed, the server plays what it has to nobody.
        assert!(
            (-BUFFER..=BUFFER + 2 * SHORT_GAP).contains(&error),
            "{error} frames"
        );
    });
}
