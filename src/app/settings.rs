//! What the program remembers from one start to the next: the player's settings, which are what the
//! player's snapshot says, and a section for each face of the program.

mod keeper;
mod player;

pub(super) use keeper::SettingsKeeper;
pub use player::PlayerSettings;

use disk::replace::replace_file;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::io;
use std::path::{Path, PathBuf};

const FILE_NAME: &str = "settings.json";
/// The section that holds what was not the player's before the file had sections.
const MIGRATED_SECTION: &str = "window";

/// Everything in `settings.json`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct Document {
    #[serde(default)]
    player: PlayerSettings,
    /// One for each face of the program, which alone knows what is in it.
    #[serde(flatten)]
    sections: Map<String, Value>,
}

/// The settings, and the file they live in.
#[derive(Debug)]
pub struct Settings {
    path: PathBuf,
    document: Document,
    saved: Document,
    note: Option<String>,
}

impl Settings {
    /// Reads `settings.json` in `folder`. Values that are missing there take their defaults. A file that
    /// cannot be understood is put aside, and [`Self::note`] says so.
    #[must_use]
    pub fn open(folder: &Path) -> Self {
        let path = folder.join(FILE_NAME);
        let (document, note) = match std::fs::read(&path) {
            Ok(bytes) => match parse(&bytes) {
                Ok(document) => (document, None),
                Err(error) => (Document::default(), Some(put_aside(&path, &error))),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => (Document::default(), None),
            Err(error) => {
                let note = format!("Settings could not be read: {error}");
                (Document::default(), Some(note))
            }
        };
        Self {
            path,
            saved: document.clone(),
            document,
            note,
        }
    }

    /// What the listener must know about the file as it was found.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// The player's settings.
    #[must_use]
    pub fn player(&self) -> &PlayerSettings {
        &self.document.player
    }

    /// What a face of the program has stored.
    #[must_use]
    pub fn section(&self, name: &str) -> Option<&Value> {
        self.document.sections.get(name)
    }

    /// Replaces the player's settings; [`Self::save`] writes them.
    pub fn set_player(&mut self, player: PlayerSettings) {
        self.document.player = player;
    }

    /// Replaces a section; [`Self::save`] writes it.
    pub fn set_section(&mut self, name: &str, content: Value) {
        self.document.sections.insert(name.to_owned(), content);
    }

    /// Whether the file holds something else.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.document != self.saved
    }

    /// Writes the file unless it holds the same already. Blocks until the disk has it.
    ///
    /// # Errors
    /// When the folder cannot be written to. The next call tries again only after a further change, so
    /// that one note is given and not one a second.
    pub fn save(&mut self) -> io::Result<()> {
        if !self.is_stale() {
            return Ok(());
        }
        self.saved = self.document.clone();
        replace_file(&self.path, &serde_json::to_vec_pretty(&self.document)?)
    }
}

fn parse(bytes: &[u8]) -> serde_json::Result<Document> {
    let root: Value = serde_json::from_slice(bytes)?;
    let mut document = match root {
        Value::Object(root) if !root.contains_key("player") => migrated(root)?,
        root => serde_json::from_value(root)?,
    };
    document.player = document.player.in_range();
    Ok(document)
}

/// Before the file had sections, the settings of player and window stood side by side.
fn migrated(mut root: Map<String, Value>) -> serde_json::Result<Document> {
    let player = serde_json::from_value(Value::Object(root.clone()))?;
    root.retain(|name, _| !PlayerSettings::FLAT_NAMES.contains(&name.as_str()));
    let mut sections = Map::new();
    if !root.is_empty() {
        sections.insert(MIGRATED_SECTION.to_owned(), Value::Object(root));
    }
    Ok(Document { player, sections })
}

fn put_aside(path: &Path, error: &serde_json::Error) -> String {
    let aside = path.with_extension("json.broken");
    let kept = match std::fs::rename(path, &aside) {
        Ok(()) => format!("kept as {}", aside.display()),
        Err(error) => format!("could not be kept: {error}"),
    };
    format!(
        "Settings could not be understood ({error}); starting with defaults, the old file is {kept}"
    )
}

#[cfg(test)]
mod tests;
