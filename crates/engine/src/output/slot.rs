//! The output that is open, and the renderer that goes from one to the next.

mod responses;

use super::RendererLoan;
use super::audio_path::AudioPath;
use super::device::{DeviceChoice, DeviceError, DeviceOutput, HostScope};
use super::null::{NULL_CHANNELS, NULL_RATE_HZ, NullOutput};
use super::pulse::{Pulse, PulseSign, START};
use super::trouble::TroubleBell;
use crate::chain::ChainSettings;
use crate::renderer::{Renderer, RendererLinks, RendererParts, TrackStarted};
use crate::status::{OutputChoice, OutputStatus};
use crossbeam::channel::Receiver;
use dsp::convolver::PreparedResponse;
use dsp::equalizer::GraphicCurve;
use rt::ring::{AudioRingBuffer, RingProducer};
use rt::snapshot::{SnapshotWriter, snapshot};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// Decoded sound kept ahead, in seconds.
const RING_SECONDS: f64 = 0.5;
/// Length of fades at discontinuities, in seconds.
const FADE_SECONDS: f64 = 0.005;
/// How long a closed stream may take to give the renderer back.
const RETURN: Duration = Duration::from_secs(1);

/// How a stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputSign {
    /// It runs, or none is open.
    Runs,
    /// It has not asked for any sound yet.
    Starts,
    /// The device says that it is gone.
    Lost,
    /// The device asks for sound faster than it can play it, by so many frames until now.
    RanAway(u64),
    /// No callback has come for this long, and no error either.
    Stopped(Duration),
}

/// A ring for the decode thread, and its rate in Hz.
pub type NewRing = (RingProducer, u32);

enum Open {
    Device(DeviceOutput),
    Null(
        #[expect(
            dead_code,
            reason = "held for its thread, which ends when it is dropped"
        )]
        NullOutput,
    ),
}

/// Opens, closes and changes outputs. For the control thread.
pub struct OutputSlot {
    path: Arc<AudioPath>,
    buffer_frames: u32,
    /// The rate to open outputs at where they can; their own otherwise.
    rate_hz: Option<u32>,
    settings: ChainSettings,
    curve: Option<GraphicCurve>,
    settings_writer: Option<SnapshotWriter<ChainSettings>>,
    links: Option<RendererLinks>,
    /// On its way to a renderer that had no room for it.
    unsent: Option<Option<Box<PreparedResponse>>>,
    renderer: Option<Box<Renderer>>,
    lent: Option<Receiver<Box<Renderer>>>,
    open: Option<Open>,
    pulse: Pulse,
    bell: TroubleBell,
    /// Hosts that have failed, and are not asked again.
    given_up: Vec<&'static str>,
    status: OutputStatus,
}

impl OutputSlot {
    /// A slot with nothing open that will ask devices for `buffer_frames` a callback.
    /// `bell` rings when a device says that something is wrong.
    pub fn new(
        path: Arc<AudioPath>,
        buffer_frames: u32,
        settings: ChainSettings,
        bell: TroubleBell,
    ) -> Self {
        let pulse = Pulse::new(path.monitor.callbacks(), Instant::now(), START);
        Self {
            path,
            buffer_frames,
            rate_hz: None,
            settings,
            curve: None,
            settings_writer: None,
            links: None,
            unsent: None,
            renderer: None,
            lent: None,
            open: None,
            pulse,
            bell,
            given_up: Vec::new(),
            status: OutputStatus::default(),
        }
    }

    /// What is open.
    pub fn status(&self) -> &OutputStatus {
        &self.status
    }

    /// What is open, for changes to what is shown of it.
    pub fn status_mut(&mut self) -> &mut OutputStatus {
        &mut self.status
    }

    /// Whether a stream is running.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// The buffer to ask for from the next opening on, in frames.
    pub fn set_buffer_frames(&mut self, frames: u32) {
        self.buffer_frames = frames;
    }

    /// The rate to ask for from the next opening on; the device's own for `None`, and where it refuses.
    pub fn set_rate_hz(&mut self, rate_hz: Option<u32>) {
        self.rate_hz = rate_hz;
    }

    /// Ends the stream and leaves the ring behind: the next opening makes another.
    pub fn forget_ring(&mut self) {
        self.close();
        self.renderer = None;
    }

    /// Hands new settings to the renderer.
    pub fn set_settings(&mut self, settings: ChainSettings) {
        self.settings = settings;
        if let Some(writer) = &mut self.settings_writer {
            writer.publish(settings);
        }
    }

