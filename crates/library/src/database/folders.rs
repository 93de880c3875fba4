//! The folders the listener has chosen.

use super::paths::{of_bytes, range_below, to_bytes};
use super::{Database, DatabaseError, Reader};
use rusqlite::params;
use std::path::{Path, PathBuf};

/// A folder of the collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderRecord {
    /// Where it is.
    pub path: PathBuf,
    /// The device it was on when it was last scanned.
    pub device: Option<u64>,
}

impl Database {
    /// Adds a folder, whose files the next scan looks for. Says whether it is new.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add_folder(&self, path: &Path) -> Result<bool, DatabaseError> {
        let bytes = to_bytes(path);
        self.writer.write(move |transaction| {
            let mut insert = transaction
                .prepare_cached("INSERT INTO folder (path) VALUES (?1) ON CONFLICT DO NOTHING")?;
            Ok(insert.execute([bytes])? > 0)
        })
    }

    /// Takes a folder out, and what is known of the files below it that are in no other folder. Says how
    /// many files that were; `None` where the folder is not in the collection.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn remove_folder(&self, path: &Path) -> Result<Option<usize>, DatabaseError> {
        let (bytes, (start, end)) = (to_bytes(path), range_below(path));
        self.writer.write(move |transaction| {
            if transaction.execute("DELETE FROM folder WHERE path = ?1", [&bytes])? == 0 {
                return Ok(None);
            }
            let mut select = transaction.prepare("SELECT path FROM folder")?;
            let others = select.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
            let others = others.collect::<rusqlite::Result<Vec<_>>>()?;
            // A folder around this one still holds all of it.
            let is_inside = |outer: &Vec<u8>| path_is_below(&start[..start.len() - 1], outer);
            if others.iter().any(is_inside) {
                return Ok(Some(0));
            }
            transaction.execute(
                "CREATE TEMP TABLE IF NOT EXISTS kept (start BLOB, end BLOB)",
                [],
            )?;
            transaction.execute("DELETE FROM temp.kept", [])?;
            for other in others.iter().filter(|other| path_is_below(other, &bytes)) {
                let (start, end) = range_below(&of_bytes(other.clone()));
                transaction
                    .execute("INSERT INTO temp.kept VALUES (?1, ?2)", params![start, end])?;
            }
            transaction.execute(
                "DELETE FROM sheet WHERE path >= ?1 AND path < ?2 AND NOT EXISTS
                 (SELECT 1 FROM temp.kept WHERE sheet.path >= start AND sheet.path < end)",
                params![start, end],
            )?;
            let gone = transaction.execute(
                "DELETE FROM file WHERE path >= ?1 AND path < ?2 AND NOT EXISTS
                 (SELECT 1 FROM temp.kept WHERE file.path >= start AND file.path < end)",
                params![start, end],
            )?;
            Ok(Some(gone))
        })
    }

    /// Remembers the device a folder is on.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn set_folder_device(&self, path: &Path, device: u64) -> Result<(), DatabaseError> {
        let bytes = to_bytes(path);
        self.writer.write(move |transaction| {
            transaction.execute(
                "UPDATE folder SET device = ?2 WHERE path = ?1 AND device IS NOT ?2",
                params![bytes, device as i64],
            )?;
            Ok(())
        })
    }
}

impl Reader {
    /// The folders of the collection, in the order they were added in.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn folders(&self) -> Result<Vec<FolderRecord>, DatabaseError> {
        let mut select = self
            .connection
            .prepare_cached("SELECT path, device FROM folder ORDER BY id")?;
        let folders = select.query_map([], |row| {
            Ok(FolderRecord {
                path: of_bytes(row.get(0)?),
                device: row.get::<_, Option<i64>>(1)?.map(|device| device as u64),
            })
        })?;
        Ok(folders.collect::<rusqlite::Result<_>>()?)
    }
}

impl Reader {
    /// How many files below `folder` are gone.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn missing_below(&self, folder: &Path) -> Result<u64, DatabaseError> {
        let (start, end) = range_below(folder);
        let mut select = self.connection.prepare_cached(
            "SELECT count(*) FROM file
             WHERE missing_since IS NOT NULL AND path >= ?1 AND path < ?2",
        )?;
        let count: i64 = select.query_row(params![start, end], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}

fn path_is_below(path: &[u8], folder: &[u8]) -> bool {
    let (start, end) = range_below(&of_bytes(folder.to_vec()));
    path >= start.as_slice() && path < end.as_slice()
}
