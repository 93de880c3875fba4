//! The collection's owner in a running program: opens it behind everything else, keeps it up to date, counts
//! what is heard.

use super::play_counter::PlayCounter;
use super::shared_database::SharedDatabase;
use crossbeam::channel::{Receiver, Sender, after, at, bounded, never, select, unbounded};
use engine::command::PlayerCommand;
use engine::remote::{PlayerFeed, PlayerRemote};
use engine::status::Transport;
use library::database::{Database, DatabaseError};
use library::scan::{FolderWatch, ScanControl, scan};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long folders must be quiet before they are looked at: a copy takes its time.
const QUIET: Duration = Duration::from_secs(2);
/// Longer than this a change does not wait, however much else changes.
const MAX_WAIT: Duration = Duration::from_secs(20);
/// Between two looks at what plays.
const LISTENING_STEP: Duration = Duration::from_millis(500);
/// After this the collection is opened: the window and the first sound come before it.
const START_DELAY: Duration = Duration::from_millis(700);

/// What the collection's owner may be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LibraryCommand {
    /// Adds a folder, and scans it.
    AddFolder(PathBuf),
    /// Takes a folder out.
    RemoveFolder(PathBuf),
    /// Looks for what has changed.
    Scan,
    /// Ends a scan that runs.
    StopScan,
}

/// The way to the owner's thread. Dropping it stops a scan and ends the thread.
pub(super) struct LibraryOwner {
    orders: Option<Sender<LibraryCommand>>,
    scanning: Arc<ScanControlSlot>,
    thread: Option<JoinHandle<()>>,
}

/// The scan that runs, to be stopped from elsewhere.
#[derive(Default)]
struct ScanControlSlot(std::sync::Mutex<Option<Arc<ScanControl>>>);

impl ScanControlSlot {
    fn set(&self, control: Option<Arc<ScanControl>>) {
        *self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = control;
    }

    fn stop(&self) {
        let slot = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(control) = slot.as_ref() {
            control.stop();
        }
    }
}

impl LibraryOwner {
    /// Starts the thread, on the collection `shared`, which is made when a folder is added.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub(super) fn start(
        shared: Arc<SharedDatabase>,
        player: &PlayerRemote,
        has_changed: impl Fn() + Send + 'static,
    ) -> std::io::Result<Self> {
        let (orders, receiver) = unbounded();
        let scanning = Arc::new(ScanControlSlot::default());
        let (wake, published) = bounded(1);
        let owner = Owner {
            shared,
            database: None,
            watch: None,
            feed: player.subscribe(Arc::new(move || {
                // One waiting signal is enough.
                let _ = wake.try_send(());
            })),
            player: player.clone(),
            counter: PlayCounter::default(),
            scanning: Arc::clone(&scanning),
            has_changed: Box::new(has_changed),
        };
        let thread = std::thread::Builder::new()
            .name("collection".into())
            .spawn(move || owner.run(&receiver, published))?;
        Ok(Self {
            orders: Some(orders),
            scanning,
            thread: Some(thread),
        })
    }

    /// Has something done. Never waits.
    pub(super) fn order(&self, command: LibraryCommand) {
        if command == LibraryCommand::StopScan {
            self.scanning.stop();
        }
        if let Some(orders) = &self.orders {
            // The thread lives as long as this sender.
            let _ = orders.send(command);
        }
    }
}

impl LibraryOwner {
    /// Of a scan that runs, the files seen, those read, and those that have to be.
    pub(super) fn progress(&self) -> Option<[u64; 3]> {
        let slot = self
            .scanning
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let control = slot.as_ref()?;
        let (read, all) = control.read();
        Some([control.found(), read, all])
    }
}

impl Drop for LibraryOwner {
    fn drop(&mut self) {
        self.orders = None;
        self.scanning.stop();
        if let Some(thread) = self.thread.take() {
            // A panicked thread has nothing left to write.
            let _ = thread.join();
        }
    }
}

struct Owner {
    shared: Arc<SharedDatabase>,
    database: Option<Arc<Database>>,
    watch: Option<FolderWatch>,
    feed: PlayerFeed,
    player: PlayerRemote,
    counter: PlayCounter,
    scanning: Arc<ScanControlSlot>,
    /// Called when a scan has ended.
    has_changed: Box<dyn Fn() + Send>,
}

