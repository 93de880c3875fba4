//! A sound server, or its session manager, that is killed and comes back.

use crate::ear::GraphEar;
use crate::player::Player;
use crate::server::SoundServer;
use crate::support::listening::first_match;
use crate::support::signals::{Track, flac, noise};
use crate::support::{RATE, on_desktop};
use crate::{is_long, limit};
use std::time::{Duration, Instant};

/// What `play` asks for at a time, in frames.
pub(crate) const BUFFER: i64 = 2_048;
/// What the recorder had not handed over when it was killed with the server, in frames.
const UNHEARD: i64 = (RATE / 10) as i64;
/// The longest rise from silence, in frames.
const MAX_RISE: usize = 260;
/// How long the sound may take to go on, in seconds.
const SOON: f64 = 3.0;
/// What waiting for a server may take, in % of a core.
const IDLE_PERCENT: f64 = 2.0;

pub(crate) fn track(folder: &std::path::Path, seconds: f64) -> Track {
    flac(folder, "noise", "Noise", &noise(15, seconds))
}

#[test]
fn a_killed_server_that_comes_back_is_played_on_at_the_same_position() {
    on_desktop(
        "a_killed_server_that_comes_back_is_played_on_at_the_same_position",
        |folder| {
            let track = track(folder, 120.0);
            let mut server = SoundServer::start(folder);
            let player = Player::start(&server, folder, &track.path, &[]);
            let mut at = 0;
            let downs: &[f64] = if is_long() {
                &[0.5, 5.0, 30.0]
            } else {
                &[0.5, 4.0]
            };
            for &down in downs {
                let ear = GraphEar::of(&server, "test", folder);
                ear.hear(0, &track.frames);
                std::thread::sleep(Duration::from_secs(1));
                server.kill();
                let load = player.load_over(down);
                let last = last_match(&ear.frames(), &track);
                drop(ear);
                assert!(last as i64 >= at, "it goes on: {last} behind {at}");
                // Held only so that the ear is there first and hears the very first frame.
                player.signal(libc::SIGSTOP);
                server.return_();
                let ear = GraphEar::of(&server, "test", folder);
                player.signal(libc::SIGCONT);
                let back = Instant::now();
                let place = ear.hear(0, &track.frames);
                let after = back.elapsed();
                let error = place as i64 - (last as i64 + 1);
                println!(
                    "away for {down} s: {:.1} % of a core meanwhile; back within {:.2} s, {error} frames \
                     from where the sink stopped",
                    load.whole_percent,
                    after.as_secs_f64()
                );
                assert!(after.as_secs_f64() < limit(SOON), "{after:?}");
                assert!(
                    (-BUFFER + 1..BUFFER).contains(&error),
                    "{error} frames from where it was"
                );
                if down >= 4.0 {
                    assert!(load.whole_percent < limit(IDLE_PERCENT), "{load:?}");
                }
                at = place as i64;
            }
            println!("said: {}", player.said().trim());
        },
    );
}

#[test]
fn a_killed_session_manager_stops_the_sound_for_as_long_as_it_is_away() {
    on_desktop(
        "a_killed_session_manager_stops_the_sound_for_as_long_as_it_is_away",
        |folder| {
            let track = track(folder, 120.0);
            let mut server = SoundServer::start(folder);
            let player = Player::start(&server, folder, &track.path, &[]);
            let ear = server.ear("test");
            ear.wait("the track", |heard| first_match(heard, 0, &track.frames));
            ear.listen(1.0);
            server.kill_session();
            let down = if is_long() { 30.0 } else { 4.0 };
            let load = player.load_over(down);
            let last = last_match(&ear.frames(), &track);
            // A recorder without a source holds up a session manager that starts, as does a stopped client.
            drop(ear);
            server.return_session();
            let back = Instant::now();
            let ear = server.ear("test");
            let (_, place) = ear.wait("the track again", |heard| {
                first_match(heard, 0, &track.frames)
            });
            let after = back.elapsed();
            let error = place as i64 - last as i64;
            println!(
                "away for {down} s: {:.1} % of a core meanwhile; back within {:.2} s, {error} frames from the \
                 last one heard",
                load.whole_percent,
                after.as_secs_f64()
            );
            assert!(load.whole_percent < limit(IDLE_PERCENT), "{load:?}");
            assert!(after.as_secs_f64() < limit(SOON), "{after:?}");
            // The ear may have come later than the sound.
            let unheard = UNHEARD + (after.as_secs_f64() * RATE as f64) as i64;
            assert!(
                (-2 * BUFFER..=BUFFER + unheard).contains(&error),
                "{error} frames from where it was"
            );
        },
    );
}

/// The frame of the track that `at` of `heard` goes back to where it has risen from silence to `place`.
pub(crate) fn risen_from(heard: &[[f32; 2]], at: usize, place: usize) -> usize {
    let rising = heard[..at].iter().rev().take(MAX_RISE);
    place - rising.take_while(|frame| **frame != [0.0, 0.0]).count()
}

/// The last frame of the track that was heard.
pub(crate) fn last_match(heard: &[[f32; 2]], track: &Track) -> usize {
    last_match_in(heard, &track.frames)
}

/// The same in a part of a track.
pub(crate) fn last_match_in(heard: &[[f32; 2]], frames: &[[f32; 2]]) -> usize {
    let Some(end) = heard.iter().rposition(|frame| *frame != [0.0, 0.0]) else {
        return 0;
    };
    // What is there at the end may be cut anywhere: some frames back it is whole.
    let from = end.saturating_sub(2_000);
    first_match(&heard[..=end], from, frames).map_or(0, |(at, place)| place + (end - at))
}
