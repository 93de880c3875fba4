//! Keys: which binding of the table a key press asks for, given what has the keyboard focus.

mod binding;
mod chord;
mod table;

use crate::ui::action::{Action, Actions};
use crate::ui::ids;
use crate::ui::widgets::fader;
use binding::{Binding, Scope};
use eframe::egui::{Event, Key, Modifiers, Popup, Ui};
use table::LINES;

pub(crate) use binding::Line;
pub(crate) use chord::Chord;
#[cfg(test)]
pub(crate) use chord::Shift;

/// The lines of the key sheet.
pub(crate) fn sheet() -> &'static [Line] {
    LINES
}

/// The key that asks for `action`, as tooltips name it; empty where there is none.
pub(crate) fn key_of(action: &Action) -> String {
    let binding = bindings().find(|binding| binding.action == *action);
    let first = binding.and_then(|binding| binding.keys.first());
    first.map(|chord| chord.name()).unwrap_or_default()
}

/// All bindings, in the order of the sheet.
pub(crate) fn bindings() -> impl Iterator<Item = &'static Binding> {
    LINES.iter().flat_map(|line| line.bindings)
}

/// Where the keyboard focus is, as far as it decides which keys are shortcuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct KeyboardFocus {
    /// A text field: letters and arrows are text.
    in_text: bool,
    /// The queue's filter: arrows and Enter work on what it found.
    in_filter: bool,
    /// A slider: arrows move it.
    on_fader: bool,
    /// Some other control: Enter presses it.
    on_control: bool,
}

impl KeyboardFocus {
    fn is_in(self, scope: Scope) -> bool {
        match scope {
            Scope::Everywhere => true,
            Scope::OutsideText => !self.in_text,
            Scope::List => !self.in_text || self.in_filter,
        }
    }

    /// Whether the focused control has a use of its own for a key without Ctrl.
    fn needs(self, key: Key) -> bool {
        let moves_faders = matches!(
            key,
            Key::ArrowUp
                | Key::ArrowDown
                | Key::ArrowLeft
                | Key::ArrowRight
                | Key::PageUp
                | Key::PageDown
        );
        self.on_fader && moves_faders || self.on_control && key == Key::Enter
    }
}

/// Takes the shortcuts out of this frame's input, before any control can see them: Space plays
/// whatever has the focus, unless that is a text field.
pub(crate) fn take(ui: &Ui, actions: &mut Actions) {
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
        in_filter: in_text && ctx.memory(|memory| memory.has_focus(ids::queue_filter())),
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
                let Some(binding) = binding(*key, *modifiers, focus) else {
                    return true;
                };
                // A held key repeats steps; other keys are swallowed while they are held.
                if binding.repeats || !repeat {
                    actions.push(binding.action.clone());
                }
                false
            }
            Event::PointerButton {
                button,
                pressed: true,
                ..
            } => {
                let pressed = Chord::Mouse(*button);
                let binding = bindings().find(|binding| binding.keys.contains(&pressed));
                actions.extend(binding.map(|binding| binding.action.clone()));
                true
            }
            _ => true,
        });
    });
}

/// The binding a key asks for; `None` leaves the key to whatever has the focus.
fn binding(key: Key, modifiers: Modifiers, focus: KeyboardFocus) -> Option<&'static Binding> {
    let command = modifiers.command || modifiers.ctrl;
    if !command && (modifiers.alt || focus.needs(key)) {
        return None;
    }
    // In the filter there is nothing to extend: Shift changes nothing.
    let shift = modifiers.shift && (command || !focus.in_filter);
    bindings().find(|binding| {
        let mut keys = binding.keys.iter();
        focus.is_in(binding.scope) && keys.any(|chord| chord.is_pressed(key, command, shift))
    })
}

#[cfg(test)]
mod tests;
