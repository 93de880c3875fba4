//! Names of controls that more than one part of the window knows.

use eframe::egui::Id;

/// The queue's filter field.
pub(crate) fn queue_filter() -> Id {
    Id::unique("queue filter")
}
