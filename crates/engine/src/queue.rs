//! What plays, in which order: pure bookkeeping, no I/O and no threads.

use super::status::{EntryId, QueueEntry, RepeatMode};
use media::location::TrackLocation;
use media::tags::Tags;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The list of entries, the current one, and what follows it.
///
/// ```
/// use engine::queue::Queue;
/// let mut queue = Queue::new(1);
/// let ids = queue.insert(vec!["a.flac".into(), "b.flac".into()], None);
/// queue.set_current(ids[0]);
/// assert_eq!(queue.after(ids[0]), Some(ids[1]));
/// assert_eq!(queue.after(ids[1]), None);
/// ```
pub struct Queue {
    entries: Arc<Vec<Arc<QueueEntry>>>,
    current: Option<EntryId>,
    /// What follows the last entry.
    pub repeat: RepeatMode,
    shuffled: Option<Shuffle>,
    next_id: u64,
    seed: u64,
    /// Where the last update was: tags arrive in list order, a hundred thousand at a time.
    last_updated: usize,
}

/// A random order in which each entry comes once a round.
struct Shuffle {
    order: Vec<EntryId>,
    at: usize,
}

impl Queue {
    /// An empty queue; `seed` decides its random orders.
    pub fn new(seed: u64) -> Self {
        Self {
            entries: Arc::default(),
            current: None,
            repeat: RepeatMode::Off,
            shuffled: None,
            next_id: 1,
            seed: seed | 1,
            last_updated: 0,
        }
    }

    /// The entries in list order.
    pub fn entries(&self) -> &Arc<Vec<Arc<QueueEntry>>> {
        &self.entries
    }

    /// The entry that is current.
    pub fn current(&self) -> Option<EntryId> {
        self.current
    }

    /// One entry.
    pub fn entry(&self, id: EntryId) -> Option<&Arc<QueueEntry>> {
        self.index_of(id).map(|index| &self.entries[index])
    }

    /// Whether the order is random.
    pub fn is_shuffled(&self) -> bool {
        self.shuffled.is_some()
    }

    /// Puts new entries in front of `before`, or at the end; gives their names.
    pub fn insert(&mut self, tracks: Vec<TrackLocation>, before: Option<EntryId>) -> Vec<EntryId> {
        let at = before
            .and_then(|id| self.index_of(id))
            .unwrap_or(self.entries.len());
        let mut ids = Vec::with_capacity(tracks.len());
        let new: Vec<Arc<QueueEntry>> = tracks
            .into_iter()
            .map(|track| {
                let id = EntryId(self.next_id);
                self.next_id += 1;
                ids.push(id);
                let part = track.part.as_ref();
                let tags = part.map_or_else(Tags::default, |part| part.tags.clone());
                Arc::new(QueueEntry {
                    id,
                    location: track,
                    tags,
                    duration: None,
                    error: None,
                })
            })
            .collect();
        Arc::make_mut(&mut self.entries).splice(at..at, new);
        if let Some(shuffle) = &mut self.shuffled {
            // New entries join the part of the round that is still to come.
            for &id in &ids {
                let from = (shuffle.at + 1).min(shuffle.order.len());
                let place = from + random(&mut self.seed, shuffle.order.len() - from + 1);
                shuffle.order.insert(place, id);
            }
        }
        ids
    }

    /// Takes entries out. When the current one is among them, the one that then stands in its place
    /// becomes current; true says so.
    pub fn remove(&mut self, ids: &[EntryId]) -> bool {
        let gone: HashSet<EntryId> = ids.iter().copied().collect();
        let loses_current = self.current.is_some_and(|id| gone.contains(&id));
        if loses_current {
            let index = self.current.and_then(|id| self.index_of(id)).unwrap_or(0);
            let survivor = |entry: &&Arc<QueueEntry>| !gone.contains(&entry.id);
            let after = self.entries[index..].iter().find(survivor);
            self.current = after.map(|entry| entry.id);
        }
        Arc::make_mut(&mut self.entries).retain(|entry| !gone.contains(&entry.id));
        if let Some(shuffle) = &mut self.shuffled {
            let heard = &shuffle.order[..shuffle.at.min(shuffle.order.len())];
            shuffle.at -= heard.iter().filter(|id| gone.contains(id)).count();
            shuffle.order.retain(|id| !gone.contains(id));
        }
        loses_current
    }

    /// Moves entries, keeping their order, in front of `before`, or to the end.
    pub fn move_entries(&mut self, ids: &[EntryId], before: Option<EntryId>) {
        let moving: HashSet<EntryId> = ids.iter().copied().collect();
        // In front of one that moves itself means in front of the next that stays.
        let before = before.and_then(|id| self.index_of(id)).and_then(|index| {
            self.entries[index..]
                .iter()
                .find(|e| !moving.contains(&e.id))
                .map(|e| e.id)
        });
        let list = Arc::make_mut(&mut self.entries);
        let (moved, mut rest): (Vec<_>, Vec<_>) =
            list.drain(..).partition(|entry| moving.contains(&entry.id));
        let at = before
            .and_then(|id| rest.iter().position(|e| e.id == id))
            .unwrap_or(rest.len());
        rest.splice(at..at, moved);
        *list = rest;
    }

