//! The listener's lists: what may be asked of them, and what a face of the program sees of them. A thread reads
//! and writes them, so that nobody waits.

mod keeper;
mod shown;

pub use shown::{ListRow, ListsShown, OpenList};

use super::shared_database::SharedDatabase;
use crossbeam::channel::{Sender, unbounded};
use engine::command::Placement;
use engine::remote::PlayerRemote;
use keeper::{Keeper, Order};
use library::database::{ListKind, SortOrder};
use library::model::{ListId, TrackId};
use library::playlists::{ListChange, ListEntry};
use shown::PAGE_ROWS;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// What is put into a list.
#[derive(Debug, Clone, PartialEq)]
pub enum ListAddition {
    /// Entries as they are.
    Entries(Vec<ListEntry>),
    /// Tracks of the collection.
    Tracks(Vec<TrackId>),
    /// Files, folders and playlists, with everything in them.
    Files(Vec<PathBuf>),
}

/// What may be asked of the listener's lists.
#[derive(Debug, Clone, PartialEq)]
pub enum ListCommand {
    /// Makes a list and shows it.
    Create {
        /// The folder of lists it is made in.
        parent: Option<ListId>,
        /// Its name.
        name: String,
        /// What it is.
        kind: ListKind,
        /// What it begins with, where it is a list of tracks.
        with: Option<ListAddition>,
    },
    /// Gives a list another name.
    Rename(ListId, String),
    /// Gives a smart list another query, order and limit.
    SetSmart {
        /// The list.
        list: ListId,
        /// The query.
        query: String,
        /// The order of what it finds.
        order: SortOrder,
        /// No more than this many.
        most: Option<u32>,
    },
    /// Takes a list away, with what is in it.
    Delete(ListId),
    /// Puts a list into a folder of lists, or at the top.
    MoveInto(ListId, Option<ListId>),
    /// Puts something behind the entries of a list.
    Add(ListId, ListAddition),
    /// Changes the list that is shown; places are those shown.
    Change(ListId, ListChange),
    /// Takes the last change of a list back.
    Undo(ListId),
    /// Makes the change again that was taken back last.
    Redo(ListId),
    /// Makes a list of each playlist file.
    Import(Vec<PathBuf>),
    /// Writes a list to a file, in the format of its extension.
    Export(ListId, PathBuf),
    /// Puts entries of a list into the queue.
    Queue {
        /// The list.
        list: ListId,
        /// Which entries; all where there are none.
        places: Vec<usize>,
        /// Where to.
        placement: Placement,
        /// Whether the first one starts at once.
        play: bool,
    },
}

/// The way to the thread. Dropping it has what was ordered carried out, and ends the thread. No other call
/// waits.
pub struct ListsView {
    orders: Sender<Order>,
    shown: Arc<Mutex<Arc<ListsShown>>>,
    thread: Option<JoinHandle<()>>,
    has_looked: bool,
    asked: BTreeSet<usize>,
    asked_of: u64,
}

impl ListsView {
    /// Starts the thread; `wake` is called when there is something new to see.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub(super) fn start(
        database: Arc<SharedDatabase>,
        player: &PlayerRemote,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> std::io::Result<Self> {
        let (orders, receiver) = unbounded();
        let shown = Arc::new(Mutex::new(Arc::new(ListsShown::default())));
        let keeper = Keeper::new(database, player.clone(), Arc::clone(&shown), wake);
        let thread = std::thread::Builder::new()
            .name("lists".into())
            .spawn(move || keeper.run(&receiver))?;
        Ok(Self {
            orders,
            shown,
            thread: Some(thread),
            has_looked: false,
            asked: BTreeSet::new(),
            asked_of: 0,
        })
    }

    /// What there is to see now.
    pub fn shown(&mut self) -> Arc<ListsShown> {
        if !std::mem::replace(&mut self.has_looked, true) {
            self.order(Order::Refresh);
        }
        Arc::clone(&self.shown.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Shows the entries of a list, or of none.
    pub fn open(&self, list: Option<ListId>) {
        self.order(Order::Open(list));
    }

    /// Has the row at `at` of the open list read, unless that was asked for.
    pub fn want(&mut self, open: &OpenList, at: usize) {
        if self.asked_of != open.number {
            self.asked.clear();
            self.asked_of = open.number;
        }
        let page = at / PAGE_ROWS;
        // A page that was let go may be asked for again.
        if self.asked.len() > shown::MAX_PAGES / 2 {
            self.asked.clear();
        }
        if self.asked.insert(page) {
            self.order(Order::Page(page));
        }
    }

    pub(super) fn command(&self, command: ListCommand) {
        self.order(Order::Command(command));
    }

    /// What has the lists read again, from any thread.
    pub(super) fn refresher(&self) -> impl Fn() + Send + 'static + use<> {
        let orders = self.orders.clone();
        move || {
            let _ = orders.send(Order::Refresh);
        }
    }

    fn order(&self, order: Order) {
        // A thread that has ended has nothing to show any more.
        let _ = self.orders.send(order);
    }
}

impl Drop for ListsView {
    fn drop(&mut self) {
        self.order(Order::End);
        if let Some(thread) = self.thread.take() {
            // A panicked thread has nothing left to write.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests;
