//! How long the decode thread sleeps when the ring is full.

use std::time::{Duration, Instant};

/// How long to sleep when the ring is full and being drained: half of what it holds. Each time wakes a
/// processor.
const NAP: Duration = Duration::from_millis(250);
/// After so many without anybody draining it, 4 s, only an order ends the sleep. None is longer: a device that
/// starts at last would find the ring empty before its end.
const MAX_VAIN_NAPS: u32 = 16;
/// How long while the ring may still be full of what a jump has made stale: the callback throws all of
/// that away at once, and then has little more than what it took to begin.
const JUMP_NAP: Duration = Duration::from_millis(3);
/// For how long after a jump to look that often; paused, the callback may take its time.
const JUMP_TIME: Duration = Duration::from_millis(300);

/// What the naps before were good for.
#[derive(Debug, Default)]
pub(super) struct Naps {
    /// When the last jump was.
    jumped_at: Option<Instant>,
    /// Naps since the ring was drained last, or an order came.
    in_vain: u32,
}

impl Naps {
    /// The ring has been drained, or there is something else to do.
    pub(super) fn wake(&mut self) {
        self.in_vain = 0;
    }

    /// What is queued may be stale as of now.
    pub(super) fn note_jump(&mut self) {
        self.jumped_at = Some(Instant::now());
    }

    /// How long to sleep now, with a ring that no more goes into, and that `has_room` all the same.
    pub(super) fn next(&mut self, has_room: bool) -> Duration {
        let is_near_jump = self.jumped_at.is_some_and(|at| at.elapsed() < JUMP_TIME);
        if is_near_jump && has_room {
            return JUMP_NAP;
        }
        if self.in_vain >= MAX_VAIN_NAPS {
            return Duration::MAX;
        }
        self.in_vain += 1;
        NAP
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_nap_lasts_longer_than_half_of_the_ring_until_nobody_has_drained_it_for_long() {
        let mut naps = Naps::default();
        for _ in 0..MAX_VAIN_NAPS {
            assert_eq!(naps.next(false), NAP);
        }
        assert_eq!(naps.next(false), Duration::MAX);
        naps.wake();
        assert_eq!(naps.next(false), NAP);
        naps.note_jump();
        assert_eq!(naps.next(true), JUMP_NAP);
        assert_eq!(naps.next(false), NAP, "full of what is not stale");
    }
}
