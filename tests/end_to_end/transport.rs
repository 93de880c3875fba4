//! Jumps: within a track, and from one to another.

use crate::support::capture::Capture;
use crate::support::listening::{agreement, describe_break, first_match, locate};
use crate::support::player_process::PlayerProcess;
use crate::support::signals::{flac, noise};
use crate::support::{RATE, on_desktop};

/// How far from the second asked for a seek may land, in frames: 10 ms.
const NEAR: u64 = 480;

#[test]
fn a_seek_lands_where_it_was_asked_to() {
    on_desktop("a_seek_lands_where_it_was_asked_to", |folder| {
        let track = flac(folder, "noise", "Noise", &noise(3, 60.0));
        let capture = Capture::steady();
        let mut player = PlayerProcess::start_steady(&[&track.path]);
        capture.wait("the track", |heard| first_match(heard, 0, &track.frames));
        let mut seek = |seconds: f64| {
            capture.listen(0.5);
            let target = (seconds * RATE as f64).round() as u64;
            let from = capture.len();
            let asked = player.window.set_value("Seek", seconds);
            // Only what follows the target is looked for: the old place does not play there.
            let near = target as usize - 2 * NEAR as usize;
            let followed = &track.frames[near..near + RATE / 2];
            let (at, place) =
                capture.wait("the new place", |heard| first_match(heard, from, followed));
            let latency = capture.arrival(at) - asked;
            let error = (near + place) as i64 - target as i64;
            println!(
                "seek to {seconds} s: its first untouched frame is {:+.2} ms from there, {:.0} ms after",
                error as f64 / 48.0,
                latency.as_secs_f64() * 1e3
            );
            assert!(
                error.unsigned_abs() <= NEAR,
                "the seek landed {error} frames off"
            );
            capture.listen(0.3);
            let heard = capture.frames();
            let follows = agreement(&heard[at..], &followed[place..]);
            player.window.wait("the slider at its new place", |tree| {
                let shown = tree.value("Seek")?;
                (shown >= seconds && shown < seconds + 5.0).then_some(())
            });
            assert!(
                follows >= RATE / 4,
                "{}",
                describe_break(&heard[at..], &followed[place..])
            );
        };
        for seconds in [42.5, 7.257, 31.0] {
            seek(seconds);
        }
    });
}

#[test]
fn next_and_previous_play_the_neighbouring_track_from_its_first_frame() {
    on_desktop(
        "next_and_previous_play_the_neighbouring_track_from_its_first_frame",
        |folder| {
            let first = flac(folder, "a", "First of two", &noise(4, 30.0));
            let second = flac(folder, "b", "Second of two", &noise(5, 30.0));
            let capture = Capture::steady();
            let mut player = PlayerProcess::start_steady(&[&first.path, &second.path]);
            capture.wait("the first track", |heard| {
                first_match(heard, 0, &first.frames)
            });
            let is_playing = |title: &'static str| {
                move |tree: &crate::support::inspection::Tree| {
                    tree.says(&format!("Now playing: {title}")).then_some(())
                }
            };
            player
                .window
                .wait("the first title", is_playing("First of two"));
            for row in ["Queue row: First of two", "Queue row: Second of two"] {
                player.window.wait(row, |tree| tree.says(row).then_some(()));
            }
            for (button, track, title) in [
                ("Next", &second, "Second of two"),
                ("Previous", &first, "First of two"),
            ] {
                capture.listen(0.5);
                let from = capture.len();
                let asked = player.window.click(button);
                let (at, place) = capture.wait("the other track", |heard| {
                    first_match(heard, from, &track.frames)
                });
                let latency = capture.arrival(at) - asked;
                println!(
                    "{button}: heard from frame {place} on, {:.0} ms after",
                    latency.as_secs_f64() * 1e3
                );
                assert_eq!(place, 0, "frames missing at the start of {title}");
                player.window.wait(title, is_playing(title));
                capture.listen(0.5);
                let heard = capture.frames();
                assert!(
                    locate(&heard[heard.len() - 4_800..], &track.frames).is_some(),
                    "it goes on"
                );
            }
        },
    );
}
