//! Everything that can happen, in a row, in an order that a seed decides.

use crate::is_long;
use crate::player::Player;
use crate::server::SoundServer;
use crate::servers::{BUFFER, last_match, track};
use crate::support::listening::first_match;
use crate::support::{RATE, on_desktop};
use std::time::Duration;

/// Frames that the sound server may have played to nobody, or the recorder not have handed over, around an
/// event.
const LOOSE: i64 = (RATE / 4) as i64;
/// More of them where the ear may come later than the sound.
const LATE_EAR: i64 = (2 * RATE) as i64;

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
        let mut at = 0_i64;
        let (mut worst, mut busiest) = (0_i64, 0.0_f64);
        let mut memory = None;
        for number in 0..count {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let event = EVENTS[(state >> 33) as usize % EVENTS.len()];
            let away = Duration::from_millis(500 + (state >> 20) % 2_000);
            let ear = server.ear("test");
            ear.wait("the track", |heard| first_match(heard, 0, &track.frames));
            ear.listen(0.7);
            // The ear goes with the answer: it would hold up a session manager that starts.
            let heard_last = || {
                let ear = ear;
                last_match(&ear.frames(), &track) as i64
            };
            let last = happen(event, away, &mut server, &player, heard_last);
            let ear = server.ear("test");
            player.signal(libc::SIGCONT);
            let (_, place) = ear.wait("the track again", |heard| {
                first_match(heard, 0, &track.frames)
            });
            let error = place as i64 - last;
            let load = player.load_over(0.5);
            let kib = player.private_kib();
            println!("{number}: {event:?} for {away:?}: {error} frames, {load:?}, {kib} KiB");
            assert!(last + 2 * BUFFER >= at, "it goes on: {last} behind {at}");
            let late = match event {
                Event::KillSession | Event::ChangeDefault => LATE_EAR,
                Event::KillServer | Event::Unplug | Event::Stop => 0,
            };
            let most = 2 * BUFFER + LOOSE + late;
            assert!(
                (-2 * BUFFER - late..=most).contains(&error),
                "{error} frames"
            );
            at = last.max(place as i64);
            if late == 0 {
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
        assert!(
            busiest < 20.0,
            "{busiest} % of a core in one thread (test build)"
        );
        assert!(grown < 2_048, "{grown} KiB more");
    });
}

/// Lets it happen, and stops the player before the sound can go on; gives the last frame heard before.
fn happen(
    event: Event,
    away: Duration,
    server: &mut SoundServer,
    player: &Player,
    last: impl FnOnce() -> i64,
) -> i64 {
    match event {
        Event::KillServer => {
            server.kill();
            let last = last();
            std::thread::sleep(away);
            player.signal(libc::SIGSTOP);
            server.return_();
            last
        }
        Event::KillSession => {
            server.kill_session();
            std::thread::sleep(away);
            let last = last();
            // Not held meanwhile: a session manager waits for every client when it starts.
            server.return_session();
            last
        }
        Event::Unplug => {
            server.remove_sink("test");
            let last = last();
            std::thread::sleep(away);
            player.signal(libc::SIGSTOP);
            server.add_sink("test", "");
            server.set_default("test");
            last
        }
        Event::Stop => {
            player.signal(libc::SIGSTOP);
            std::thread::sleep(away);
            last()
        }
        Event::ChangeDefault => {
            server.add_sink("other", "");
            server.set_default("other");
            std::thread::sleep(away);
            let last = last();
            player.signal(libc::SIGSTOP);
            server.set_default("test");
            player.signal(libc::SIGCONT);
            server.remove_sink("other");
            // The ear went along to the other one.
            last
        }
    }
}
