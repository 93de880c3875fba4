//! Lines for the user.

use super::Control;
use crate::media::shown::shown;
use crate::engine::status::{EntryId, PlayerEvent};
use std::path::Path;

/// Control characters, which a file's name may have, written out: a line stays one line, and a terminal
/// obeys no file.
pub(super) fn escaped(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

impl Control {
    /// Something could not be played, or a device went away.
    pub(super) fn note(&mut self, line: String) {
        self.tell(PlayerEvent::Note(escaped(&line)));
    }

    /// Something is wrong, and the sound goes on.
    pub(super) fn warn(&mut self, line: &str) {
        self.tell(PlayerEvent::Warning(escaped(line)));
    }

    /// The same of an entry's file, told once of each however often it is played.
    pub(super) fn warn_of(&mut self, entry: EntryId, path: &Path, reason: &str) {
        if self.warned.insert((entry, reason.to_owned())) {
            self.warn(&format!("{}: {reason}", shown(path)));
        }
    }

    pub(super) fn tell(&mut self, event: PlayerEvent) {
        // Without a listener there is nobody to tell.
        let _ = self.links.events.send(event);
        self.is_dirty = true;
    }
}
