//! The body of the audio callback.

use crate::dsp::eq_bank::EqBandOptimizer;
use crate::dsp::equalizer::EqBank;
use crate::dsp::limiter::Limiter;
use crate::dsp::ramp::{Fade, GainRamp};
use crate::dsp::simd::AudioOptimizer;
use crate::rt::clock::{ClockReading, PlaybackClock};
use crate::rt::history::LockFreeAudioBuffer;
use crate::rt::ring::{AudioBlock, BLOCK_FRAMES, RingConsumer};
use crate::rt::snapshot::SnapshotReader;
use crate::telemetry::monitor::PerformanceMonitor;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How long gains take to move, in seconds.
const RAMP_SECONDS: f64 = 0.02;
/// How long the limiter takes to let go, in seconds.
const LIMITER_RELEASE_SECONDS: f64 = 0.15;
/// The limiter lets nothing above full scale.
const CEILING: f32 = 1.0;
/// Track changes that can wait for control to look; it looks many times a second.
const TRACK_EVENTS: usize = 256;

/// What control sets and the renderer follows, as one value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RenderSettings {
    /// The designed equalizer.
    pub eq: EqBank,
    /// Linear gain behind it.
    pub volume: f32,
    /// Whether the safety limiter may come into circuit.
    pub limiter: bool,
}

impl Default for RenderSettings {
    fn default() -> Self {
        Self {
            eq: EqBank::FLAT,
            volume: 1.0,
            limiter: true,
        }
    }
}

impl RenderSettings {
    /// Whether these settings, once settled, leave every sample as it was.
    pub fn is_transparent(&self) -> bool {
        self.eq.is_flat() && self.volume == 1.0
    }
}

/// Words that control and renderer share.
#[derive(Debug, Default)]
pub struct RenderShared {
    /// The generation that is to be heard; a rise makes everything older stale.
    pub target_generation: AtomicU64,
    /// Whether sound is wanted.
    pub is_playing: AtomicBool,
    /// The generation whose end has been heard, plus one; 0 for none.
    ended: AtomicU64,
    /// Whether everything has faded out.
    is_silent: AtomicBool,
}

impl RenderShared {
    /// Whether `generation` has been played to its end.
    pub fn has_ended(&self, generation: u64) -> bool {
        self.ended.load(Ordering::Acquire) == generation + 1
    }

    /// Whether the renderer gives silence only.
    pub fn is_silent(&self) -> bool {
        self.is_silent.load(Ordering::Acquire)
    }
}

/// A track began to be handed to the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrackStarted {
    /// The discontinuity it belongs to.
    pub generation: u64,
    /// Its number.
    pub track: u64,
}

/// What a renderer is made of; everything here is made and sized by control.
pub struct RendererParts {
    /// Decoded blocks.
    pub ring: RingConsumer,
    /// Settings to follow.
    pub settings: SnapshotReader<RenderSettings>,
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
    eq: EqBandOptimizer,
    volume: GainRamp,
    fade: Fade,
    limiter: Limiter,
    fade_frames: usize,
    limiter_allowed: bool,
    can_exceed: bool,
    generation: u64,
    block: Option<AudioBlock>,
    /// Frames of `block` already rendered.
    consumed: usize,
    position: Position,
    stream_frame: u64,
    sounded_frames: u64,
    is_starving: bool,
}

#[derive(Clone, Copy, Default)]
struct Position {
    track: u64,
    frame: u64,
}

