//! The one table of bindings: key input, the key sheet and tooltips read it.

use super::binding::Scope::{Everywhere, List, OutsideText};
use super::binding::{Binding, Line, Scope};
use super::chord::Chord;
use crate::app::AppCommand;
use crate::ui::action::Action;
use crate::ui::equalizer::action::EqualizerAction;
use crate::ui::files::request::DialogRequest;
use crate::ui::playlists::action::{ListAction, NewList};
use crate::ui::queue::action::{ListMove, QueueAction};
use crate::ui::settings::SideView;
use crate::ui::steps::{BIG_VOLUME_STEP, FINE_SEEK_STEP_SECONDS, SEEK_STEP_SECONDS, VOLUME_STEP};
use crate::ui::transport::action::PlaybackAction;
use crate::ui::view::ViewAction;
use Chord as C;
use eframe::egui::{Key, PointerButton};
use engine::command::{PlayerCommand, TransportCommand};

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

const fn carry(down: bool, keys: &'static [Chord]) -> Binding {
    let action = Action::Queue(QueueAction::Carry { down });
    Binding::new(action, keys, OutsideText).step()
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
        text: "Move the selected entries",
        bindings: &[
            carry(false, &[C::ctrl_shift(Key::ArrowUp)]),
            carry(true, &[C::ctrl_shift(Key::ArrowDown)]),
        ],
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
        text: "Undo or redo a change of the queue or list",
        bindings: &[
            Binding::new(
                Action::Queue(QueueAction::Undo),
                &[C::ctrl(Key::U)],
                OutsideText,
            )
            .step(),
            Binding::new(
                Action::Queue(QueueAction::Redo),
                &[C::ctrl_shift(Key::U)],
                OutsideText,
            )
            .step(),
        ],
    },
    Line {
        text: "Queue, library or lists at the left",
        bindings: &[
            Binding::new(
                view(ViewAction::ShowSide(SideView::Queue)),
                &[C::ctrl(Key::Num1)],
                Everywhere,
            ),
            Binding::new(
                view(ViewAction::ShowSide(SideView::Library)),
                &[C::ctrl(Key::Num2)],
                Everywhere,
            ),
            Binding::new(
                view(ViewAction::ShowSide(SideView::Playlists)),
                &[C::ctrl(Key::Num3)],
                Everywhere,
            ),
        ],
    },
    Line {
        text: "Albums or tracks in the library",
        bindings: &[Binding::new(
            view(ViewAction::ToggleAlbums),
            &[C::ctrl(Key::G)],
            Everywhere,
        )],
    },
    Line {
        text: "New list, another name for a list",
        bindings: &[
            Binding::new(
                Action::List(ListAction::AskNew(NewList::Tracks(None))),
                &[C::ctrl(Key::N)],
                Everywhere,
            ),
            Binding::new(
                Action::List(ListAction::AskRename(None)),
                &[C::any(Key::F2)],
                Everywhere,
            ),
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
