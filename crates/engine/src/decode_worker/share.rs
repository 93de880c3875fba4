//! How much of a core the decode thread may take as a real-time thread.

use rt::thread::{AudioThreadPriority, LoadWatch, ThreadStanding};
use std::time::{Duration, Instant};

/// How long the thread is an ordinary one after it took too much of a core; twice as long each time.
const FIRST_REST: Duration = Duration::from_secs(10);

/// Keeps the thread from taking most of a core before everybody else.
pub(super) struct CoreShare {
    load: LoadWatch,
    /// When the thread was found to be an ordinary one, after having computed for too long.
    lowered_at: Option<Instant>,
    /// How long it then stays one.
    rest: Duration,
}

impl CoreShare {
    /// For the calling thread, from now on.
    pub(super) fn start() -> Self {
        Self {
            load: LoadWatch::start(),
            lowered_at: None,
            rest: FIRST_REST,
        }
    }

    /// Gives up real-time priority where the thread takes most of a core, pauses or not, and takes it up
    /// again after a rest. To be called often.
    pub(super) fn keep(&mut self, standing: &ThreadStanding) {
        let is_overloaded = self.load.is_overloaded();
        match self.lowered_at {
            None if is_overloaded && standing.granted() == AudioThreadPriority::RealTime => {
                standing.lower_current_thread();
                self.lowered_at = Some(Instant::now());
            }
            // Computing without a pause, the kernel has seen to it.
            None if standing.is_lowered() => self.lowered_at = Some(Instant::now()),
            Some(at) if !is_overloaded && at.elapsed() > self.rest => {
                self.lowered_at = None;
                self.rest = self.rest.saturating_mul(2);
                standing.raise_current_thread();
            }
            _ => {}
        }
    }
}
