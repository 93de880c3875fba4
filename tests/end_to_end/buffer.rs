//! The device's buffer, changed while it plays.

use crate::support::capture::Capture;
use crate::support::listening::{agreement, first_match, is_silent};
use crate::support::signals::{flac, noise};
use crate::support::{RATE, on_desktop};
use std::process::{Child, Command};

/// Of 42.7 ms that there are for 2,048 frames: enough to want more, not enough to break the sound off.
const EFFECT_US: &str = "36800";
/// A silence shorter than this is none, in frames.
const MIN_GAP: usize = 240;
/// A device that is opened anew is silent for longer than this, in frames.
const MIN_OPENING: usize = RATE / 10;
/// Frames of a fade, either way, 5 ms, and some for its very ends.
const FADE: usize = 260;

/// Lets the sound server take more than 2,048 frames at a time, which it does not by itself, while this lives.
struct LongerCycles;

impl LongerCycles {
    fn allow() -> Self {
        set_longest_cycle("8192");
        Self
    }
}

impl Drop for LongerCycles {
    fn drop(&mut self) {
        set_longest_cycle("2048");
    }
}

fn set_longest_cycle(frames: &str) {
    let setting = ["-n", "settings", "0", "clock.max-quantum", frames];
    let output = Command::new("pw-metadata").args(setting).output();
    assert!(output.expect("pw-metadata starts").status.success());
}

/// Ends with the test.
struct Playing(Child);

impl Drop for Playing {
    fn drop(&mut self) {
        // One that has ended by itself is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_buffer_that_grows_loses_no_frame_and_does_not_click() {
    on_desktop(
        "a_buffer_that_grows_loses_no_frame_and_does_not_click",
        |folder| {
            let track = flac(folder, "noise", "Noise", &noise(7, 30.0));
            let _longer = LongerCycles::allow();
            let capture = Capture::steady();
            let child = Command::new(env!("CARGO_BIN_EXE_rusty-audio"))
                .arg("--config-dir")
                .arg(folder)
                .args(["play", "--headless"])
                .arg(&track.path)
                .env("RUSTY_AUDIO_PLANT_EFFECT_US", EFFECT_US)
                .spawn();
            let _playing = Playing(child.expect("the program starts"));
            let (at, place) =
                capture.wait("the track", |heard| first_match(heard, 0, &track.frames));
            capture.wait("a gap, and sound again", |heard| next_gap(heard, at));
            capture.listen(3.0);
            let heard = capture.frames();
            // A decoder that is late on a busy machine makes a short gap of its own, which must be as good.
            let (mut at, mut place, mut openings, mut late) = (at, place, 0, 0);
            while let Some((silent_at, from)) = next_gap(&heard, at) {
                match from - silent_at >= MIN_OPENING {
                    true => openings += 1,
                    false => late += 1,
                }
                let whole = agreement(&heard[at..silent_at], &track.frames[place..]);
                let faded = silent_at - at - whole;
                let Some((again, resumed)) = first_match(&heard, from, &track.frames) else {
                    panic!("what follows the gap is not the track");
                };
                let skipped = (resumed - (again - from)) as i64 - (place + silent_at - at) as i64;
                println!(
                    "{whole} frames, a fade of {faded}, {} ms of silence, a rise of {}, {skipped} \
                     frames from where it stopped",
                    (from - silent_at) / (RATE / 1_000),
                    again - from
                );
                match (faded, again - from, skipped) {
                    (192..=FADE, 192..=FADE, 0..=8) => {}
                    found => panic!("faded, risen, skipped: {found:?}"),
                }
                (at, place) = (again, resumed);
            }
            assert_eq!(openings, 1, "it is opened anew once");
            assert!(late <= 1, "the decoder was late {late} times");
            let after = agreement(&heard[at..at + RATE], &track.frames[place..]);
            assert_eq!(after, RATE, "whole after it");
        },
    );
}

/// Where the next silence from `at` on begins, and where it ends.
fn next_gap(heard: &[[f32; 2]], at: usize) -> Option<(usize, usize)> {
    let mut silent = 0;
    for (n, frame) in heard.iter().enumerate().skip(at) {
        if is_silent(frame) {
            silent += 1;
        } else if silent >= MIN_GAP {
            return Some((n - silent, n));
        } else {
            silent = 0;
        }
    }
    None
}
