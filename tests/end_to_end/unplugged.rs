//! Headphones that are unplugged while they play.

use crate::support::capture::Capture;
use crate::support::listening::is_silent;
use crate::support::player_process::PlayerProcess;
use crate::support::signals::{flac, noise};
use crate::support::{RATE, on_desktop};
use std::process::Command;

fn pactl(arguments: &[&str]) -> String {
    let output = Command::new("pactl").args(arguments).output();
    let output = output.expect("pactl starts");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A sink that counts as headphones, and is the default for as long as this lives.
struct Headphones(String);

impl Headphones {
    fn plug_in() -> Self {
        let module = pactl(&[
            "load-module",
            "module-null-sink",
            "sink_name=phones",
            "rate=48000",
            "sink_properties='device.form-factor=headphone node.description=\"Ear phones\"'",
        ]);
        for _ in 0..100 {
            pactl(&["set-default-sink", "phones"]);
            if pactl(&["get-default-sink"]) == "phones" {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Self(module)
    }
}

impl Drop for Headphones {
    fn drop(&mut self) {
        pactl(&["unload-module", &self.0]);
        pactl(&["set-default-sink", "test"]);
    }
}

#[test]
fn unplugged_headphones_pause_and_the_loudspeakers_stay_silent() {
    on_desktop(
        "unplugged_headphones_pause_and_the_loudspeakers_stay_silent",
        |folder| {
            let track = flac(folder, "noise", "Noise", &noise(21, 30.0));
            let phones = Headphones::plug_in();
            let loudspeakers = Capture::steady();
            let mut player = PlayerProcess::start_steady(&[&track.path]);
            player.window.wait("the sound on the headphones", |tree| {
                tree.find("Pause").map(drop)
            });
            std::thread::sleep(std::time::Duration::from_secs(1));
            let from = loudspeakers.len();
            drop(phones);
            player
                .window
                .wait("a pause", |tree| tree.find("Play").map(drop));
            player.window.wait("a note", |tree| {
                tree.says("playback is paused").then_some(())
            });
            loudspeakers.listen(1.0);
            let heard = &loudspeakers.frames()[from..];
            let aloud = heard.iter().filter(|frame| !is_silent(frame)).count();
            println!("{:.0} ms through the loudspeakers", aloud as f64 / 48.0);
            // The sound server moves the stream by itself before anybody is told.
            assert!(aloud < RATE / 4, "{aloud} frames aloud");
        },
    );
}
