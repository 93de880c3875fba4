//! What a control or a key asks for. Panes only ask; the shell carries out. Each room of the window has
//! its own actions.

use crate::app::AppCommand;
use crate::ui::equalizer::action::EqualizerAction;
use crate::ui::files::request::DialogRequest;
use crate::ui::overlay::action::OverlayAction;
use crate::ui::playlists::action::ListAction;
use crate::ui::presets::action::PresetAction;
use crate::ui::queue::action::QueueAction;
use crate::ui::transport::action::PlaybackAction;
use crate::ui::view::ViewAction;

/// One request of the listener.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Action {
    /// A command that is passed on as it is.
    App(AppCommand),
    /// What the player's present state decides on.
    Playback(PlaybackAction),
    /// The queue's list and its filter.
    Queue(QueueAction),
    /// The listener's lists.
    List(ListAction),
    /// The equalizer's settings and their history.
    Equalizer(EqualizerAction),
    /// The equalizer's presets.
    Preset(PresetAction),
    /// What the window shows.
    View(ViewAction),
    /// The figures of the overlay.
    Overlay(OverlayAction),
    /// A file dialog.
    Open(DialogRequest),
}

/// What was asked for during a frame, in order.
pub(crate) type Actions = Vec<Action>;

impl<C: Into<AppCommand>> From<C> for Action {
    fn from(command: C) -> Self {
        Self::App(command.into())
    }
}

impl From<PlaybackAction> for Action {
    fn from(action: PlaybackAction) -> Self {
        Self::Playback(action)
    }
}

impl From<QueueAction> for Action {
    fn from(action: QueueAction) -> Self {
        Self::Queue(action)
    }
}

impl From<ListAction> for Action {
    fn from(action: ListAction) -> Self {
        Self::List(action)
    }
}

impl From<EqualizerAction> for Action {
    fn from(action: EqualizerAction) -> Self {
        Self::Equalizer(action)
    }
}

impl From<PresetAction> for Action {
    fn from(action: PresetAction) -> Self {
        Self::Preset(action)
    }
}

impl From<ViewAction> for Action {
    fn from(action: ViewAction) -> Self {
        Self::View(action)
    }
}

impl From<OverlayAction> for Action {
    fn from(action: OverlayAction) -> Self {
        Self::Overlay(action)
    }
}

impl From<DialogRequest> for Action {
    fn from(request: DialogRequest) -> Self {
        Self::Open(request)
    }
}
