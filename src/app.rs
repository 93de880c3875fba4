//! The composition root: the player, what looks for its tracks, and what is remembered, behind one way in.

mod command;
mod intake;
mod library;
mod library_view;
mod play_counter;
mod remote;
mod session;
mod settings;
mod tag_reader;

pub use self::library::LibraryCommand;
pub use command::{AppCommand, OpenRequest, behind_current};
pub use library_view::{LibraryShown, LibraryView};
pub use remote::{AppRemote, Frontend};
pub use settings::{PlayerSettings, Settings};

use self::library::LibraryOwner;
use engine::player::{PlayerHandle, PlayerOptions};
use engine::publisher::Wake;
use engine::status::OutputChoice;
use intake::Intake;
use serde_json::Value;
use session::SessionKeeper;
use settings::SettingsKeeper;
use std::path::Path;
use std::sync::Arc;

/// The program without a face: a window, the command line or the desktop commands it.
pub struct App {
    /// In front of the player, whose last position it stores.
    session: Option<SessionKeeper>,
    library: Option<LibraryOwner>,
    library_view: Option<LibraryView>,
    wake: Wake,
    player: PlayerHandle,
    remote: AppRemote,
    /// Behind the player, which has to end first.
    settings: Option<SettingsKeeper>,
}

impl App {
    /// Starts the player and the threads beside it; nothing is remembered. `options.tag_requests` is set
    /// here.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start(options: PlayerOptions) -> std::io::Result<Self> {
        let (requests, receiver) = tag_reader::channel();
        let wake = Arc::clone(&options.wake);
        let player = PlayerHandle::start(PlayerOptions {
            tag_requests: Some(requests),
            ..options
        })?;
        tag_reader::start(receiver, player.remote().clone())?;
        let intake = Intake::start(player.remote().clone())?;
        let remote = AppRemote::new(player.remote().clone(), intake);
        Ok(Self {
            session: None,
            library: None,
            library_view: None,
            wake,
            player,
            remote,
            settings: None,
        })
    }

    /// Goes on where the program ended, paused, and remembers from then on in `data_dir` what is going on.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn keep_session_in(&mut self, data_dir: &Path) -> std::io::Result<()> {
        let (session, is_restored) = SessionKeeper::start(data_dir, self.player.remote())?;
        self.session = Some(session);
        if is_restored {
            self.remote.set_restored();
        }
        Ok(())
    }

    /// Keeps the collection in `data_dir` up to date, and counts what is heard.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn keep_collection_in(&mut self, data_dir: &Path) -> std::io::Result<()> {
        let remote = self.player.remote();
        let view = LibraryView::start(data_dir, remote, Arc::clone(&self.wake))?;
        self.library = Some(LibraryOwner::start(data_dir, remote, view.refresher())?);
        self.library_view = Some(view);
        Ok(())
    }

    /// Starts a player that goes on with `settings`: volume, equalizer and output of `options` are set
    /// here. What is changed later, by whatever command, is stored. A `given_output` counts for this time
    /// only.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start_with_settings(
        options: PlayerOptions,
        settings: Settings,
        given_output: Option<OutputChoice>,
    ) -> std::io::Result<Self> {
        let remembered = settings.player();
        let mut app = Self::start(PlayerOptions {
            output: given_output
                .clone()
                .unwrap_or_else(|| remembered.output.clone()),
            volume: remembered.volume,
            equalizer: remembered.equalizer.clone(),
            ..options
        })?;
        let keeper = SettingsKeeper::start(settings, app.player.remote(), given_output)?;
        app.settings = Some(keeper);
        Ok(app)
    }

    /// Carries out a command, or hands it on to who does. Never waits.
    pub fn send(&self, command: impl Into<AppCommand>) {
        match command.into() {
            AppCommand::Open(request) => self.remote.open(request),
            AppCommand::Player(command) => self.remote.send(command),
            AppCommand::Library(command) => {
                if let Some(library) = &self.library {
                    library.order(command);
                }
            }
            AppCommand::UndoQueue => {
                if let Some(session) = &self.session {
                    session.undo();
                }
            }
            AppCommand::RedoQueue => {
                if let Some(session) = &self.session {
                    session.redo();
                }
            }
        }
    }

    /// Has a section of the settings stored, where settings are remembered. Never waits.
    pub fn store_section(&self, name: &'static str, content: Value) {
        if let Some(settings) = &self.settings {
            settings.set_section(name, content);
        }
    }

    /// The collection as it is shown, where there is one.
    pub fn library_view(&mut self) -> Option<&mut LibraryView> {
        self.library_view.as_mut()
    }

    /// Of a scan that runs, the files seen, those read, and those that have to be.
    pub fn scan_progress(&self) -> Option<[u64; 3]> {
        self.library.as_ref()?.progress()
    }

    /// A way in for threads that do not own the program.
    pub fn remote(&self) -> &AppRemote {
        &self.remote
    }

    /// The player, for its feed and its figures.
    pub fn player(&mut self) -> &mut PlayerHandle {
        &mut self.player
    }
}

#[cfg(test)]
mod tests;
