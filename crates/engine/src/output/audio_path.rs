//! What outlives every output.

use crate::renderer::RenderShared;
use rt::clock::PlaybackClock;
use rt::history::LockFreeAudioBuffer;
use rt::ring::RingLevel;
use std::sync::{Arc, Mutex};
use telemetry::monitor::PerformanceMonitor;

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
