//! What a device says of itself, in words that control looks at.

use crossbeam::channel::{Receiver, Sender, bounded};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Rings where control waits.
#[derive(Debug, Clone)]
pub struct TroubleBell(Sender<()>);

impl TroubleBell {
    /// A bell, and where it is heard.
    pub fn new() -> (Self, Receiver<()>) {
        let (sender, receiver) = bounded(1);
        (Self(sender), receiver)
    }

    fn ring(&self) {
        // One waiting ring is enough.
        let _ = self.0.try_send(());
    }
}

/// The troubles of one stream. What is noted here ends the stream, so that it matters no more what the
/// noting costs.
#[derive(Debug)]
pub struct DeviceTrouble {
    is_lost: AtomicBool,
    /// Frames asked for beyond those that time has used up; 0 while the device keeps its pace.
    ran_ahead_frames: AtomicU64,
    bell: TroubleBell,
}

impl DeviceTrouble {
    /// No trouble yet.
    pub(super) fn new(bell: TroubleBell) -> Self {
        Self {
            is_lost: AtomicBool::new(false),
            ran_ahead_frames: AtomicU64::new(0),
            bell,
        }
    }

    /// The stream is gone and must be opened anew.
    pub(super) fn note_lost(&self) {
        self.is_lost.store(true, Ordering::Release);
        self.bell.ring();
    }

    /// The device asks for sound faster than it can play it, by `ahead_frames` until now.
    pub(super) fn note_runaway(&self, ahead_frames: u64) {
        self.ran_ahead_frames
            .store(ahead_frames.max(1), Ordering::Release);
        self.bell.ring();
    }

    /// Whether the stream is gone.
    pub fn is_lost(&self) -> bool {
        self.is_lost.load(Ordering::Acquire)
    }

    /// By how many frames the device has run away, if it has.
    pub fn ran_ahead_frames(&self) -> Option<u64> {
        let frames = self.ran_ahead_frames.load(Ordering::Acquire);
        (frames > 0).then_some(frames)
    }
}
