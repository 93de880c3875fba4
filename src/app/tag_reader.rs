//! The `tags` thread: reads the tags of what is in the queue, what plays before the rest.

use crossbeam::channel::{Receiver, Sender, unbounded};
use engine::command::{EntryTags, QueueCommand, TagRequest};
use engine::remote::PlayerRemote;
use engine::status::EntryId;
use media::containment::contained;
use media::location::TrackLocation;
use media::open::Opener;
use std::collections::VecDeque;

/// Entries whose tags are reported together.
const BATCH: usize = 64;

/// The way to the thread, which the player is started with.
pub(super) fn channel() -> (Sender<TagRequest>, Receiver<TagRequest>) {
    unbounded()
}

/// Starts the thread. It ends with the player, which holds the sender.
///
/// # Errors
/// When the system refuses a thread.
pub(super) fn start(requests: Receiver<TagRequest>, player: PlayerRemote) -> std::io::Result<()> {
    let reader = TagReader {
        requests,
        player,
        untagged: VecDeque::new(),
    };
    std::thread::Builder::new()
        .name("tags".into())
        .spawn(move || reader.run())?;
    Ok(())
}

struct TagReader {
    requests: Receiver<TagRequest>,
    player: PlayerRemote,
    /// One list for each request, the oldest first.
    untagged: VecDeque<VecDeque<(EntryId, TrackLocation)>>,
}

impl TagReader {
    fn run(mut self) {
        loop {
            if self.untagged.is_empty() {
                match self.requests.recv() {
                    Ok(request) => self.accept(request),
                    Err(_) => return,
                }
            }
            self.accept_waiting();
            self.read_batch();
        }
    }

    fn accept_waiting(&mut self) {
        while let Ok(request) = self.requests.try_recv() {
            self.accept(request);
        }
    }

    fn accept(&mut self, request: TagRequest) {
        match request {
            TagRequest::Entries(entries) => self.untagged.push_back(entries.into()),
            TagRequest::Playing(play, location) => {
                let tags = contained("tags", move || {
                    Box::new(Opener::default().tags(&location, true))
                });
                // Tags that cannot be read are no tags.
                let tags = tags.unwrap_or_default();
                self.player
                    .send(QueueCommand::DescribePlaying { play, tags });
            }
        }
    }

    fn read_batch(&mut self) {
        let Some(list) = self.untagged.front_mut() else {
            return;
        };
        let batch: Vec<_> = list.drain(..list.len().min(BATCH)).collect();
        let is_last = list.is_empty();
        if is_last {
            self.untagged.pop_front();
        }
        let mut described = Vec::with_capacity(batch.len());
        for (entry, location) in batch {
            self.accept_waiting();
            let read = move || {
                let opener = Opener::default();
                (
                    opener.tags(&location, false).tags,
                    opener.duration(&location),
                )
            };
            let (tags, duration) = contained("tags", read).unwrap_or_default();
            described.push(EntryTags {
                entry,
                tags,
                duration,
            });
        }
        self.player.send(QueueCommand::Describe(described));
        if is_last {
            self.player.send(QueueCommand::Described);
        }
    }
}
