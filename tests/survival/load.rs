//! Every processor busy with something else.

use crate::is_long;
use crate::player::Player;
use crate::server::SoundServer;
use crate::servers::track;
use crate::support::on_desktop;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A process that computes without end, until this is dropped.
struct Busy(Child);

impl Busy {
    fn start() -> Self {
        let child = Command::new("sh")
            .args(["-c", "while :; do :; done"])
            .stdin(Stdio::null())
            .spawn();
        Self(child.expect("a shell"))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        // Without an end of its own.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn busy_processors_are_not_heard() {
    on_desktop("busy_processors_are_not_heard", |folder| {
        let seconds = if is_long() { 600.0 } else { 8.0 };
        let track = track(folder, seconds);
        let server = SoundServer::start(folder);
        let count = std::thread::available_parallelism().map_or(2, usize::from);
        let busy: Vec<Busy> = (0..count).map(|_| Busy::start()).collect();
        for buffer in ["512", "1024"] {
            let stats = folder.join("stats.json");
            let path = stats.to_str().expect("a name");
            let options = ["--buffer", buffer, "--until-end", "--stats", path];
            let mut player = Player::start(&server, folder, &track.path, &options);
            let status = player.wait(Duration::from_secs_f64(seconds + 20.0));
            assert!(status.success(), "{status}: {}", player.said());
            let text = std::fs::read_to_string(&stats).expect("the figures");
            let figures: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            let (starved, overloads) = (&figures["starved"], &figures["overloads"]);
            println!(
                "{buffer} frames, {seconds} s, {count} processors busy: {starved} starved, {overloads} overloads, \
                 priority {}",
                figures["priority"]
            );
            assert_eq!(starved, 0, "starved");
            assert_eq!(overloads, 0, "overloads");
        }
        drop(busy);
    });
}
