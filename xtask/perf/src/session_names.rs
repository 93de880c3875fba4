//! What sessions and their figures are called.

/// Figures of sessions stand under this, then the session's name.
pub(super) const PREFIX: &str = "session/";
/// The session callback times are judged by.
pub(super) const TEN_BANDS: &str = "PipeWire, 512 frames, 10 bands";
/// It stands among the sessions under this name.
pub(super) const ARITHMETIC: &str = "nothing but arithmetic, as often and as long";
