//! Outputs that break and come back: the sound waits where it is, and goes on.

use super::Control;
use super::output::recovery::Recovery;
use crate::decode_worker::DecodeOrder;
use crate::output::device::DeviceError;
use crate::output::found_device::{DeviceNews, FoundDevice};
use crate::output::slot::OutputSign;
use crate::status::OutputChoice;
use std::sync::Arc;
use std::time::{Duration, Instant};

impl Control {
    /// Notices a broken stream, a try that is due, and a pause long enough to release the device.
    pub(super) fn watch_output(&mut self) {
        match self.output.slot.sign() {
            OutputSign::Runs => self.on_running(),
            OutputSign::Starts => {}
            OutputSign::Lost => self.on_lost(),
            OutputSign::RanAway(frames) => self.on_runaway(frames),
            OutputSign::Stopped(_) => self.on_stopped(),
        }
        let is_due = |recovery: &mut Recovery| recovery.begin_try(Instant::now());
        // In a pause nobody waits for the sound.
        if self.playhead.is_playing() && self.output.recovery.as_mut().is_some_and(is_due) {
            self.try_again();
        }
        if self.output.slot.status().problem.is_some() && self.output.is_look_due() {
            // A server may have been started meanwhile.
            self.listen_for_devices();
        }
        self.output.release_when_idle();
    }

    fn on_running(&mut self) {
        let is_open = self.output.slot.is_open();
        let Some(recovery) = self.output.recovery.as_mut().filter(|_| is_open) else {
            return;
        };
        let now = Instant::now();
        recovery.goes_on(now);
        let is_over = recovery.is_over(now);
        // While nobody took what it had decoded, the thread may have gone to sleep.
        self.decode(DecodeOrder::Resume);
        if is_over {
            self.output.recovery = None;
            if !self.output.has_stand_in() {
                self.output.slot.status_mut().problem = None;
            }
            self.is_dirty = true;
        }
    }

    fn on_lost(&mut self) {
        let servers_only = self.output.slot.is_on_server();
        let problem = self.leave_output("the sound broke off");
        self.output.slot.close();
        let now = Instant::now();
        match &mut self.output.recovery {
            Some(recovery) => recovery.relapse(now),
            None => self.begin_recovery(Recovery::of_lost(servers_only, now), &problem),
        }
        self.wait_with(problem);
    }

    fn on_stopped(&mut self) {
        let now = Instant::now();
        let servers_only = self.output.slot.is_on_server();
        if let Some(recovery) = &mut self.output.recovery {
            recovery.relapse(now);
            if self.output.slot.status().problem.is_some() {
                return;
            }
        }
        let problem = self.leave_output("stopped without a word");
        if self.output.recovery.is_none() {
            self.begin_recovery(Recovery::of_stopped(servers_only, now), &problem);
        }
        self.wait_with(problem);
    }

    fn begin_recovery(&mut self, recovery: Recovery, problem: &str) {
        self.output.recovery = Some(recovery);
        if self.playhead.is_playing() {
            self.warn(problem);
        }
    }

    /// Shows what the sound waits for; in a pause it waits for nothing.
    fn wait_with(&mut self, problem: String) {
        self.is_dirty = true;
        if self.playhead.is_playing() {
            self.output.slot.status_mut().problem = Some(problem);
        }
    }

    /// Leaves an output that has no clock for good, and goes on where the sound was before.
    fn on_runaway(&mut self, ahead_frames: u64) {
        let name = self.output.slot.status().name.clone();
        self.leave_output("");
        let rate_hz = self.output.slot.status().sample_rate_hz.max(1);
        self.read_clock();
        let ahead = Duration::from_secs_f64(ahead_frames as f64 / f64::from(rate_hz));
        let position = self.playhead.position().saturating_sub(ahead);
        let host = self.output.slot.give_up().unwrap_or_default();
        self.output.recovery = None;
        self.open_at(position);
        let line = format!(
            "{name}: {host} asks for sound faster than it can be played, and is left alone from now on"
        );
        self.output
            .slot
            .status_mut()
            .problem
            .get_or_insert(line.clone());
        self.note(&line);
    }

    /// Counts the break; gives a line that says of the output what happened.
    fn leave_output(&mut self, what: &str) -> String {
        self.is_dirty = true;
        let status = self.output.slot.status_mut();
        status.breaks = status.breaks.saturating_add(1);
        let name = match status.name.as_str() {
            "" => "the sound device",
            name => name,
        };
        format!("{name}: {what}; playback waits for it")
    }

