//! What a control or a key asks for. Parts of the window only ask; [`crate::ui::shell`] carries out.

use crate::app::AppCommand;
use crate::ui::overlay::Choice;
use dsp::equalizer::EqualizerSettings;
use engine::pipeline::SourceSettings;
use engine::status::SoundSettings;
use std::path::PathBuf;

/// What a file dialog is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DialogRequest {
    /// Files that replace the queue and play.
    Files,
    /// Files that go behind the queue.
    AddFiles,
    /// A folder that replaces the queue and plays.
    Folder,
    /// A folder that goes behind the queue.
    AddFolder,
    /// Preset files to read.
    ImportPresets,
    /// The file to write the equalizer's settings to; holds the name to offer.
    ExportPreset(String),
}

/// One wish about presets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PresetWish {
    /// Looks what own presets there are.
    List,
    LoadBuiltIn(&'static str),
    LoadOwn(String),
    AskName,
    AskNewName(String),
    AskDelete(String),
    Save(String),
    Rename {
        from: String,
        to: String,
    },
    Delete(String),
    /// Reads a preset file, keeps it among the own ones and sets the equalizer to it.
    Import(PathBuf),
}

/// A movement in the queue's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListMove {
    /// Rows down; negative is up.
    By(isize),
    /// Pages down; negative is up.
    Page(isize),
    /// The first row.
    First,
    /// The last row.
    Last,
}

/// One wish of the listener.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Action {
    /// An order for the player as it is.
    App(AppCommand),
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
    /// New equalizer settings.
    SetEqualizer(EqualizerSettings),
    ToggleBypass,
    ToggleAutoPreamp,
    /// Bands as a list, or as sliders.
    ToggleBands,
    UndoEqualizer,
    RedoEqualizer,
    Preset(PresetWish),
    SetSound(SoundSettings),
    SetSource(SourceSettings),
    /// Whether the output is opened at each track's own rate.
    SetFollowsRate(bool),
    Open(DialogRequest),
    /// Moves the list's cursor; the flag extends the selection.
    Move(ListMove, bool),
    SelectAll,
    PlaySelected,
    RemoveSelected,
    FocusFilter,
    LeaveFilter,
    JumpToPlaying,
    ToggleQueue,
    ToggleEqualizer,
    ToggleLevels,
    ToggleOverlay,
    /// Between few and all of the overlay's figures.
    ToggleOverlaySize,
    /// What the overlay looks at, and how far back.
    ChooseFigures(Choice),
    /// The last hour's figures to the clipboard.
    CopyHistory,
    ToggleTheme,
    ToggleRemaining,
    ToggleHelp,
    /// Closes help, else the filter.
    Escape,
    CopyText(String),
    Quit,
}

/// What was asked for during a frame, in order.
pub(crate) type Actions = Vec<Action>;
