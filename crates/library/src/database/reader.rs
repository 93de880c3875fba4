//! A connection for reading.

use super::DatabaseError;
use super::connection::{Mode, open_connection};
use super::words::WordCache;
use rusqlite::Connection;
use std::cell::RefCell;
use std::path::Path;
use std::time::Duration;

/// Reads the collection, on one thread. It sees what was written before each call, also by other
/// programs, and never waits for whoever writes.
pub struct Reader {
    pub(super) connection: Connection,
    pub(super) words: RefCell<WordCache>,
}

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CollectionTotals {
    /// Tracks.
    pub tracks: u64,
    /// Different albums: by name and by who they are by.
    pub albums: u64,
    /// Different artists of albums, or of tracks where an album has none.
    pub artists: u64,
    /// Tracks whose file is gone.
    pub missing: u64,
    /// Bytes of the files that are there.
    pub bytes: u64,
    /// Length of all tracks.
    pub duration: Duration,
}

impl Reader {
    pub(super) fn open(path: &Path) -> Result<Self, DatabaseError> {
        let connection = open_connection(path, Mode::Read)?;
        // The words there are, for forgiving a typo.
        connection
            .execute_batch("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, search, row)")?;
        Ok(Self {
            connection,
            words: RefCell::default(),
        })
    }

    /// A reader of the database in `folder`; none where there is none yet.
    ///
    /// # Errors
    /// When the file cannot be opened, or is no database.
    pub fn open_in(folder: &Path) -> Result<Option<Self>, DatabaseError> {
        let path = folder.join(super::FILE_NAME);
        path.exists().then(|| Self::open(&path)).transpose()
    }

    /// Counts everything.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn totals(&self) -> Result<CollectionTotals, DatabaseError> {
        let number = |sql: &str| -> Result<u64, DatabaseError> {
            let mut select = self.connection.prepare_cached(sql)?;
            let number: i64 = select.query_row([], |row| row.get(0))?;
            Ok(u64::try_from(number).unwrap_or(0))
        };
        Ok(CollectionTotals {
            tracks: number("SELECT count(*) FROM track")?,
            albums: number(
                "SELECT count(*) FROM (SELECT DISTINCT album, coalesce(album_artist, artist)
                 FROM track WHERE album IS NOT NULL)",
            )?,
            artists: number("SELECT count(DISTINCT coalesce(album_artist, artist)) FROM track")?,
            missing: number(
                "SELECT count(*) FROM track JOIN file ON file.id = file_id
                 WHERE missing_since IS NOT NULL",
            )?,
            bytes: number("SELECT coalesce(sum(size), 0) FROM file WHERE missing_since IS NULL")?,
            duration: Duration::from_nanos(number(
                "SELECT coalesce(sum(duration_ns), 0) FROM track",
            )?),
        })
    }

    /// Whether the file is whole, as SQLite checks it; else what is wrong with it. Takes long.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn check(&self) -> Result<Option<String>, DatabaseError> {
        let mut select = self.connection.prepare("PRAGMA integrity_check")?;
        let answer: String = select.query_row([], |row| row.get(0))?;
        Ok((answer != "ok").then_some(answer))
    }
}
