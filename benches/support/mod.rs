//! What the benchmarks share: a signal, equalizers, and a renderer that plays.

use dsp::equalizer::{EqBank, EqualizerBand, EqualizerSettings};
use dsp::filter::{FilterKind, FilterSpec};
use engine::chain::ChainSettings;
use engine::renderer::{RenderShared, Renderer, RendererLinks, RendererParts};
use rt::clock::PlaybackClock;
use rt::history::LockFreeAudioBuffer;
use rt::ids::{Generation, PlayId};
use rt::ring::{AudioRingBuffer, BLOCK_FRAMES, BlockHeader, RingProducer};
use rt::snapshot::{SnapshotWriter, snapshot};
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use telemetry::monitor::PerformanceMonitor;

pub(crate) const RATE_HZ: u32 = 48_000;
/// Frames of one callback.
pub(crate) const FRAMES: usize = 512;
const CHANNELS: usize = 2;
const RING_SECONDS: f64 = 1.0;
const FADE_SECONDS: f64 = 0.005;

/// White noise within ±0.25, the same each time.
pub(crate) fn noise(samples: usize) -> Vec<f32> {
    let mut word = 1_u32;
    let next = |_| {
        word ^= word << 13;
        word ^= word >> 17;
        word ^= word << 5;
        0.5 * (word as f32 / u32::MAX as f32 - 0.5)
    };
    (0..samples).map(next).collect()
}

/// `count` bells from 20 Hz to 20 kHz in turn raised and lowered by 6 dB, none of them flat: a flat
/// one would be left out.
pub(crate) fn bells(count: usize, rate_hz: u32) -> EqBank {
    let bell = |n: usize| {
        let hz = 20.0 * 1_000_f64.powf((n as f64 + 0.5) / count as f64);
        let gain_db = if n.is_multiple_of(2) { 6.0 } else { -6.0 };
        EqualizerBand::new(FilterSpec::new(FilterKind::Peak, hz, gain_db, 1.41))
    };
    let settings = EqualizerSettings {
        bands: (0..count).map(bell).collect(),
        ..EqualizerSettings::ten_bands()
    };
    settings.design(f64::from(rate_hz))
}

/// The chain with `bands` bells, which bring the limiter into circuit; with none, nothing is.
pub(crate) fn chain(bands: usize, rate_hz: u32) -> ChainSettings {
    ChainSettings {
        eq: bells(bands, rate_hz),
        ..ChainSettings::default()
    }
}

/// The renderer as an output has it, with what feeds it.
pub(crate) struct Playing {
    renderer: Renderer,
    ring: RingProducer,
    samples: Vec<f32>,
    out: Vec<f32>,
    rate_hz: u32,
    next_frame: u64,
    // Dropped with the renderer, so that it never finds the other end gone.
    _links: (RendererLinks, SnapshotWriter<ChainSettings>),
}

impl Playing {
    /// Plays noise through `settings`, `frames` at a time.
    pub(crate) fn new(settings: &ChainSettings, frames: usize, rate_hz: u32) -> Self {
        let (ring, consumer) = AudioRingBuffer::new(rate_hz, CHANNELS, RING_SECONDS);
        let (writer, settings) = snapshot(settings);
        let shared = Arc::new(RenderShared::default());
        shared.is_playing.store(true, Ordering::Release);
        shared.set_target(Generation(1));
        let (renderer, links) = Renderer::new(RendererParts {
            ring: consumer,
            settings,
            response: None,
            shared,
            clock: Arc::new(PlaybackClock::new()),
            history: Arc::new(LockFreeAudioBuffer::new(1 << 17)),
            monitor: Arc::new(PerformanceMonitor::new()),
            sample_rate_hz: rate_hz,
            channels: CHANNELS,
            fade_seconds: FADE_SECONDS,
        });
        let mut playing = Self {
            renderer,
            ring,
            samples: noise(CHANNELS * BLOCK_FRAMES),
            out: vec![0.0; CHANNELS * frames],
            rate_hz,
            next_frame: 0,
            _links: (links, writer),
        };
        playing.fill();
        for _ in 0..4 {
            playing.callback();
        }
        assert!(
            playing.out.iter().any(|&sample| sample != 0.0),
            "the callback played nothing"
        );
        playing
    }

    /// Queues `samples`, at most a block of them; false when the ring is full.
    pub(crate) fn feed(&mut self, samples: &[f32]) -> bool {
        let Some(mut block) = self.ring.take_free() else {
            return false;
        };
        let frames = samples.len() / CHANNELS;
        block.samples[..samples.len()].copy_from_slice(samples);
        block.header = BlockHeader {
            generation: Generation(1),
            track: PlayId(1),
            first_frame: self.next_frame,
            frames,
            ..Default::default()
        };
        self.ring.push(block);
        self.next_frame += frames as u64;
        true
    }

    fn fill(&mut self) {
        let samples = std::mem::take(&mut self.samples);
        while self.feed(&samples) {}
        self.samples = samples;
    }

    /// One callback; what it made.
    pub(crate) fn callback(&mut self) -> &[f32] {
        self.renderer.render(black_box(&mut self.out), 0);
        &self.out
    }

    /// The time `count` callbacks take, without that of filling the ring between them.
    pub(crate) fn time(&mut self, count: u64) -> Duration {
        let frames = (self.out.len() / CHANNELS) as u64;
        // The renderer fades out when less is queued than a callback and a fade.
        let reserve = BLOCK_FRAMES as u64 + (FADE_SECONDS * f64::from(self.rate_hz)) as u64;
        let (mut left, mut spent) = (count, Duration::ZERO);
        while left > 0 {
            self.fill();
            let possible = (self.ring.queued_frames() - reserve) / frames;
            let now = left.min(possible);
            let started = Instant::now();
            for _ in 0..now {
                self.callback();
            }
            spent += started.elapsed();
            left -= now;
        }
        spent
    }
}