    /// The settings the renderer follows.
    pub fn settings(&self) -> &ChainSettings {
        &self.settings
    }

    /// The next track change the renderer has reported.
    pub fn poll_track(&mut self) -> Option<TrackStarted> {
        self.links.as_mut()?.tracks.pop().ok()
    }

    /// Opens `choice`; without a device, the null output, with the reason in the status. Gives a ring
    /// to be filled at the new rate where the one there was does not fit any more.
    pub fn open(&mut self, choice: &OutputChoice) -> Option<NewRing> {
        self.close();
        self.status.choice = choice.clone();
        self.status.problem = None;
        let (ring, result) = self.open_device(choice, false);
        match result {
            Ok(()) => ring,
            // A ring made for a device that then refused serves the null output where it fits.
            Err(error) => {
                self.status.problem = error.map(|error| error.to_string());
                self.open_null().or(ring)
            }
        }
    }

    /// Opens the default in the place of the chosen device, which stays chosen; the status keeps what is said of
    /// that. Without a device, the null output.
    pub fn open_stand_in(&mut self) -> Option<NewRing> {
        self.close();
        let (ring, result) = self.open_device(&OutputChoice::Default, false);
        match result {
            Ok(()) => ring,
            Err(_) => self.open_null().or(ring),
        }
    }

    /// Opens the same output again after it broke, by a sound server only where `servers_only`, and gives it
    /// `start` to begin. Where that fails nothing is open: the sound waits where it is.
    ///
    /// # Errors
    /// When there is no device.
    pub fn reopen(
        &mut self,
        servers_only: bool,
        start: Duration,
    ) -> (Option<NewRing>, Result<(), DeviceError>) {
        self.close();
        let choice = self.status.choice.clone();
        let (ring, result) = self.open_device(&choice, servers_only);
        match result {
            Ok(()) => {
                self.status.problem = None;
                self.pulse = Pulse::new(self.path.monitor.callbacks(), Instant::now(), start);
                (ring, Ok(()))
            }
            Err(None) => (self.open_null().or(ring), Ok(())),
            Err(Some(error)) => (ring, Err(error)),
        }
    }

    /// Opens the device that was chosen, at the rate that is wanted or else at its own. An error has the ring
    /// with it that was made for a device which then refused; no reason means that no device is wanted.
    fn open_device(
        &mut self,
        choice: &OutputChoice,
        servers_only: bool,
    ) -> (Option<NewRing>, Result<(), Option<DeviceError>>) {
        let name = match choice {
            OutputChoice::Null => return (None, Err(None)),
            OutputChoice::Default => None,
            OutputChoice::Device(name) => Some(name.as_str()),
        };
        let (mut ring, mut problem) = (None, None);
        for rate_hz in [self.rate_hz, None] {
            let scope = HostScope {
                servers_only,
                except: &self.given_up,
            };
            match DeviceChoice::find(name, rate_hz, scope) {
                Ok(device) => {
                    let (loan, new_ring) = self.lend(device.sample_rate_hz(), device.channels());
                    ring = new_ring.or(ring);
                    match self.start_device(&device, loan) {
                        Ok(()) => return (ring, Ok(())),
                        Err(error) => problem = Some(error),
                    }
                }
                Err(error) => problem = Some(error),
            }
            if self.rate_hz.is_none() {
                break;
            }
        }
        (ring, Err(problem))
    }

