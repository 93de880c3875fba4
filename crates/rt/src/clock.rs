//! Where playback is, as one consistent value.

use super::ring::Speed;
use crate::ids::{Generation, PlayId};
use std::sync::atomic::{AtomicU64, Ordering, fence};
use std::time::Instant;

/// What the audio thread last said about its position.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ClockReading {
    /// The discontinuity this position belongs to.
    pub generation: Generation,
    /// The track's number, see [`super::ring::BlockHeader::track`]; 0 before the first sound.
    pub track: PlayId,
    /// Frames of the track handed to the device, at the output rate.
    pub frame: u64,
    /// How fast the track goes by.
    pub speed: Speed,
    /// Frames of all tracks and silences handed to the device since the stream began.
    pub stream_frame: u64,
    /// Frames of sound among them, silences left out.
    pub sounded_frames: u64,
    /// Frames the device still held then, as far as it tells.
    pub latency_frames: u64,
    /// When this was true, in ns since the clock was made.
    pub at_ns: u64,
    /// Whether the position was moving.
    pub is_moving: bool,
}

/// A seqlock around a [`ClockReading`]: one writer that never waits, readers that retry.
///
/// ```
/// use rt::clock::{ClockReading, PlaybackClock};
/// let clock = PlaybackClock::new();
/// clock.publish(&ClockReading { frame: 480, ..ClockReading::default() });
/// assert_eq!(clock.read().frame, 480);
/// ```
pub struct PlaybackClock {
    version: AtomicU64,
    fields: [AtomicU64; 9],
    epoch: Instant,
}

impl Default for PlaybackClock {
    fn default() -> Self {
        Self::new()
    }
}

impl PlaybackClock {
    /// A clock at rest.
    pub fn new() -> Self {
        Self {
            version: AtomicU64::new(0),
            fields: Default::default(),
            epoch: Instant::now(),
        }
    }

    /// When the clock was made, from which its nanoseconds are counted.
    pub fn epoch(&self) -> Instant {
        self.epoch
    }

    /// Nanoseconds since the clock was made.
    pub fn now_ns(&self) -> u64 {
        self.epoch.elapsed().as_nanos() as u64
    }

    /// Publishes a reading. For the one writer; wait-free.
    pub fn publish(&self, reading: &ClockReading) {
        let version = self.version.load(Ordering::Relaxed);
        // Odd while writing; the fence keeps the fields behind it.
        self.version.store(version + 1, Ordering::Relaxed);
        fence(Ordering::Release);
        let values = [
            reading.generation.0,
            reading.track.0,
            reading.frame,
            reading.speed.0.to_bits(),
            reading.stream_frame,
            reading.sounded_frames,
            reading.latency_frames,
            reading.at_ns,
            u64::from(reading.is_moving),
        ];
        for (field, value) in self.fields.iter().zip(values) {
            field.store(value, Ordering::Relaxed);
        }
        self.version.store(version + 2, Ordering::Release);
    }

    /// Stops a clock whose writer has lost its device at `now_ns`: what had been heard by then is where it
    /// stays. In place of that writer, which must not publish meanwhile.
    pub fn stop(&self, now_ns: u64, sample_rate_hz: u32, buffer_frames: u64) {
        let reading = self.read();
        // A device that has played all of a buffer has asked for the next one.
        let most = buffer_frames.saturating_sub(1);
        let since = reading.frames_since(now_ns, sample_rate_hz, most);
        self.publish(&ClockReading {
            latency_frames: reading.latency_frames.saturating_sub(since),
            at_ns: now_ns,
            is_moving: false,
            ..reading
        });
    }

    /// The newest reading, whole. Retries while the writer is at it, which is a few nanoseconds.
    pub fn read(&self) -> ClockReading {
        loop {
            let before = self.version.load(Ordering::Acquire);
            let [
                generation,
                track,
                frame,
                speed,
                stream_frame,
                sounded_frames,
                latency_frames,
                at_ns,
                moving,
            ] = std::array::from_fn(|n| self.fields[n].load(Ordering::Relaxed));
            fence(Ordering::Acquire);
            if before.is_multiple_of(2) && self.version.load(Ordering::Relaxed) == before {
                let is_moving = moving != 0;
                return ClockReading {
                    generation: Generation(generation),
                    track: PlayId(track),
                    frame,
                    speed: Speed(f64::from_bits(speed)),
                    stream_frame,
                    sounded_frames,
                    latency_frames,
                    at_ns,
                    is_moving,
                };
            }
            std::hint::spin_loop();
        }
    }
}

