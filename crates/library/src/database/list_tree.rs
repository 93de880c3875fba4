//! Where lists stand: in which folder, and how they are named and counted there.

use super::lists::order_name;
use super::rows::duration;
use super::{Database, DatabaseError, ListKind, ListRecord, Reader, SortOrder};
use crate::model::ListId;
use rusqlite::params;
use std::collections::HashMap;
use std::time::Duration;

impl Database {
    /// Puts a list behind those that are in `parent`, or at the top.
    ///
    /// # Errors
    /// When `parent` is no folder, or lies in the list itself, or it cannot be written.
    pub fn move_list(&self, list: ListId, parent: Option<ListId>) -> Result<(), DatabaseError> {
        self.writer.write(move |transaction| {
            let mut above = parent;
            // As deep as there are lists, at most.
            let mut is_first = true;
            while let Some(folder) = above {
                if folder == list {
                    let reason = "a folder cannot be put into itself";
                    return Err(DatabaseError::Unknown(reason.into()));
                }
                let (kind, next): (String, Option<ListId>) = transaction
                    .prepare_cached("SELECT kind, parent_id FROM list WHERE id = ?1")?
                    .query_row([folder], |row| Ok((row.get(0)?, row.get(1)?)))?;
                if is_first && kind != "folder" {
                    return Err(DatabaseError::Unknown("not a folder of lists".into()));
                }
                (above, is_first) = (next, false);
            }
            transaction.execute(
                "UPDATE list SET parent_id = ?2, position = (SELECT coalesce(max(position), 0) + 1
                 FROM list WHERE parent_id IS ?2) WHERE id = ?1",
                params![list, parent],
            )?;
            Ok(())
        })
    }

    /// Gives a smart list another query, order and limit.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn set_smart_list(
        &self,
        list: ListId,
        query: &str,
        order: SortOrder,
        most: Option<u32>,
    ) -> Result<(), DatabaseError> {
        let query = query.to_owned();
        self.writer.write(move |transaction| {
            transaction.execute(
                "UPDATE list SET query = ?2, sort = ?3, most = ?4 WHERE id = ?1 AND kind = 'smart'",
                params![list, query, order_name(order), most],
            )?;
            Ok(())
        })
    }
}

impl Reader {
    /// How many entries each list of tracks has.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn list_sizes(&self) -> Result<HashMap<ListId, usize>, DatabaseError> {
        let mut select = self
            .connection
            .prepare_cached("SELECT list_id, count(*) FROM list_entry GROUP BY list_id")?;
        let sizes = select.query_map([], |row| {
            let size: i64 = row.get(1)?;
            Ok((row.get(0)?, usize::try_from(size).unwrap_or(0)))
        })?;
        Ok(sizes.collect::<rusqlite::Result<_>>()?)
    }

    /// The length of all tracks of a list that the collection knows.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn list_duration(&self, list: ListId) -> Result<Duration, DatabaseError> {
        let mut select = self.connection.prepare_cached(
            "SELECT coalesce(sum(duration_ns), 0) FROM list_entry
             JOIN file ON file.path = list_entry.path JOIN track ON track.file_id = file.id
             AND track.start_ns IS list_entry.start_ns WHERE list_id = ?1",
        )?;
        let length: i64 = select.query_row([list], |row| row.get(0))?;
        Ok(duration(length))
    }

    /// Whether an edit of a list can be taken back, and made again.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn list_steps(&self, list: ListId) -> Result<(bool, bool), DatabaseError> {
        let mut select = self.connection.prepare_cached(
            "SELECT coalesce(max(NOT is_undone), 0), coalesce(max(is_undone), 0) FROM list_edit
             WHERE list_id = ?1",
        )?;
        Ok(select.query_row([list], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }

    /// The list that `name` stands for: its name, or with the folders it is in as `Folder/Name`.
    ///
    /// # Errors
    /// When there is none, or more than one, or the database cannot be read.
    pub fn list_named(&self, name: &str) -> Result<ListRecord, DatabaseError> {
        let lists = self.lists()?;
        let of = |id: ListId| lists.iter().find(|list| list.id == id);
        let path = |list: &ListRecord| {
            let mut path = list.name.clone();
            let mut parent = list.parent.and_then(of);
            while let Some(folder) = parent {
                path = format!("{}/{path}", folder.name);
                parent = folder.parent.and_then(of);
            }
            path
        };
        let mut found: Vec<_> = lists.iter().filter(|list| path(list) == name).collect();
        if found.is_empty() {
            found = lists.iter().filter(|list| list.name == name).collect();
        }
        match found[..] {
            [list] => Ok(list.clone()),
            [] => Err(DatabaseError::Unknown(format!(
                "there is no list \"{name}\""
            ))),
            [..] => Err(DatabaseError::Unknown(format!(
                "{} lists are called \"{name}\": name the folder too, as Folder/{name}",
                found.len()
            ))),
        }
    }
}

impl ListKind {
    /// As scripts read it: `tracks`, `folder` or `smart`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Tracks => "tracks",
            Self::Folder => "folder",
            Self::Smart { .. } => "smart",
        }
    }
}
