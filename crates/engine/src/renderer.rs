//! The body of the audio callback.

mod queue;
mod shared;

pub use shared::{RenderShared, TrackStarted};

use super::chain::{Chain, ChainSettings, ResponseSender};
use dsp::convolver::PreparedResponse;
use dsp::ramp::Fade;
use rt::clock::{ClockReading, PlaybackClock};
use rt::history::LockFreeAudioBuffer;
use rt::ids::{Generation, PlayId};
use rt::ring::{AudioBlock, RingConsumer, Speed, TrackStart};
use rt::snapshot::SnapshotReader;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use telemetry::monitor::PerformanceMonitor;

/// Track changes that can wait for control to look, at least; it looks many times a second. And all that
/// are queued can: no more come until control has named them.
const TRACK_EVENTS: usize = 256;

/// Control's ends of what leads to and from a renderer.
pub struct RendererLinks {
    /// Tracks as they begin to be handed to the output.
    pub tracks: rtrb::Consumer<TrackStarted>,
    /// Responses for the convolver.
    pub responses: ResponseSender,
}

/// What a renderer is made of; everything here is made and sized by control.
pub struct RendererParts {
    /// Decoded blocks.
    pub ring: RingConsumer,
    /// Settings to follow.
    pub settings: SnapshotReader<ChainSettings>,
    /// The response in circuit from the start.
    pub response: Option<Box<PreparedResponse>>,
    /// Words shared with control.
    pub shared: Arc<RenderShared>,
    /// Where the position is published.
    pub clock: Arc<PlaybackClock>,
    /// Where what was rendered is kept for the spectrum.
    pub history: Arc<LockFreeAudioBuffer>,
    /// Where callbacks are timed.
    pub monitor: Arc<PerformanceMonitor>,
    /// Frames a second.
    pub sample_rate_hz: u32,
    /// Interleaved channels, 1 to 8.
    pub channels: usize,
    /// Length of fades; 0 for none.
    pub fade_seconds: f64,
}

/// Turns queued blocks into output: the same under a sound card, under a clock and into a file.
///
/// Rendering takes no memory, lock or system call. A discontinuity fades out what is playing, skips
/// what is stale, and fades in; a track that starts at its beginning starts at full level, and the
/// next block of the same generation follows without a seam.
pub struct Renderer {
    parts: RendererParts,
    tracks: rtrb::Producer<TrackStarted>,
    chain: Chain,
    fade: Fade,
    fade_frames: usize,
    /// Frames of silence that the chain gives before the sound begins.
    lead_in_frames: usize,
    /// Frames of the end of the sound that the chain still holds back.
    tail_frames: usize,
    generation: Generation,
    block: Option<AudioBlock>,
    /// Frames of `block` already rendered.
    consumed: usize,
    /// Where in `block` the track begins, or goes on, that is being rendered.
    start: TrackStart,
    /// Tracks that begin within `block` and have begun.
    starts_passed: usize,
    position: Position,
    stream_frame: u64,
    sounded_frames: u64,
    /// The generation that ends in this callback, to be told when the clock has been published.
    ended: Option<Generation>,
    is_starving: bool,
}

#[derive(Clone, Copy, Default)]
struct Position {
    track: PlayId,
    frame: u64,
    speed: Speed,
}

impl Renderer {
    /// A silent renderer, and control's ends of what leads to it. Allocates.
    pub fn new(mut parts: RendererParts) -> (Self, RendererLinks) {
        let rate_hz = f64::from(parts.sample_rate_hz);
        let (producer, consumer) =
            rtrb::RingBuffer::new(TRACK_EVENTS.max(parts.ring.most_tracks()));
        let settings = *parts.settings.latest();
        let fade_frames = (rate_hz * parts.fade_seconds).round().max(1.0) as u32;
        let (chain, responses) = Chain::new(
            &settings,
            parts.response.take(),
            parts.sample_rate_hz,
            parts.channels,
        );
        let this = Self {
            tracks: producer,
            lead_in_frames: 0,
            tail_frames: chain.latency_frames(),
            chain,
            fade: Fade::silent(fade_frames),
            fade_frames: fade_frames as usize,
            // Nothing queued has this number, so the first block counts as a new generation.
            generation: Generation(u64::MAX),
            block: None,
            consumed: 0,
            start: TrackStart::default(),
            starts_passed: 0,
            position: Position::default(),
            stream_frame: 0,
            sounded_frames: 0,
            ended: None,
            is_starving: false,
            parts,
        };
        let links = RendererLinks {
            tracks: consumer,
            responses,
        };
        (this, links)
    }

    /// The stream has ended, if in the middle of the sound: on the next one it rises from silence, once that is
    /// wanted.
    pub fn break_off(&mut self) {
        self.fade = Fade::silent(self.fade_frames as u32);
    }

    /// How far the output now stands behind what is taken from the ring.
    pub fn latency_frames(&self) -> usize {
        self.chain.latency_frames()
    }

    /// Whether something works on the samples that came from the ring.
    pub fn changes_samples(&self) -> bool {
        !(self.chain.is_idle() && self.fade.is_open())
    }

    /// Frames a second.
    pub fn sample_rate_hz(&self) -> u32 {
        self.parts.sample_rate_hz
    }

    /// Interleaved channels.
    pub fn channels(&self) -> usize {
        self.parts.channels
    }

