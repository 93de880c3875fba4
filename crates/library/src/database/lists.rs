//! Playlists: each edit is stored as it is made, with what takes it back.

use super::paths::{of_bytes, to_bytes};
use super::rows::{duration, nanoseconds};
use super::{Database, DatabaseError, Reader, SortOrder};
use crate::model::ListId;
use crate::playlists::{ListEntry, Splice};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

/// Edits that are kept of one list.
const MAX_EDITS: i64 = 200;

/// What a list is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListKind {
    /// Tracks in an order of their own.
    Tracks,
    /// Lists.
    Folder,
    /// What a query finds.
    Smart {
        /// The query.
        query: String,
        /// The order of what it finds.
        order: SortOrder,
        /// No more than this many.
        most: Option<u32>,
    },
}

/// A list without its entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRecord {
    /// Its name in the database.
    pub id: ListId,
    /// The folder it is in.
    pub parent: Option<ListId>,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: ListKind,
}

impl Database {
    /// Makes a list, behind those that are in `parent` already.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create_list(
        &self,
        parent: Option<ListId>,
        name: &str,
        kind: ListKind,
    ) -> Result<ListId, DatabaseError> {
        let name = name.to_owned();
        self.writer.write(move |transaction| {
            let (kind, query, order, most) = match kind {
                ListKind::Tracks => ("tracks", None, None, None),
                ListKind::Folder => ("folder", None, None, None),
                ListKind::Smart { query, order, most } => {
                    ("smart", Some(query), Some(order_name(order)), most)
                }
            };
            let id = transaction
                .prepare_cached(
                    "INSERT INTO list (parent_id, position, name, kind, query, sort, most)
                     VALUES (?1, (SELECT coalesce(max(position), 0) + 1 FROM list
                     WHERE parent_id IS ?1), ?2, ?3, ?4, ?5, ?6) RETURNING id",
                )?
                .query_row(params![parent, name, kind, query, order, most], |row| {
                    row.get(0)
                })?;
            Ok(id)
        })
    }

    /// Gives a list another name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn rename_list(&self, list: ListId, name: &str) -> Result<(), DatabaseError> {
        let name = name.to_owned();
        self.writer.write(move |transaction| {
            transaction.execute(
                "UPDATE list SET name = ?2 WHERE id = ?1",
                params![list, name],
            )?;
            Ok(())
        })
    }

    /// Takes a list away, with what is in it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn delete_list(&self, list: ListId) -> Result<(), DatabaseError> {
        self.writer.write(move |transaction| {
            transaction.execute("DELETE FROM list WHERE id = ?1", [list])?;
            Ok(())
        })
    }

    /// Makes of a list what `edit` makes of its entries, and remembers what takes that back. Gives the
    /// list as it is then.
    ///
    /// # Errors
    /// When there is no such list of tracks, or it cannot be written.
    pub fn edit_list(
        &self,
        list: ListId,
        edit: impl FnOnce(&[ListEntry]) -> Vec<ListEntry> + Send + 'static,
    ) -> Result<Vec<ListEntry>, DatabaseError> {
        self.writer.write(move |transaction| {
            let old = entries(transaction, list)?;
            let new = edit(&old);
            let Some(splice) = Splice::between(&old, &new) else {
                return Ok(new);
            };
            transaction
                .prepare_cached("DELETE FROM list_edit WHERE list_id = ?1 AND is_undone")?
                .execute([list])?;
            transaction
                .prepare_cached(
                    "INSERT INTO list_edit (list_id, number, splice) VALUES (?1,
                     (SELECT coalesce(max(number), 0) + 1 FROM list_edit WHERE list_id = ?1), ?2)",
                )?
                .execute(params![list, json(&splice)?])?;
            transaction
                .prepare_cached(
                    "DELETE FROM list_edit WHERE list_id = ?1 AND number <=
                     (SELECT max(number) FROM list_edit WHERE list_id = ?1) - ?2",
                )?
                .execute(params![list, MAX_EDITS])?;
            store(transaction, list, splice.at, &new)?;
            Ok(new)
        })
    }

    /// Takes the last edit of a list back; none where there is nothing to take back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn undo_list(&self, list: ListId) -> Result<Option<Vec<ListEntry>>, DatabaseError> {
        self.step(
            list,
            "SELECT number, splice FROM list_edit WHERE list_id = ?1 AND NOT is_undone
             ORDER BY number DESC LIMIT 1",
            true,
        )
    }

    /// Carries the edit out again that was taken back last.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn redo_list(&self, list: ListId) -> Result<Option<Vec<ListEntry>>, DatabaseError> {
        self.step(
            list,
            "SELECT number, splice FROM list_edit WHERE list_id = ?1 AND is_undone
             ORDER BY number LIMIT 1",
            false,
        )
    }

    fn step(
        &self,
        list: ListId,
        select: &'static str,
        is_undo: bool,
    ) -> Result<Option<Vec<ListEntry>>, DatabaseError> {
        self.writer.write(move |transaction| {
            let edit = transaction
                .prepare_cached(select)?
                .query_row([list], |row| {
                    Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
                })
                .optional()?;
            let Some((number, splice)) = edit else {
                return Ok(None);
            };
            let splice: Splice<ListEntry> = serde_json::from_str(&splice)
                .map_err(|error| DatabaseError::Failed(error.to_string()))?;
            let mut all = entries(transaction, list)?;
            // Files that have moved since have other names in the list than in the edit: by place then.
            let is_done = if is_undo {
                splice.take_back(&mut all)
            } else {
                splice.apply(&mut all)
            };
            if !is_done {
                let (old, new) = match is_undo {
                    true => (&splice.inserted, &splice.removed),
                    false => (&splice.removed, &splice.inserted),
                };
                let start = splice.at.min(all.len());
                let end = start.saturating_add(old.len()).min(all.len());
                all.splice(start..end, new.iter().cloned());
            }
            transaction
                .prepare_cached(
                    "UPDATE list_edit SET is_undone = ?3 WHERE list_id = ?1 AND number = ?2",
                )?
                .execute(params![list, number, is_undo])?;
            store(transaction, list, splice.at, &all)?;
            Ok(Some(all))
        })
    }
}

