//! What lists are made of and what can be done to them. Pure: the database keeps them, the writers give
//! them to other programs.

mod change;
mod edits;
mod entry;
mod history;
mod relink;
mod write;

pub use change::{ListChange, ListFacts, ListSort};
pub use edits::{crop, move_entries, remove_duplicates, remove_entries, reverse, sort_by_key};
pub use entry::{ListEntry, path_text};
pub use history::{EditHistory, Splice};
pub use relink::{Relinked, relink};
pub use write::{ListFormat, write_list};
