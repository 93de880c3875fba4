//! Keys with their modifiers, and buttons of the mouse, as bindings name them.

use eframe::egui::{Key, PointerButton};

/// What Shift has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shift {
    Released,
    Held,
    Either,
}

/// What is pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chord {
    Key {
        key: Key,
        /// Ctrl, or Command on a Mac.
        command: bool,
        shift: Shift,
    },
    Mouse(PointerButton),
}

impl Chord {
    /// A key alone.
    pub(crate) const fn key(key: Key) -> Self {
        Self::plain(key, Shift::Released)
    }

    /// A key, whatever Shift is.
    pub(crate) const fn any(key: Key) -> Self {
        Self::plain(key, Shift::Either)
    }

    /// A key with Shift.
    pub(crate) const fn shift(key: Key) -> Self {
        Self::plain(key, Shift::Held)
    }

    /// A key with Ctrl.
    pub(crate) const fn ctrl(key: Key) -> Self {
        Self::command(key, Shift::Released)
    }

    /// A key with Ctrl and Shift.
    pub(crate) const fn ctrl_shift(key: Key) -> Self {
        Self::command(key, Shift::Held)
    }

    const fn plain(key: Key, shift: Shift) -> Self {
        Self::Key {
            key,
            command: false,
            shift,
        }
    }

    const fn command(key: Key, shift: Shift) -> Self {
        Self::Key {
            key,
            command: true,
            shift,
        }
    }

    /// Whether it is what was pressed.
    pub(crate) fn is_pressed(self, pressed: Key, with_command: bool, with_shift: bool) -> bool {
        match self {
            Self::Mouse(_) => false,
            Self::Key {
                key,
                command,
                shift,
            } => {
                let fits = match shift {
                    Shift::Released => !with_shift,
                    Shift::Held => with_shift,
                    Shift::Either => true,
                };
                key == pressed && command == with_command && fits
            }
        }
    }

    /// Its name in tooltips and on the key sheet: "Ctrl+Shift+O".
    pub(crate) fn name(self) -> String {
        match self {
            Self::Mouse(PointerButton::Extra1) => "Mouse back".to_owned(),
            Self::Mouse(PointerButton::Extra2) => "forward".to_owned(),
            Self::Mouse(button) => format!("Mouse {button:?}"),
            Self::Key {
                key,
                command,
                shift,
            } => {
                let ctrl = if command { "Ctrl+" } else { "" };
                let shift = if shift == Shift::Held { "Shift+" } else { "" };
                let key = match key {
                    Key::PageUp => "PgUp",
                    Key::PageDown => "PgDn",
                    Key::Escape => "Esc",
                    Key::Questionmark => "?",
                    other => other.name(),
                };
                format!("{ctrl}{shift}{key}")
            }
        }
    }
}
