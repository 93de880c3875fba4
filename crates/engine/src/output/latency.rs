//! How far ahead of the ear a device plays.

/// What a device tells with a callback, in ns of a clock of its own.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ToldTimes {
    /// When the callback was due.
    pub(super) callback_ns: u128,
    /// When the first of its frames is heard.
    pub(super) playback_ns: u128,
}

/// The last that a device has told of its latency and that can be true.
///
/// - Both times move on from one callback to the next. A stream that a sound server moves to another device
///   is told the old device's time once more, which by then lies seconds back, and cpal holds the time of
///   playback where it was, so that the difference is anything.
/// - Most devices never play what they have not been given yet: nothing ahead means that the answer is late, and
///   the one before still holds. A server that adds up what its graph holds may hold nothing.
#[derive(Debug)]
pub(super) struct ToldLatency {
    frames: u64,
    before: Option<ToldTimes>,
    can_be_nothing: bool,
}

impl ToldLatency {
    /// Of a device that holds nothing back at times, if `can_be_nothing`.
    pub(super) fn new(can_be_nothing: bool) -> Self {
        Self {
            frames: 0,
            before: None,
            can_be_nothing,
        }
    }

    /// Takes in what the device tells with a callback; returns frames, 0 as long as it has told nothing.
    /// For the audio thread.
    pub(super) fn record(&mut self, told: ToldTimes, sample_rate_hz: u32) -> u64 {
        let has_moved_on = self.before.replace(told).is_none_or(|before| {
            told.callback_ns > before.callback_ns && told.playback_ns > before.playback_ns
        });
        if has_moved_on {
            let ahead_ns = told.playback_ns.saturating_sub(told.callback_ns);
            let frames = ahead_ns * u128::from(sample_rate_hz) / 1_000_000_000;
            if frames > 0 || self.can_be_nothing {
                self.frames = frames as u64;
            }
        }
        self.frames
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u128 = 1_000_000;

    fn told(callback_ms: u128, ahead_ms: u128) -> ToldTimes {
        ToldTimes {
            callback_ns: callback_ms * MS,
            playback_ns: (callback_ms + ahead_ms) * MS,
        }
    }

    #[test]
    fn a_late_answer_is_no_latency_of_nothing() {
        let mut latency = ToldLatency::new(false);
        let mut hear = |at_ms, ms| latency.record(told(at_ms, ms), 48_000);
        assert_eq!(hear(0, 0), 0, "nothing is known yet");
        assert_eq!(hear(10, 20), 960);
        assert_eq!(hear(50, 0), 960);
        assert_eq!(hear(60, 15), 720, "the device has been changed");
    }

    #[test]
    fn a_graph_may_hold_nothing() {
        let mut latency = ToldLatency::new(true);
        assert_eq!(latency.record(told(0, 43), 48_000), 2_064);
        assert_eq!(latency.record(told(50, 0), 48_000), 0);
    }

    #[test]
    fn the_time_of_the_device_before_says_nothing() {
        // Taken down when a default was changed, its device was unplugged a second later, and the sound had
        // gone on 1 s early.
        let mut latency = ToldLatency::new(true);
        assert_eq!(latency.record(told(65_117, 0), 48_000), 0);
        assert_eq!(latency.record(told(65_160, 0), 48_000), 0);
        let stale = ToldTimes {
            callback_ns: 64_173 * MS,
            playback_ns: 65_160 * MS,
        };
        assert_eq!(latency.record(stale, 48_000), 0, "not 987 ms");
        assert_eq!(latency.record(told(65_239, 0), 48_000), 0);
        assert_eq!(latency.record(told(65_281, 20), 48_000), 960);
    }
}
