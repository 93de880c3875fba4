//! How much of a core a thread takes.

use cpu_time::ThreadTime;
use std::time::{Duration, Instant};

/// How long is looked at together.
const WINDOW: Duration = Duration::from_secs(1);
/// The share of a core that a real-time thread may take in it.
const MOST: f64 = 0.75;

/// Watches over how much of a core its thread takes. For use in that thread.
#[derive(Debug)]
pub struct LoadWatch {
    since: Instant,
    worked: ThreadTime,
}

impl LoadWatch {
    /// A watch that begins now, in the calling thread.
    pub fn start() -> Self {
        Self {
            since: Instant::now(),
            worked: ThreadTime::now(),
        }
    }

    /// To be asked often: once a second, whether the thread has worked for more than three quarters of
    /// it, with or without pauses; `false` in between.
    pub fn is_overloaded(&mut self) -> bool {
        let passed = self.since.elapsed();
        if passed < WINDOW {
            return false;
        }
        let worked = self.worked.elapsed();
        *self = Self::start();
        worked.as_secs_f64() > MOST * passed.as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_computes_is_told_from_one_that_waits() {
        let mut watch = LoadWatch::start();
        assert!(!watch.is_overloaded(), "no second has passed");
        // Its own time, as other processes may take the core.
        let worked = ThreadTime::now();
        let begun = Instant::now();
        while worked.elapsed() < WINDOW && begun.elapsed() < 2 * WINDOW {
            std::hint::spin_loop();
        }
        let share = worked.elapsed().as_secs_f64() / begun.elapsed().as_secs_f64();
        if share > 0.8 {
            assert!(watch.is_overloaded());
        } else {
            println!("not run: this thread got {share:.2} of a core only");
        }
        let mut watch = LoadWatch::start();
        std::thread::sleep(WINDOW);
        assert!(!watch.is_overloaded());
    }
}
