//! What a face of the program sees of the lists.

use library::database::{ListKind, ListRecord};
use library::model::{ListId, TrackRow};
use library::playlists::ListEntry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

/// Rows read at a time.
pub(super) const PAGE_ROWS: usize = 100;
/// Pages kept.
pub(super) const MAX_PAGES: usize = 12;

/// The lists, and the one that is open.
#[derive(Debug, Clone, Default)]
pub struct ListsShown {
    /// All lists; those of one folder in their order.
    pub lists: Arc<Vec<ListRecord>>,
    /// How many entries each list of tracks has.
    pub sizes: Arc<HashMap<ListId, usize>>,
    /// The list whose entries are shown.
    pub open: Option<OpenList>,
    /// Why the lists cannot be read.
    pub fault: Option<String>,
}

impl ListsShown {
    /// A list by its name in the database.
    pub fn list(&self, id: ListId) -> Option<&ListRecord> {
        self.lists.iter().find(|list| list.id == id)
    }

    /// The lists that tracks can be put into.
    pub fn of_tracks(&self) -> impl Iterator<Item = &ListRecord> {
        let lists = self.lists.iter();
        lists.filter(|list| list.kind == ListKind::Tracks)
    }

    /// The lists in a folder, or at the top, in their order.
    pub fn within(&self, parent: Option<ListId>) -> impl Iterator<Item = &ListRecord> {
        let lists = self.lists.iter();
        lists.filter(move |list| list.parent == parent)
    }
}

/// A list with its entries.
#[derive(Debug, Clone, Default)]
pub struct OpenList {
    /// Its name in the database; none until a list is open.
    pub id: Option<ListId>,
    /// How many entries it has.
    pub count: usize,
    /// Their length, as far as it is known.
    pub duration: Duration,
    /// Whether a change can be taken back, and made again.
    pub steps: (bool, bool),
    /// What of a smart list's query is not understood.
    pub fault: Option<String>,
    pub(super) pages: BTreeMap<usize, Arc<Vec<ListRow>>>,
    /// It changes whenever the entries do.
    pub number: u64,
}

impl OpenList {
    /// A row, if its page has been read.
    pub fn row(&self, at: usize) -> Option<&ListRow> {
        self.pages.get(&(at / PAGE_ROWS))?.get(at % PAGE_ROWS)
    }
}

/// An entry of a list as it is shown.
#[derive(Debug, Clone)]
pub struct ListRow {
    /// The entry.
    pub entry: ListEntry,
    /// What the collection knows of it.
    pub track: Option<TrackRow>,
    /// Whether its file is not there.
    pub is_missing: bool,
}

impl ListRow {
    /// The title, or the file's name without its extension.
    pub fn title(&self) -> String {
        let known = self.track.as_ref().map(TrackRow::display_title);
        let path = &self.entry.path;
        let stem = || {
            path.file_stem()
                .unwrap_or(path.as_os_str())
                .to_string_lossy()
        };
        known
            .or_else(|| self.entry.title.clone())
            .unwrap_or_else(|| stem().into_owned())
    }
}