    /// Opens the output again, where the sound was when it broke.
    fn try_again(&mut self) {
        self.read_clock();
        let position = self.playhead.position();
        let (ring, result) = self.output.reopen();
        self.fill(ring);
        if let Some(recovery) = &mut self.output.recovery {
            recovery.end_try(result.is_ok(), Instant::now());
        }
        match result {
            // What the broken stream still held was not heard.
            Ok(()) => {
                self.playhead.reload_at(position);
                self.carry_out();
                self.resume();
            }
            Err(DeviceError::Unknown(name)) => self.on_unplugged(&name, position),
            Err(error) => {
                let problem = format!("{error}; playback waits for it");
                self.output.slot.status_mut().problem = Some(problem);
            }
        }
    }

    /// The chosen device is gone, and there are others.
    fn on_unplugged(&mut self, name: &str, position: Duration) {
        let kind = self.output.kind_of(name);
        self.output.recovery = None;
        self.output.use_stand_in(name);
        if self.output.slot.status().when_unplugged.pauses(kind) {
            self.playhead.pause();
            self.carry_out();
            self.warn(&format!(
                "{name} is not connected any more: playback is paused"
            ));
        } else {
            self.open_at(position);
            let stand_in = self.output.slot.status().name.clone();
            self.warn(&format!(
                "{name} is not connected any more: the sound goes on through {stand_in}"
            ));
        }
    }

    /// Opens the output that is wanted now and goes on at `position`.
    fn open_at(&mut self, position: Duration) {
        self.output.hold();
        let (ring, _) = self.output.open(&self.output.choice());
        self.fill(ring);
        self.playhead.reload_at(position);
        self.carry_out();
        self.resume();
    }

    /// Takes in what the system says of its devices.
    pub(super) fn on_device_news(&mut self, news: DeviceNews) {
        match news {
            DeviceNews::Devices(devices) => self.on_devices(devices),
            // The stream may have said so, or still say so.
            DeviceNews::ServerGone => {
                if self.output.slot.is_on_server() {
                    self.on_lost();
                }
            }
        }
    }

    fn on_devices(&mut self, devices: Vec<FoundDevice>) {
        let before = self.output.set_found(devices);
        let status = self.output.slot.status_mut();
        let names: Vec<String> = self
            .output
            .known
            .found
            .iter()
            .map(|d| d.name.clone())
            .collect();
        if *status.devices != names {
            status.devices = Arc::new(names);
            self.is_dirty = true;
        }
        let default = self
            .output
            .known
            .found
            .iter()
            .find(|d| d.is_default)
            .cloned();
        let default_name = default.as_ref().map(|d| d.name.clone());
        if status.default_device != default_name {
            status.default_device = default_name;
            self.is_dirty = true;
        }
        if !self.output.known.found.is_empty() {
            self.output.hurry(self.playhead.is_playing());
        }
        if self.output.known.found.is_empty() {
            // A server that never had any is not the one that plays.
            if !before.is_empty() {
                self.on_no_devices();
            }
        } else if let Some(is) = default {
            let was = self.output.known.last_default.replace(is.clone());
            if self.output.follows_default() {
                self.follow_default(was, &is);
            }
        }
        // Those that were there before have been tried.
        if before != self.output.known.found {
            self.take_returned_device();
        }
    }

    /// The last device has gone: a sound server plays on to nobody.
    fn on_no_devices(&mut self) {
        if self.output.slot.is_on_server() {
            self.on_lost();
        }
    }

    /// The sound server has moved the stream to another default by itself.
    fn follow_default(&mut self, was: Option<FoundDevice>, is: &FoundDevice) {
        if self.output.slot.status().name != is.name {
            self.output.slot.status_mut().name = is.name.clone();
            self.is_dirty = true;
        }
        let Some(was) = was.filter(|was| was.id != is.id) else {
            return;
        };
        let is_gone = self
            .output
            .known
            .found
            .iter()
            .all(|device| device.id != was.id);
        if !is_gone || !self.playhead.is_playing() {
            return;
        }
        if self.output.slot.status().when_unplugged.pauses(was.kind) {
            self.playhead.pause();
            self.carry_out();
            self.warn(&format!(
                "{} is not connected any more: playback is paused",
                was.name
            ));
        } else {
            self.warn(&format!(
                "{} is not connected any more: the sound goes on through {}",
                was.name, is.name
            ));
        }
    }

    /// Takes the chosen device, or any where none was chosen, once it is there again.
    fn take_returned_device(&mut self) {
        let status = self.output.slot.status();
        if status.problem.is_none() || self.output.recovery.is_some() {
            return;
        }
        let is_there = match &status.choice {
            OutputChoice::Null => false,
            OutputChoice::Default => !self.output.known.found.is_empty(),
            OutputChoice::Device(name) => self.output.is_found(name),
        };
        if !is_there {
            return;
        }
        self.output.drop_stand_in();
        if self.output.slot.is_open() {
            self.read_clock();
            self.open_at(self.playhead.position());
        } else {
            self.output.slot.status_mut().problem = None;
        }
        self.is_dirty = true;
    }
}
