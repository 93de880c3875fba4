//! The `settings` thread: writes the settings when the player or a face of the program has changed them,
//! whoever gave the command.

use super::{PlayerSettings, Settings};
use crossbeam::channel::{Receiver, Sender, at, bounded, never, select, unbounded};
use engine::command::PlayerCommand;
use engine::remote::{PlayerFeed, PlayerRemote};
use engine::status::OutputChoice;
use serde_json::Value;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long settings rest before they are written, so that a slider on the move is written once.
const SAVE_DELAY: Duration = Duration::from_secs(1);

/// The way to the thread. Dropping it writes what has changed and ends the thread; the player must have
/// ended before, so that its last snapshot is the one that is stored.
pub(in crate::app) struct SettingsKeeper {
    sections: Option<Sender<(&'static str, Value)>>,
    thread: Option<JoinHandle<()>>,
}

impl SettingsKeeper {
    /// Brings `player` to the settings and stores from then on what its snapshots say. A `given_output`,
    /// from the command line, is not stored: what was chosen before is kept until another is chosen.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub(in crate::app) fn start(
        settings: Settings,
        player: &PlayerRemote,
        given_output: Option<OutputChoice>,
    ) -> std::io::Result<Self> {
        if let Some(note) = settings.note() {
            player.send(PlayerCommand::Report(note.to_owned()));
        }
        for command in settings.player().commands() {
            player.send(command);
        }
        // The player carries out the commands first and answers the subscription then: the snapshot that
        // comes with the first wake has the settings in it, and no earlier one is looked at.
        let (wake, published) = bounded(1);
        let feed = player.subscribe(Arc::new(move || {
            // One waiting signal is enough.
            let _ = wake.try_send(());
        }));
        let (sections, orders) = unbounded();
        let keeper = Keeper {
            settings,
            feed,
            player: player.clone(),
            given_output,
            was_published: false,
        };
        let thread = std::thread::Builder::new()
            .name("settings".into())
            .spawn(move || keeper.run(&orders, published))?;
        Ok(Self {
            sections: Some(sections),
            thread: Some(thread),
        })
    }

    /// Has a section stored. Never waits.
    pub(in crate::app) fn set_section(&self, name: &'static str, content: Value) {
        if let Some(sections) = &self.sections {
            // The thread lives as long as this sender.
            let _ = sections.send((name, content));
        }
    }
}

impl Drop for SettingsKeeper {
    fn drop(&mut self) {
        self.sections = None;
        if let Some(thread) = self.thread.take() {
            // A panicked thread has nothing left to write.
            let _ = thread.join();
        }
    }
}

struct Keeper {
    settings: Settings,
    feed: PlayerFeed,
    player: PlayerRemote,
    given_output: Option<OutputChoice>,
    was_published: bool,
}

impl Keeper {
    fn run(mut self, orders: &Receiver<(&'static str, Value)>, mut published: Receiver<()>) {
        let mut due = None;
        loop {
            let timer = due.map_or_else(never, at);
            select! {
                recv(orders) -> order => match order {
                    Ok((name, content)) => self.settings.set_section(name, content),
                    Err(_) => {
                        self.was_published |= published.try_recv().is_ok();
                        self.read_player();
                        self.save();
                        return;
                    }
                },
                recv(published) -> signal => match signal {
                    Ok(()) => {
                        self.was_published = true;
                        self.read_player();
                    }
                    // The player has ended.
                    Err(_) => published = never(),
                },
                recv(timer) -> _ => self.save(),
            }
            due = match (self.settings.is_stale(), due) {
                (true, None) => Some(Instant::now() + SAVE_DELAY),
                (true, due) => due,
                (false, _) => None,
            };
        }
    }

    fn read_player(&mut self) {
        if !self.was_published {
            return;
        }
        let mut now = PlayerSettings::of(self.feed.snapshot());
        match &self.given_output {
            Some(given) if *given == now.output => {
                now.output.clone_from(&self.settings.player().output);
            }
            // Another was chosen; to choose the given one now is a choice like any other.
            Some(_) => self.given_output = None,
            None => {}
        }
        self.settings.set_player(now);
    }

    fn save(&mut self) {
        if let Err(error) = self.settings.save() {
            let line = format!("Settings could not be saved: {error}");
            self.player.send(PlayerCommand::Report(line));
        }
    }
}
