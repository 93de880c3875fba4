//! Ways to a running player for whoever does not own it.

use super::command::{InsertionId, Placement, PlayerCommand, QueueCommand};
use super::output::audio_path::AudioPath;
use super::publisher::{FeedReceiver, FeedSender, Wake, feed};
use super::status::{PlayerEvent, PlayerSnapshot, Transport};
use crossbeam::channel::{Receiver, Sender, select};
use media::location::TrackLocation;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What reaches the control thread.
pub(crate) enum ControlMessage {
    /// Something to do.
    Command(PlayerCommand),
    /// Somebody listens from now on.
    Subscribe(FeedSender),
    /// The player's owner has gone.
    End,
}

/// Commands a player, from any thread; a copy costs little. It does not keep the player alive: what is
/// sent after its end is lost.
#[derive(Clone)]
pub struct PlayerRemote {
    messages: Sender<ControlMessage>,
    path: Arc<AudioPath>,
    initial: Arc<PlayerSnapshot>,
    last_insertion: Arc<AtomicU64>,
}

impl PlayerRemote {
    pub(crate) fn new(
        messages: Sender<ControlMessage>,
        path: Arc<AudioPath>,
        initial: Arc<PlayerSnapshot>,
    ) -> Self {
        Self {
            messages,
            path,
            initial,
            last_insertion: Arc::default(),
        }
    }

    /// Sends a command; never waits.
    pub fn send(&self, command: impl Into<PlayerCommand>) {
        self.message(ControlMessage::Command(command.into()));
    }

    /// Begins to put tracks into the queue, which may be found bit by bit.
    pub fn insert(&self, placement: Placement, play: bool) -> Insertion {
        let id = InsertionId(self.last_insertion.fetch_add(1, Ordering::Relaxed) + 1);
        self.send(QueueCommand::BeginInsertion {
            id,
            placement,
            play,
        });
        Insertion {
            sink: TrackSink {
                remote: self.clone(),
                id,
            },
        }
    }

    /// Snapshots and events for one more listener; `wake` is called after each snapshot. The control
    /// thread answers with the newest snapshot in a moment; until then the feed shows the one the
    /// player was started with.
    pub fn subscribe(&self, wake: Wake) -> PlayerFeed {
        let (sender, receiver) = feed(&self.initial, wake);
        self.message(ControlMessage::Subscribe(sender));
        PlayerFeed::new(receiver, Arc::clone(&self.path))
    }

    pub(crate) fn message(&self, message: ControlMessage) {
        // A player that has ended has nothing to do any more.
        let _ = self.messages.send(message);
    }
}

/// Tracks on their way into the queue. Dropping it says that no more come.
pub struct Insertion {
    sink: TrackSink,
}

/// Where the tracks of an [`Insertion`] go; what comes after its end is lost.
#[derive(Clone)]
pub struct TrackSink {
    remote: PlayerRemote,
    id: InsertionId,
}

impl TrackSink {
    /// Puts further tracks behind the ones before. Never waits.
    pub fn add(&self, tracks: Vec<TrackLocation>) {
        let id = self.id;
        self.remote.send(QueueCommand::Insert { id, tracks });
    }
}

impl Insertion {
    /// Puts further tracks behind the ones before. Never waits.
    pub fn add(&self, tracks: Vec<TrackLocation>) {
        self.sink.add(tracks);
    }

    /// For a thread that may never come back.
    pub fn sink(&self) -> TrackSink {
        self.sink.clone()
    }
}

impl Drop for Insertion {
    fn drop(&mut self) {
        let end = QueueCommand::EndInsertion(self.sink.id);
        self.sink.remote.send(end);
    }
}

/// What somebody has waited for.
#[derive(Debug, Clone, PartialEq)]
pub enum Waited<T> {
    /// An event of the player.
    Event(PlayerEvent),
    /// Something else.
    Other(T),
    /// Nothing more comes from one of the two.
    Ended,
}

/// What one listener sees of a player. Reading never waits; each listener has a feed of its own, so that
/// none takes another's events.
pub struct PlayerFeed {
    receiver: FeedReceiver,
    path: Arc<AudioPath>,
}

impl PlayerFeed {
    pub(crate) fn new(receiver: FeedReceiver, path: Arc<AudioPath>) -> Self {
        Self { receiver, path }
    }

    /// The newest snapshot.
    pub fn snapshot(&mut self) -> &Arc<PlayerSnapshot> {
        self.receiver.snapshots.latest()
    }

    /// Events since the last call, oldest first.
    pub fn events(&self) -> impl Iterator<Item = PlayerEvent> + '_ {
        self.receiver.events.try_iter()
    }

    /// Waits for the next event, at most `timeout`.
    pub fn wait_event(&self, timeout: Duration) -> Option<PlayerEvent> {
        self.receiver.events.recv_timeout(timeout).ok()
    }

    /// Waits for the next event, or for something on `other`; without a limit, and without looking again
    /// and again.
    pub fn wait_event_or<T>(&self, other: &Receiver<T>) -> Waited<T> {
        select! {
            recv(other) -> it => it.map_or(Waited::Ended, Waited::Other),
            recv(self.receiver.events) -> event => event.map_or(Waited::Ended, Waited::Event),
        }
    }

    /// The audible position in the loaded track, moving smoothly between callbacks; the target of a
    /// jump while it is under way.
    pub fn position(&mut self) -> Duration {
        let snapshot = self.receiver.snapshots.latest();
        let reading = self.path.clock.read();
        if let Some((generation, target)) = snapshot.pending_seek
            && reading.generation != generation
        {
            return target;
        }
        let track = snapshot.now_playing.as_ref().map(|track| track.track);
        let rate_hz = snapshot.output.sample_rate_hz;
        if snapshot.transport == Transport::Stopped || track != Some(reading.track) || rate_hz == 0
        {
            return Duration::ZERO;
        }
        let buffer_frames = u64::from(snapshot.output.buffer_frames);
        let frame = reading.audible_frame(self.path.clock.now_ns(), rate_hz, buffer_frames);
        Duration::from_secs_f64(frame as f64 / f64::from(rate_hz))
    }
}
