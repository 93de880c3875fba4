//! The queue as the list shows it: filtered, with what it adds up to.

use engine::status::{EntryId, QueueEntry};
use std::sync::Arc;
use std::time::Duration;

/// The rows of the list. They are computed again only when queue or filter change, not every frame.
#[derive(Debug, Default)]
pub(crate) struct QueueRows {
    queue: Arc<Vec<Arc<QueueEntry>>>,
    filter: String,
    /// Places in the queue that pass the filter; `None` while there is no filter.
    passing: Option<Vec<usize>>,
    total: Duration,
}

impl QueueRows {
    /// Updates the rows to queue and filter; returns whether the queue has changed.
    pub(crate) fn update(&mut self, queue: &Arc<Vec<Arc<QueueEntry>>>, filter: &str) -> bool {
        let is_new = !Arc::ptr_eq(queue, &self.queue);
        if is_new {
            self.queue = Arc::clone(queue);
            self.total = queue.iter().filter_map(|entry| entry.duration).sum();
        }
        if is_new || filter != self.filter {
            filter.clone_into(&mut self.filter);
            let words: Vec<String> = filter.split_whitespace().map(str::to_lowercase).collect();
            self.passing = (!words.is_empty()).then(|| {
                let passes = |entry: &QueueEntry| {
                    let text = searched_text(entry);
                    words.iter().all(|word| text.contains(word))
                };
                (0..queue.len())
                    .filter(|&place| passes(&queue[place]))
                    .collect()
            });
        }
        is_new
    }

    /// Whether only part of the queue may be shown.
    pub(crate) fn is_filtered(&self) -> bool {
        self.passing.is_some()
    }

    /// Rows shown.
    pub(crate) fn len(&self) -> usize {
        self.passing.as_ref().map_or(self.queue.len(), Vec::len)
    }

    /// Entries in the queue, shown or not.
    pub(crate) fn queue_len(&self) -> usize {
        self.queue.len()
    }

    /// Length of all entries whose length is known.
    pub(crate) fn total(&self) -> Duration {
        self.total
    }

    /// The entry in a row.
    pub(crate) fn entry(&self, row: usize) -> Option<&QueueEntry> {
        match &self.passing {
            Some(passing) => self.queue.get(*passing.get(row)?),
            None => self.queue.get(row),
        }
        .map(AsRef::as_ref)
    }

    /// The name of the entry in a row.
    pub(crate) fn id(&self, row: usize) -> Option<EntryId> {
        self.entry(row).map(|entry| entry.id)
    }

    /// The row an entry stands in.
    pub(crate) fn row_of(&self, id: EntryId) -> Option<usize> {
        (0..self.len()).find(|&row| self.id(row) == Some(id))
    }

    /// All rows' entries, top to bottom.
    pub(crate) fn ids(&self) -> impl Iterator<Item = EntryId> + '_ {
        (0..self.len()).filter_map(|row| self.id(row))
    }
}

fn searched_text(entry: &QueueEntry) -> String {
    let mut text = entry.display_title();
    for part in [&entry.tags.artist, &entry.tags.album]
        .into_iter()
        .flatten()
    {
        text.push(' ');
        text.push_str(part);
    }
    text.to_lowercase()
}
