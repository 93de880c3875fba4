//! What the window keeps of the equalizer beside the player's settings.

use crate::ui::equalizer::history::EqualizerHistory;
use crate::ui::spectrum::response_curve::ResponseCurve;

/// History, response, and the automatic preamp's rate.
#[derive(Default)]
pub(crate) struct EqualizerEditor {
    pub(crate) history: EqualizerHistory,
    /// What the settings that are shown do to the sound.
    pub(crate) curve: ResponseCurve,
    /// The output's rate the automatic preamp was computed for.
    pub(crate) preamp_rate_hz: f64,
}
