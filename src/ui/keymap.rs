//! The keys, in one table: what they do, and what the help window says of them.

use crate::app::AppCommand;
use crate::ui::action::{Action, DialogRequest, ListMove};
use crate::ui::queue;
use crate::ui::widgets::fader;
use eframe::egui::{Event, Key, Modifiers, PointerButton, Popup, Ui};
use engine::command::{PlayerCommand, TransportCommand};

/// Seconds the arrow keys and the wheel seek by.
pub(crate) const SEEK_STEP_SECONDS: f64 = 5.0;
/// Seconds they seek by with Shift.
const FINE_SEEK_STEP_SECONDS: f64 = 1.0;
/// How far one key press moves the volume slider, as a share of its length.
const VOLUME_STEP: f32 = 0.02;
/// The same for Ctrl with an arrow.
const BIG_VOLUME_STEP: f32 = 0.05;

/// Keys and what they do, in the order of the help window.
pub(crate) const HELP: &[(&str, &str)] = &[
    ("Space", "Play or pause"),
    ("Z  X  C  V  B", "Previous, play, pause, stop, next"),
    ("Left  Right", "Back or forward 5 s (Shift: 1 s)"),
    ("9  0,  Ctrl+Up  Ctrl+Down", "Volume"),
    ("M", "Mute"),
    (
        "Up  Down  PgUp  PgDn  Home  End",
        "Move in the queue (Shift: extend)",
    ),
    ("Enter", "Play the selected entry"),
    ("Delete", "Remove the selected entries"),
    ("Ctrl+A", "Select all"),
    ("Ctrl+F", "Find in the queue (Esc: back)"),
    ("Ctrl+J", "Jump to what plays"),
    ("Ctrl+O", "Open files (Ctrl+Shift+O: add)"),
    ("Ctrl+D", "Open a folder (Ctrl+Shift+D: add)"),
    (
        "Ctrl+R  Ctrl+S  Ctrl+M",
        "Repeat, shuffle, stop after this track",
    ),
    ("Ctrl+E  Ctrl+B", "Show, or bypass, the equalizer"),
    ("Ctrl+Z  Ctrl+Shift+Z", "Undo or redo the equalizer"),
    ("Ctrl+L", "Show the queue"),
    ("L", "Levels and loudness"),
    ("F12  or  I", "Performance overlay"),
    ("Mouse back  forward", "Previous, next"),
    ("F1  or  ?", "This list"),
    ("Ctrl+Q", "Quit"),
];

/// What has the keyboard, as far as it decides which keys are shortcuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct KeyboardFocus {
    /// A text field: letters and arrows are text.
    pub(crate) in_text: bool,
    /// The queue's filter: arrows and Enter work on what it found.
    pub(crate) in_filter: bool,
    /// A slider: arrows move it.
    pub(crate) on_fader: bool,
    /// Some other control: Enter presses it.
    pub(crate) on_control: bool,
}

/// Takes the shortcuts out of this frame's input, before any control can see them: Space plays
/// whatever has the focus, unless that is a text field.
pub(crate) fn take(ui: &Ui, actions: &mut Vec<Action>) {
    let ctx = ui.ctx();
    if let Some(id) = ui.memory(|memory| memory.focused()) {
        fader::hold_arrow_keys(ui, id);
    }
    if Popup::is_any_open(ctx) {
        return;
    }
    let on_fader = fader::is_focused(ui);
    let in_text = ctx.text_edit_focused();
    let focus = KeyboardFocus {
        in_text,
        in_filter: in_text && ctx.memory(|memory| memory.has_focus(queue::filter_id())),
        on_fader,
        on_control: ctx.egui_wants_keyboard_input() && !in_text && !on_fader,
    };
    ui.input_mut(|input| {
        input.events.retain(|event| match event {
            Event::Key {
                key,
                pressed: true,
                repeat,
                modifiers,
                ..
            } => {
                match action(*key, *modifiers, *repeat, focus) {
                    Some(Some(action)) => actions.push(action),
                    Some(None) => {}
                    None => return true,
                }
                false
            }
            Event::PointerButton {
                button,
                pressed: true,
                ..
            } => {
                match button {
                    PointerButton::Extra1 => actions.push(TransportCommand::Previous.into()),
                    PointerButton::Extra2 => actions.push(TransportCommand::Next.into()),
                    _ => {}
                }
                true
            }
            _ => true,
        });
    });
}

