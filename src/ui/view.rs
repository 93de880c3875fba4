//! Actions that change what the window shows.

use crate::ui::library::columns::LibraryLook;
use crate::ui::settings::SideView;
use library::model::TrackRow;
use std::path::PathBuf;
use std::sync::Arc;

/// A change of the view.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ViewAction {
    ToggleQueue,
    /// Shows the left side, and this on it.
    ShowSide(SideView),
    /// Between albums and tracks in the library.
    ToggleAlbums,
    /// Shows the library so.
    LookAtLibrary(LibraryLook),
    ToggleEqualizer,
    /// Bands as a list, or as sliders.
    ToggleBands,
    ToggleLevels,
    ToggleOverlay,
    /// Between few and all of the overlay's figures.
    ToggleOverlaySize,
    ToggleTheme,
    /// Between total and remaining time.
    ToggleRemaining,
    ToggleHelp,
    /// Closes help, else the queue's filter.
    Escape,
    /// Puts a text into the clipboard.
    CopyText(String),
    /// Shows a file's folder in the file manager.
    ShowInFolder(PathBuf),
    /// Shows what is known of a track.
    ShowProperties(Arc<TrackRow>),
    /// Closes the window.
    Quit,
}
