//! What others than the window may do with the program: media keys, a second start, the command line.

use super::OpenRequest;
use super::intake::Intake;
use engine::command::{Placement, PlayerCommand};
use engine::publisher::Wake;
use engine::remote::{PlayerFeed, PlayerRemote};
use media::location::TrackLocation;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Commands the program from any thread; a copy costs little. It does not keep the player alive: what is
/// sent after its end is lost.
#[derive(Clone)]
pub struct AppRemote {
    player: PlayerRemote,
    intake: Arc<Intake>,
    is_restored: Arc<AtomicBool>,
}

impl AppRemote {
    pub(super) fn new(player: PlayerRemote, intake: Intake) -> Self {
        Self {
            player,
            intake: Arc::new(intake),
            is_restored: Arc::default(),
        }
    }

    /// Puts files, folders and playlists into the queue. Never waits.
    pub fn open(&self, request: OpenRequest) {
        self.is_restored.store(false, Ordering::Relaxed);
        let insertion = self.player.insert(request.placement, request.play);
        self.intake.open(request.inputs, insertion);
    }

    /// Makes `tracks` the queue, and plays. Never waits.
    pub fn play_tracks(&self, tracks: Vec<TrackLocation>) {
        self.is_restored.store(false, Ordering::Relaxed);
        self.player.insert(Placement::Replace, true).add(tracks);
    }

    /// Sends the player a command. Never waits.
    pub fn send(&self, command: impl Into<PlayerCommand>) {
        self.player.send(command);
    }

    /// Snapshots and events for one more listener; `wake` is called after each snapshot and must not wait.
    pub fn subscribe(&self, wake: Wake) -> PlayerFeed {
        self.player.subscribe(wake)
    }

    /// Whether the queue is the one the last session left, with nothing opened since.
    pub fn is_restored(&self) -> bool {
        self.is_restored.load(Ordering::Relaxed)
    }

    pub(super) fn set_restored(&self) {
        self.is_restored.store(true, Ordering::Relaxed);
    }
}

/// What others than the program may ask of whatever shows it. None of these may wait.
#[derive(Clone)]
pub struct Frontend {
    /// Called when something that is shown has changed.
    pub wake: Wake,
    /// Brings the window to the front, with the token by which a Wayland compositor lets it; none where there
    /// is no window.
    pub raise: Option<Arc<dyn Fn(Option<String>) + Send + Sync>>,
    /// Ends the program as its user would.
    pub quit: Arc<dyn Fn() + Send + Sync>,
}
