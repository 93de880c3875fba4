//! Words that cross between control and the renderer.

use rt::ids::{Generation, PlayId};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// Words that control and renderer share.
#[derive(Debug, Default)]
pub struct RenderShared {
    /// The generation that is to be heard; a rise makes everything older stale.
    pub(super) target: AtomicU64,
    /// Whether sound is wanted.
    pub is_playing: AtomicBool,
    /// The generation whose end has been heard, plus one; 0 for none.
    pub(super) ended: AtomicU64,
    /// Whether everything has faded out.
    pub(super) is_silent: AtomicBool,
    /// When the first sound had been rendered, in ns of the playback clock; 0 before.
    pub(super) first_sound_ns: AtomicU64,
    /// How much longer each callback takes, for the tests.
    #[cfg(feature = "inspection")]
    pub(crate) planted_effect_us: std::sync::atomic::AtomicU32,
}

impl RenderShared {
    /// Whether `generation` has been played to its end.
    pub fn has_ended(&self, generation: Generation) -> bool {
        self.ended.load(Ordering::Acquire) == generation.next().0
    }

    /// Has `generation` heard; what is older is stale.
    pub fn set_target(&self, generation: Generation) {
        self.target.store(generation.0, Ordering::Release);
    }

    pub(super) fn target(&self) -> Generation {
        Generation(self.target.load(Ordering::Acquire))
    }

    /// When the first sound had been rendered, since the playback clock was made.
    pub fn first_sound(&self) -> Option<Duration> {
        let ns = self.first_sound_ns.load(Ordering::Relaxed);
        (ns > 0).then(|| Duration::from_nanos(ns))
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
    pub generation: Generation,
    /// Its number.
    pub track: PlayId,
}