    /// Sorts the entries in the order of `ids`; those it does not name come behind, in their order.
    pub fn put_in_order(&mut self, ids: &[EntryId]) {
        let places: HashMap<EntryId, usize> = ids.iter().copied().zip(0..).collect();
        let place = |entry: &Arc<QueueEntry>| places.get(&entry.id).copied().unwrap_or(usize::MAX);
        Arc::make_mut(&mut self.entries).sort_by_key(place);
    }

    /// Empties the list.
    pub fn clear(&mut self) {
        self.entries = Arc::default();
        self.current = None;
        if let Some(shuffle) = &mut self.shuffled {
            *shuffle = Shuffle {
                order: Vec::new(),
                at: 0,
            };
        }
    }

    /// Makes an entry current; false when it is not in the list.
    pub fn set_current(&mut self, id: EntryId) -> bool {
        let is_there = self.index_of(id).is_some();
        if is_there {
            self.current = Some(id);
            if let Some(shuffle) = &mut self.shuffled
                && let Some(place) = shuffle.order.iter().position(|&other| other == id)
            {
                // Chosen out of turn: it trades places, so that nothing is skipped or heard twice.
                if place > shuffle.at {
                    let turn = (shuffle.at + 1).min(place);
                    shuffle.order.swap(place, turn);
                    shuffle.at = turn;
                } else {
                    shuffle.at = place;
                }
            }
        }
        is_there
    }

    /// Begins a new random order, with the current entry first, or goes back to list order.
    pub fn set_shuffle(&mut self, on: bool) {
        self.shuffled = on.then(|| {
            let mut order: Vec<EntryId> = self.entries.iter().map(|entry| entry.id).collect();
            for last in (1..order.len()).rev() {
                order.swap(last, random(&mut self.seed, last + 1));
            }
            if let Some(first) = order.iter().position(|&id| Some(id) == self.current) {
                order.swap(0, first);
            }
            Shuffle { order, at: 0 }
        });
    }

    /// What plays when entry `id` ends by itself. Entries that could not be played are passed over.
    pub fn after(&self, id: EntryId) -> Option<EntryId> {
        match self.repeat {
            RepeatMode::One => self.entry(id).filter(|e| e.error.is_none()).map(|e| e.id),
            _ => self.following(Some(id)),
        }
    }

    /// What plays when the listener asks for the next after `id`, or for the first: repeat-one does
    /// not hold it. Entries that could not be played are passed over.
    pub fn following(&self, id: Option<EntryId>) -> Option<EntryId> {
        let count = self.entries.len();
        let turns = if self.repeat == RepeatMode::Off { 1 } else { 2 };
        if let Some(shuffle) = &self.shuffled {
            let place = |id| shuffle.order.iter().position(|&other| other == id);
            let from = id.and_then(place).map_or(0, |place| place + 1);
            let round = (from..count * turns)
                .take(count)
                .map(|turn| shuffle.order[turn % count]);
            let mut playable =
                round.filter(|&id| self.entry(id).is_some_and(|e| e.error.is_none()));
            return playable.next();
        }
        let from = id
            .and_then(|id| self.index_of(id))
            .map_or(0, |index| index + 1);
        let mut round = (from..count * turns)
            .take(count)
            .map(|turn| &self.entries[turn % count]);
        round
            .find(|entry| entry.error.is_none())
            .map(|entry| entry.id)
    }

    /// The entry before the current one.
    pub fn preceding(&self) -> Option<EntryId> {
        let wraps = self.repeat != RepeatMode::Off;
        if let Some(shuffle) = &self.shuffled {
            let before = shuffle
                .at
                .checked_sub(1)
                .and_then(|at| shuffle.order.get(at));
            return before.or(shuffle.order.last().filter(|_| wraps)).copied();
        }
        let index = self.current.and_then(|id| self.index_of(id))?;
        let before = index
            .checked_sub(1)
            .and_then(|before| self.entries.get(before));
        before
            .or(self.entries.last().filter(|_| wraps))
            .map(|entry| entry.id)
    }

    /// Changes one entry in place.
    pub fn update(&mut self, id: EntryId, change: impl FnOnce(&mut QueueEntry)) {
        let nearby = self.last_updated..(self.last_updated + 2).min(self.entries.len());
        let nearby = nearby
            .into_iter()
            .find(|&index| self.entries[index].id == id);
        if let Some(index) = nearby.or_else(|| self.index_of(id)) {
            self.last_updated = index;
            change(Arc::make_mut(&mut Arc::make_mut(&mut self.entries)[index]));
        }
    }

    fn index_of(&self, id: EntryId) -> Option<usize> {
        self.entries.iter().position(|entry| entry.id == id)
    }
}

/// A number below `below` from a xorshift generator.
fn random(seed: &mut u64, below: usize) -> usize {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    (*seed % below.max(1) as u64) as usize
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
