//! Devices of any number of channels and any rate, and one that changes both.

use crate::player::Player;
use crate::server::SoundServer;
use crate::servers::track;
use crate::support::listening::is_silent;
use crate::support::on_desktop;

/// Channels and rate in Hz.
const DEVICES: [(u32, u32); 6] = [
    (1, 48_000),
    (2, 8_000),
    (2, 44_100),
    (6, 96_000),
    (8, 48_000),
    (2, 384_000),
];

#[test]
fn every_device_is_heard_whatever_its_channels_and_rate() {
    on_desktop(
        "every_device_is_heard_whatever_its_channels_and_rate",
        |folder| {
            let track = track(folder, 60.0);
            let server = SoundServer::start(folder);
            for (channels, rate_hz) in DEVICES {
                let name = format!("dac-{channels}-{rate_hz}");
                server.add_sink_as(&name, channels, rate_hz);
                let ear = server.ear(&name);
                let player =
                    Player::start(&server, folder, &track.path, &["--output", name.as_str()]);
                ear.wait("any sound", |heard| {
                    heard.iter().any(|frame| !is_silent(frame)).then_some(())
                });
                println!("{name}: heard; said: {:?}", player.said());
                assert_eq!(player.said(), "", "{name}: nothing to say");
                drop((player, ear));
                server.remove_sink(&name);
            }
        },
    );
}

#[test]
fn a_device_that_comes_back_with_other_channels_and_rate_is_taken() {
    on_desktop(
        "a_device_that_comes_back_with_other_channels_and_rate_is_taken",
        |folder| {
            let track = track(folder, 60.0);
            let server = SoundServer::start(folder);
            server.add_sink("dac", "");
            let player = Player::start(&server, folder, &track.path, &["--output", "dac"]);
            let speakers = server.ear("test");
            let ear = server.ear("dac");
            let any = |heard: &[[f32; 2]]| heard.iter().any(|f| !is_silent(f)).then_some(());
            ear.wait("the track", any);
            drop(ear);
            server.remove_sink("dac");
            speakers.wait("the track through the default", any);
            server.add_sink_as("dac", 6, 96_000);
            let ear = server.ear("dac");
            ear.wait("the track on its device", any);
            println!("said: {}", player.said().trim());
        },
    );
}
