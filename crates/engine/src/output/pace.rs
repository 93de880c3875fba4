//! Whether a device asks for sound as fast as it plays it.

use std::time::Instant;

/// Sound a device may ask for ahead of its clock, in seconds, on top of some buffers: it fills its own when it
/// starts, and again when it was held up.
const HEADROOM_SECONDS: f64 = 1.0;
/// Those buffers.
const HEADROOM_BUFFERS: f64 = 8.0;

/// Compares what a device has asked for with the time that has passed.
///
/// Some fallbacks have no clock behind them: ALSA's `default` on a sound server without a sink calls back
/// as fast as the processor can. That is found within milliseconds; what asks for sound half as fast again as
/// it should is found within some seconds. Wait-free but for a look at the clock; for the audio thread.
#[derive(Debug)]
pub(super) struct Pace {
    rate_hz: f64,
    looked: Option<Instant>,
    /// Frames asked for beyond those that time has used up.
    ahead_frames: f64,
    largest_frames: f64,
}

impl Pace {
    /// The pace of a stream that begins with its first callback.
    pub(super) fn new(rate_hz: u32) -> Self {
        Self {
            rate_hz: f64::from(rate_hz),
            looked: None,
            ahead_frames: 0.0,
            largest_frames: 0.0,
        }
    }

    /// Takes in a callback of `frames` at `now`; says by how many frames the device has run away, if it has.
    pub(super) fn record(&mut self, frames: usize, now: Instant) -> Option<u64> {
        let before = self.looked.replace(now).unwrap_or(now);
        let passed = now.saturating_duration_since(before).as_secs_f64() * self.rate_hz;
        // A device that was held up has no credit for it.
        self.ahead_frames = (self.ahead_frames - passed).max(0.0) + frames as f64;
        self.largest_frames = self.largest_frames.max(frames as f64);
        let headroom = HEADROOM_SECONDS * self.rate_hz + HEADROOM_BUFFERS * self.largest_frames;
        (self.ahead_frames > headroom).then_some(self.ahead_frames as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// Seconds until callbacks of 512 frames, `us` apart at 48 kHz, count as a runaway.
    fn seconds_until_found(us: u64, most_seconds: u64) -> Option<f64> {
        let mut pace = Pace::new(48_000);
        let start = Instant::now();
        let mut after = Duration::ZERO;
        while after < Duration::from_secs(most_seconds) {
            if pace.record(512, start + after).is_some() {
                return Some(after.as_secs_f64());
            }
            after += Duration::from_micros(us);
        }
        None
    }

    #[test]
    fn a_device_without_a_clock_is_found_within_milliseconds() {
        let found = seconds_until_found(20, 1).expect("it is found");
        assert!(found < 0.01, "{found} s");
        // Four times too fast.
        let found = seconds_until_found(2_666, 1).expect("it is found");
        assert!(found < 0.5, "{found} s");
    }

    #[test]
    fn a_clock_that_is_a_little_fast_is_none_of_our_business() {
        // 0.1 % too fast, for ten minutes.
        assert_eq!(seconds_until_found(10_656, 600), None);
    }

    #[test]
    fn filling_a_buffer_after_a_stop_is_no_runaway() {
        let mut pace = Pace::new(48_000);
        let mut now = Instant::now();
        for _ in 0..100 {
            now += Duration::from_secs(30);
            for _ in 0..8 {
                assert_eq!(pace.record(2_048, now), None);
            }
        }
    }
}
