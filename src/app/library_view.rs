//! What a face of the program sees of the collection: found and read on a thread behind it, a page at a time, so
//! that nothing loads all rows and nobody waits.

use crossbeam::channel::{Receiver, Sender, unbounded};
use engine::command::{Placement, PlayerCommand};
use engine::remote::PlayerRemote;
use library::database::{DatabaseError, Reader, SortOrder};
use library::model::{AlbumRow, TrackId, TrackRow};
use library::query::Query;
use std::collections::{BTreeMap, BTreeSet, HashSet};
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
    /// The albums that any of it is on; none until they are asked for.
    pub albums: Option<Arc<Vec<Arc<AlbumRow>>>>,
    /// The album whose tracks are shown instead of what was found.
    pub album: Option<Arc<AlbumRow>>,
    /// Whether there is a folder in the collection.
    pub has_folders: bool,
    /// The system's folder for music, while no folder has been added.
    pub music_folder: Option<PathBuf>,
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
    /// The order of what is found, and whether it is turned round.
    Sort(SortOrder, bool),
    /// The last search once more: the collection has changed.
    Refresh,
    /// Whether albums are looked for too.
    WithAlbums(bool),
    /// Shows the tracks of one album, or what was found again.
    Album(Option<Arc<AlbumRow>>),
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
            order: SortOrder::Relevance,
            is_reversed: false,
            wants_albums: false,
            all_albums: None,
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

    /// Puts what is found into another order, or that turned round.
    pub fn sort(&self, order: SortOrder, is_reversed: bool) {
        self.order(Order::Sort(order, is_reversed));
    }

    /// Has albums looked for from now on, or no longer.
    pub fn with_albums(&self, wants_albums: bool) {
        self.order(Order::WithAlbums(wants_albums));
    }

    /// Shows the tracks of an album, or what was found again.
    pub fn show_album(&self, album: Option<Arc<AlbumRow>>) {
        self.order(Order::Album(album));
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
    order: SortOrder,
    is_reversed: bool,
    wants_albums: bool,
    /// All albums, until the collection changes.
    all_albums: Option<Vec<Arc<AlbumRow>>>,
    shown: Arc<Mutex<Arc<LibraryShown>>>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Worker {
    fn run(mut self, orders: &Receiver<Order>) {
        while let Ok(first) = orders.recv() {
            let (mut search, mut pages, mut queued) = (None, BTreeSet::new(), Vec::new());
            for order in std::iter::once(first).chain(orders.try_iter()) {
                match order {
                    Order::Search(text) => {
                        self.now.album = None;
                        search = Some(text);
                    }
                    Order::Sort(order, is_reversed) => {
                        (self.order, self.is_reversed) = (order, is_reversed);
                        search = search.or_else(|| Some(self.now.text.clone()));
                    }
                    Order::WithAlbums(wants_albums) => {
                        self.wants_albums = wants_albums;
                        search = search.or_else(|| Some(self.now.text.clone()));
                    }
                    Order::Album(album) => {
                        self.now.album = album;
                        search = search.or_else(|| Some(self.now.text.clone()));
                    }
                    Order::Refresh => {
                        self.all_albums = None;
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
            self.now.music_folder = music_folder();
            return Ok(None);
        };
        let mut fault = self.now.fault.take();
        if let Some(text) = search {
            fault = None;
            self.now.has_folders = !reader.folders()?.is_empty();
            self.now.music_folder = match self.now.has_folders {
                true => None,
                false => music_folder(),
            };
            match Query::parse(&text) {
                Ok(query) => {
                    let mut found = reader.search(&query, self.order, usize::MAX, now())?;
                    if self.is_reversed {
                        found.tracks.reverse();
                    }
                    if self.wants_albums {
                        let all = match self.all_albums.take() {
                            Some(all) => all,
                            None => reader.albums()?.into_iter().map(Arc::new).collect(),
                        };
                        self.now.albums = Some(Arc::new(albums_of(&all, &found.tracks, &text)));
                        self.all_albums = Some(all);
                    }
                    let album = self.now.album.as_ref();
                    let of_album = album.map(|album| album.tracks.clone());
                    self.now.tracks = Arc::new(of_album.unwrap_or(found.tracks));
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

/// Where the system says that music is; else the folder of that name at home. Asks the disk.
fn music_folder() -> Option<PathBuf> {
    let user = directories::UserDirs::new()?;
    let named = user.audio_dir().map(Path::to_owned);
    let folder = named.unwrap_or_else(|| user.home_dir().join("Music"));
    folder.is_dir().then_some(folder)
}

/// Those of `all` albums that a found track is on, in their order; all of them where nothing was looked for.
fn albums_of(all: &[Arc<AlbumRow>], found: &[TrackId], text: &str) -> Vec<Arc<AlbumRow>> {
    if text.trim().is_empty() {
        return all.to_vec();
    }
    let found: HashSet<TrackId> = found.iter().copied().collect();
    let has_any = |album: &&Arc<AlbumRow>| album.tracks.iter().any(|track| found.contains(track));
    all.iter().filter(has_any).cloned().collect()
}

/// Seconds since 1970.
fn now() -> i64 {
    let passed = SystemTime::now().duration_since(UNIX_EPOCH);
    passed.map_or(0, |passed| i64::try_from(passed.as_secs()).unwrap_or(0))
}
