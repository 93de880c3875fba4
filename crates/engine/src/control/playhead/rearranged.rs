//! Whole queues: one that was remembered, or the same one in another order.

use super::{Effect, Playhead};
use crate::command::{ArrangedTrack, TagRequest};
use crate::status::EntryId;
use media::location::TrackLocation;
use std::collections::HashSet;
use std::time::Duration;

impl Playhead {
    /// Puts `tracks` in place of what is there, and waits in the current one.
    pub(super) fn restore(
        &mut self,
        tracks: Vec<TrackLocation>,
        current: Option<usize>,
        position: Duration,
    ) {
        self.stop();
        self.clear_queue();
        self.plays.by_id.clear();
        let ids = self.bring_in(tracks);
        if let Some(id) = current.and_then(|at| ids.get(at)) {
            self.queue.set_current(*id);
            self.seek(position);
        }
    }

    /// Makes `order` the queue.
    pub(super) fn arrange(&mut self, order: &[ArrangedTrack]) {
        let kept: HashSet<EntryId> = order
            .iter()
            .filter_map(|track| match track {
                ArrangedTrack::Kept(id) => Some(*id),
                ArrangedTrack::New(_) => None,
            })
            .collect();
        let entries = self.queue.entries().iter();
        let gone: Vec<EntryId> = entries
            .map(|entry| entry.id)
            .filter(|id| !kept.contains(id))
            .collect();
        if self.queue.remove(&gone) {
            self.stop();
            self.heard = None;
        }
        let new = order.iter().filter_map(|track| match track {
            ArrangedTrack::Kept(_) => None,
            ArrangedTrack::New(location) => Some(location.clone()),
        });
        let mut new = self.bring_in(new.collect()).into_iter();
        let ids: Vec<EntryId> = order
            .iter()
            .filter_map(|track| match track {
                ArrangedTrack::Kept(id) => Some(*id),
                ArrangedTrack::New(_) => new.next(),
            })
            .collect();
        self.queue.put_in_order(&ids);
        self.reconsider_next();
    }

    /// Tracks at the end of the queue, whose tags are asked for.
    fn bring_in(&mut self, tracks: Vec<TrackLocation>) -> Vec<EntryId> {
        if tracks.is_empty() {
            return Vec::new();
        }
        let ids = self.queue.insert(tracks.clone(), None);
        let untagged = ids.iter().copied().zip(tracks).collect();
        self.insertions.begin_tag_request();
        self.effect(Effect::AskTags(TagRequest::Entries(untagged)));
        ids
    }
}
