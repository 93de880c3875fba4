//! Outputs that open, change, break and come back.

use super::Control;
use crate::decode_worker::DecodeOrder;
use crate::output::slot::OutputFailure;
use crate::status::{OutputChoice, PlayerEvent};
use disk::shown::shown_text;
use std::sync::Arc;

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
        self.is_dirty = true;
        let mut is_to_reload = false;
        if let Some((ring, sample_rate_hz, had_ring)) = self.output.open(choice) {
            // The old ring's generation is over; the new ring starts with the same track elsewhere.
            self.decode(DecodeOrder::Configure(ring, sample_rate_hz));
            is_to_reload = had_ring;
        }
        self.apply_sound();
        is_to_reload
    }

    pub(super) fn change_output(&mut self, choice: &OutputChoice) {
        if self.output.forget_refused_rates() {
            self.tell_rates();
        }
        self.open_output(choice);
        if let Some(problem) = self.output.slot.status().problem.clone() {
            self.note(&problem);
        }
    }

    /// Asks for the devices' names: the answer comes later.
    pub(super) fn ask_for_devices(&mut self) {
        if let Err(error) = self.output.devices.ask() {
            self.note(&format!("cannot look for sound devices: {error}"));
        }
    }

    pub(super) fn on_device_list(&mut self, names: Vec<String>) {
        if *self.output.slot.status().devices != names {
            self.output.slot.status_mut().devices = Arc::new(names);
            self.is_dirty = true;
        }
    }

    pub(super) fn refresh_devices(&mut self) {
        self.ask_for_devices();
        if self.output.slot.status().problem.is_some() {
            self.open_output(&self.output.choice());
        }
    }

    /// Notices a broken stream, a device that is back, and a pause long enough to release the device.
    pub(super) fn watch_output(&mut self) {
        if let Some(failure) = self.output.slot.failure() {
            self.recover(failure);
        }
        let has_problem = self.output.slot.status().problem.is_some();
        if has_problem && self.output.devices.is_due() {
            self.ask_for_devices();
        }
        self.output.release_when_idle();
    }

    fn recover(&mut self, failure: OutputFailure) {
        let name = self.output.slot.status().name.clone();
        match failure {
            OutputFailure::Lost => {
                self.open_output(&OutputChoice::Default);
                // Whoever pulled the plug did not ask for the loudspeakers.
                self.playhead.pause();
                self.carry_out();
                self.note(&format!("{name}: the device went away, playback is paused"));
                self.ask_for_devices();
            }
            OutputFailure::Stalled => {
                self.note(&format!("{name}: stopped without a word, opened anew"));
                self.open_output(&self.output.choice());
                self.carry_out();
            }
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
        self.output.resume(self.playhead.is_playing());
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

    /// A line for the user: a device went away.
    pub(super) fn note(&mut self, line: &str) {
        let line = shown_text(line).into_owned();
        self.links.publisher.emit(&PlayerEvent::Note(line));
        self.is_dirty = true;
    }
}
