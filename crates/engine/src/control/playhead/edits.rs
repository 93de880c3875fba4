//! Changes of the queue.

use super::Playhead;
use crate::command::{EntryTags, QueueCommand};
use crate::status::{EntryId, Transport};
use media::tags::FileTags;
use rt::ids::PlayId;

impl Playhead {
    /// Carries out a command.
    pub(crate) fn handle_queue(&mut self, command: QueueCommand) {
        match command {
            QueueCommand::BeginInsertion {
                id,
                placement,
                play,
            } => self.insertions.begin(id, placement, play),
            QueueCommand::Insert { id, tracks } => self.insert(id, tracks),
            QueueCommand::EndInsertion(id) => self.end_insertion(id),
            QueueCommand::Describe(entries) => self.describe(entries),
            QueueCommand::DescribePlaying { play, tags } => self.describe_playing(play, tags),
            QueueCommand::Described => self.insertions.end_tag_request(),
            QueueCommand::Remove(ids) => self.remove(&ids),
            QueueCommand::Move { entries, before } => {
                self.queue.move_entries(&entries, before);
                self.reconsider_next();
            }
            QueueCommand::Clear => {
                self.stop();
                self.clear_queue();
                self.plays.by_id.clear();
            }
            QueueCommand::Restore {
                tracks,
                current,
                position,
            } => self.restore(tracks, current, position),
            QueueCommand::Arrange(order) => self.arrange(&order),
            QueueCommand::SetRepeat(repeat) => {
                self.queue.repeat = repeat;
                self.reconsider_next();
            }
            QueueCommand::SetShuffle(on) => {
                self.queue.set_shuffle(on);
                self.reconsider_next();
            }
            QueueCommand::SetStopAfterCurrent(on) => {
                self.stop_after_current = on;
                self.reconsider_next();
            }
        }
    }

    pub(super) fn clear_queue(&mut self) {
        self.queue.clear();
        self.heard = None;
        self.line.clear();
        self.outbox.forget_warnings();
    }

    fn remove(&mut self, ids: &[EntryId]) {
        let was_playing = self.transport == Transport::Playing;
        if !self.queue.remove(ids) {
            self.reconsider_next();
            return;
        }
        match self.queue.current() {
            Some(id) if was_playing => self.play_entry(id),
            _ => {
                self.stop();
                self.heard = None;
            }
        }
    }

    fn describe(&mut self, entries: Vec<EntryTags>) {
        for EntryTags {
            entry,
            tags,
            duration,
        } in entries
        {
            self.queue.update(entry, |entry| {
                entry.tags = tags;
                entry.duration = entry.duration.or(duration);
            });
        }
    }

    fn describe_playing(&mut self, play: PlayId, tags: Box<FileTags>) {
        if let Some(play) = self.plays.by_id.get_mut(&play) {
            let title = tags.tags.clone();
            play.tags = Some(tags);
            let entry = play.request.entry;
            self.queue.update(entry, |entry| entry.tags = title);
        }
    }
}