impl<C: Into<AppCommand>> From<C> for Action {
    fn from(command: C) -> Self {
        Self::App(command.into())
    }
}

/// What a key asks for. `None` leaves the key to whatever has the focus; `Some(None)` swallows it:
/// a held key repeats steps, not switches.
fn action(
    key: Key,
    modifiers: Modifiers,
    is_repeat: bool,
    focus: KeyboardFocus,
) -> Option<Option<Action>> {
    let command = modifiers.command || modifiers.ctrl;
    let found = if command {
        with_command(key, modifiers.shift, focus)
    } else if modifiers.alt {
        None
    } else {
        plain(key, modifiers.shift, focus)
    }?;
    let steps = matches!(
        found,
        Action::App(AppCommand::Player(PlayerCommand::Transport(
            TransportCommand::SeekBy(_)
        ))) | Action::VolumeBy(_)
            | Action::Move(..)
            | Action::UndoEqualizer
            | Action::RedoEqualizer
    );
    Some((steps || !is_repeat).then_some(found))
}

fn with_command(key: Key, shift: bool, focus: KeyboardFocus) -> Option<Action> {
    Some(match (key, shift) {
        (Key::O, false) => Action::Open(DialogRequest::Files),
        (Key::O, true) => Action::Open(DialogRequest::AddFiles),
        (Key::D, false) => Action::Open(DialogRequest::Folder),
        (Key::D, true) => Action::Open(DialogRequest::AddFolder),
        (Key::A, false) if !focus.in_text => Action::SelectAll,
        (Key::Z, false) if !focus.in_text => Action::UndoEqualizer,
        (Key::Z, true) | (Key::Y, false) if !focus.in_text => Action::RedoEqualizer,
        (Key::F, false) => Action::FocusFilter,
        (Key::J, false) => Action::JumpToPlaying,
        (Key::Q, false) => Action::Quit,
        (Key::E, false) => Action::ToggleEqualizer,
        (Key::B, false) => Action::ToggleBypass,
        (Key::L, false) => Action::ToggleQueue,
        (Key::R, false) => Action::CycleRepeat,
        (Key::S, false) => Action::ToggleShuffle,
        (Key::M, false) => Action::ToggleStopAfterCurrent,
        (Key::ArrowUp, false) => Action::VolumeBy(BIG_VOLUME_STEP),
        (Key::ArrowDown, false) => Action::VolumeBy(-BIG_VOLUME_STEP),
        _ => return None,
    })
}

fn plain(key: Key, shift: bool, focus: KeyboardFocus) -> Option<Action> {
    match key {
        Key::F1 => return Some(Action::ToggleHelp),
        Key::F12 => return Some(Action::ToggleOverlay),
        _ => {}
    }
    if focus.in_text {
        return focus.in_filter.then(|| in_filter(key)).flatten();
    }
    if focus.on_fader
        && matches!(
            key,
            Key::ArrowUp
                | Key::ArrowDown
                | Key::ArrowLeft
                | Key::ArrowRight
                | Key::PageUp
                | Key::PageDown
        )
    {
        return None;
    }
    if focus.on_control && key == Key::Enter {
        return None;
    }
    let seek = if shift {
        FINE_SEEK_STEP_SECONDS
    } else {
        SEEK_STEP_SECONDS
    };
    Some(match key {
        Key::Space => TransportCommand::TogglePause.into(),
        Key::ArrowLeft => TransportCommand::SeekBy(-seek).into(),
        Key::ArrowRight => TransportCommand::SeekBy(seek).into(),
        Key::ArrowUp => Action::Move(ListMove::By(-1), shift),
        Key::ArrowDown => Action::Move(ListMove::By(1), shift),
        Key::PageUp => Action::Move(ListMove::Page(-1), shift),
        Key::PageDown => Action::Move(ListMove::Page(1), shift),
        Key::Home => Action::Move(ListMove::First, shift),
        Key::End => Action::Move(ListMove::Last, shift),
        Key::Enter => Action::PlaySelected,
        Key::Delete => Action::RemoveSelected,
        Key::Questionmark => Action::ToggleHelp,
        Key::Slash if shift => Action::ToggleHelp,
        _ if shift => return None,
        Key::Z => TransportCommand::Previous.into(),
        Key::X => TransportCommand::Play.into(),
        Key::C => Action::Pause,
        Key::V => TransportCommand::Stop.into(),
        Key::B => TransportCommand::Next.into(),
        Key::M => Action::ToggleMute,
        Key::Num9 => Action::VolumeBy(-VOLUME_STEP),
        Key::Num0 => Action::VolumeBy(VOLUME_STEP),
        Key::I => Action::ToggleOverlay,
        Key::L => Action::ToggleLevels,
        Key::Escape => Action::Escape,
        _ => return None,
    })
}

