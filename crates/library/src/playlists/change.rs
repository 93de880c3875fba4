//! What a listener does to a list, as one value. Carrying it out is pure: what has to be asked of the disk or
//! of the collection comes with it as [`ListFacts`].

use super::edits::{crop, move_entries, remove_duplicates, remove_entries, reverse, sort_by_key};
use super::entry::ListEntry;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

/// What a list can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListSort {
    /// Title, else the file's name.
    Title,
    /// Album artist, year, album, disc and track.
    Album,
    /// The shortest first.
    Length,
    /// The file's path.
    Path,
}

/// One change of a list. Places count from 0; those beyond the end are left out.
#[derive(Debug, Clone, PartialEq)]
pub enum ListChange {
    /// Puts entries in front of a place, or at the end.
    Insert {
        /// The place.
        before: Option<usize>,
        /// The entries, in order.
        entries: Vec<ListEntry>,
    },
    /// Takes entries out.
    Remove(Vec<usize>),
    /// Takes all others out.
    Crop(Vec<usize>),
    /// Puts entries, in their order, in front of a place.
    Move {
        /// What moves.
        places: Vec<usize>,
        /// What it ends up in front of; the length of the list for its end.
        before: usize,
    },
    /// Puts all in another order.
    Sort(ListSort),
    /// Turns the order round.
    Reverse,
    /// Leaves the first of those that are the same.
    RemoveDuplicates,
    /// Takes out what is not there any more.
    RemoveMissing,
    /// Takes files of the same name from the collection for those that are not there.
    FindMissing,
}

/// What the disk and the collection say of a list's entries; only what a change asks for is filled in.
#[derive(Debug, Clone, Default)]
pub struct ListFacts {
    /// Bytes in the order of which entries are sorted.
    pub keys: HashMap<ListEntry, Vec<u8>>,
    /// Files that are not there.
    pub missing: HashSet<PathBuf>,
    /// Files that are not there, and what stands for them.
    pub found: HashMap<PathBuf, PathBuf>,
}

impl ListChange {
    /// The list after the change.
    pub fn apply(&self, list: &[ListEntry], facts: &ListFacts) -> Vec<ListEntry> {
        match self {
            Self::Insert { before, entries } => {
                let at = before.unwrap_or(list.len()).min(list.len());
                let mut new = list.to_vec();
                new.splice(at..at, entries.iter().cloned());
                new
            }
            Self::Remove(places) => remove_entries(list, places),
            Self::Crop(places) => crop(list, places),
            Self::Move { places, before } => move_entries(list, places, *before),
            Self::Sort(_) => sort_by_key(list, |entry| facts.keys.get(entry).cloned()),
            Self::Reverse => reverse(list),
            Self::RemoveDuplicates => {
                remove_duplicates(list, |entry| (entry.path.clone(), entry.span))
            }
            Self::RemoveMissing => {
                let there = list.iter();
                let there = there.filter(|entry| !facts.missing.contains(&entry.path));
                there.cloned().collect()
            }
            Self::FindMissing => {
                let mut new = list.to_vec();
                for entry in &mut new {
                    if let Some(path) = facts.found.get(&entry.path) {
                        entry.path.clone_from(path);
                    }
                }
                new
            }
        }
    }
}
