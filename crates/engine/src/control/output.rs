//! The output: which one is open, at which rate, when it is opened anew or released.

pub(super) mod recovery;

use crate::chain::ChainSettings;
use crate::decode_worker::FollowedRates;
use crate::output::audio_path::AudioPath;
use crate::output::device::DeviceError;
use crate::output::device_watch::DeviceWatch;
use crate::output::found_device::{DeviceKind, FoundDevice};
use crate::output::slot::{NewRing, OutputSlot};
use crate::output::trouble::TroubleBell;
use crate::status::OutputChoice;
use recovery::Recovery;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How long a silent stream is kept before the device is released.
const RELEASE_AFTER: Duration = Duration::from_secs(10);
/// How long the last fade may take when the player ends, until the device has played it.
const LAST_FADE: Duration = Duration::from_millis(400);
/// Between two looks for a device while there is none and nobody tells.
const LOOK_PERIOD: Duration = Duration::from_secs(3);

/// What the output is to be opened anew with, as soon as it has faded to silence.
#[derive(Debug, Default)]
struct Reopening {
    buffer_frames: Option<u32>,
    sample_rate_hz: Option<u32>,
    silent_since: Option<Instant>,
}

impl Reopening {
    fn is_due(&self) -> bool {
        self.buffer_frames.is_some() || self.sample_rate_hz.is_some()
    }
}

/// What has to be done once an output has been opened anew.
pub(super) struct Reopened {
    /// The rate that was asked for and refused: tracks of this rate are resampled.
    pub(super) refused_hz: Option<u32>,
    /// Whether the output is to be opened; otherwise its new buffer counts from the next time on.
    pub(super) is_to_open: bool,
}

/// The devices there are and were.
#[derive(Default)]
pub(super) struct KnownDevices {
    /// Those that were found last.
    pub(super) found: Vec<FoundDevice>,
    /// Those that were there before and are not any more.
    gone: Vec<FoundDevice>,
    /// The last default there was. A system that loses its default device first tells that it is gone, and
    /// only then what takes its place.
    pub(super) last_default: Option<FoundDevice>,
}

/// The output and what is wanted of it. For the control thread.
pub(super) struct Output {
    pub(super) path: Arc<AudioPath>,
    pub(super) slot: OutputSlot,
    pub(super) watch: DeviceWatch,
    pub(super) known: KnownDevices,
    /// When they were asked for last.
    asked: Instant,
    /// What is done about a broken output.
    pub(super) recovery: Option<Recovery>,
    /// The default plays in the place of the chosen device, which is not there.
    has_stand_in: bool,
    rates: FollowedRates,
    reopening: Reopening,
    /// When sound was last given up.
    silent_since: Option<Instant>,
}

impl Output {
    pub(super) fn new(
        path: Arc<AudioPath>,
        buffer_frames: u32,
        settings: ChainSettings,
        bell: TroubleBell,
    ) -> Self {
        Self {
            slot: OutputSlot::new(Arc::clone(&path), buffer_frames, settings, bell),
            path,
            watch: DeviceWatch::default(),
            known: KnownDevices::default(),
            asked: Instant::now(),
            recovery: None,
            has_stand_in: false,
            rates: FollowedRates::default(),
            reopening: Reopening::default(),
            silent_since: None,
        }
    }

    /// Opens an output. A new ring is for the decode thread; true with it says that there was a ring before,
    /// whose sound is lost.
    pub(super) fn open(&mut self, choice: &OutputChoice) -> (Option<NewRing>, bool) {
        let had_ring = self
            .path
            .ring_level
            .lock()
            .is_ok_and(|level| level.is_some());
        let ring = match self.has_stand_in {
            true => self.slot.open_stand_in(),
            false => self.slot.open(choice),
        };
        (ring, had_ring)
    }

    /// Opens a broken output again, silent until [`Self::resume`]; nothing is open where that fails.
    pub(super) fn reopen(&mut self) -> (Option<NewRing>, Result<(), DeviceError>) {
        self.hold();
        let recovery = self.recovery.as_ref();
        let servers_only = recovery.is_some_and(|recovery| recovery.servers_only);
        let start = recovery.map_or(Duration::ZERO, Recovery::start_patience);
        self.slot.reopen(servers_only, start)
    }

