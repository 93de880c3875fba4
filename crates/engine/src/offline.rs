//! The renderer without a device: as fast as it goes, into whatever takes the samples.

use super::chain::ChainSettings;
use super::pipeline::{DecodePipeline, NextTrack, PipelineEvent, PlaybackSettings, Progress};
use super::renderer::{RenderShared, Renderer, RendererParts};
use dsp::convolver::PreparedResponse;
use media::decoder::TrackDecoder;
use media::error::MediaError;
use media::replaygain::{ReplayGain, ReplayGainMode};
use rt::clock::PlaybackClock;
use rt::history::LockFreeAudioBuffer;
use rt::ids::{Generation, PlayId};
use rt::ring::AudioRingBuffer;
use rt::snapshot::snapshot;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use telemetry::monitor::PerformanceMonitor;

/// Decoded sound kept ahead, in seconds.
const RING_SECONDS: f64 = 0.25;
/// All of it is one: there are no jumps.
const GENERATION: Generation = Generation(0);

/// What to render and how.
pub struct OfflineOptions {
    /// Frames a second of the result.
    pub sample_rate_hz: u32,
    /// Interleaved channels of the result, 1 to 8.
    pub channels: usize,
    /// Equalizer, volume, limiter and what else stands between.
    pub settings: ChainSettings,
    /// The impulse response behind the equalizer.
    pub response: Option<Box<PreparedResponse>>,
    /// Where in the first track to begin.
    pub start: Duration,
    /// What is done to the tracks before.
    pub source: PlaybackSettings,
    /// The result is stored as integers: the limiter, if it may, holds tracks that are themselves beyond
    /// full scale, as they would be cut off.
    pub is_integer_output: bool,
}

/// Plays tracks, joined gaplessly or cross-faded, through the same pipeline and renderer a sound card gets.
pub struct OfflineRenderer {
    pipeline: DecodePipeline,
    renderer: Renderer,
    shared: Arc<RenderShared>,
    clock: Arc<PlaybackClock>,
    waiting: VecDeque<TrackDecoder>,
    last_track: PlayId,
    failures: Vec<(usize, MediaError)>,
    /// Frames the chain gives before the first one of the sound.
    lead_in_frames: usize,
}

impl OfflineRenderer {
    /// A renderer for `tracks`, in their order.
    ///
    /// # Errors
    /// When there is no track, or the first cannot be read at the start position.
    pub fn new(tracks: Vec<TrackDecoder>, options: OfflineOptions) -> Result<Self, MediaError> {
        let OfflineOptions {
            sample_rate_hz,
            channels,
            mut settings,
            response,
            start,
            source,
            is_integer_output,
        } = options;
        let may_exceed = |track: &TrackDecoder| {
            track.may_exceed_full_scale() || track.info().sample_rate_hz != sample_rate_hz
        };
        // A gain without a peak in the tags may raise it.
        let is_raised = |track: &TrackDecoder| {
            let gains = &source.replaygain;
            gains.mode != ReplayGainMode::Off
                && gains.may_exceed_full_scale(&ReplayGain::of(track.tags()))
        };
        settings.has_loud_input |= source.can_exceed_full_scale()
            || tracks.iter().any(is_raised)
            || is_integer_output && tracks.iter().any(may_exceed);
        let (producer, ring) = AudioRingBuffer::new(sample_rate_hz, channels, RING_SECONDS);
        let (_settings, settings) = snapshot(&settings);
        let shared = Arc::new(RenderShared::default());
        shared.is_playing.store(true, Ordering::Release);
        let clock = Arc::new(PlaybackClock::new());
        let (renderer, _links) = Renderer::new(RendererParts {
            ring,
            settings,
            response,
            shared: Arc::clone(&shared),
            clock: Arc::clone(&clock),
            history: Arc::new(LockFreeAudioBuffer::new(1)),
            monitor: Arc::new(PerformanceMonitor::new()),
            sample_rate_hz,
            channels,
            fade_seconds: 0.0,
        });
        let mut waiting: VecDeque<TrackDecoder> = tracks.into();
        let first = waiting.pop_front().ok_or(MediaError::NotAudio)?;
        let mut pipeline = DecodePipeline::new(producer, sample_rate_hz);
        pipeline.set_settings(source);
        pipeline.load(GENERATION, PlayId::default(), Box::new(first), start)?;
        let mut this = Self {
            lead_in_frames: renderer.latency_frames(),
            pipeline,
            renderer,
            shared,
            clock,
            waiting,
            last_track: PlayId::default(),
            failures: Vec::new(),
        };
        this.offer_next();
        Ok(this)
    }

    /// Fills `out` with the next frames and says how many there are; fewer than fit means the end.
    pub fn render(&mut self, out: &mut [f32]) -> usize {
        let channels = self.renderer.channels();
        let wanted = out.len() / channels;
        let mut done = 0;
        while self.lead_in_frames > 0 && wanted > 0 {
            let frames = self.lead_in_frames.min(wanted).min(1024);
            self.lead_in_frames -= frames;
            self.fill();
            self.renderer.render(&mut out[..frames * channels], 0);
        }
        // In pieces the ring can always cover.
        while done < wanted && !self.shared.has_ended(GENERATION) {
            let piece = (wanted - done).min(1024);
            self.fill();
            let before = self.heard();
            self.renderer
                .render(&mut out[done * channels..(done + piece) * channels], 0);
            let heard = (self.heard() - before) as usize;
            done += heard.min(piece);
            if heard < piece {
                break;
            }
        }
        done
    }

    /// Tracks that ended early or could not be decoded, by their place in the list.
    pub fn failures(&self) -> &[(usize, MediaError)] {
        &self.failures
    }

    fn heard(&self) -> u64 {
        self.clock.read().sounded_frames
    }

    fn fill(&mut self) {
        loop {
            let progress = self.pipeline.fill(usize::MAX);
            while let Some(event) = self.pipeline.poll_event() {
                match event {
                    PipelineEvent::Advanced { .. } => self.offer_next(),
                    PipelineEvent::Broken { track, error, .. } => {
                        self.failures.push((track.0 as usize, error));
                    }
                    PipelineEvent::Refused(track, error) => {
                        self.failures.push((track.0 as usize, error));
                        self.offer_next();
                    }
                    PipelineEvent::Ended { .. } => {}
                }
            }
            if progress != Progress::AwaitsNext {
                return;
            }
        }
    }

    fn offer_next(&mut self) {
        let next = match self.waiting.pop_front() {
            Some(decoder) => {
                self.last_track = self.last_track.next();
                NextTrack::Track(self.last_track, Box::new(decoder))
            }
            None => NextTrack::Nothing,
        };
        self.pipeline.set_next(next);
    }
}

#[cfg(test)]
#[path = "offline_tests.rs"]
mod tests;
