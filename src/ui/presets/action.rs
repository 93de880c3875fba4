//! What the preset menu and its questions ask for.

use std::path::PathBuf;

/// A request about presets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PresetAction {
    /// Lists the listener's presets anew.
    List,
    LoadBuiltIn(&'static str),
    LoadOwn(String),
    AskName,
    AskNewName(String),
    AskDelete(String),
    Save(String),
    Rename {
        from: String,
        to: String,
    },
    Delete(String),
    /// Reads a preset file, keeps it among the own ones and sets the equalizer to it.
    Import(PathBuf),
}
