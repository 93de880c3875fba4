//! Everything that can happen, in a row, in an order that a seed decides.

use crate::ear::GraphEar;
use crate::is_long;
use crate::player::Player;
use crate::server::SoundServer;
use crate::servers::{BUFFER, last_match_in, track};
use crate::support::signals::Track;
use crate::support::{RATE, on_desktop};
use std::ops::RangeInclusive;
use std::path::Path;
use std::time::Duration;

/// Frames that the sound server may play to nobody until it has told that the device is gone.
const TO_NOBODY: i64 = (RATE / 4) as i64;
/// The most that is played in the course of one event, in frames.
const SPAN: usize = 20 * RATE;
/// Frames that are heard before an ear is there which must not be there first.
const LATE_EAR: i64 = (3 * RATE) as i64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    KillServer,
    KillSession,
    Unplug,
    Stop,
    ChangeDefault,
}

const EVENTS: [Event; 5] = [
    Event::KillServer,
    Event::KillSession,
    Event::Unplug,
    Event::Stop,
    Event::ChangeDefault,
];

impl Event {
    /// Frames that may lie between the last one heard before and the first one after it, beyond none.
    fn bearable(self) -> RangeInclusive<i64> {
        match self {
            Self::KillServer => -(BUFFER - 1)..=BUFFER - 1,
            Self::KillSession => -2 * BUFFER..=LATE_EAR,
            Self::Unplug => -2 * BUFFER..=2 * BUFFER + TO_NOBODY,
            Self::Stop => -2 * BUFFER..=2 * BUFFER,
            // A session manager connects the new device first, and both play for a while.
            Self::ChangeDefault => -TO_NOBODY..=2 * BUFFER,
        }
    }
}

#[test]
fn a_row_of_random_events_is_survived() {
    on_desktop("a_row_of_random_events_is_survived", |folder| {
        if !is_long() {
            println!("not run: a hundred events in a row are part of the long form only");
            return;
        }
        let count = 100;
        let track = track(folder, 30.0 + 8.0 * count as f64);
        let mut server = SoundServer::start(folder);
        let player = Player::start(&server, folder, &track.path, &[]);
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let (mut at, mut worst, mut busiest) = (0, 0_i64, 0.0_f64);
        let mut memory = None;
        let mut faults = Vec::new();
        for number in 0..count {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let event = EVENTS[(state >> 33) as usize % EVENTS.len()];
            let away = Duration::from_millis(500 + (state >> 20) % 2_000);
            let ear = GraphEar::of(&server, "test", folder);
            let about = ear.hear_near(0, &track.frames, at);
            std::thread::sleep(Duration::from_millis(700));
            let scene = Scene {
                track: &track,
                about,
                away,
                folder,
            };
            let (last, place) = happen(event, &scene, &mut server, &player, ear);
            at = place;
            let error = place as i64 - (last as i64 + 1);
            let load = player.load_over(0.5);
            let kib = player.private_kib();
            println!("{number}: {event:?} for {away:?}: {error} frames, {load:?}, {kib} KiB");
            if !event.bearable().contains(&error) {
                faults.push(format!("{number}: {event:?} for {away:?}: {error} frames"));
            }
            if event != Event::KillSession {
                worst = worst.max(error.abs());
            }
            busiest = busiest.max(load.busiest_percent);
            if number == 4 {
                memory = Some(kib);
            }
        }
        let grown = memory.map_or(0, |before| player.private_kib().saturating_sub(before));
        println!(
            "{count} events: at most {worst} frames off, busiest thread {busiest:.1} %, {grown} KiB more"
        );
        println!("said: {}", player.said().trim());
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert!(
            busiest < 20.0,
            "{busiest} % of a core in one thread (test build)"
        );
        assert!(grown < 2_048, "{grown} KiB more");
    });
}

/// What an event happens to.
struct Scene<'a> {
    track: &'a Track,
    /// Where in the track it is, more or less.
    about: usize,
    /// How long the event lasts.
    away: Duration,
    folder: &'a Path,
}

/// Lets it happen; gives the last frame that a sink took before, and the first one after it.
fn happen(
    event: Event,
    scene: &Scene<'_>,
    server: &mut SoundServer,
    player: &Player,
    ear: GraphEar,
) -> (usize, usize) {
    let &Scene {
        track,
        about,
        away,
        folder,
    } = scene;
    let last = |ear: &GraphEar| {
        let end = track.frames.len().min(about + SPAN);
        about + last_match_in(&ear.frames(), &track.frames[about..end])
    };
    // The player is stopped where the ear has to be there before the sound.
    let there_first = |server: &SoundServer| {
        let ear = GraphEar::of(server, "test", folder);
        player.signal(libc::SIGCONT);
        ear.hear_near(0, &track.frames, about)
    };
    match event {
        Event::KillServer => {
            server.kill();
            std::thread::sleep(away);
            let last = last(&ear);
            drop(ear);
            player.signal(libc::SIGSTOP);
            server.return_();
            (last, there_first(server))
        }
        Event::KillSession => {
            server.kill_session();
            std::thread::sleep(away);
            let last = last(&ear);
            // A session manager that starts waits for every client: none may be stopped, or without a source.
            drop(ear);
            server.return_session();
            (last, there_first(server))
        }
        Event::Unplug => {
            server.remove_sink("test");
            std::thread::sleep(away);
            let last = last(&ear);
            drop(ear);
            player.signal(libc::SIGSTOP);
            server.add_sink("test", "");
            server.set_default("test");
            (last, there_first(server))
        }
        Event::Stop => {
            player.signal(libc::SIGSTOP);
            std::thread::sleep(away);
            let (last, from) = (last(&ear), ear.frames().len());
            player.signal(libc::SIGCONT);
            (last, ear.hear_near(from, &track.frames, about))
        }
        Event::ChangeDefault => {
            server.add_sink("other", "");
            let there = GraphEar::of(server, "other", folder);
            server.set_default("other");
            there.hear_near(0, &track.frames, about);
            std::thread::sleep(away);
            let from = ear.frames().len();
            server.set_default("test");
            let place = ear.hear_near(from, &track.frames, about);
            let last = last(&there);
            server.remove_sink("other");
            (last, place)
        }
    }
}
