//! What a face of the program sees of the collection: found and read on a thread behind it, a page at a time, so
//! that nothing loads all rows and nobody waits.

use crossbeam::channel::{Receiver, Sender, unbounded};
use engine::command::{Placement, PlayerCommand};
use engine::remote::PlayerRemote;
use library::database::{DatabaseError, Reader, SortOrder};
use library::model::{TrackId, TrackRow};
use library::query::Query;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Rows read at a time.
const PAGE_ROWS: usize = 100;
/// Pages kept.
const MAX_PAGES: usize = 12;
/// Tracks put into the queue at a time.
const QUEUE_BATCH: usize = 500;

/// What was found last.
#[derive(Debug, Clone, Default)]
pub struct LibraryShown {
    /// The query it is of.
    pub text: String,
    /// All that was found, in order.
    pub tracks: Arc<Vec<TrackId>>,
    pages: BTreeMap<usize, Arc<Vec<TrackRow>>>,
    /// What of the query is not understood, or why the collection cannot be read.
    pub fault: Option<String>,
    /// What was looked for instead, because nothing matched.
    pub instead: Option<String>,
    /// Whether there is a folder in the collection.
    pub has_folders: bool,
    /// It changes with each search.
    pub number: u64,
}

impl LibraryShown {
    /// A row, if its page has been read.
    pub fn row(&self, at: usize) -> Option<&TrackRow> {
        self.pages.get(&(at / PAGE_ROWS))?.get(at % PAGE_ROWS)
    }
}

/// What to do with tracks of the collection.
#[derive(Debug, Clone, PartialEq)]
struct QueueOrder {
    tracks: Vec<TrackId>,
    placement: Placement,
    play: bool,
}

enum Order {
    Search(String),
    /// The last search once more: the collection has changed.
    Refresh,
    Page(usize),
    Queue(QueueOrder),
}

/// The way to the thread, which ends with it. No call waits.
pub struct LibraryView {
    orders: Sender<Order>,
    shown: Arc<Mutex<Arc<LibraryShown>>>,
    asked: BTreeSet<usize>,
    asked_of: u64,
}

impl LibraryView {
    /// Starts the thread on the collection in `folder`; `wake` is called when there is something new.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub(super) fn start(
        folder: &Path,
        player: &PlayerRemote,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> std::io::Result<Self> {
        let (orders, receiver) = unbounded();
        let shown = Arc::new(Mutex::new(Arc::new(LibraryShown::default())));
        let worker = Worker {
            folder: folder.to_owned(),
            reader: None,
            player: player.clone(),
            now: LibraryShown::default(),
            shown: Arc::clone(&shown),
            wake,
        };
        std::thread::Builder::new()
            .name("library-view".into())
            .spawn(move || worker.run(&receiver))?;
        Ok(Self {
            orders,
            shown,
            asked: BTreeSet::new(),
            asked_of: 0,
        })
    }

