//! Changes of lists as listeners ask for them: what they need to know is found out first, so that the writer
//! does not wait for the disk.

use super::sort_key::{name_key, sort_key};
use super::{Database, DatabaseError, Reader};
use crate::model::{ListId, TrackRow};
use crate::playlists::{ListChange, ListEntry, ListFacts, ListSort, relink};
use std::collections::HashMap;

/// What a change has come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListChanged {
    /// The list as it is now.
    pub entries: Vec<ListEntry>,
    /// Entries fewer than before.
    pub removed: usize,
    /// Missing files for which others were taken.
    pub found: usize,
    /// Of [`ListChange::FindMissing`], entries that are still missing.
    pub still_missing: usize,
}

impl Database {
    /// Changes a list and remembers how to take that back. `known` is the list whose places the change
    /// names: if it has become another, nothing is done. Asks the disk, for a change that needs it once for each
    /// entry.
    ///
    /// # Errors
    /// When there is no such list of tracks, or the database cannot be read or written.
    pub fn change_list(
        &self,
        reader: &Reader,
        list: ListId,
        change: ListChange,
        known: Option<&[ListEntry]>,
    ) -> Result<ListChanged, DatabaseError> {
        let old = reader.list_entries(list)?;
        let facts = reader.facts_for(&change, &old)?;
        let known = known.map(<[ListEntry]>::to_vec);
        let wants_missing = change == ListChange::FindMissing;
        let found = facts.found.clone();
        let entries = self.edit_list(list, move |now| match known {
            Some(known) if known != now => now.to_vec(),
            Some(_) | None => change.apply(now, &facts),
        })?;
        let still_missing = match wants_missing {
            true => entries.iter().filter(|entry| entry.is_missing()).count(),
            false => 0,
        };
        Ok(ListChanged {
            removed: old.len().saturating_sub(entries.len()),
            found: old
                .iter()
                .filter(|entry| found.contains_key(&entry.path))
                .count(),
            still_missing,
            entries,
        })
    }
}

impl Reader {
    fn facts_for(
        &self,
        change: &ListChange,
        list: &[ListEntry],
    ) -> Result<ListFacts, DatabaseError> {
        let mut facts = ListFacts::default();
        match change {
            ListChange::Sort(by) => {
                for entry in list {
                    if !facts.keys.contains_key(entry) {
                        let key = entry_key(entry, self.row_of(entry)?.as_ref(), *by);
                        facts.keys.insert(entry.clone(), key);
                    }
                }
            }
            ListChange::RemoveMissing => {
                let missing = list.iter().filter(|entry| entry.is_missing());
                facts.missing = missing.map(|entry| entry.path.clone()).collect();
            }
            ListChange::FindMissing => {
                let missing: Vec<ListEntry> = list
                    .iter()
                    .filter(|entry| entry.is_missing())
                    .cloned()
                    .collect();
                let names = missing.iter().filter_map(|entry| entry.path.file_name());
                let names = names.map(|name| name.to_string_lossy().to_lowercase());
                let done = relink(&missing, &self.files_named(&names.collect())?);
                let pairs = missing.into_iter().zip(done.entries);
                let moved = pairs.filter(|(old, new)| old.path != new.path);
                facts.found = moved
                    .map(|(old, new)| (old.path, new.path))
                    .collect::<HashMap<_, _>>();
            }
            ListChange::Insert { .. }
            | ListChange::Remove(_)
            | ListChange::Crop(_)
            | ListChange::Move { .. }
            | ListChange::Reverse
            | ListChange::RemoveDuplicates => {}
        }
        Ok(facts)
    }

    /// What the collection knows of an entry.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn row_of(&self, entry: &ListEntry) -> Result<Option<TrackRow>, DatabaseError> {
        let rows = self.rows_in_file(&entry.path)?;
        let start = entry.span.map(|(start, _)| start);
        let is_same = |row: &TrackRow| row.part.map(|(start, _)| start) == start;
        Ok(rows.into_iter().find(is_same))
    }
}

fn entry_key(entry: &ListEntry, row: Option<&TrackRow>, by: ListSort) -> Vec<u8> {
    let stem = || entry.path.file_stem().unwrap_or(entry.path.as_os_str());
    let title = row.and_then(|row| row.tags.title.clone());
    let title = title.or_else(|| entry.title.clone());
    let title = title.unwrap_or_else(|| stem().to_string_lossy().into_owned());
    match by {
        ListSort::Title => name_key(&title),
        ListSort::Album => row.map_or_else(|| name_key(&title), |row| sort_key(&row.tags)),
        ListSort::Length => {
            let length = row.and_then(|row| row.sound.duration);
            // What has no length known stands at the end.
            length.map_or(vec![u8::MAX; 16], |length| {
                length.as_nanos().to_be_bytes().to_vec()
            })
        }
        ListSort::Path => {
            let mut key = Vec::new();
            for part in entry.path.components() {
                key.extend(name_key(&part.as_os_str().to_string_lossy()));
            }
            key
        }
    }
}