fn in_filter(key: Key) -> Option<Action> {
    match key {
        Key::ArrowUp => Some(Action::Move(ListMove::By(-1), false)),
        Key::ArrowDown => Some(Action::Move(ListMove::By(1), false)),
        Key::Enter => Some(Action::PlaySelected),
        Key::Escape => Some(Action::Escape),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: Key, modifiers: Modifiers, focus: KeyboardFocus) -> Option<Action> {
        action(key, modifiers, false, focus).flatten()
    }

    #[test]
    fn no_letter_digit_or_space_is_a_shortcut_in_a_text_field() {
        let text = KeyboardFocus {
            in_text: true,
            in_filter: true,
            ..KeyboardFocus::default()
        };
        let keys = Key::ALL.iter().filter(|key| {
            key.symbol_or_name().chars().count() == 1
                || matches!(key, Key::Space | Key::Delete | Key::Home | Key::End)
        });
        for &key in keys.filter(|key| !matches!(key, Key::ArrowUp | Key::ArrowDown)) {
            assert_eq!(press(key, Modifiers::NONE, text), None, "{key:?}");
            assert_eq!(press(key, Modifiers::SHIFT, text), None, "Shift+{key:?}");
        }
        assert_eq!(press(Key::Space, Modifiers::NONE, text), None);
        assert!(press(Key::O, Modifiers::COMMAND, text).is_some());
        assert!(press(Key::Enter, Modifiers::NONE, text).is_some());
        let elsewhere = KeyboardFocus {
            in_filter: false,
            ..text
        };
        for key in [Key::Enter, Key::Escape, Key::ArrowUp, Key::ArrowDown] {
            assert_eq!(press(key, Modifiers::NONE, elsewhere), None, "{key:?}");
        }
        assert_eq!(press(Key::Z, Modifiers::COMMAND, text), None);
    }

    #[test]
    fn space_plays_whatever_control_has_the_focus() {
        for focus in [
            KeyboardFocus::default(),
            KeyboardFocus {
                on_control: true,
                ..KeyboardFocus::default()
            },
            KeyboardFocus {
                on_fader: true,
                ..KeyboardFocus::default()
            },
        ] {
            assert_eq!(
                press(Key::Space, Modifiers::NONE, focus),
                Some(TransportCommand::TogglePause.into())
            );
        }
    }

    #[test]
    fn a_held_key_repeats_steps_but_not_switches() {
        let free = KeyboardFocus::default();
        assert_eq!(action(Key::Space, Modifiers::NONE, true, free), Some(None));
        let held = action(Key::ArrowRight, Modifiers::NONE, true, free).flatten();
        assert_eq!(held, Some(TransportCommand::SeekBy(5.0).into()));
        let fine = press(Key::ArrowRight, Modifiers::SHIFT, free);
        assert_eq!(fine, Some(TransportCommand::SeekBy(1.0).into()));
    }

    #[test]
    fn arrows_belong_to_a_focused_slider_and_enter_to_a_focused_button() {
        let fader = KeyboardFocus {
            on_fader: true,
            ..KeyboardFocus::default()
        };
        assert_eq!(press(Key::ArrowUp, Modifiers::NONE, fader), None);
        assert_eq!(
            press(Key::ArrowUp, Modifiers::CTRL, fader),
            Some(Action::VolumeBy(0.05))
        );
        let button = KeyboardFocus {
            on_control: true,
            ..KeyboardFocus::default()
        };
        assert_eq!(press(Key::Enter, Modifiers::NONE, button), None);
        let free = KeyboardFocus::default();
        assert_eq!(
            press(Key::Enter, Modifiers::NONE, free),
            Some(Action::PlaySelected)
        );
    }
}
