//! The composition root: the player, and what looks for its tracks, behind one way in.

mod command;
mod intake;
mod tag_reader;

pub use command::{AppCommand, OpenRequest};

use engine::player::{PlayerHandle, PlayerOptions};
use intake::Intake;

/// The program without a face: a window, the command line or the desktop commands it.
pub struct App {
    player: PlayerHandle,
    intake: Intake,
}

impl App {
    /// Starts the player and the threads beside it. `options.tag_requests` is set here.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start(options: PlayerOptions) -> std::io::Result<Self> {
        let (requests, receiver) = tag_reader::channel();
        let player = PlayerHandle::start(PlayerOptions {
            tag_requests: Some(requests),
            ..options
        })?;
        tag_reader::start(receiver, player.remote().clone())?;
        let intake = Intake::start(player.remote().clone())?;
        Ok(Self { player, intake })
    }

    /// Carries out a command, or hands it on to who does. Never waits.
    pub fn send(&self, command: impl Into<AppCommand>) {
        match command.into() {
            AppCommand::Open(request) => {
                let remote = self.player.remote();
                let insertion = remote.insert(request.placement, request.play);
                self.intake.open(request.inputs, insertion);
            }
            AppCommand::Player(command) => self.player.remote().send(command),
        }
    }

    /// The player, for its feed and its figures.
    pub fn player(&mut self) -> &mut PlayerHandle {
        &mut self.player
    }
}

#[cfg(test)]
mod tests;
