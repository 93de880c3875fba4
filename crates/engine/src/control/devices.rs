//! Outputs that open, change, break and come back.

use super::Control;
use crate::decode_worker::DecodeOrder;
use crate::output::device::device_names;
use crate::output::slot::Breakage;
use crate::status::{OutputChoice, Transport};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Between two looks for a device while there is none.
pub(super) const LOOK_PERIOD: Duration = Duration::from_secs(3);

impl Control {
    /// Opens an output and gets the decode thread to fill it.
    pub(super) fn open_output(&mut self, choice: &OutputChoice) {
        // In terms of the old output, whose rate the clock counts in.
        let position = self.position();
        if self.configure_output(choice) {
            self.reload_at(position);
        }
    }

    /// The same, but for what was playing: says whether that is to be loaded into the new ring.
    pub(super) fn configure_output(&mut self, choice: &OutputChoice) -> bool {
        self.is_dirty = true;
        let mut is_to_reload = false;
        let had_ring = self
            .path
            .ring_level
            .lock()
            .is_ok_and(|level| level.is_some());
        if let Some((ring, sample_rate_hz)) = self.slot.open(choice) {
            // The old ring's generation is over; the new ring starts with the same track elsewhere.
            let _ = self
                .links
                .decode
                .send(DecodeOrder::Configure(ring, sample_rate_hz));
            is_to_reload = had_ring;
        }
        self.apply_settings();
        is_to_reload
    }

    pub(super) fn change_output(&mut self, choice: &OutputChoice) {
        self.forget_rates();
        self.open_output(choice);
        if let Some(problem) = self.slot.status().problem.clone() {
            self.note(&problem);
        }
    }

    /// Asks for the devices' names on a thread of its own: the system may take long to answer.
    pub(super) fn ask_for_devices(&mut self) {
        self.devices_asked = Instant::now();
        let sender = self.device_list_sender.clone();
        let asked = std::thread::Builder::new()
            .name("device-list".into())
            .spawn(move || {
                // Nobody listening means the player has ended.
                let _ = sender.send(device_names());
            });
        if let Err(error) = asked {
            self.note(&format!("cannot look for sound devices: {error}"));
        }
    }

    pub(super) fn hear_devices(&mut self, names: Vec<String>) {
        if *self.slot.status().devices != names {
            self.slot.status_mut().devices = Arc::new(names);
            self.is_dirty = true;
        }
    }

    pub(super) fn refresh_devices(&mut self) {
        self.ask_for_devices();
        if self.slot.status().problem.is_some() {
            let choice = self.slot.status().choice.clone();
            self.open_output(&choice);
        }
    }

    /// Notices a broken stream, a device that is back, and a pause long enough to release the device.
    pub(super) fn look_at_output(&mut self) {
        match self.slot.breakage() {
            Some(Breakage::Lost) => {
                let name = self.slot.status().name.clone();
                let was_playing = self.transport == Transport::Playing;
                self.open_output(&OutputChoice::Default);
                if was_playing {
                    // Whoever pulled the plug did not ask for the loudspeakers.
                    self.pause();
                }
                self.note(&format!("{name}: the device went away, playback is paused"));
                self.ask_for_devices();
            }
            Some(Breakage::Stalled) => {
                let choice = self.slot.status().choice.clone();
                self.note(&format!(
                    "{}: stopped without a word, opened anew",
                    self.slot.status().name
                ));
                self.open_output(&choice);
            }
            None => {}
        }
        let has_problem = self.slot.status().problem.is_some();
        if has_problem && self.devices_asked.elapsed() >= LOOK_PERIOD {
            self.ask_for_devices();
        }
        let is_idle = self
            .paused_since
            .is_some_and(|t| t.elapsed() >= super::RELEASE_AFTER);
        if is_idle && self.slot.is_open() && self.path.shared.is_silent() {
            self.slot.close();
            self.paused_since = None;
        }
    }
}
