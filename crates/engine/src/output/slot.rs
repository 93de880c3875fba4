//! The output that is open, and the renderer that goes from one to the next.

use super::RendererLoan;
use super::device::{DeviceChoice, DeviceError, DeviceOutput};
use super::null::{NULL_CHANNELS, NULL_RATE_HZ, NullOutput};
use crate::chain::ChainSettings;
use crate::renderer::{RenderShared, Renderer, RendererLinks, RendererParts, TrackStarted};
use crate::status::{OutputChoice, OutputStatus};
use crossbeam::channel::Receiver;
use dsp::convolver::PreparedResponse;
use dsp::equalizer::GraphicCurve;
use dsp::minimum_phase::impulse_response;
use rt::clock::PlaybackClock;
use rt::history::LockFreeAudioBuffer;
use rt::ring::{AudioRingBuffer, RingLevel, RingProducer};
use rt::snapshot::{SnapshotWriter, snapshot};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use telemetry::monitor::PerformanceMonitor;

/// Decoded sound kept ahead, in seconds.
const RING_SECONDS: f64 = 0.5;
/// Length of fades at discontinuities, in seconds.
const FADE_SECONDS: f64 = 0.005;
/// A look this long after the one before was itself held up.
const LATE_LOOK: Duration = Duration::from_millis(200);
/// How long a closed stream may take to give the renderer back.
const RETURN: Duration = Duration::from_secs(1);

/// What audio thread, control and window share for as long as the player runs.
pub struct AudioPath {
    /// Words between control and renderer.
    pub shared: Arc<RenderShared>,
    /// The position.
    pub clock: Arc<PlaybackClock>,
    /// The last stretch of what was rendered.
    pub history: Arc<LockFreeAudioBuffer>,
    /// Timing of the callbacks.
    pub monitor: Arc<PerformanceMonitor>,
    /// Fill level of the newest ring; never touched by the audio thread.
    pub ring_level: Mutex<Option<RingLevel>>,
}

impl AudioPath {
    /// A path with nothing in it. `history_frames` are kept for the spectrum.
    pub fn new(history_frames: usize) -> Self {
        Self {
            shared: Arc::default(),
            clock: Arc::default(),
            history: Arc::new(LockFreeAudioBuffer::new(history_frames)),
            monitor: Arc::default(),
            ring_level: Mutex::new(None),
        }
    }
}

/// How a stream can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFailure {
    /// The device says that it is gone.
    Lost,
    /// No callback came for half a second or ten periods, whichever is longer, and no error either.
    Stalled,
}

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
    opened_at: Instant,
    callbacks_seen: (u64, Instant),
    looked: Instant,
    status: OutputStatus,
}

impl OutputSlot {
    /// A slot with nothing open that will ask devices for `buffer_frames` a callback.
    pub fn new(path: Arc<AudioPath>, buffer_frames: u32, settings: ChainSettings) -> Self {
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
            opened_at: Instant::now(),
            callbacks_seen: (0, Instant::now()),
            looked: Instant::now(),
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

    /// The free response behind the equalizer. The renderer changes to it within a few callbacks.
    pub fn set_curve(&mut self, curve: Option<&GraphicCurve>) {
        if self.curve.as_ref() == curve {
            return;
        }
        self.curve = curve.cloned();
        if self.links.is_some() {
            self.unsent = Some(self.prepared_response(self.status.sample_rate_hz));
            self.exchange_responses();
        }
    }

    fn prepared_response(&self, rate_hz: u32) -> Option<Box<PreparedResponse>> {
        let response = impulse_response(self.curve.as_ref()?, f64::from(rate_hz));
        Some(Box::new(PreparedResponse::new(&response)))
    }

    /// Sends what is to be sent and frees what came back. To be called now and then.
    pub fn exchange_responses(&mut self) {
        let Some(links) = &mut self.links else { return };
        links.responses.free_retired();
        if let Some(response) = self.unsent.take() {
            self.unsent = links.responses.send(response).err();
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
    pub fn open(&mut self, choice: &OutputChoice) -> Option<(RingProducer, u32)> {
        self.close();
        self.status.choice = choice.clone();
        self.status.problem = None;
        let name = match choice {
            OutputChoice::Null => return self.open_null(),
            OutputChoice::Default => None,
            OutputChoice::Device(name) => Some(name.as_str()),
        };
        let mut ring = None;
        for rate_hz in [self.rate_hz, None] {
            match DeviceChoice::find(name, rate_hz) {
                Ok(device) => {
                    let (loan, new_ring) = self.lend(device.sample_rate_hz(), device.channels());
                    ring = new_ring.or(ring);
                    match self.start_device(&device, loan) {
                        Ok(()) => {
                            self.status.problem = None;
                            return ring;
                        }
                        Err(error) => self.status.problem = Some(error.to_string()),
                    }
                }
                Err(error) => self.status.problem = Some(error.to_string()),
            }
            if self.rate_hz.is_none() {
                break;
            }
        }
        // A ring made for a device that then refused serves the null output where it fits.
        self.open_null().or(ring)
    }

    fn start_device(
        &mut self,
        device: &DeviceChoice,
        loan: RendererLoan,
    ) -> Result<(), DeviceError> {
        match DeviceOutput::start(device, loan, self.buffer_frames, &self.path.monitor) {
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

    fn open_null(&mut self) -> Option<(RingProducer, u32)> {
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
        self.opened_at = Instant::now();
        self.callbacks_seen = (self.path.monitor.callbacks(), Instant::now());
    }

    /// Ends the stream; what was queued stays queued.
    pub fn close(&mut self) {
        if self.open.take().is_some() {
            self.restore();
        }
    }

    fn restore(&mut self) {
        self.renderer = self
            .lent
            .take()
            .and_then(|home| home.recv_timeout(RETURN).ok());
    }

    /// The renderer, as it is if rate and channels are the same, else a new one with a new ring.
    fn lend(
        &mut self,
        rate_hz: u32,
        channels: usize,
    ) -> (RendererLoan, Option<(RingProducer, u32)>) {
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

    /// Whether, and how, the stream has broken. To be asked many times a second while playing.
    pub fn failure(&mut self) -> Option<OutputFailure> {
        let now = Instant::now();
        let is_late = now.duration_since(self.looked) > LATE_LOOK;
        self.looked = now;
        let Some(Open::Device(device)) = &self.open else {
            return None;
        };
        if device.trouble().is_lost() {
            return Some(OutputFailure::Lost);
        }
        let callbacks = self.path.monitor.callbacks();
        // A machine that held this thread up too, or slept, says nothing about the device.
        if callbacks != self.callbacks_seen.0 || is_late {
            self.callbacks_seen = (callbacks, now);
        }
        let frames = f64::from(self.status.buffer_frames.max(1));
        let period = frames / f64::from(self.status.sample_rate_hz.max(1));
        // A device may take its time to start.
        let is_new = self.opened_at.elapsed() < Duration::from_secs(3);
        let patience: f64 = if is_new { 3.0 } else { 0.5 };
        let silent_for = now.duration_since(self.callbacks_seen.1).as_secs_f64();
        (silent_for > patience.max(10.0 * period)).then_some(OutputFailure::Stalled)
    }
}
