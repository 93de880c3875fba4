//! Outputs that open and change.

use super::Control;
use crate::decode_worker::DecodeOrder;
use crate::output::slot::NewRing;
use crate::status::{OutputChoice, PlayerEvent};
use disk::shown::shown_text;

impl Control {
    /// Opens an output and gets the decode thread to fill it.
    pub(super) fn open_output(&mut self, choice: &OutputChoice) {
        // In terms of the old output, whose rate the clock counts in.
        self.read_clock();
        let position = self.playhead.position();
        if self.configure_output(choice) {
            self.playhead.reload_at(position);
        }
    }

    /// Opens an output with a ring for the decode thread: says whether what was playing is to be loaded
    /// into it.
    pub(super) fn configure_output(&mut self, choice: &OutputChoice) -> bool {
        let (ring, had_ring) = self.output.open(choice);
        self.fill(ring) && had_ring
    }

    /// Has the decode thread fill a new ring, where there is one; true if so.
    pub(super) fn fill(&mut self, ring: Option<NewRing>) -> bool {
        self.is_dirty = true;
        let is_new = ring.is_some();
        if let Some((ring, sample_rate_hz)) = ring {
            // The old ring's generation is over; the new ring starts with the same track elsewhere.
            self.decode(DecodeOrder::Configure(ring, sample_rate_hz));
        }
        self.apply_sound();
        is_new
    }

    pub(super) fn change_output(&mut self, choice: &OutputChoice) {
        self.output.forget_breaks();
        if self.output.forget_refused_rates() {
            self.tell_rates();
        }
        self.open_output(choice);
        if let Some(problem) = self.output.slot.status().problem.clone() {
            self.note(&problem);
        }
        self.listen_for_devices();
    }

    /// Has the system's devices told, where a device may be wanted.
    pub(super) fn listen_for_devices(&mut self) {
        if self.output.choice() != OutputChoice::Null {
            self.output.watch.start();
        }
        self.ask_for_devices();
    }

    /// Asks for the devices, where they are not told by themselves: the answer comes later.
    pub(super) fn ask_for_devices(&mut self) {
        if let Err(error) = self.output.ask_for_devices() {
            self.note(&format!("cannot look for sound devices: {error}"));
        }
    }

    pub(super) fn refresh_devices(&mut self) {
        self.listen_for_devices();
        if self.output.slot.status().problem.is_some() {
            self.output.forget_breaks();
            self.open_output(&self.output.choice());
        }
    }

    /// Opens the output anew where another buffer or rate is wanted and the fade is over.
    pub(super) fn reopen_when_silent(&mut self) {
        let Some(reopened) = self.output.reopen_when_silent() else {
            return;
        };
        if reopened.is_to_open {
            self.open_output(&self.output.choice());
        }
        if let Some(rate_hz) = reopened.refused_hz
            && self.output.is_refused(rate_hz)
        {
            // It plays at the rate there is.
            self.tell_rates();
            self.read_clock();
            self.playhead.reload_at(self.playhead.position());
        }
        self.carry_out();
        self.resume();
    }

    /// After an output has been opened: plays on, where that is the state.
    pub(super) fn resume(&mut self) {
        let is_playing = self.playhead.is_playing();
        self.output.resume(is_playing);
        if is_playing {
            self.decode(DecodeOrder::Resume);
        }
    }

    /// Whether the output is opened at each track's own rate from now on.
    pub(super) fn follow_rates(&mut self, on: bool) {
        if !self.output.follow_rates(on) {
            return;
        }
        self.tell_rates();
        let output_hz = self.output.slot.status().sample_rate_hz;
        let rate_hz = self.playhead.heard_rate_hz();
        if on && rate_hz.is_some_and(|rate_hz| rate_hz != output_hz) {
            self.playhead.reload_at(self.playhead.position());
        }
    }

    fn tell_rates(&self) {
        self.decode(DecodeOrder::FollowRates(self.output.rates().clone()));
    }

    /// A line for the user: there is no sound, or not where it was wanted.
    pub(super) fn note(&mut self, line: &str) {
        let line = shown_text(line).into_owned();
        self.links.publisher.emit(&PlayerEvent::Note(line));
        self.is_dirty = true;
    }

    /// A line for the user: something went wrong, and the sound goes on.
    pub(super) fn warn(&mut self, line: &str) {
        let line = shown_text(line).into_owned();
        self.links.publisher.emit(&PlayerEvent::Warning(line));
        self.is_dirty = true;
    }
}
