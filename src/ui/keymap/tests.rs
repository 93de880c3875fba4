//! The table of bindings, and which of them counts where.

use super::binding::Mention;
use super::*;
use crate::ui::queue::action::QueueAction;
use crate::ui::transport::action::PlaybackAction;
use engine::command::TransportCommand;

fn press(key: Key, modifiers: Modifiers, focus: KeyboardFocus) -> Option<Action> {
    binding(key, modifiers, focus).map(|binding| binding.action.clone())
}

#[test]
fn no_two_bindings_share_a_key() {
    // Whatever the scope: every scope is active outside of text fields.
    let mut seen = Vec::new();
    for key in Key::ALL {
        for (command, shift) in [(false, false), (false, true), (true, false), (true, true)] {
            let asked = bindings().filter(|binding| {
                let mut keys = binding.keys.iter();
                keys.any(|chord| chord.is_pressed(*key, command, shift))
            });
            let asked: Vec<_> = asked.map(|binding| &binding.action).collect();
            assert!(asked.len() <= 1, "{key:?}: {asked:?}");
        }
    }
    for chord in bindings().flat_map(|binding| binding.keys) {
        if let Chord::Mouse(button) = chord {
            assert!(!seen.contains(button), "{button:?}");
            seen.push(*button);
        }
    }
}

#[test]
fn the_sheet_lists_every_binding() {
    for line in sheet() {
        let listed = line.keys();
        for binding in line.bindings {
            assert!(!binding.keys.is_empty(), "{binding:?}");
            match binding.mention {
                Mention::InText(words) => assert!(line.text.contains(words), "{binding:?}"),
                Mention::Listed | Mention::ListedApart | Mention::ListedOr => {
                    assert!(binding.listed_keys >= 1, "{binding:?}");
                    for chord in &binding.keys[..binding.listed_keys] {
                        assert!(listed.contains(&chord.name()), "{chord:?} in {listed:?}");
                    }
                }
            }
        }
    }
    let lines: Vec<String> = sheet().iter().map(Line::keys).collect();
    assert_eq!(
        lines,
        [
            "Space",
            "Z  X  C  V  B",
            "Left  Right",
            "9  0,  Ctrl+Up  Ctrl+Down",
            "M",
            "Up  Down  PgUp  PgDn  Home  End",
            "Enter",
            "Delete",
            "Ctrl+Shift+Up  Ctrl+Shift+Down",
            "Ctrl+A",
            "Ctrl+F",
            "Ctrl+J",
            "Ctrl+O",
            "Ctrl+D",
            "Ctrl+R  Ctrl+S  Ctrl+M",
            "Ctrl+E  Ctrl+B",
            "Ctrl+Z  Ctrl+Shift+Z",
            "Ctrl+U  Ctrl+Shift+U",
            "Ctrl+1  Ctrl+2  Ctrl+3",
            "Ctrl+G",
            "Ctrl+N  F2",
            "Ctrl+L",
            "L",
            "F12  or  I",
            "Mouse back  forward",
            "F1  or  ?",
            "Ctrl+Q",
        ]
    );
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
    let repeats = |key| binding(key, Modifiers::NONE, free).map(|binding| binding.repeats);
    assert_eq!(repeats(Key::Space), Some(false));
    assert_eq!(repeats(Key::ArrowRight), Some(true));
    let step = press(Key::ArrowRight, Modifiers::NONE, free);
    assert_eq!(step, Some(TransportCommand::SeekBy(5.0).into()));
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
        Some(PlaybackAction::VolumeBy(0.05).into())
    );
    let button = KeyboardFocus {
        on_control: true,
        ..KeyboardFocus::default()
    };
    assert_eq!(press(Key::Enter, Modifiers::NONE, button), None);
    let free = KeyboardFocus::default();
    assert_eq!(
        press(Key::Enter, Modifiers::NONE, free),
        Some(QueueAction::PlaySelected.into())
    );
}