    /// What was found last.
    pub fn shown(&self) -> Arc<LibraryShown> {
        Arc::clone(&self.shown.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks for `text`; of several searches that wait, the last is carried out.
    pub fn search(&self, text: &str) {
        self.order(Order::Search(text.to_owned()));
    }

    /// What has the same looked for again, from any thread.
    pub(super) fn refresher(&self) -> impl Fn() + Send + 'static + use<> {
        let orders = self.orders.clone();
        move || {
            let _ = orders.send(Order::Refresh);
        }
    }

    /// Has the row at `at` of what is `shown` read, unless that was asked for.
    pub fn want(&mut self, shown: &LibraryShown, at: usize) {
        if self.asked_of != shown.number {
            self.asked.clear();
            self.asked_of = shown.number;
        }
        let page = at / PAGE_ROWS;
        // A page that was let go may be asked for again.
        if self.asked.len() > MAX_PAGES / 2 {
            self.asked.clear();
        }
        if self.asked.insert(page) {
            self.order(Order::Page(page));
        }
    }

    /// Puts tracks into the queue.
    pub fn queue(&self, tracks: Vec<TrackId>, placement: Placement, play: bool) {
        self.order(Order::Queue(QueueOrder {
            tracks,
            placement,
            play,
        }));
    }

    fn order(&self, order: Order) {
        // The thread lives as long as this sender.
        let _ = self.orders.send(order);
    }
}

struct Worker {
    folder: PathBuf,
    reader: Option<Reader>,
    player: PlayerRemote,
    now: LibraryShown,
    shown: Arc<Mutex<Arc<LibraryShown>>>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Worker {
    fn run(mut self, orders: &Receiver<Order>) {
        while let Ok(first) = orders.recv() {
            let (mut search, mut pages, mut queued) = (None, BTreeSet::new(), Vec::new());
            for order in std::iter::once(first).chain(orders.try_iter()) {
                match order {
                    Order::Search(text) => search = Some(text),
                    Order::Refresh => {
                        search = search.or_else(|| Some(self.now.text.clone()));
                    }
                    Order::Page(page) => drop(pages.insert(page)),
                    Order::Queue(order) => queued.push(order),
                }
            }
            let done = self.carry_out(search, pages);
            self.now.fault = match done {
                Ok(fault) => fault,
                Err(error) => Some(error.to_string()),
            };
            *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(self.now.clone());
            (self.wake)();
            for order in queued {
                if let Err(error) = self.put_into_queue(&order) {
                    self.player.send(PlayerCommand::Report(error.to_string()));
                }
            }
        }
    }

    /// Gives what of the query is not understood.
    fn carry_out(
        &mut self,
        search: Option<String>,
        pages: BTreeSet<usize>,
    ) -> Result<Option<String>, DatabaseError> {
        if self.reader.is_none() {
            self.reader = Reader::open_in(&self.folder)?;
        }
        let Some(reader) = &self.reader else {
            return Ok(None);
        };
        let mut fault = self.now.fault.take();
        if let Some(text) = search {
            fault = None;
            self.now.has_folders = !reader.folders()?.is_empty();
            match Query::parse(&text) {
                Ok(query) => {
                    let found = reader.search(&query, SortOrder::Relevance, usize::MAX, now())?;
                    self.now.tracks = Arc::new(found.tracks);
                    self.now.instead = found.instead;
                    self.now.pages.clear();
                    self.now.number += 1;
                }
                // What was found before stays while a query is being typed.
                Err(error) => fault = Some(error.to_string()),
            }
            self.now.text = text;
        }
        let first = (self.now.pages.is_empty() && !self.now.tracks.is_empty()).then_some(0);
        for page in pages.into_iter().chain(first) {
            let start = page * PAGE_ROWS;
            let end = (start + PAGE_ROWS).min(self.now.tracks.len());
            if let Some(tracks) = self.now.tracks.get(start..end) {
                self.now.pages.insert(page, Arc::new(reader.rows(tracks)?));
            }
            // Those farthest from where the listener looks go.
            while self.now.pages.len() > MAX_PAGES {
                let farthest = self
                    .now
                    .pages
                    .keys()
                    .copied()
                    .max_by_key(|other| other.abs_diff(page));
                if let Some(farthest) = farthest {
                    self.now.pages.remove(&farthest);
                }
            }
        }
        Ok(fault)
    }

    fn put_into_queue(&self, order: &QueueOrder) -> Result<(), DatabaseError> {
        let Some(reader) = &self.reader else {
            return Ok(());
        };
        let insertion = self.player.insert(order.placement, order.play);
        for tracks in order.tracks.chunks(QUEUE_BATCH) {
            let rows = reader.rows(tracks)?;
            insertion.add(rows.iter().map(TrackRow::location).collect());
        }
        Ok(())
    }
}

/// Seconds since 1970.
fn now() -> i64 {
    let passed = SystemTime::now().duration_since(UNIX_EPOCH);
    passed.map_or(0, |passed| i64::try_from(passed.as_secs()).unwrap_or(0))
}