    /// The monitor callbacks are timed by.
    pub fn monitor(&self) -> &Arc<PerformanceMonitor> {
        &self.parts.monitor
    }

    /// Fills `out` (interleaved, whole frames, of any length) with the next sound or silence.
    /// `latency_frames` is what the device will take to play its first frame, as far as known.
    /// For the audio thread: wait-free.
    pub fn render(&mut self, out: &mut [f32], latency_frames: u64) {
        self.parts.monitor.start_audio_callback();
        let channels = self.parts.channels;
        let frames = out.len() / channels;
        self.parts
            .monitor
            .set_block(frames, self.parts.sample_rate_hz);
        self.follow_settings();
        let target = self.parts.shared.target();
        let is_wanted = self.parts.shared.is_playing.load(Ordering::Acquire);
        self.note_ring(target, is_wanted);
        let mut rest = &mut *out;
        let mut is_moving = false;
        while !rest.is_empty() {
            let left = rest.len() / channels;
            let is_stale = self.generation != target;
            let runs_dry = !is_stale && self.runs_dry(left);
            if runs_dry && is_wanted && !self.is_starving && !self.fade.is_silent() {
                self.is_starving = true;
                self.parts.monitor.count_starved();
            }
            let is_sounding = is_wanted && !is_stale && !self.is_starving;
            // From silence it rises only once enough is queued, below.
            if !(is_sounding && self.fade.is_silent()) {
                self.fade.set_rising(is_sounding);
            }
            if self.fade.is_silent() {
                if is_stale {
                    self.enter_generation(target);
                }
                if is_wanted && self.generation == target && self.is_primed(frames) {
                    self.is_starving = false;
                    self.open_fade();
                    if !self.fade.is_silent() {
                        continue;
                    }
                }
                rest.fill(0.0);
                break;
            }
            let Some(available) = self.available_frames() else {
                let generation = self.generation;
                let is_finished = !is_stale && self.parts.ring.is_finished(generation);
                if is_finished && self.tail_frames > 0 {
                    let count = left.min(self.tail_frames);
                    let (now, later) = rest.split_at_mut(count * channels);
                    now.fill(0.0);
                    self.apply_chain(now);
                    self.tail_frames -= count;
                    self.sounded_frames += count as u64;
                    is_moving = true;
                    rest = later;
                    continue;
                }
                // The sound has ended: by itself, or the queue ran out in the middle of a fade.
                if is_finished {
                    self.ended = Some(generation);
                }
                self.fade = Fade::silent(self.fade_frames as u32);
                if !is_stale {
                    rest.fill(0.0);
                    break;
                }
                continue;
            };
            let mut count = left.min(available);
            if !is_sounding {
                count = count.min(self.fade.frames_to_silence().max(1));
            }
            let (now, later) = rest.split_at_mut(count * channels);
            self.take_frames(now);
            self.apply_chain(now);
            is_moving = true;
            rest = later;
        }
        self.finish(out, frames, latency_frames, is_moving);
    }

    fn finish(&mut self, out: &[f32], frames: usize, latency_frames: u64, is_moving: bool) {
        self.stream_frame += frames as u64;
        let parts = &self.parts;
        #[cfg(feature = "inspection")]
        {
            let us = parts.shared.planted_effect_us.load(Ordering::Relaxed);
            let begun = parts.clock.now_ns();
            while parts.clock.now_ns() - begun < u64::from(us) * 1_000 {
                std::hint::spin_loop();
            }
        }
        parts.history.write(out, parts.channels);
        parts.shared.is_silent.store(!is_moving, Ordering::Release);
        if is_moving && parts.shared.first_sound_ns.load(Ordering::Relaxed) == 0 {
            let now_ns = parts.clock.now_ns().max(1);
            parts.shared.first_sound_ns.store(now_ns, Ordering::Relaxed);
        }
        parts.clock.publish(&ClockReading {
            generation: self.generation,
            track: self.position.track,
            frame: self.position.frame,
            speed: self.position.speed,
            stream_frame: self.stream_frame,
            sounded_frames: self.sounded_frames,
            latency_frames: latency_frames + self.chain.latency_frames() as u64,
            at_ns: parts.clock.now_ns(),
            is_moving,
        });
        if let Some(generation) = self.ended.take() {
            let ended = generation.next().0;
            parts.shared.ended.store(ended, Ordering::Release);
        }
        parts.monitor.end_audio_callback();
    }

    fn follow_settings(&mut self) {
        if let Some(settings) = self.parts.settings.changed() {
            if self.fade.is_silent() {
                let latency_before = self.chain.latency_frames();
                self.chain.jump_to(settings);
                if self.chain.latency_frames() > latency_before {
                    self.lead_in_frames = self.chain.latency_frames();
                }
            } else {
                self.chain.follow(settings);
            }
        }
    }

    fn open_fade(&mut self) {
        self.fade.set_rising(true);
        if self.position.frame == 0 {
            // The very beginning of a track is meant to start as it starts.
            self.fade.open();
        }
    }

    fn apply_chain(&mut self, samples: &mut [f32]) {
        let channels = self.parts.channels;
        self.chain.process(samples);
        let lead_in = self.lead_in_frames.min(samples.len() / channels);
        self.lead_in_frames -= lead_in;
        // The fade is for the sound, not for the silence before it.
        self.fade
            .process(&mut samples[lead_in * channels..], channels);
    }
}

#[cfg(test)]
#[path = "renderer_tests.rs"]
mod tests;
