//! What is asked of the equalizer.

use dsp::equalizer::EqualizerSettings;

/// A change of the equalizer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum EqualizerAction {
    /// Replaces the settings; one step of the history a gesture.
    Set(EqualizerSettings),
    ToggleBypass,
    ToggleAutoPreamp,
    Undo,
    Redo,
}