impl Renderer {
    /// A silent renderer, and the ear for its track changes. Allocates.
    pub fn new(mut parts: RendererParts) -> (Self, rtrb::Consumer<TrackStarted>) {
        let rate_hz = f64::from(parts.sample_rate_hz);
        let (producer, consumer) = rtrb::RingBuffer::new(TRACK_EVENTS);
        let settings = *parts.settings.latest();
        let fade_frames = (rate_hz * parts.fade_seconds).round().max(1.0) as u32;
        let optimizer = AudioOptimizer::detected();
        let mut eq = EqBandOptimizer::new(optimizer, rate_hz, parts.channels, RAMP_SECONDS);
        eq.jump_to(&settings.eq);
        let this = Self {
            tracks: producer,
            eq,
            volume: GainRamp::new(settings.volume, (rate_hz * RAMP_SECONDS) as u32),
            fade: Fade::silent(fade_frames),
            limiter: Limiter::new(CEILING, rate_hz, LIMITER_RELEASE_SECONDS),
            fade_frames: fade_frames as usize,
            limiter_allowed: settings.limiter,
            can_exceed: settings.eq.can_exceed_full_scale() || settings.volume > 1.0,
            // Nothing queued has this number, so the first block counts as a new generation.
            generation: u64::MAX,
            block: None,
            consumed: 0,
            position: Position::default(),
            stream_frame: 0,
            sounded_frames: 0,
            is_starving: false,
            parts,
        };
        (this, consumer)
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
        let target = self.parts.shared.target_generation.load(Ordering::Acquire);
        let is_wanted = self.parts.shared.is_playing.load(Ordering::Acquire);
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
                // The sound has ended: by itself, or the queue ran out in the middle of a fade.
                let generation = self.generation;
                if !is_stale && self.parts.ring.is_finished(generation) {
                    self.parts
                        .shared
                        .ended
                        .store(generation.wrapping_add(1), Ordering::Release);
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
        parts.history.write_mono(out, parts.channels);
        parts.shared.is_silent.store(!is_moving, Ordering::Release);
        parts.clock.publish(&ClockReading {
            generation: self.generation,
            track: self.position.track,
            frame: self.position.frame,
            stream_frame: self.stream_frame,
            sounded_frames: self.sounded_frames,
            latency_frames,
            at_ns: parts.clock.now_ns(),
            is_moving,
        });
        parts.monitor.end_audio_callback();
    }

    fn follow_settings(&mut self) {
        if let Some(settings) = self.parts.settings.changed() {
            self.can_exceed = settings.eq.can_exceed_full_scale() || settings.volume > 1.0;
            self.limiter_allowed = settings.limiter;
            if self.fade.is_silent() {
                self.eq.jump_to(&settings.eq);
                self.volume.jump_to(settings.volume);
            } else {
                self.eq.set_target(&settings.eq);
                self.volume.set_target(settings.volume);
            }
        }
    }

    /// Throws away what is stale and, once the target's first block is there, makes it current.
    fn enter_generation(&mut self, target: u64) {
        if let Some(block) = self.block.take() {
            self.parts.ring.give_back(block);
        }
        // At most as many turns as the ring has blocks.
        while let Some(header) = self.parts.ring.peek() {
            if header.generation == target {
                self.generation = target;
                self.is_starving = false;
                self.position = Position {
                    track: header.track,
                    frame: header.first_frame,
                };
                self.announce(header.generation, header.track);
                self.eq.reset();
                self.limiter.reset();
                return;
            }
            if let Some(block) = self.parts.ring.pop() {
                self.parts.ring.give_back(block);
            }
        }
    }

    /// Whether the decoder is about to fall behind: what is queued does not cover this callback and
    /// a fade-out behind it, and more was to come.
    fn runs_dry(&self, frames_wanted: usize) -> bool {
        let in_block = self
            .block
            .as_ref()
            .map_or(0, |b| b.header.frames - self.consumed);
        let queued = in_block + self.parts.ring.queued_frames() as usize;
        // A callback larger than the ring plays what there is: it looks no further than a block ahead.
        queued < frames_wanted.min(BLOCK_FRAMES) + self.fade_frames
            && !self.parts.ring.is_finished(self.generation)
    }

    /// Whether enough is queued to begin: two callbacks and a fade, or all there is.
    fn is_primed(&self, callback_frames: usize) -> bool {
        let in_block = self
            .block
            .as_ref()
            .map_or(0, |b| b.header.frames - self.consumed);
        let queued = in_block + self.parts.ring.queued_frames() as usize;
        let needed = (2 * callback_frames + self.fade_frames).max(2 * BLOCK_FRAMES);
        if self.parts.ring.is_finished(self.generation) {
            return queued > 0 || !self.parts.shared.has_ended(self.generation);
        }
        queued >= needed.min(self.parts.ring.capacity_frames() - BLOCK_FRAMES)
    }

    fn open_fade(&mut self) {
        self.fade.set_rising(true);
        if self.position.frame == 0 {
            // The very beginning of a track is meant to start as it starts.
            self.fade.open();
        }
    }

    /// Frames that can be taken in one go; `None` when nothing of this generation is queued.
    fn available_frames(&mut self) -> Option<usize> {
        loop {
            if let Some(block) = self.block.take() {
                if self.consumed < block.header.frames {
                    let left = block.header.frames - self.consumed;
                    self.block = Some(block);
                    return Some(left);
                }
                self.parts.ring.give_back(block);
            }
            if self.parts.ring.peek()?.generation != self.generation {
                return None;
            }
            let block = self.parts.ring.pop()?;
            if block.header.track != self.position.track && block.header.frames > 0 {
                self.announce(block.header.generation, block.header.track);
            }
            if block.header.frames > 0 {
                self.position = Position {
                    track: block.header.track,
                    frame: block.header.first_frame,
                };
            }
            self.consumed = 0;
            self.block = Some(block);
        }
    }

    fn announce(&mut self, generation: u64, track: u64) {
        // Full means control has not looked for a long time; the clock still names the track.
        let _ = self.tracks.push(TrackStarted { generation, track });
    }

    fn take_frames(&mut self, out: &mut [f32]) {
        let channels = self.parts.channels;
        let frames = out.len() / channels;
        if let Some(block) = &self.block {
            let start = self.consumed * channels;
            out.copy_from_slice(&block.samples[start..start + out.len()]);
        }
        self.consumed += frames;
        self.position.frame += frames as u64;
        self.sounded_frames += frames as u64;
    }

    fn apply_chain(&mut self, samples: &mut [f32]) {
        let channels = self.parts.channels;
        if !self.eq.is_idle() {
            self.eq.process(samples);
        }
        if !self.volume.is_unity() {
            self.volume.process(samples, channels);
        }
        self.fade.process(samples, channels);
        if (self.can_exceed && self.limiter_allowed) || !self.limiter.is_released() {
            self.limiter.process(samples, channels);
        }
    }
}

#[cfg(test)]
#[path = "renderer_tests.rs"]
mod tests;
