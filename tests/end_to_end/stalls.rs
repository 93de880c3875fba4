//! Threads that show the sound must not be able to hold it up.

use crate::support::capture::Capture;
use crate::support::listening::{agreement, describe_break, first_match};
use crate::support::player_process::PlayerProcess;
use crate::support::signals::{Track, flac, noise};
use crate::support::stall::Stall;
use crate::support::{RATE, on_desktop};
use egui_inspection::{Request, Response};
use std::time::Duration;

const STALL: Duration = Duration::from_secs(5);

#[test]
fn a_stalled_window_changes_nothing_in_the_sound() {
    hold("a_stalled_window_changes_nothing_in_the_sound", None);
}

#[test]
fn a_stalled_analysis_changes_nothing_in_the_sound() {
    hold(
        "a_stalled_analysis_changes_nothing_in_the_sound",
        Some("analysis"),
    );
}

fn hold(test: &str, thread: Option<&str>) {
    on_desktop(test, |folder| {
        let track = flac(folder, "noise", "Noise", &noise(6, 20.0));
        hold_once(test, &track, thread);
    });
}

fn hold_once(test: &str, track: &Track, thread: Option<&str>) {
    let capture = Capture::steady();
    let mut player = PlayerProcess::start_steady(&[&track.path]);
    let (at, place) = capture.wait("the track", |heard| first_match(heard, 0, &track.frames));
    capture.listen(0.5);
    let stall = match Stall::hold(player.id(), thread) {
        Ok(stall) => stall,
        Err(error) => {
            println!("not run: {test} may not hold a thread of the player here: {error}");
            return;
        }
    };
    player.window.send(&Request::GetTree);
    let from = capture.len();
    std::thread::sleep(STALL);
    let until = capture.len();
    // The window answers from its own thread only: proof that it was held, or was not.
    let is_answered = player.window.has_reply();
    drop(stall);
    assert_eq!(
        is_answered,
        thread.is_some(),
        "only the held thread is held"
    );
    assert!(
        matches!(player.window.receive(), Response::Tree { .. }),
        "the window lives on"
    );
    // Up to half a second behind the stall: what had piled up must not disturb it either.
    capture.listen(0.5);
    let heard = capture.frames();
    let agree = agreement(&heard[at..], &track.frames[place..]);
    let held = thread.unwrap_or("window");
    println!(
        "{held} held for {:.2} s of sound: {agree} of {} frames are exactly the file's",
        (until - from) as f64 / RATE as f64,
        heard.len() - at
    );
    assert!(until - from > 4 * RATE, "the sound went on");
    assert!(
        agree == heard.len() - at,
        "{}",
        describe_break(&heard[at..], &track.frames[place..])
    );
}
