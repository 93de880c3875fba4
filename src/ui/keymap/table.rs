//! The one table of bindings: key input, the key sheet and tooltips read it.

use super::chord::Chord;
use crate::app::AppCommand;
use crate::ui::action::Action;
use crate::ui::equalizer::action::EqualizerAction;
use crate::ui::files::request::DialogRequest;
use crate::ui::queue::action::{ListMove, QueueAction};
use crate::ui::steps::{BIG_VOLUME_STEP, FINE_SEEK_STEP_SECONDS, SEEK_STEP_SECONDS, VOLUME_STEP};
use crate::ui::transport::action::PlaybackAction;
use crate::ui::view::ViewAction;
use Chord as C;
use Scope::{Everywhere, List, OutsideText};
use eframe::egui::{Key, PointerButton};
use engine::command::{PlayerCommand, TransportCommand};

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
    const fn new(action: Action, keys: &'static [Chord], scope: Scope) -> Self {
        Self {
            action,
            keys,
            scope,
            listed_keys: keys.len(),
            mention: Mention::Listed,
            repeats: false,
        }
    }

    const fn step(mut self) -> Self {
        self.repeats = true;
        self
    }

    const fn apart(mut self) -> Self {
        self.mention = Mention::ListedApart;
        self
    }

    const fn or(mut self) -> Self {
        self.mention = Mention::ListedOr;
        self
    }

    const fn in_text(mut self, words: &'static str) -> Self {
        self.mention = Mention::InText(words);
        self
    }

    const fn listing(mut self, keys: usize) -> Self {
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

const fn command(command: TransportCommand) -> Action {
    Action::App(AppCommand::Player(PlayerCommand::Transport(command)))
}

const fn playback(action: PlaybackAction) -> Action {
    Action::Playback(action)
}

const fn view(action: ViewAction) -> Action {
    Action::View(action)
}

const fn step_to(by: ListMove, keys: &'static [Chord], scope: Scope) -> Binding {
    Binding::new(Action::Queue(QueueAction::Move(by)), keys, scope).step()
}

const fn extend_to(by: ListMove, keys: &'static [Chord]) -> Binding {
    let action = Action::Queue(QueueAction::Extend(by));
    Binding::new(action, keys, OutsideText)
        .step()
        .in_text("Shift: extend")
}

const fn seek(seconds: f64, keys: &'static [Chord]) -> Binding {
    Binding::new(
        command(TransportCommand::SeekBy(seconds)),
        keys,
        OutsideText,
    )
    .step()
}

const fn volume(change: f32, keys: &'static [Chord], scope: Scope) -> Binding {
    Binding::new(playback(PlaybackAction::VolumeBy(change)), keys, scope).step()
}

const fn open(request: DialogRequest, keys: &'static [Chord]) -> Binding {
    Binding::new(Action::Open(request), keys, Everywhere)
}

/// All bindings, in the order of the key sheet.
pub(crate) static LINES: &[Line] = &[
    Line {
        text: "Play or pause",
        bindings: &[Binding::new(
            command(TransportCommand::TogglePause),
            &[C::any(Key::Space)],
            OutsideText,
        )],
    },
    Line {
        text: "Previous, play, pause, stop, next",
        bindings: &[
            Binding::new(
                command(TransportCommand::Previous),
                &[C::key(Key::Z)],
                OutsideText,
            ),
            Binding::new(
                command(TransportCommand::Play),
                &[C::key(Key::X)],
                OutsideText,
            ),
            Binding::new(
                playback(PlaybackAction::Pause),
                &[C::key(Key::C)],
                OutsideText,
            ),
            Binding::new(
                command(TransportCommand::Stop),
                &[C::key(Key::V)],
                OutsideText,
            ),
            Binding::new(
                command(TransportCommand::Next),
                &[C::key(Key::B)],
                OutsideText,
            ),
        ],
    },
    Line {
        text: "Back or forward 5 s (Shift: 1 s)",
        bindings: &[
            seek(-SEEK_STEP_SECONDS, &[C::key(Key::ArrowLeft)]),
            seek(SEEK_STEP_SECONDS, &[C::key(Key::ArrowRight)]),
            seek(-FINE_SEEK_STEP_SECONDS, &[C::shift(Key::ArrowLeft)]).in_text("Shift: 1 s"),
            seek(FINE_SEEK_STEP_SECONDS, &[C::shift(Key::ArrowRight)]).in_text("Shift: 1 s"),
        ],
    },
    Line {
        text: "Volume",
        bindings: &[
            volume(-VOLUME_STEP, &[C::key(Key::Num9)], OutsideText),
            volume(VOLUME_STEP, &[C::key(Key::Num0)], OutsideText),
            volume(BIG_VOLUME_STEP, &[C::ctrl(Key::ArrowUp)], Everywhere).apart(),
            volume(-BIG_VOLUME_STEP, &[C::ctrl(Key::ArrowDown)], Everywhere),
        ],
    },
    Line {
        text: "Mute",
        bindings: &[Binding::new(
            playback(PlaybackAction::ToggleMute),
            &[C::key(Key::M)],
            OutsideText,
        )],
    },
    Line {
        text: "Move in the queue (Shift: extend)",
        bindings: &[
            step_to(ListMove::By(-1), &[C::key(Key::ArrowUp)], List),
            step_to(ListMove::By(1), &[C::key(Key::ArrowDown)], List),
            step_to(ListMove::Page(-1), &[C::key(Key::PageUp)], OutsideText),
            step_to(ListMove::Page(1), &[C::key(Key::PageDown)], OutsideText),
            step_to(ListMove::First, &[C::key(Key::Home)], OutsideText),
            step_to(ListMove::Last, &[C::key(Key::End)], OutsideText),
            extend_to(ListMove::By(-1), &[C::shift(Key::ArrowUp)]),
            extend_to(ListMove::By(1), &[C::shift(Key::ArrowDown)]),
            extend_to(ListMove::Page(-1), &[C::shift(Key::PageUp)]),
            extend_to(ListMove::Page(1), &[C::shift(Key::PageDown)]),
            extend_to(ListMove::First, &[C::shift(Key::Home)]),
            extend_to(ListMove::Last, &[C::shift(Key::End)]),
        ],
    },
    Line {
        text: "Play the selected entry",
        bindings: &[Binding::new(
            Action::Queue(QueueAction::PlaySelected),
            &[C::any(Key::Enter)],
            List,
        )],
    },
    Line {
        text: "Remove the selected entries",
        bindings: &[Binding::new(
            Action::Queue(QueueAction::RemoveSelected),
            &[C::any(Key::Delete)],
            OutsideText,
        )],
    },
    Line {
        text: "Select all",
        bindings: &[Binding::new(
            Action::Queue(QueueAction::SelectAll),
            &[C::ctrl(Key::A)],
            OutsideText,
        )],
    },
    Line {
        text: "Find in the queue (Esc: back)",
        bindings: &[
            Binding::new(
                Action::Queue(QueueAction::FocusFilter),
                &[C::ctrl(Key::F)],
                Everywhere,
            ),
            Binding::new(view(ViewAction::Escape), &[C::key(Key::Escape)], List)
                .in_text("Esc: back"),
        ],
    },
    Line {
        text: "Jump to what plays",
        bindings: &[Binding::new(
            Action::Queue(QueueAction::JumpToPlaying),
            &[C::ctrl(Key::J)],
            Everywhere,
        )],
    },
    Line {
        text: "Open files (Ctrl+Shift+O: add)",
        bindings: &[
            open(DialogRequest::Files, &[C::ctrl(Key::O)]),
            open(DialogRequest::AddFiles, &[C::ctrl_shift(Key::O)]).in_text("Ctrl+Shift+O: add"),
        ],
    },
    Line {
        text: "Open a folder (Ctrl+Shift+D: add)",
        bindings: &[
            open(DialogRequest::Folder, &[C::ctrl(Key::D)]),
            open(DialogRequest::AddFolder, &[C::ctrl_shift(Key::D)]).in_text("Ctrl+Shift+D: add"),
        ],
    },
    Line {
        text: "Repeat, shuffle, stop after this track",
        bindings: &[
            Binding::new(
                playback(PlaybackAction::CycleRepeat),
                &[C::ctrl(Key::R)],
                Everywhere,
            ),
            Binding::new(
                playback(PlaybackAction::ToggleShuffle),
                &[C::ctrl(Key::S)],
                Everywhere,
            ),
            Binding::new(
                playback(PlaybackAction::ToggleStopAfterCurrent),
                &[C::ctrl(Key::M)],
                Everywhere,
            ),
        ],
    },
    Line {
        text: "Show, or bypass, the equalizer",
        bindings: &[
            Binding::new(
                view(ViewAction::ToggleEqualizer),
                &[C::ctrl(Key::E)],
                Everywhere,
            ),
            Binding::new(
                Action::Equalizer(EqualizerAction::ToggleBypass),
                &[C::ctrl(Key::B)],
                Everywhere,
            ),
        ],
    },
    Line {
        text: "Undo or redo the equalizer",
        bindings: &[
            Binding::new(
                Action::Equalizer(EqualizerAction::Undo),
                &[C::ctrl(Key::Z)],
                OutsideText,
            )
            .step(),
            Binding::new(
                Action::Equalizer(EqualizerAction::Redo),
                &[C::ctrl_shift(Key::Z), C::ctrl(Key::Y)],
                OutsideText,
            )
            .step()
            .listing(1),
        ],
    },
    Line {
        text: "Show the queue",
        bindings: &[Binding::new(
            view(ViewAction::ToggleQueue),
            &[C::ctrl(Key::L)],
            Everywhere,
        )],
    },
    Line {
        text: "Levels and loudness",
        bindings: &[Binding::new(
            view(ViewAction::ToggleLevels),
            &[C::key(Key::L)],
            OutsideText,
        )],
    },
    Line {
        text: "Performance overlay",
        bindings: &[
            Binding::new(
                view(ViewAction::ToggleOverlay),
                &[C::any(Key::F12)],
                Everywhere,
            ),
            Binding::new(
                view(ViewAction::ToggleOverlay),
                &[C::key(Key::I)],
                OutsideText,
            )
            .or(),
        ],
    },
    Line {
        text: "Previous, next",
        bindings: &[
            Binding::new(
                command(TransportCommand::Previous),
                &[C::Mouse(PointerButton::Extra1)],
                Everywhere,
            ),
            Binding::new(
                command(TransportCommand::Next),
                &[C::Mouse(PointerButton::Extra2)],
                Everywhere,
            ),
        ],
    },
    Line {
        text: "This list",
        bindings: &[
            Binding::new(view(ViewAction::ToggleHelp), &[C::any(Key::F1)], Everywhere),
            Binding::new(
                view(ViewAction::ToggleHelp),
                &[C::any(Key::Questionmark), C::shift(Key::Slash)],
                OutsideText,
            )
            .or()
            .listing(1),
        ],
    },
    Line {
        text: "Quit",
        bindings: &[Binding::new(
            view(ViewAction::Quit),
            &[C::ctrl(Key::Q)],
            Everywhere,
        )],
    },
];