impl ClockReading {
    /// Frames of the track that have been heard by `now_ns`: what was handed over less what the
    /// device holds, moved on by the time since, by no more than `buffer_frames`, so that a stalled
    /// device is not run ahead of.
    pub fn audible_frame(&self, now_ns: u64, sample_rate_hz: u32, buffer_frames: u64) -> u64 {
        let since = self.frames_since(now_ns, sample_rate_hz, buffer_frames);
        let since = self.speed.track_frames(since);
        let latency = self.speed.track_frames(self.latency_frames);
        (self.frame + since).saturating_sub(latency).min(self.frame)
    }

    /// Frames the device has played since the reading, by no more than `buffer_frames`.
    fn frames_since(&self, now_ns: u64, sample_rate_hz: u32, buffer_frames: u64) -> u64 {
        if !self.is_moving {
            return 0;
        }
        let since_ns = u128::from(now_ns.saturating_sub(self.at_ns));
        let since = since_ns * u128::from(sample_rate_hz) / 1_000_000_000;
        (since as u64).min(buffer_frames)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_is_never_torn() {
        let clock = PlaybackClock::new();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for n in 0..200_000_u64 {
                    let reading = ClockReading {
                        generation: Generation(n),
                        track: PlayId(n),
                        frame: n,
                        speed: Speed(n as f64),
                        stream_frame: n,
                        sounded_frames: n,
                        latency_frames: n,
                        at_ns: n,
                        is_moving: n % 2 == 1,
                    };
                    clock.publish(&reading);
                }
            });
            let mut last = 0;
            while last < 199_999 {
                let r = clock.read();
                assert!(r.track.0 == r.generation.0 && r.frame == r.track.0 && r.at_ns == r.frame);
                assert_eq!(r.is_moving, r.frame % 2 == 1);
                assert!(r.frame >= last);
                last = r.frame;
            }
        });
    }

    #[test]
    fn the_audible_position_lags_by_the_latency_and_moves_between_callbacks() {
        let reading = ClockReading {
            frame: 48_000,
            latency_frames: 4_800,
            at_ns: 1_000_000_000,
            is_moving: true,
            ..Default::default()
        };
        assert_eq!(reading.audible_frame(1_000_000_000, 48_000, 512), 43_200);
        assert_eq!(reading.audible_frame(1_005_000_000, 48_000, 512), 43_440);
        assert_eq!(
            reading.audible_frame(9_000_000_000, 48_000, 512),
            43_712,
            "a stalled device"
        );
        let fast = ClockReading {
            speed: Speed(1.5),
            ..reading
        };
        assert_eq!(fast.audible_frame(1_000_000_000, 48_000, 512), 40_800);
        assert_eq!(fast.audible_frame(1_005_000_000, 48_000, 512), 41_160);
        let paused = ClockReading {
            is_moving: false,
            ..reading
        };
        assert_eq!(paused.audible_frame(9_000_000_000, 48_000, 512), 43_200);
    }

    #[test]
    fn a_stopped_clock_stays_where_the_sound_was() {
        let clock = PlaybackClock::new();
        clock.publish(&ClockReading {
            frame: 48_000,
            latency_frames: 4_800,
            at_ns: 1_000_000_000,
            is_moving: true,
            ..Default::default()
        });
        clock.stop(1_005_000_000, 48_000, 512);
        let later = clock.read().audible_frame(9_000_000_000, 48_000, 512);
        assert_eq!(later, 43_440);
        clock.stop(2_000_000_000, 48_000, 512);
        assert_eq!(
            clock.read().audible_frame(9_000_000_000, 48_000, 512),
            43_440
        );
    }
}
