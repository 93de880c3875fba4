//! What a binding is: an action, its keys, where it counts, and how the key sheet mentions it.

use super::chord::Chord;
use crate::ui::action::Action;

/// Where the keyboard focus may be for a binding to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Anywhere, also in a text field.
    Everywhere,
    /// Anywhere but in text fields.
    OutsideText,
    /// Anywhere but in text fields other than the queue's filter: it works on what the filter found.
    List,
}

/// How the key sheet mentions a binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mention {
    /// Its keys are listed behind those of the binding before.
    Listed,
    /// A comma sets it apart from the binding before.
    ListedApart,
    /// It does the same as the binding before, from other places.
    ListedOr,
    /// The line's text says it, in these words.
    InText(&'static str),
}

/// An action and what it is asked for with.
#[derive(Debug)]
pub(crate) struct Binding {
    pub(crate) action: Action,
    /// Any of these; the first is the one tooltips name.
    pub(crate) keys: &'static [Chord],
    pub(crate) scope: Scope,
    /// How many of the keys the sheet lists.
    pub(crate) listed_keys: usize,
    pub(crate) mention: Mention,
    /// A held key repeats it: steps, not switches.
    pub(crate) repeats: bool,
}

impl Binding {
    pub(crate) const fn new(action: Action, keys: &'static [Chord], scope: Scope) -> Self {
        Self {
            action,
            keys,
            scope,
            listed_keys: keys.len(),
            mention: Mention::Listed,
            repeats: false,
        }
    }

    pub(crate) const fn step(mut self) -> Self {
        self.repeats = true;
        self
    }

    pub(crate) const fn apart(mut self) -> Self {
        self.mention = Mention::ListedApart;
        self
    }

    pub(crate) const fn or(mut self) -> Self {
        self.mention = Mention::ListedOr;
        self
    }

    pub(crate) const fn in_text(mut self, words: &'static str) -> Self {
        self.mention = Mention::InText(words);
        self
    }

    pub(crate) const fn listing(mut self, keys: usize) -> Self {
        self.listed_keys = keys;
        self
    }
}

/// A line of the key sheet.
#[derive(Debug)]
pub(crate) struct Line {
    /// What the bindings do.
    pub(crate) text: &'static str,
    pub(crate) bindings: &'static [Binding],
}

impl Line {
    /// The keys in one line: "F12  or  I".
    pub(crate) fn keys(&self) -> String {
        let mut keys = String::new();
        for binding in self.bindings {
            let names = binding.keys.iter().take(binding.listed_keys);
            let names: Vec<String> = names.map(|chord| chord.name()).collect();
            let between = match binding.mention {
                Mention::InText(_) => continue,
                Mention::Listed | Mention::ListedApart | Mention::ListedOr if keys.is_empty() => "",
                Mention::Listed => "  ",
                Mention::ListedApart => ",  ",
                Mention::ListedOr => "  or  ",
            };
            keys.push_str(between);
            keys.push_str(&names.join("  or  "));
        }
        keys
    }
}
