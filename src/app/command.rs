//! What anybody may ask of the program.

use super::library::LibraryCommand;
use engine::command::{
    OutputCommand, Placement, PlayerCommand, QueueCommand, SoundCommand, TransportCommand,
};
use engine::status::PlayerSnapshot;
use std::path::PathBuf;

/// A command to the program, whoever gives it: a key, the mouse, the command line, another program.
#[derive(Debug, Clone, PartialEq)]
pub enum AppCommand {
    /// Puts files, folders and playlists into the queue.
    Open(OpenRequest),
    /// For the player.
    Player(PlayerCommand),
    /// For the owner of the collection, where there is one.
    Library(LibraryCommand),
    /// Takes the last change of the queue back, where a session is kept.
    UndoQueue,
    /// Makes the change again that was taken back last.
    RedoQueue,
}

/// Files, folders and playlists for the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenRequest {
    /// What to add; folders with everything below them.
    pub inputs: Vec<PathBuf>,
    /// Where to.
    pub placement: Placement,
    /// Whether the first track found starts at once.
    pub play: bool,
}

/// The place of what is to play next.
pub fn behind_current(now: &PlayerSnapshot) -> Placement {
    let current = now
        .queue
        .iter()
        .position(|entry| Some(entry.id) == now.current);
    let next = current.and_then(|at| now.queue.get(at + 1));
    next.map_or(Placement::Append, |next| Placement::Before(next.id))
}

impl From<OpenRequest> for AppCommand {
    fn from(request: OpenRequest) -> Self {
        Self::Open(request)
    }
}

impl From<LibraryCommand> for AppCommand {
    fn from(command: LibraryCommand) -> Self {
        Self::Library(command)
    }
}

impl From<PlayerCommand> for AppCommand {
    fn from(command: PlayerCommand) -> Self {
        Self::Player(command)
    }
}

impl From<TransportCommand> for AppCommand {
    fn from(command: TransportCommand) -> Self {
        Self::Player(command.into())
    }
}

impl From<QueueCommand> for AppCommand {
    fn from(command: QueueCommand) -> Self {
        Self::Player(command.into())
    }
}

impl From<SoundCommand> for AppCommand {
    fn from(command: SoundCommand) -> Self {
        Self::Player(command.into())
    }
}

impl From<OutputCommand> for AppCommand {
    fn from(command: OutputCommand) -> Self {
        Self::Player(command.into())
    }
}
