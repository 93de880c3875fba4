//! The player as the desktop knows it.

use crate::app::{AppRemote, Frontend};
use engine::remote::PlayerFeed;
use engine::status::PlayerSnapshot;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A command is carried out within this, or later than anybody waits.
const COMMAND_TIME: Duration = Duration::from_millis(50);

/// Commands, what is shown, and the way to the window, for any thread of the desktop's.
pub(super) struct DesktopPlayer {
    /// Commands.
    pub(super) app: AppRemote,
    /// The window, if there is one.
    pub(super) frontend: Frontend,
    /// Where the collection is kept.
    pub(super) data_dir: PathBuf,
    feed: Mutex<PlayerFeed>,
}

impl DesktopPlayer {
    /// `wake` is called when there is something new, and must not wait.
    pub(super) fn new(
        app: AppRemote,
        frontend: Frontend,
        data_dir: PathBuf,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let feed = Mutex::new(app.subscribe(Arc::new(wake)));
        Self {
            app,
            frontend,
            data_dir,
            feed,
        }
    }

    /// The newest snapshot. Events are dropped: the desktop shows states.
    pub(super) fn now(&self) -> Arc<PlayerSnapshot> {
        let mut feed = self.feed.lock().unwrap_or_else(PoisonError::into_inner);
        feed.events().for_each(drop);
        Arc::clone(feed.snapshot())
    }

    /// Waits, a moment at most, until a command that was sent is seen in the snapshot: the bus tells others of a
    /// property as soon as it is set.
    pub(super) fn wait_until(&self, is_done: impl Fn(&PlayerSnapshot) -> bool) {
        let until = Instant::now() + COMMAND_TIME;
        while !is_done(&self.now()) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// The audible position in the track.
    pub(super) fn position(&self) -> Duration {
        let mut feed = self.feed.lock().unwrap_or_else(PoisonError::into_inner);
        feed.position()
    }
}