impl Reader {
    /// All lists, those in a folder in their order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn lists(&self) -> Result<Vec<ListRecord>, DatabaseError> {
        let mut select = self.connection.prepare_cached(
            "SELECT id, parent_id, name, kind, query, sort, most FROM list
             ORDER BY parent_id, position, id",
        )?;
        let lists = select.query_map([], |row| {
            let kind: String = row.get(3)?;
            let query: Option<String> = row.get(4)?;
            let order: Option<String> = row.get(5)?;
            Ok(ListRecord {
                id: row.get(0)?,
                parent: row.get(1)?,
                name: row.get(2)?,
                kind: match kind.as_str() {
                    "folder" => ListKind::Folder,
                    "smart" => ListKind::Smart {
                        query: query.unwrap_or_default(),
                        order: order_named(order.as_deref().unwrap_or_default()),
                        most: row.get(6)?,
                    },
                    _ => ListKind::Tracks,
                },
            })
        })?;
        Ok(lists.collect::<rusqlite::Result<_>>()?)
    }

    /// The entries of a list of tracks.
    ///
    /// # Errors
    /// When there is no such list, or the database cannot be read.
    pub fn list_entries(&self, list: ListId) -> Result<Vec<ListEntry>, DatabaseError> {
        entries(&self.connection, list)
    }
}

fn entries(connection: &Connection, list: ListId) -> Result<Vec<ListEntry>, DatabaseError> {
    let is_there: Option<i64> = connection
        .prepare_cached("SELECT 1 FROM list WHERE id = ?1 AND kind = 'tracks'")?
        .query_row([list], |row| row.get(0))
        .optional()?;
    if is_there.is_none() {
        return Err(DatabaseError::Unknown("no such list of tracks".into()));
    }
    let mut select = connection.prepare_cached(
        "SELECT path, start_ns, end_ns, title FROM list_entry WHERE list_id = ?1 ORDER BY position",
    )?;
    let found = select.query_map([list], |row| {
        let start: Option<i64> = row.get(1)?;
        let end: Option<i64> = row.get(2)?;
        Ok(ListEntry {
            path: of_bytes(row.get(0)?),
            span: start.map(|start| (duration(start), end.map(duration))),
            title: row.get(3)?,
        })
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Stores `all` entries of a list, of which those in front of `from` are stored already.
fn store(
    transaction: &Transaction<'_>,
    list: ListId,
    from: usize,
    all: &[ListEntry],
) -> Result<(), DatabaseError> {
    let place = |at: usize| i64::try_from(at).unwrap_or(i64::MAX);
    transaction
        .prepare_cached("DELETE FROM list_entry WHERE list_id = ?1 AND position >= ?2")?
        .execute(params![list, place(from)])?;
    let mut insert =
        transaction.prepare_cached("INSERT INTO list_entry VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    for (at, entry) in all.iter().enumerate().skip(from) {
        let start = entry.span.map(|(start, _)| nanoseconds(start));
        let end = entry.span.and_then(|(_, end)| end).map(nanoseconds);
        insert.execute(params![
            list,
            place(at),
            to_bytes(&entry.path),
            start,
            end,
            entry.title
        ])?;
    }
    Ok(())
}

fn json(splice: &Splice<ListEntry>) -> Result<String, DatabaseError> {
    serde_json::to_string(splice).map_err(|error| DatabaseError::Failed(error.to_string()))
}

pub(super) fn order_name(order: SortOrder) -> String {
    let name = serde_json::to_value(order).ok();
    let name = name.and_then(|name| name.as_str().map(str::to_owned));
    name.unwrap_or_default()
}

fn order_named(name: &str) -> SortOrder {
    serde_json::from_value(name.into()).unwrap_or_default()
}
