//! Whether a stream's callbacks come.

use std::time::{Duration, Instant};

/// A look this long after the one before was itself held up.
const LATE_LOOK: Duration = Duration::from_millis(600);
/// How long a device may take to start, unless something else is said.
pub(super) const START: Duration = Duration::from_secs(3);
/// How long a running device may be without a callback, and how many callbacks long.
const PATIENCE: Duration = Duration::from_millis(400);
const PATIENCE_CALLBACKS: f64 = 10.0;

/// What a look at the callbacks has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PulseSign {
    /// They come.
    Beats,
    /// None has come yet, and one may still.
    Starts,
    /// They have stopped, for so long.
    Stopped(Duration),
}

/// Watches the number of callbacks of one stream. To be looked at some times a second.
#[derive(Debug)]
pub(super) struct Pulse {
    opened_at: Instant,
    callbacks: u64,
    changed_at: Instant,
    looked: Instant,
    has_beaten: bool,
    /// How long it may take to start.
    start: Duration,
}

impl Pulse {
    /// Of a stream that is opened at `now` and has `start` to begin, with `callbacks` counted before.
    pub(super) fn new(callbacks: u64, now: Instant, start: Duration) -> Self {
        Self {
            opened_at: now,
            callbacks,
            changed_at: now,
            looked: now,
            has_beaten: false,
            start,
        }
    }

    /// Looks at the `callbacks` counted by `now`, each of which is to last `period_seconds`.
    pub(super) fn look(&mut self, callbacks: u64, now: Instant, period_seconds: f64) -> PulseSign {
        let is_late = now.saturating_duration_since(self.looked) > LATE_LOOK;
        self.looked = now;
        self.has_beaten |= callbacks != self.callbacks;
        // A machine that held this thread up too, or slept, says nothing about the device.
        if callbacks != self.callbacks || is_late {
            (self.callbacks, self.changed_at) = (callbacks, now);
        }
        let is_new = !self.has_beaten && now.saturating_duration_since(self.opened_at) < self.start;
        let patience = if is_new { self.start } else { PATIENCE };
        let silent_for = now.saturating_duration_since(self.changed_at);
        let most = patience
            .as_secs_f64()
            .max(PATIENCE_CALLBACKS * period_seconds);
        if silent_for.as_secs_f64() > most {
            PulseSign::Stopped(silent_for)
        } else if self.has_beaten {
            PulseSign::Beats
        } else {
            PulseSign::Starts
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: f64 = 512.0 / 48_000.0;
    const LOOK: Duration = Duration::from_millis(250);

    #[test]
    fn a_device_that_stops_is_found_within_two_thirds_of_a_second() {
        let start = Instant::now();
        let mut pulse = Pulse::new(0, start, START);
        for look in 1..=4 {
            let sign = pulse.look(look.into(), start + look * LOOK, PERIOD);
            assert_eq!(sign, PulseSign::Beats);
        }
        assert_eq!(pulse.look(4, start + 5 * LOOK, PERIOD), PulseSign::Beats);
        let sign = pulse.look(4, start + 6 * LOOK, PERIOD);
        assert_eq!(sign, PulseSign::Stopped(2 * LOOK));
    }

    #[test]
    fn a_device_may_take_its_time_to_start() {
        let start = Instant::now();
        let mut pulse = Pulse::new(7, start, START);
        for look in 1..=12 {
            assert_eq!(
                pulse.look(7, start + look * LOOK, PERIOD),
                PulseSign::Starts
            );
        }
        let sign = pulse.look(7, start + 13 * LOOK, PERIOD);
        assert!(matches!(sign, PulseSign::Stopped(_)), "{sign:?}");
    }

    #[test]
    fn a_program_that_was_stopped_itself_blames_no_device() {
        let start = Instant::now();
        let mut pulse = Pulse::new(0, start, START);
        pulse.look(1, start + LOOK, PERIOD);
        let woken = start + Duration::from_secs(30);
        assert_eq!(pulse.look(1, woken, PERIOD), PulseSign::Beats);
        assert_eq!(pulse.look(2, woken + LOOK, PERIOD), PulseSign::Beats);
    }
}