    /// Leaves the open device, whose host is not asked again until [`Self::forgive`]. Gives the host's name.
    pub fn give_up(&mut self) -> Option<&'static str> {
        let host = match &self.open {
            Some(Open::Device(device)) => Some(device.host()),
            Some(Open::Null(_)) | None => None,
        };
        self.close();
        self.given_up.extend(host);
        host
    }

    /// All hosts may be asked again: the listener has asked for something.
    pub fn forgive(&mut self) {
        self.given_up.clear();
    }

    /// Whether opening the device anew with `frames` would change its buffer.
    pub fn would_change_buffer(&self, frames: u32) -> bool {
        let device = match &self.open {
            Some(Open::Device(device)) => device,
            Some(Open::Null(_)) | None => return false,
        };
        device.buffer_near(frames) != self.status.buffer_frames
    }

    /// Whether the open device belongs to a sound server, which may go and come back.
    pub fn is_on_server(&self) -> bool {
        matches!(&self.open, Some(Open::Device(device)) if device.is_on_server())
    }

    fn start_device(
        &mut self,
        device: &DeviceChoice,
        loan: RendererLoan,
    ) -> Result<(), DeviceError> {
        let monitor = &self.path.monitor;
        match DeviceOutput::start(device, loan, self.buffer_frames, monitor, &self.bell) {
            Ok(output) => {
                self.status.name = device.name().to_owned();
                self.status.is_null = false;
                self.status.sample_rate_hz = device.sample_rate_hz();
                self.status.channels = device.channels();
                self.status.sample_format = device.sample_format();
                self.status.buffer_frames = output.buffer_frames();
                self.opened(Open::Device(output));
                Ok(())
            }
            Err(error) => {
                self.restore();
                Err(error)
            }
        }
    }

    fn open_null(&mut self) -> Option<NewRing> {
        let rate_hz = self.rate_hz.unwrap_or(NULL_RATE_HZ);
        let (loan, ring) = self.lend(rate_hz, NULL_CHANNELS);
        match NullOutput::start(loan, self.buffer_frames) {
            Ok(output) => {
                self.status.name = "No sound (silent)".into();
                self.status.is_null = true;
                self.status.sample_rate_hz = rate_hz;
                self.status.channels = NULL_CHANNELS;
                self.status.sample_format = "f32";
                self.status.buffer_frames = self.buffer_frames;
                self.opened(Open::Null(output));
            }
            Err(error) => self.status.problem = Some(error.to_string()),
        }
        ring
    }

    fn opened(&mut self, open: Open) {
        self.open = Some(open);
        self.pulse = Pulse::new(self.path.monitor.callbacks(), Instant::now(), START);
    }

    /// Ends the stream; what was queued stays queued, and the clock stays at what was heard until now.
    pub fn close(&mut self) {
        let now_ns = self.path.clock.now_ns();
        if self.open.take().is_some() {
            self.restore();
            if self.renderer.is_some() {
                let frames = u64::from(self.status.buffer_frames);
                self.path
                    .clock
                    .stop(now_ns, self.status.sample_rate_hz, frames);
            }
        }
    }

    fn restore(&mut self) {
        self.renderer = self
            .lent
            .take()
            .and_then(|home| home.recv_timeout(RETURN).ok());
        if let Some(renderer) = &mut self.renderer {
            renderer.break_off();
        }
    }

    /// The renderer, as it is if rate and channels are the same, else a new one with a new ring.
    fn lend(&mut self, rate_hz: u32, channels: usize) -> (RendererLoan, Option<NewRing>) {
        let fits = |r: &Renderer| r.sample_rate_hz() == rate_hz && r.channels() == channels;
        let (renderer, ring) = match self.renderer.take().filter(|renderer| fits(renderer)) {
            Some(renderer) => (renderer, None),
            None => {
                let (producer, ring) = AudioRingBuffer::new(rate_hz, channels, RING_SECONDS);
                *self
                    .path
                    .ring_level
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner) = Some(producer.level());
                let (writer, settings) = snapshot(&self.settings);
                self.settings_writer = Some(writer);
                let (renderer, links) = Renderer::new(RendererParts {
                    ring,
                    settings,
                    response: self.prepared_response(rate_hz),
                    shared: Arc::clone(&self.path.shared),
                    clock: Arc::clone(&self.path.clock),
                    history: Arc::clone(&self.path.history),
                    monitor: Arc::clone(&self.path.monitor),
                    sample_rate_hz: rate_hz,
                    channels,
                    fade_seconds: FADE_SECONDS,
                });
                self.links = Some(links);
                self.unsent = None;
                (Box::new(renderer), Some((producer, rate_hz)))
            }
        };
        let (loan, home) = RendererLoan::new(renderer);
        self.lent = Some(home);
        (loan, ring)
    }

    /// How the stream is. To be asked some times a second while playing.
    pub fn sign(&mut self) -> OutputSign {
        let Some(Open::Device(device)) = &self.open else {
            return OutputSign::Runs;
        };
        let trouble = device.trouble();
        if let Some(frames) = trouble.ran_ahead_frames() {
            return OutputSign::RanAway(frames);
        }
        if trouble.is_lost() {
            return OutputSign::Lost;
        }
        let frames = f64::from(self.status.buffer_frames.max(1));
        let period_seconds = frames / f64::from(self.status.sample_rate_hz.max(1));
        let callbacks = self.path.monitor.callbacks();
        match self.pulse.look(callbacks, Instant::now(), period_seconds) {
            PulseSign::Beats => OutputSign::Runs,
            PulseSign::Starts => OutputSign::Starts,
            PulseSign::Stopped(silent_for) => OutputSign::Stopped(silent_for),
        }
    }
}
