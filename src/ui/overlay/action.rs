//! What is asked of the overlay's figures.

use crate::ui::overlay::sheet::Choice;

/// A request about the figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum OverlayAction {
    /// What the line shows, and how far back the figures look.
    Choose(Choice),
    /// The last hour's figures to the clipboard.
    CopyHistory,
}
