//! Actions that change what the window shows.

use crate::ui::library::columns::LibraryLook;
use crate::ui::settings::SideView;

/// A change of the view.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Closes the window.
    Quit,
}
