//! The collection's database: SQLite in one file, written by one thread, read by any number of readers
//! with a connection of their own. Nothing outside of here knows SQL.
//!
//! What has been written is there after the program has been ended at any moment; after a power cut the
//! last moments may be missing, never more.

mod albums;
mod condition;
mod connection;
mod counts;
mod error;
mod files;
mod folders;
mod ids;
mod imports;
mod list_changes;
mod list_tree;
mod lists;
mod paths;
mod reader;
mod rows;
mod schema;
mod search;
mod sort_key;
mod words;
mod writer;

pub use counts::Heard;
pub use error::DatabaseError;
pub use files::{FileRecord, FileStamp, FoundFile, KnownFile, TrackRecord};
pub use folders::FolderRecord;
pub use imports::ImportedTrack;
pub use list_changes::ListChanged;
pub use lists::{ListKind, ListRecord};
pub use reader::{CollectionTotals, Reader};
pub use search::{Found, SortOrder};

use connection::{Mode, open_connection};
use std::path::{Path, PathBuf};
use writer::Writer;

/// Name of the file in the user's data folder.
pub const FILE_NAME: &str = "library.db";

/// The collection on disk. Any thread may use it; each call that writes waits until the writer thread has
/// carried it out.
pub struct Database {
    path: PathBuf,
    writer: Writer,
}

impl Database {
    /// Opens the database in `folder`, making both if they are not there, and brings it up to date. Does
    /// I/O.
    ///
    /// # Errors
    /// When the folder cannot be written to, the file is no database, or a newer program has written it.
    pub fn open(folder: &Path) -> Result<Self, DatabaseError> {
        let path = folder.join(FILE_NAME);
        std::fs::create_dir_all(folder).map_err(|error| DatabaseError::Open {
            path: path.clone(),
            reason: disk::reason::io_reason(&error),
        })?;
        let mut connection = open_connection(&path, Mode::Write)?;
        schema::migrate(&mut connection, &path)?;
        Ok(Self {
            writer: Writer::start(connection, &path)?,
            path,
        })
    }

    /// A connection for reading, for one thread. What was written before it was asked is seen.
    ///
    /// # Errors
    /// When the file can no longer be opened.
    pub fn reader(&self) -> Result<Reader, DatabaseError> {
        Reader::open(&self.path)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
#[path = "database_tests.rs"]
mod tests;