    /// The listener has asked for something: what broke before may be tried again.
    pub(super) fn forget_breaks(&mut self) {
        self.slot.forgive();
        self.recovery = None;
        self.has_stand_in = false;
    }

    /// There are devices again: a broken output is tried as soon as it may be, or in a pause when the pause
    /// ends.
    pub(super) fn hurry(&mut self, is_playing: bool) {
        let Some(recovery) = &mut self.recovery else {
            return;
        };
        if is_playing || self.slot.is_open() {
            recovery.hurry(Instant::now());
        } else {
            self.recovery = None;
            self.slot.status_mut().problem = None;
        }
    }

    /// Whether the sound waits for an output that broke.
    pub(super) fn is_waiting(&self) -> bool {
        self.recovery.is_some() && !self.slot.is_open()
    }

    /// From now on the default plays in the place of the chosen device `name`.
    pub(super) fn use_stand_in(&mut self, name: &str) {
        self.has_stand_in = true;
        self.slot.close();
        self.slot.status_mut().problem = Some(format!("{name} is not connected"));
    }

    /// Whether the default plays in the place of the chosen device.
    pub(super) fn has_stand_in(&self) -> bool {
        self.has_stand_in
    }

    /// The chosen device is there again.
    pub(super) fn drop_stand_in(&mut self) {
        self.has_stand_in = false;
    }

    /// Whether the sound goes where the system's default is.
    pub(super) fn follows_default(&self) -> bool {
        let is_wanted = self.has_stand_in || self.choice() == OutputChoice::Default;
        is_wanted && self.slot.is_on_server()
    }

    /// Whether a device of that name is among those found last.
    pub(super) fn is_found(&self, name: &str) -> bool {
        self.known.found.iter().any(|device| device.is_called(name))
    }

    /// What kind of device that is, or was when it was there.
    pub(super) fn kind_of(&self, name: &str) -> DeviceKind {
        let device = self
            .known
            .found
            .iter()
            .chain(&self.known.gone)
            .find(|d| d.is_called(name));
        device.map_or(DeviceKind::Unknown, |device| device.kind)
    }

    /// Takes in the devices that there are; gives those there were before.
    pub(super) fn set_found(&mut self, devices: Vec<FoundDevice>) -> Vec<FoundDevice> {
        let before = std::mem::replace(&mut self.known.found, devices);
        self.known.gone = before
            .iter()
            .filter(|device| !self.known.found.iter().any(|other| other.id == device.id))
            .cloned()
            .collect();
        before
    }

