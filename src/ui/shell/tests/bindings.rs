//! Every key of the table, pressed in the window.

use super::*;
use crate::ui::keymap::{self, Chord, Shift};
use eframe::egui::{Event, Modifiers, PointerButton};

impl Window {
    fn press_chord(&mut self, chord: Chord) {
        match chord {
            Chord::Key {
                key,
                command,
                shift,
            } => {
                let modifiers = Modifiers {
                    shift: shift == Shift::Held,
                    ..if command {
                        Modifiers::COMMAND
                    } else {
                        Modifiers::NONE
                    }
                };
                self.press_with(modifiers, key);
            }
            Chord::Mouse(button) => self.click_mouse(button),
        }
    }

    fn click_mouse(&mut self, button: PointerButton) {
        for pressed in [true, false] {
            self.harness.event(Event::PointerButton {
                pos: egui::pos2(560.0, 300.0),
                button,
                pressed,
                modifiers: Modifiers::NONE,
            });
            self.frames(1);
        }
    }

    // As if the listener had clicked into the empty part of the window.
    fn forget_focus(&mut self) {
        self.harness.ctx.memory_mut(|memory| {
            if let Some(id) = memory.focused() {
                memory.surrender_focus(id);
            }
        });
        self.frames(2);
    }

    fn carried_out(&mut self) -> Actions {
        let app = self.harness.state_mut().as_mut().unwrap();
        std::mem::take(&mut app.panes.carried_out)
    }
}

#[test]
fn every_key_of_the_table_does_its_action_in_the_window() {
    let mut window = Window::open(ScriptedPlayer::playing(5));
    window.harness.state_mut().as_mut().unwrap().dialogs.block();
    for binding in keymap::bindings() {
        for chord in binding.keys {
            window.forget_focus();
            window.carried_out();
            window.press_chord(*chord);
            let done = window.carried_out();
            assert_eq!(done.first(), Some(&binding.action), "{}", chord.name());
        }
    }
}

#[test]
fn the_key_sheet_and_the_tooltips_say_what_the_table_says() {
    let mut window = Window::open_sized(ScriptedPlayer::playing(3), 1120.0, 1000.0);
    window.press(Key::F1);
    for line in keymap::sheet() {
        for words in [line.text, &line.keys()] {
            let mut shown = window.harness.query_all_by_label(words);
            assert!(shown.next().is_some(), "{words:?} is not on the sheet");
        }
    }
    window.press(Key::F1);
    for (button, tooltip) in [
        ("Shuffle", "Shuffle (Ctrl+S)"),
        ("Pause", "Pause (Space)"),
        ("Repeat", "Repeat: off (Ctrl+R)"),
        ("Help", "Keys (F1)"),
        ("Performance overlay", "Performance overlay (F12)"),
        ("Mute", "Mute (M)"),
        ("Find", "Find in the queue (Ctrl+F)"),
    ] {
        let node = window.harness.get_by_role_and_label(Role::Button, button);
        node.hover();
        window.frames(60);
        let shown = window.harness.query_by_label(tooltip);
        assert!(shown.is_some(), "no tooltip {tooltip}");
    }
}
