//! What the rooms know, put together: where the sound is, and what the feeds are told.

use super::Control;
use super::playhead::ClockPosition;
use super::signal::signal_path;
use crate::status::PlayerSnapshot;
use std::sync::Arc;
use std::time::Duration;

impl Control {
    /// Lets the playhead know where the sound is.
    pub(super) fn read_clock(&mut self) {
        let clock = &self.output.path.clock;
        let reading = clock.read();
        let status = self.output.slot.status();
        let (rate_hz, buffer_frames) = (status.sample_rate_hz, u64::from(status.buffer_frames));
        let frame = reading.audible_frame(clock.now_ns(), rate_hz, buffer_frames);
        let seconds = frame as f64 / f64::from(rate_hz.max(1));
        self.is_dirty |= self.playhead.set_clock(ClockPosition {
            generation: reading.generation,
            play: reading.track,
            position: Duration::from_secs_f64(seconds),
        });
    }

    pub(super) fn publish(&mut self) {
        let output = Arc::new(self.output.slot.status().clone());
        let mut snapshot = PlayerSnapshot {
            follows_rate: self.output.rates().are_followed,
            ..PlayerSnapshot::default()
        };
        self.playhead
            .describe_in(&mut snapshot, self.waveform.as_ref());
        self.sound.describe_in(&mut snapshot);
        snapshot.signal = Arc::new(signal_path(
            snapshot.now_playing.as_deref(),
            &snapshot.source,
            self.output.slot.settings(),
            &output,
        ));
        snapshot.output = output;
        self.links.publisher.publish(snapshot);
    }
}