    /// Asks for the devices, where they are not told by themselves or, `at_any_rate`, where none were told.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub(super) fn ask_for_devices(&mut self, at_any_rate: bool) -> std::io::Result<()> {
        self.asked = Instant::now();
        self.watch.ask(at_any_rate && self.known.found.is_empty())
    }

    /// Whether it is time for another look for devices.
    pub(super) fn is_look_due(&self) -> bool {
        !self.watch.is_listening() && self.asked.elapsed() >= LOOK_PERIOD
    }

    /// How long until something is to be done about an output that is not there.
    pub(super) fn time_to_next_look(&self, is_playing: bool) -> Option<Duration> {
        let due = self.recovery.as_ref().and_then(Recovery::due);
        if let Some(due) = due.filter(|_| is_playing) {
            return Some(due.saturating_duration_since(Instant::now()));
        }
        let is_looking = self.slot.status().problem.is_some() && !self.watch.is_listening();
        is_looking.then_some(LOOK_PERIOD)
    }

    /// What the listener chose.
    pub(super) fn choice(&self) -> OutputChoice {
        self.slot.status().choice.clone()
    }

    /// Tells the renderer whether sound is wanted; without it, the device is released after a while.
    pub(super) fn set_sounding(&mut self, is_sounding: bool) {
        self.silent_since = (!is_sounding).then(Instant::now);
        self.set_playing(is_sounding);
    }

    /// Silences what is open now and what will be, until [`Self::resume`]: the sound begins anew somewhere else.
    pub(super) fn hold(&self) {
        self.set_playing(false);
    }

    fn set_playing(&self, is_playing: bool) {
        self.path
            .shared
            .is_playing
            .store(is_playing, Ordering::Release);
    }

    /// Whether a stream is open that has not faded out.
    pub(super) fn is_fading(&self) -> bool {
        self.slot.is_open() && !self.path.shared.is_silent()
    }

    /// Whether a silent stream waits for its release.
    pub(super) fn is_held(&self) -> bool {
        self.slot.is_open() && self.silent_since.is_some()
    }

    /// Releases the device when it has been silent long enough.
    pub(super) fn release_when_idle(&mut self) {
        let is_idle = self
            .silent_since
            .is_some_and(|since| since.elapsed() >= RELEASE_AFTER);
        if is_idle && self.slot.is_open() && self.path.shared.is_silent() {
            self.slot.close();
            self.silent_since = None;
        }
    }

    /// Fades out, lets the device play the fade, and closes. Waits, for the end of the player only.
    pub(super) fn end(&mut self) {
        self.set_playing(false);
        let start = Instant::now();
        let was_fading = self.is_fading();
        while self.is_fading() && start.elapsed() < LAST_FADE {
            std::thread::sleep(Duration::from_millis(2));
        }
        if was_fading && !self.slot.status().is_null {
            std::thread::sleep(self.held().min(LAST_FADE.saturating_sub(start.elapsed())));
        }
        self.slot.close();
    }

    /// How long the device takes to play what it has been given.
    fn held(&self) -> Duration {
        let status = self.slot.status();
        let frames = self.path.clock.read().latency_frames + u64::from(status.buffer_frames);
        Duration::from_secs_f64(frames as f64 / f64::from(status.sample_rate_hz.max(1)))
    }

    /// Asks for another buffer, which takes a fade.
    pub(super) fn want_buffer(&mut self, frames: u32) {
        self.reopening.buffer_frames = Some(frames);
    }

    /// Asks for another rate, which takes a fade.
    pub(super) fn want_rate(&mut self, sample_rate_hz: u32) {
        self.reopening.sample_rate_hz = Some(sample_rate_hz);
    }

    /// Whether it is to be opened anew.
    pub(super) fn is_reopening(&self) -> bool {
        self.reopening.is_due()
    }

    /// Fades out, lets the device play what it still holds; then says what is to be done.
    pub(super) fn reopen_when_silent(&mut self) -> Option<Reopened> {
        if !self.reopening.is_due() {
            return None;
        }
        let status = self.slot.status();
        let holds_sound = self.slot.is_open() && !status.is_null;
        if holds_sound {
            self.set_playing(false);
            if !self.path.shared.is_silent() {
                self.reopening.silent_since = None;
                return None;
            }
            let silent_since = *self.reopening.silent_since.get_or_insert_with(Instant::now);
            if silent_since.elapsed() < self.held() {
                return None;
            }
        }
        let wanted = std::mem::take(&mut self.reopening);
        if let Some(frames) = wanted.buffer_frames {
            self.slot.set_buffer_frames(frames);
        }
        if let Some(rate_hz) = wanted.sample_rate_hz {
            self.slot.set_rate_hz(Some(rate_hz));
        }
        Some(Reopened {
            refused_hz: wanted.sample_rate_hz,
            is_to_open: holds_sound || wanted.sample_rate_hz.is_some(),
        })
    }

    /// After a reopening: plays on, where that was the state.
    pub(super) fn resume(&self, is_playing: bool) {
        self.set_playing(is_playing);
    }

    /// Whether and at which rates tracks decide the output's rate.
    pub(super) fn rates(&self) -> &FollowedRates {
        &self.rates
    }

    /// Notes that the output has been asked for `rate_hz` and has another: it is not asked again. False
    /// where it has that rate.
    pub(super) fn is_refused(&mut self, rate_hz: u32) -> bool {
        let is_refused = self.slot.status().sample_rate_hz != rate_hz;
        if is_refused {
            self.rates.unavailable_hz.push(rate_hz);
        }
        is_refused
    }

    /// Whether the output is opened at each track's own rate from now on; false if it was so before.
    pub(super) fn follow_rates(&mut self, on: bool) -> bool {
        if self.rates.are_followed == on {
            return false;
        }
        self.rates.are_followed = on;
        self.rates.unavailable_hz.clear();
        if !on {
            // The output stays as it is until it is opened the next time.
            self.slot.set_rate_hz(None);
        }
        true
    }

    /// Another device may have other rates; true if any had been refused.
    pub(super) fn forget_refused_rates(&mut self) -> bool {
        let had_any = !self.rates.unavailable_hz.is_empty();
        self.rates.unavailable_hz.clear();
        had_any
    }
}
