//! The `session` thread: writes what the player's snapshots say, and takes changes of the queue back.

use super::document::{Place, StoredSession, write_place, write_queue};
use crossbeam::channel::{Receiver, Sender, at, bounded, never, select, unbounded};
use engine::command::{ArrangedTrack, PlayerCommand, QueueCommand};
use engine::remote::{PlayerFeed, PlayerRemote};
use engine::status::{EntryId, QueueEntry, Transport};
use library::playlists::{EditHistory, ListEntry};
use media::location::{Source, TrackLocation};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long a change rests before it is written: many that come together are written once.
const SAVE_DELAY: Duration = Duration::from_millis(400);
/// Between two writings of the position while something plays.
const POSITION_PERIOD: Duration = Duration::from_millis(800);

/// What the thread is asked for.
enum Order {
    Undo,
    Redo,
}

/// The way to the thread. Dropping it writes what has changed, and ends the thread; the player must still
/// be there.
pub(in crate::app) struct SessionKeeper {
    orders: Option<Sender<Order>>,
    thread: Option<JoinHandle<()>>,
}

impl SessionKeeper {
    /// Brings `player` back to the session stored in `folder`, paused, and stores from then on what it
    /// does. Also says whether there was a session.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub(in crate::app) fn start(
        folder: &Path,
        player: &PlayerRemote,
    ) -> std::io::Result<(Self, bool)> {
        let stored = StoredSession::read(folder);
        let is_restored = !stored.queue.is_empty();
        for note in &stored.notes {
            player.send(PlayerCommand::Report(note.clone()));
        }
        if is_restored {
            player.send(QueueCommand::Restore {
                tracks: stored.queue.clone(),
                current: stored.current(),
                position: stored.position(),
            });
        }
        // As with the settings: the snapshot that comes with the first wake has the session in it.
        let (wake, published) = bounded(1);
        let feed = player.subscribe(Arc::new(move || {
            let _ = wake.try_send(());
        }));
        let (orders, receiver) = unbounded();
        let keeper = Keeper {
            folder: folder.to_owned(),
            feed,
            player: player.clone(),
            queue: stored.queue,
            seen: Arc::default(),
            written: stored.place,
            history: EditHistory::default(),
            was_published: false,
            is_ill: false,
        };
        let thread = std::thread::Builder::new()
            .name("session".into())
            .spawn(move || keeper.run(&receiver, published))?;
        let keeper = Self {
            orders: Some(orders),
            thread: Some(thread),
        };
        Ok((keeper, is_restored))
    }

    /// Takes the last change of the queue back. Never waits.
    pub(in crate::app) fn undo(&self) {
        self.order(Order::Undo);
    }

    /// Makes the change again that was taken back last. Never waits.
    pub(in crate::app) fn redo(&self) {
        self.order(Order::Redo);
    }

    fn order(&self, order: Order) {
        if let Some(orders) = &self.orders {
            // The thread lives as long as this sender.
            let _ = orders.send(order);
        }
    }
}

impl Drop for SessionKeeper {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // A panicked thread has nothing left to write.
            let _ = thread.join();
        }
    }
}

struct Keeper {
    folder: PathBuf,
    feed: PlayerFeed,
    player: PlayerRemote,
    /// The queue as it was written last.
    queue: Vec<TrackLocation>,
    /// The snapshot's list that this was.
    seen: Arc<Vec<Arc<QueueEntry>>>,
    /// The place as it was written last.
    written: Place,
    history: EditHistory<TrackLocation>,
    was_published: bool,
    /// It could not be written the last time: that is said once.
    is_ill: bool,
}

impl Keeper {
    fn run(mut self, orders: &Receiver<Order>, mut published: Receiver<()>) {
        let mut due: Option<Instant> = None;
        loop {
            let timer = due.map_or_else(never, at);
            select! {
                recv(orders) -> order => match order {
                    Ok(order) => {
                        self.save();
                        self.step(&order);
                    }
                    Err(_) => {
                        self.was_published |= published.try_recv().is_ok();
                        return self.save();
                    }
                },
                recv(published) -> signal => match signal {
                    Ok(()) => {
                        self.was_published = true;
                        due = due.or_else(|| Some(Instant::now() + SAVE_DELAY));
                    }
                    // The player has ended.
                    Err(_) => published = never(),
                },
                recv(timer) -> _ => {
                    self.save();
                    let is_playing = self.feed.snapshot().transport == Transport::Playing;
                    due = is_playing.then(|| Instant::now() + POSITION_PERIOD);
                }
            }
        }
    }

    /// Writes what has changed. Blocks until the disk has it.
    fn save(&mut self) {
        if !self.was_published {
            return;
        }
        let snapshot = Arc::clone(self.feed.snapshot());
        if !Arc::ptr_eq(&snapshot.queue, &self.seen) {
            self.seen = Arc::clone(&snapshot.queue);
            let same = self.queue.iter().zip(snapshot.queue.iter());
            let is_same = self.queue.len() == snapshot.queue.len()
                && same
                    .into_iter()
                    .all(|(track, entry)| key(track) == key(&entry.location));
            if !is_same {
                let queue: Vec<_> = snapshot
                    .queue
                    .iter()
                    .map(|entry| entry.location.clone())
                    .collect();
                self.history.record(&self.queue, &queue);
                self.queue = queue;
                let done = write_queue(&self.folder, &self.queue);
                self.say(done);
            }
        }
        let current = snapshot.current;
        let index = current.and_then(|id| snapshot.queue.iter().position(|entry| entry.id == id));
        let place = Place {
            index,
            entry: index.and_then(|at| self.queue.get(at)).map(ListEntry::from),
            position_seconds: self.feed.position().as_secs_f64(),
        };
        if place != self.written {
            let done = write_place(&self.folder, &place);
            self.written = place;
            self.say(done);
        }
    }

    fn say(&mut self, done: std::io::Result<()>) {
        match done {
            Ok(()) => self.is_ill = false,
            Err(error) if !self.is_ill => {
                self.is_ill = true;
                let line = format!("The session could not be saved: {error}");
                self.player.send(PlayerCommand::Report(line));
            }
            Err(_) => {}
        }
    }

    fn step(&mut self, order: &Order) {
        let old = self.queue.clone();
        let mut wanted = self.queue.clone();
        let is_done = match order {
            Order::Undo => self.history.undo(&mut wanted),
            Order::Redo => self.history.redo(&mut wanted),
        };
        if is_done && wanted != old {
            let order = arranged(&wanted, &self.seen);
            self.queue = wanted;
            self.player.send(QueueCommand::Arrange(order));
            let done = write_queue(&self.folder, &self.queue);
            self.say(done);
        }
    }
}

/// What a track is known again by.
fn key(track: &TrackLocation) -> (&Source, Option<Duration>) {
    (&track.source, track.part.as_ref().map(|part| part.start))
}

/// `wanted` in terms of the `entries` that are there; what is there more than once is taken in order.
fn arranged(wanted: &[TrackLocation], entries: &[Arc<QueueEntry>]) -> Vec<ArrangedTrack> {
    let mut there: HashMap<(&Source, Option<Duration>), Vec<EntryId>> = HashMap::new();
    for entry in entries.iter().rev() {
        there
            .entry(key(&entry.location))
            .or_default()
            .push(entry.id);
    }
    let mut order = Vec::with_capacity(wanted.len());
    for track in wanted {
        let id = there.get_mut(&key(track)).and_then(Vec::pop);
        order.push(match id {
            Some(id) => ArrangedTrack::Kept(id),
            None => ArrangedTrack::New(track.clone()),
        });
    }
    order
}
