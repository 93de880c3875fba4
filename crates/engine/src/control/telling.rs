//! Lines for the user.

use super::Control;
use crate::status::{EntryId, PlayerEvent};
use disk::shown::{shown, shown_text};
use std::path::Path;

impl Control {
    /// Something could not be played, or a device went away.
    pub(super) fn note(&mut self, line: &str) {
        self.tell(PlayerEvent::Note(shown_text(line).into_owned()));
    }

    /// Something is wrong, and the sound goes on.
    pub(super) fn warn(&mut self, line: &str) {
        self.tell(PlayerEvent::Warning(shown_text(line).into_owned()));
    }

    /// The same of an entry's file, told once of each however often it is played.
    pub(super) fn warn_of(&mut self, entry: EntryId, path: &Path, reason: &str) {
        if self.warned.insert((entry, reason.to_owned())) {
            self.warn(&format!("{}: {reason}", shown(path)));
        }
    }

    pub(super) fn tell(&mut self, event: PlayerEvent) {
        self.links.publisher.emit(&event);
        self.is_dirty = true;
    }
}
