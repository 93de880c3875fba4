//! Outputs that are not what they seem, and the way through PulseAudio.

use crate::limit;
use crate::player::Player;
use crate::server::SoundServer;
use crate::servers::track;
use crate::support::listening::{agreement, describe_break, first_match};
use crate::support::{RATE, on_desktop};
use std::time::Duration;

/// ALSA's null device takes whatever it is given at once, as does its way to a sound server without a sink.
const WITHOUT_CLOCK: &str = "pcm.!default { type null }\n";

#[test]
fn an_output_without_a_clock_is_left_and_does_not_spin() {
    on_desktop(
        "an_output_without_a_clock_is_left_and_does_not_spin",
        |folder| {
            let track = track(folder, 30.0);
            let config = folder.join("alsa.conf");
            std::fs::write(&config, WITHOUT_CLOCK).expect("a file");
            let nowhere = folder.join("nowhere");
            std::fs::create_dir(&nowhere).expect("a folder");
            let player = Player::start_in(folder, &track.path, &[], |command| {
                command
                    .env("ALSA_CONFIG_PATH", &config)
                    .env("XDG_RUNTIME_DIR", &nowhere)
                    .env("PIPEWIRE_RUNTIME_DIR", &nowhere)
                    .env("PULSE_RUNTIME_PATH", &nowhere)
                    .env("PULSE_SERVER", format!("unix:{}/none", nowhere.display()));
            });
            let first = player.load_over(1.5);
            let later = player.load_over(3.0);
            println!(
                "busiest thread {:.1} % of a core in the first 1.5 s, {:.1} % later; said: {}",
                first.busiest_percent,
                later.busiest_percent,
                player.said().trim()
            );
            assert!(first.busiest_percent < 50.0, "{first:?}");
            assert!(later.busiest_percent < limit(5.0), "{later:?}");
            assert!(
                player.said().contains("ALSA asks for sound faster"),
                "{}",
                player.said()
            );
            assert_eq!(
                player.said().matches("faster").count(),
                1,
                "never tried again"
            );
        },
    );
}

#[test]
fn every_sample_comes_through_pipewire_and_through_pulseaudio() {
    on_desktop(
        "every_sample_comes_through_pipewire_and_through_pulseaudio",
        |folder| {
            let track = track(folder, 12.0);
            let server = SoundServer::start(folder);
            let nowhere = folder.join("nowhere");
            std::fs::create_dir(&nowhere).expect("a folder");
            for is_pulse in [false, true] {
                let ear = server.ear("test");
                let _player = Player::start_in(folder, &track.path, &[], |command| {
                    server.enter(command);
                    if is_pulse {
                        // PipeWire's own socket is out of sight.
                        command
                            .env("XDG_RUNTIME_DIR", &nowhere)
                            .env("PIPEWIRE_RUNTIME_DIR", &nowhere);
                    }
                });
                let (at, place) =
                    ear.wait("the track", |heard| first_match(heard, 0, &track.frames));
                let clients = server.pactl(&["list", "sink-inputs"]);
                let by_pulse = clients.contains("client.api = \"pipewire-pulse\"");
                ear.listen(5.0);
                let heard = ear.frames();
                let agree = agreement(&heard[at..], &track.frames[place..]);
                println!("through PulseAudio: {is_pulse}: {agree} frames are exactly the file's");
                assert_eq!(place, 0, "from the first frame on");
                assert_eq!(by_pulse, is_pulse, "{clients}");
                assert!(
                    agree > 4 * RATE && agree == heard.len() - at,
                    "{}",
                    describe_break(&heard[at..], &track.frames[place..])
                );
                drop(_player);
                std::thread::sleep(Duration::from_millis(300));
            }
        },
    );
}
