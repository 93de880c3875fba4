//! How far one key press or one notch of the wheel goes.

/// Seconds the arrow keys and the wheel seek by.
pub(crate) const SEEK_STEP_SECONDS: f64 = 5.0;
/// Seconds the arrow keys seek by with Shift.
pub(crate) const FINE_SEEK_STEP_SECONDS: f64 = 1.0;
/// How far one key press moves the volume slider, as a share of its length.
pub(crate) const VOLUME_STEP: f32 = 0.02;
/// How far Ctrl with an arrow moves it.
pub(crate) const BIG_VOLUME_STEP: f32 = 0.05;
