//! Sizes that panes share, in points.

/// The grid everything is laid out on.
pub(crate) const GRID: f32 = 8.0;
/// Corners of buttons, rows and fields.
pub(crate) const CORNER: u8 = 6;
/// Height of the transport bar.
pub(crate) const TRANSPORT_HEIGHT: f32 = 96.0;
/// Height of a row of the queue.
pub(crate) const QUEUE_ROW_HEIGHT: f32 = 48.0;
/// Height of a row in the list of bands.
pub(crate) const BAND_ROW_HEIGHT: f32 = 24.0;
/// Room left and right of the spectrum for its scales.
pub(crate) const SCALE_WIDTH: f32 = 40.0;
