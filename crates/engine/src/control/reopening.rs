//! Another buffer size or another rate for the output that is open, without losing a frame.

use super::Control;
use crate::decode_worker::DecodeOrder;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// What the output is to be opened anew with, as soon as it has faded to silence.
#[derive(Debug, Default)]
pub(super) struct Reopening {
    pub(super) buffer_frames: Option<u32>,
    pub(super) sample_rate_hz: Option<u32>,
    silent_since: Option<Instant>,
}

impl Reopening {
    /// Whether something is to be done.
    pub(super) fn is_due(&self) -> bool {
        self.buffer_frames.is_some() || self.sample_rate_hz.is_some()
    }
}

impl Control {
    /// Fades out, lets the device play what it still holds, opens it anew and goes on.
    pub(super) fn reopen_when_silent(&mut self) {
        if !self.reopening.is_due() {
            return;
        }
        let status = self.slot.status();
        let holds_sound = self.slot.is_open() && !status.is_null;
        if holds_sound {
            self.path.shared.is_playing.store(false, Ordering::Release);
            if !self.path.shared.is_silent() {
                self.reopening.silent_since = None;
                return;
            }
            let silent_since = *self.reopening.silent_since.get_or_insert_with(Instant::now);
            let held = self.path.clock.read().latency_frames + 2 * u64::from(status.buffer_frames);
            let drained = held as f64 / f64::from(status.sample_rate_hz.max(1));
            if silent_since.elapsed().as_secs_f64() < drained {
                return;
            }
        }
        let wanted = std::mem::take(&mut self.reopening);
        if let Some(frames) = wanted.buffer_frames {
            self.slot.set_buffer_frames(frames);
        }
        if let Some(rate_hz) = wanted.sample_rate_hz {
            self.slot.set_rate_hz(Some(rate_hz));
        }
        if holds_sound || wanted.sample_rate_hz.is_some() {
            let choice = self.slot.status().choice.clone();
            self.open_output(&choice);
        }
        if let Some(rate_hz) = wanted.sample_rate_hz
            && self.slot.status().sample_rate_hz != rate_hz
        {
            // It plays at the rate there is, and is not asked again.
            self.rates.unavailable_hz.push(rate_hz);
            self.send(DecodeOrder::FollowRates(self.rates.clone()));
            self.reload_at(self.position());
        }
        let is_playing = self.transport == super::Transport::Playing;
        self.path
            .shared
            .is_playing
            .store(is_playing, Ordering::Release);
    }

    /// Whether the output is opened at each track's own rate from now on.
    pub(super) fn follow_rates(&mut self, on: bool) {
        if self.rates.are_followed == on {
            return;
        }
        self.rates.are_followed = on;
        self.rates.unavailable_hz.clear();
        if !on {
            // The output stays as it is until it is opened the next time.
            self.slot.set_rate_hz(None);
        }
        self.send(DecodeOrder::FollowRates(self.rates.clone()));
        let heard = self.heard.and_then(|track| self.playings.get(&track));
        let rate_hz = heard
            .and_then(|p| p.info.as_ref())
            .map(|i| i.sample_rate_hz);
        if on && rate_hz.is_some_and(|rate_hz| rate_hz != self.slot.status().sample_rate_hz) {
            self.reload_at(self.position());
        }
    }

    /// Another device may have other rates.
    pub(super) fn forget_rates(&mut self) {
        if !self.rates.unavailable_hz.is_empty() {
            self.rates.unavailable_hz.clear();
            self.send(DecodeOrder::FollowRates(self.rates.clone()));
        }
    }
}
