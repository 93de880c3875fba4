//! Requests that become a command depending on what the player does at the moment.

use engine::pipeline::PlaybackSettings;
use engine::status::OutputStages;

/// A request about playback and its settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum PlaybackAction {
    /// Pauses; plays on if paused; nothing when stopped.
    Pause,
    /// Moves the volume slider, in shares of its length.
    VolumeBy(f32),
    /// Puts the volume slider somewhere, 0 to 1.
    SetVolume(f32),
    ToggleMute,
    CycleRepeat,
    ToggleShuffle,
    ToggleStopAfterCurrent,
    /// Sets the stages behind the equalizer.
    SetStages(OutputStages),
    /// Sets speed, cross-fade and ReplayGain.
    SetPlayback(PlaybackSettings),
}
