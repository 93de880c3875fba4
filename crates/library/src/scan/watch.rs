//! Folders are watched, so that what changes is seen soon. A scan repairs what was missed.

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use std::path::PathBuf;

/// Watches folders for as long as it lives.
pub struct FolderWatch {
    watcher: RecommendedWatcher,
}

impl FolderWatch {
    /// Watches nothing yet; `changed` is called with what has changed, on a thread of the watcher, and must
    /// not take long.
    ///
    /// # Errors
    /// When the system cannot watch.
    pub fn new(changed: impl Fn(Vec<PathBuf>) + Send + 'static) -> notify::Result<Self> {
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if let Ok(event) = event
                && !event.kind.is_access()
            {
                changed(event.paths);
            }
        });
        watcher.map(|watcher| Self { watcher })
    }

    /// Watches everything below `folder` too. Takes a while for a large one.
    ///
    /// # Errors
    /// When it cannot be watched: the system watches so many folders and no more.
    pub fn add(&mut self, folder: &std::path::Path) -> notify::Result<()> {
        self.watcher.watch(folder, RecursiveMode::Recursive)
    }
}
