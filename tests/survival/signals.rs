//! Being asked to end: it fades out, and is gone within a second.

use crate::limit;
use crate::player::Player;
use crate::server::SoundServer;
use crate::servers::track;
use crate::support::listening::{agreement, first_match, is_silent};
use crate::support::on_desktop;
use std::time::{Duration, Instant};

#[test]
fn a_player_that_is_asked_to_end_fades_out_within_a_second() {
    on_desktop(
        "a_player_that_is_asked_to_end_fades_out_within_a_second",
        |folder| {
            let track = track(folder, 30.0);
            let server = SoundServer::start(folder);
            for signal in [libc::SIGTERM, libc::SIGHUP, libc::SIGINT] {
                let ear = server.ear("test");
                let mut player = Player::start(&server, folder, &track.path, &[]);
                let (at, place) =
                    ear.wait("the track", |heard| first_match(heard, 0, &track.frames));
                ear.listen(0.5);
                player.signal(signal);
                let asked = Instant::now();
                let status = player.wait(Duration::from_secs(10));
                let took = asked.elapsed();
                ear.listen(0.3);
                let heard = ear.frames();
                let whole = agreement(&heard[at..], &track.frames[place..]);
                let faded = heard[at + whole..]
                    .iter()
                    .take_while(|frame| !is_silent(frame))
                    .count();
                println!("signal {signal}: {status} after {took:?}, a fade of {faded} frames");
                assert!(status.success(), "{status}");
                assert!(took.as_secs_f64() < limit(1.0), "{took:?}");
                // 5 ms: a sound that is cut off has none.
                assert!((150..=260).contains(&faded), "a fade of {faded} frames");
            }
        },
    );
}
