//! The lists of the collection in the words of MPRIS.

use library::database::{ListKind, ListRecord, Reader};
use library::model::ListId;
use library::query::Query;
use media::location::TrackLocation;
use mpris_server::zbus::zvariant::{ObjectPath, OwnedObjectPath};
use mpris_server::{Playlist, PlaylistId, PlaylistOrdering};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

const PREFIX: &str = "/org/rusty_audio/list/";

/// The orders lists can be told in.
pub(super) const ORDERINGS: [PlaylistOrdering; 2] = [
    PlaylistOrdering::UserDefined,
    PlaylistOrdering::Alphabetical,
];

/// All lists with tracks of the collection in `data_dir`, in the user's order; none where there is no
/// collection. Does I/O.
pub(super) fn all(data_dir: &Path) -> Vec<ListRecord> {
    let lists = Reader::open_in(data_dir)
        .ok()
        .flatten()
        .and_then(|reader| reader.lists().ok());
    let mut lists = lists.unwrap_or_default();
    lists.retain(|list| list.kind != ListKind::Folder);
    lists
}

/// Some of all lists, as the specification's `GetPlaylists` has it. Does I/O.
pub(super) fn page(
    data_dir: &Path,
    first: u32,
    most: u32,
    order: PlaylistOrdering,
    is_reversed: bool,
) -> Vec<Playlist> {
    let mut lists = all(data_dir);
    match order {
        PlaylistOrdering::Alphabetical => lists.sort_by_key(|list| list.name.to_lowercase()),
        // These are not known of lists: the user's order stands for them.
        PlaylistOrdering::CreationDate
        | PlaylistOrdering::ModifiedDate
        | PlaylistOrdering::LastPlayDate
        | PlaylistOrdering::UserDefined => {}
    }
    if is_reversed {
        lists.reverse();
    }
    let part = lists.into_iter().skip(first as usize).take(most as usize);
    part.filter_map(|list| {
        Some(Playlist {
            id: OwnedObjectPath::from(path_of(list.id)?),
            name: list.name,
            icon: String::new(),
        })
    })
    .collect()
}

/// The tracks of a list. Does I/O. None if there is no such list.
pub(super) fn tracks(data_dir: &Path, list: &PlaylistId) -> Option<Vec<TrackLocation>> {
    let id = ListId(list.as_str().strip_prefix(PREFIX)?.parse().ok()?);
    let reader = Reader::open_in(data_dir).ok()??;
    let list = reader
        .lists()
        .ok()?
        .into_iter()
        .find(|list| list.id == id)?;
    match list.kind {
        ListKind::Folder => None,
        ListKind::Tracks => {
            let entries = reader.list_entries(id).ok()?;
            Some(entries.iter().map(|entry| entry.location()).collect())
        }
        ListKind::Smart { query, order, most } => {
            let query = Query::parse(&query).ok()?;
            let most = most.map_or(usize::MAX, |most| most as usize);
            let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
            let now = i64::try_from(now.as_secs()).ok()?;
            let found = reader.search(&query, order, most, now).ok()?;
            let rows = reader.rows(&found.tracks).ok()?;
            Some(rows.iter().map(|row| row.location()).collect())
        }
    }
}

fn path_of(list: ListId) -> Option<ObjectPath<'static>> {
    ObjectPath::try_from(format!("{PREFIX}{}", list.0)).ok()
}