impl Owner {
    fn run(mut self, orders: &Receiver<LibraryCommand>, mut published: Receiver<()>) {
        let (changed, changes) = unbounded::<()>();
        let (done, scans) = bounded::<Result<(), DatabaseError>>(1);
        let start = after(START_DELAY);
        let mut due: Option<(Instant, Instant)> = None;
        let (mut is_scanning, mut wants_scan) = (false, false);
        let mut listened = Instant::now();
        loop {
            let timer = due.map_or_else(never, |(quiet, latest)| at(quiet.min(latest)));
            // Nothing is heard without playing, and nothing wakes this thread then.
            let is_playing = self.feed.snapshot().transport == Transport::Playing;
            let step = if is_playing {
                after(LISTENING_STEP)
            } else {
                never()
            };
            select! {
                recv(orders) -> order => match order {
                    Ok(order) => wants_scan |= self.carry_out(order, &changed),
                    Err(_) => break,
                },
                recv(start) -> _ => {
                    // Without a collection nothing is made.
                    let is_there = self.shared.is_there();
                    wants_scan |= is_there && self.open(&changed);
                },
                recv(changes) -> _ => {
                    while changes.try_recv().is_ok() {}
                    let now = Instant::now();
                    let latest = due.map_or(now + MAX_WAIT, |(_, latest)| latest);
                    due = Some((now + QUIET, latest));
                },
                recv(timer) -> _ => {
                    due = None;
                    wants_scan = true;
                },
                recv(scans) -> result => {
                    is_scanning = false;
                    self.scanning.set(None);
                    (self.has_changed)();
                    if let Ok(Err(error)) = result {
                        self.player.send(PlayerCommand::Report(error.to_string()));
                    }
                },
                recv(published) -> signal => if signal.is_err() {
                    published = never();
                },
                recv(step) -> _ => {}
            }
            if wants_scan && !is_scanning {
                wants_scan = false;
                is_scanning = self.begin_scan(&done);
            }
            let passed = if is_playing {
                listened.elapsed()
            } else {
                Duration::ZERO
            };
            listened = Instant::now();
            self.listen(passed);
        }
        if is_scanning {
            // It stops soon; the database must not be closed under it.
            let _ = scans.recv_timeout(MAX_WAIT);
        }
    }

    /// Whether there is something to scan then.
    fn carry_out(&mut self, order: LibraryCommand, changed: &Sender<()>) -> bool {
        match order {
            LibraryCommand::Scan => self.open(changed),
            LibraryCommand::StopScan => false,
            LibraryCommand::AddFolder(folder) => {
                self.open(changed) && {
                    let added = self
                        .database
                        .as_ref()
                        .map(|database| database.add_folder(&folder));
                    self.say(added);
                    self.watch_folder(&folder);
                    true
                }
            }
            LibraryCommand::RemoveFolder(folder) => {
                if self.open(changed) {
                    let removed = self
                        .database
                        .as_ref()
                        .map(|database| database.remove_folder(&folder));
                    self.say(removed);
                    (self.has_changed)();
                }
                false
            }
        }
    }

    fn say<T>(&self, done: Option<Result<T, DatabaseError>>) {
        if let Some(Err(error)) = done {
            self.player.send(PlayerCommand::Report(error.to_string()));
        }
    }

    /// Opens the collection and watches its folders; says whether it is open.
    fn open(&mut self, changed: &Sender<()>) -> bool {
        if self.database.is_some() {
            return true;
        }
        let database = match self.shared.open() {
            Ok(database) => database,
            Err(error) => {
                self.player.send(PlayerCommand::Report(error.to_string()));
                return false;
            }
        };
        let changed = changed.clone();
        // A system that cannot watch is looked at at each start.
        self.watch = FolderWatch::new(move |_| {
            // The owner ends before its watch.
            let _ = changed.send(());
        })
        .ok();
        let folders = database.reader().and_then(|reader| reader.folders());
        self.database = Some(database);
        for folder in folders.unwrap_or_default() {
            self.watch_folder(&folder.path);
        }
        true
    }

    fn watch_folder(&mut self, folder: &Path) {
        if let Some(watch) = &mut self.watch {
            // One that cannot be watched is looked at at each start.
            let _ = watch.add(folder);
        }
    }

    fn begin_scan(&mut self, done: &Sender<Result<(), DatabaseError>>) -> bool {
        let Some(database) = self.database.clone() else {
            return false;
        };
        let control = Arc::new(ScanControl::default());
        self.scanning.set(Some(Arc::clone(&control)));
        let done = done.clone();
        let started = std::thread::Builder::new()
            .name("collection-scan".into())
            .spawn(move || {
                let result = scan(&database, &[], &control, now()).map(drop);
                drop(database);
                let _ = done.send(result);
            });
        started.is_ok()
    }

    fn listen(&mut self, passed: Duration) {
        let snapshot = Arc::clone(self.feed.snapshot());
        let playing = snapshot
            .now_playing
            .as_ref()
            .filter(|_| snapshot.transport == Transport::Playing);
        let entry = playing.and_then(|playing| {
            snapshot
                .queue
                .iter()
                .find(|entry| entry.id == playing.entry)
        });
        let (Some(playing), Some(entry)) = (playing, entry) else {
            return;
        };
        let location = entry.location.clone();
        let heard = Some((playing.track, &location, playing.duration));
        for (track, heard) in self.counter.pass(heard, passed) {
            let start = track.part.as_ref().map(|part| part.start);
            let counted = self
                .database
                .as_ref()
                .map(|database| database.count(track.path(), start, heard, now()));
            self.say(counted);
        }
    }
}

/// Seconds since 1970.
fn now() -> i64 {
    let passed = SystemTime::now().duration_since(UNIX_EPOCH);
    passed.map_or(0, |passed| i64::try_from(passed.as_secs()).unwrap_or(0))
}
