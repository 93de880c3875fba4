//! When to try again to open an output that broke.

use std::time::{Duration, Instant};

/// The shortest and the longest pause between two tries.
const MIN_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(2);
/// What a stream that has merely stopped is given before another is opened: when its session manager is back,
/// a sound server goes on with the stream there is.
const STOPPED_PAUSE: Duration = Duration::from_secs(4);
/// What a stream that was opened again is given to start, times the tries: a server that has just come back
/// may overlook the first one.
const MIN_START: Duration = Duration::from_millis(1_200);
const MAX_START: Duration = Duration::from_secs(4);
/// How long an output must have run to be trusted again.
const PROOF: Duration = Duration::from_secs(2);

/// The story of one break, from its discovery until the sound has gone on for a while.
#[derive(Debug)]
pub(in crate::control) struct Recovery {
    tries: u32,
    tried_at: Option<Instant>,
    due: Option<Instant>,
    opened_at: Option<Instant>,
    /// Only sound servers may be asked.
    pub(in crate::control) servers_only: bool,
}

impl Recovery {
    /// Of a stream that is gone: it is tried again at once.
    pub(in crate::control) fn of_lost(servers_only: bool, now: Instant) -> Self {
        Self {
            tries: 0,
            tried_at: None,
            due: Some(now),
            opened_at: None,
            servers_only,
        }
    }

    /// Of a stream that is open and stands still.
    pub(in crate::control) fn of_stopped(servers_only: bool, now: Instant) -> Self {
        let pause = if servers_only {
            STOPPED_PAUSE
        } else {
            Duration::ZERO
        };
        Self {
            due: Some(now + pause),
            ..Self::of_lost(servers_only, now)
        }
    }

    /// It is broken again.
    pub(in crate::control) fn relapse(&mut self, now: Instant) {
        self.opened_at = None;
        let due = self.tried_at.map_or(now, |at| now.max(at + self.pause()));
        self.due.get_or_insert(due);
    }

    /// How long the stream that is opened now may take to start.
    pub(in crate::control) fn start_patience(&self) -> Duration {
        (MIN_START * self.tries).clamp(MIN_START, MAX_START)
    }

    fn pause(&self) -> Duration {
        (MIN_PAUSE + MIN_PAUSE / 2 * self.tries).min(MAX_PAUSE)
    }

    /// When the next try is due, if one is.
    pub(in crate::control) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Something has changed that makes a try worthwhile: it is due as soon as one may be.
    pub(in crate::control) fn hurry(&mut self, now: Instant) {
        if self.opened_at.is_none() {
            let earliest = self.tried_at.map_or(now, |at| now.max(at + MIN_PAUSE));
            self.due = Some(self.due.map_or(earliest, |due| due.min(earliest)));
        }
    }

    /// Begins a try where one is due.
    pub(in crate::control) fn begin_try(&mut self, now: Instant) -> bool {
        let is_due = self.due.is_some_and(|due| due <= now);
        if is_due {
            self.due = None;
            self.tried_at = Some(now);
            self.tries = self.tries.saturating_add(1);
        }
        is_due
    }

    /// How the try went.
    pub(in crate::control) fn end_try(&mut self, is_open: bool, now: Instant) {
        if is_open {
            self.opened_at = Some(now);
        } else {
            self.due = Some(now + self.pause());
        }
    }

    /// Whether the output has run for long enough since; to be asked while it runs.
    pub(in crate::control) fn is_over(&self, now: Instant) -> bool {
        self.opened_at
            .is_some_and(|at| now.saturating_duration_since(at) >= PROOF)
    }

    /// The stream that stood still goes on by itself.
    pub(in crate::control) fn goes_on(&mut self, now: Instant) {
        self.due = None;
        self.opened_at.get_or_insert(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENTH: Duration = Duration::from_millis(100);

    /// When tries are made in `seconds` without a server, in tenths of a second.
    fn tries(mut recovery: Recovery, start: Instant, seconds: u32) -> Vec<u32> {
        (0..10 * seconds)
            .filter(|&n| {
                let now = start + n * TENTH;
                let tries = recovery.begin_try(now);
                if tries {
                    recovery.end_try(false, now);
                }
                tries
            })
            .collect()
    }

    #[test]
    fn the_pause_grows_and_no_second_has_two_tries() {
        let start = Instant::now();
        let at = tries(Recovery::of_lost(true, start), start, 30);
        assert_eq!(at[..4], [0, 15, 35, 55]);
        assert!(at.windows(2).all(|two| two[1] - two[0] >= 10), "{at:?}");
        let longest = at.windows(2).map(|two| two[1] - two[0]).max();
        assert_eq!(longest, Some(20), "back within 3 s of the server's return");
    }

    #[test]
    fn news_brings_the_next_try_forward_but_never_two_in_a_second() {
        let start = Instant::now();
        let mut recovery = Recovery::of_lost(true, start);
        assert!(recovery.begin_try(start));
        recovery.end_try(false, start);
        recovery.hurry(start + TENTH);
        assert!(!recovery.begin_try(start + 9 * TENTH));
        assert!(recovery.begin_try(start + 10 * TENTH));
    }

    #[test]
    fn an_output_that_breaks_at_once_again_is_not_opened_in_a_tight_loop() {
        let start = Instant::now();
        let mut recovery = Recovery::of_lost(true, start);
        let mut tries = 0;
        for n in 0..300 {
            let now = start + n * TENTH;
            if recovery.begin_try(now) {
                recovery.end_try(true, now);
                tries += 1;
                recovery.relapse(now);
            }
        }
        assert!((10..=20).contains(&tries), "{tries} in 30 s");
        assert!(!recovery.is_over(start + 400 * TENTH));
    }

    #[test]
    fn a_stream_that_stands_still_is_given_time_and_then_trusted() {
        let start = Instant::now();
        let mut recovery = Recovery::of_stopped(true, start);
        assert!(!recovery.begin_try(start + 10 * TENTH));
        recovery.goes_on(start + 20 * TENTH);
        assert!(!recovery.begin_try(start + 100 * TENTH));
        assert!(!recovery.is_over(start + 30 * TENTH));
        assert!(recovery.is_over(start + 40 * TENTH));
    }
}
