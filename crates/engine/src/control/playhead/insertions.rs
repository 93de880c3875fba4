//! Tracks on their way into the queue, and their tags.

use super::{Effect, Playhead};
use crate::command::{InsertionId, Placement, TagRequest};
use crate::status::{PlayerEvent, Transport};
use media::location::TrackLocation;
use std::collections::HashMap;

/// The requests whose tracks are still being looked for.
#[derive(Debug, Default)]
pub(super) struct Insertions {
    requests: HashMap<InsertionId, Request>,
    /// Requests for tags that have not been answered in full.
    tag_requests: usize,
}

#[derive(Debug)]
struct Request {
    placement: Placement,
    play: bool,
    has_tracks: bool,
    /// Nothing found so far can be played: what is found next is tried at once.
    awaits_more: bool,
}

impl Insertions {
    pub(super) fn begin(&mut self, id: InsertionId, placement: Placement, play: bool) {
        let request = Request {
            placement,
            play,
            has_tracks: false,
            awaits_more: false,
        };
        self.requests.insert(id, request);
    }

    /// Whether tracks or tags are still to come.
    pub(super) fn are_under_way(&self) -> bool {
        self.tag_requests > 0 || !self.requests.is_empty()
    }

    /// Tags of tracks that came in otherwise are asked for.
    pub(super) fn begin_tag_request(&mut self) {
        self.tag_requests += 1;
    }

    /// All tags of one request have come.
    pub(super) fn end_tag_request(&mut self) {
        self.tag_requests = self.tag_requests.saturating_sub(1);
    }

    /// Whether a request that plays has more to come, which is then tried at once.
    pub(super) fn await_more(&mut self) -> bool {
        let mut requests = self.requests.values_mut();
        match requests.find(|request| request.play && request.has_tracks) {
            Some(request) => {
                request.awaits_more = true;
                true
            }
            None => false,
        }
    }
}

impl Playhead {
    pub(super) fn insert(&mut self, id: InsertionId, tracks: Vec<TrackLocation>) {
        let Some(request) = self.insertions.requests.get_mut(&id) else {
            return;
        };
        if tracks.is_empty() {
            return;
        }
        let is_first = !std::mem::replace(&mut request.has_tracks, true);
        let is_stopped = self.transport == Transport::Stopped;
        let awaited = std::mem::take(&mut request.awaits_more) && is_stopped;
        let (placement, play) = (request.placement, request.play);
        if is_first && placement == Placement::Replace {
            if !is_stopped && !play {
                self.stop();
            }
            self.clear_queue();
        }
        let before = match placement {
            Placement::Before(id) => Some(id),
            Placement::Replace | Placement::Append => None,
        };
        let ids = self.queue.insert(tracks.clone(), before);
        let first = ids.first().copied();
        let untagged = ids.into_iter().zip(tracks).collect();
        self.insertions.tag_requests += 1;
        self.effect(Effect::AskTags(TagRequest::Entries(untagged)));
        match first {
            Some(first) if (is_first || awaited) && play => self.play_entry(first),
            _ => self.reconsider_next(),
        }
    }

    pub(super) fn end_insertion(&mut self, id: InsertionId) {
        let request = self.insertions.requests.remove(&id);
        let is_without_sound = request.is_some_and(|r| r.play && (!r.has_tracks || r.awaits_more));
        if is_without_sound && self.transport == Transport::Stopped {
            self.emit(PlayerEvent::Finished);
        }
    }

    /// Nobody reads tags: none are waited for.
    pub(crate) fn on_tags_refused(&mut self) {
        self.insertions.end_tag_request();
    }
}
