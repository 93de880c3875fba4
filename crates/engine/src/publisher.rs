//! One player, any number of listeners: each feed gets every snapshot and every event.

use super::status::{PlayerEvent, PlayerSnapshot};
use crossbeam::channel::{Receiver, Sender, unbounded};
use rt::snapshot::{SnapshotReader, SnapshotWriter, snapshot};
use std::sync::{Arc, Weak};

/// Called on the control thread when something a feed shows has changed; must not wait.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// The control thread's end of one feed.
pub(crate) struct FeedSender {
    snapshots: SnapshotWriter<Arc<PlayerSnapshot>>,
    events: Sender<PlayerEvent>,
    wake: Wake,
    receiver: Weak<()>,
}

/// The listener's end of one feed.
pub(crate) struct FeedReceiver {
    pub(crate) snapshots: SnapshotReader<Arc<PlayerSnapshot>>,
    pub(crate) events: Receiver<PlayerEvent>,
    /// The sender sees that it is gone.
    _alive: Arc<()>,
}

/// Both ends of a feed that shows `initial` until something newer is published. Allocates.
pub(crate) fn feed(initial: &Arc<PlayerSnapshot>, wake: Wake) -> (FeedSender, FeedReceiver) {
    let (writer, reader) = snapshot(initial);
    let (sender, receiver) = unbounded();
    let alive = Arc::new(());
    let sending = FeedSender {
        snapshots: writer,
        events: sender,
        wake,
        receiver: Arc::downgrade(&alive),
    };
    let receiving = FeedReceiver {
        snapshots: reader,
        events: receiver,
        _alive: alive,
    };
    (sending, receiving)
}

/// All feeds, on the control thread.
pub(crate) struct Publisher {
    feeds: Vec<FeedSender>,
    newest: Arc<PlayerSnapshot>,
}

impl Publisher {
    /// Without feeds; `initial` is what the first ones show until something is published.
    pub(crate) fn new(initial: Arc<PlayerSnapshot>) -> Self {
        Self {
            feeds: Vec::new(),
            newest: initial,
        }
    }

    /// Adds a feed, which gets the newest snapshot at once and the events from now on.
    pub(crate) fn add(&mut self, mut feed: FeedSender) {
        feed.snapshots.publish(Arc::clone(&self.newest));
        (feed.wake)();
        self.feeds.push(feed);
    }

    /// Gives a snapshot to every feed and wakes it; a feed that was dropped is forgotten. Allocates once, however many feeds there are.
    pub(crate) fn publish(&mut self, snapshot: PlayerSnapshot) {
        self.newest = Arc::new(snapshot);
        self.feeds.retain(|feed| feed.receiver.strong_count() > 0);
        for feed in &mut self.feeds {
            feed.snapshots.publish(Arc::clone(&self.newest));
            (feed.wake)();
        }
    }

    /// Gives an event to every feed.
    pub(crate) fn emit(&mut self, event: &PlayerEvent) {
        for feed in &self.feeds {
            // A feed that was dropped misses nothing; the next snapshot forgets it.
            let _ = feed.events.send(event.clone());
        }
    }
}
