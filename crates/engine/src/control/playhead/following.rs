//! What follows the track that is being decoded.

use super::{Effect, Offer, Playhead};
use crate::status::EntryId;
use rt::ids::PlayId;

impl Playhead {
    /// Offers the decode thread what follows the track it is at, if that is not what it knows.
    pub(crate) fn reconsider_next(&mut self) {
        let (Some(decoding), Some(heard)) = (self.line.decoding(), self.heard) else {
            return;
        };
        if !self.is_line_right(heard) {
            return match self.queue.current().and_then(|id| self.queue.entry(id)) {
                // Nothing came of it: to begin it again would lead here again.
                Some(entry) if entry.error.is_some() => self.end_track(),
                _ => self.reload_at(self.position()),
            };
        }
        let Some(entry) = self.entry_of(decoding) else {
            return;
        };
        let wanted = self.follower_of(entry, decoding == heard);
        let offer = Offer {
            after: decoding,
            entry: wanted,
        };
        if self.offer == Some(offer) {
            return;
        }
        self.offer = Some(offer);
        let request = wanted.and_then(|entry| self.request(entry));
        self.effect(Effect::Follow {
            after: decoding,
            request,
        });
    }

    /// Whether each track that is queued already still follows the one before it, in the queue as it is now.
    fn is_line_right(&self, heard: PlayId) -> bool {
        let behind = self.line.plays().filter(|&play| play > heard);
        let mut before = self.entry_of(heard);
        let mut is_heard = true;
        for play in behind.map(|play| self.plays.by_id.get(&play)) {
            let Some(play) = play else {
                return false;
            };
            // The queue passes over it from now on.
            if play.is_void {
                continue;
            }
            let wanted = before.and_then(|id| self.follower_of(id, is_heard));
            if wanted != Some(play.request.entry) {
                return false;
            }
            (before, is_heard) = (wanted, false);
        }
        true
    }

    /// Lets "next" and "previous" begin from memory.
    pub(super) fn prepare_neighbours(&mut self, entry: EntryId) {
        let neighbours = [self.queue.following(Some(entry)), self.queue.preceding()];
        for id in neighbours.into_iter().flatten().filter(|id| *id != entry) {
            if let Some(entry) = self.queue.entry(id) {
                let location = entry.location.clone();
                self.effect(Effect::Prepare(location));
            }
        }
    }

    fn follower_of(&self, entry: EntryId, is_heard: bool) -> Option<EntryId> {
        if is_heard && self.stop_after_current {
            return None;
        }
        self.queue.after(entry)
    }
}
