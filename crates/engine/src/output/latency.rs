//! How far ahead of the ear a device plays.

use std::time::Duration;

/// The last that a device has told of its latency.
///
/// No device plays what it has not been given yet: nothing ahead means that the sound server's answer is
/// late, and the one before still holds.
#[derive(Debug, Default)]
pub(super) struct ToldLatency {
    frames: u64,
}

impl ToldLatency {
    /// Takes in what the device tells with a callback; returns frames, 0 as long as it has told nothing.
    /// For the audio thread.
    pub(super) fn record(&mut self, ahead: Duration, sample_rate_hz: u32) -> u64 {
        let frames = ahead.as_nanos() * u128::from(sample_rate_hz) / 1_000_000_000;
        if frames > 0 {
            self.frames = frames as u64;
        }
        self.frames
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_answer_is_no_latency_of_nothing() {
        let mut told = ToldLatency::default();
        let mut hear = |ms| told.record(Duration::from_millis(ms), 48_000);
        assert_eq!(hear(0), 0, "nothing is known yet");
        assert_eq!(hear(20), 960);
        assert_eq!(hear(0), 960);
        assert_eq!(hear(15), 720, "the device has been changed");
    }
}
