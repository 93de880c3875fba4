//! What a file dialog is asked for.

use library::model::ListId;

/// What a file dialog is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DialogRequest {
    /// Files that replace the queue and play.
    Files,
    /// Files that go behind the queue.
    AddFiles,
    /// A folder that replaces the queue and plays.
    Folder,
    /// A folder that goes behind the queue.
    AddFolder,
    /// Folders for the collection.
    LibraryFolder,
    /// Playlist files to make lists of.
    ImportLists,
    /// The file to write a list to; holds the name to offer.
    ExportList(ListId, String),
    /// Preset files to read.
    ImportPresets,
    /// The file to write the equalizer's settings to; holds the name to offer.
    ExportPreset(String),
}
