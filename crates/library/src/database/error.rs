//! What can be wrong with the database.

use disk::shown::shown;
use std::path::PathBuf;

/// Why the collection could not be read or written, in one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseError {
    /// The file cannot be opened.
    #[error("{}: {reason}", shown(path))]
    Open {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The file is not what it should be.
    #[error("{}: not a library, or damaged: {reason}", shown(path))]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A newer version of the program has changed it.
    #[error(
        "{}: written by a newer version of Rusty Audio (format {version})",
        shown(path)
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The number of its format.
        version: i64,
    },
    /// Something could not be read or written: the disk is full, say.
    #[error("the library could not be used: {0}")]
    Failed(String),
    /// There is no such thing in it.
    #[error("{0}")]
    Unknown(String),
}

impl From<rusqlite::Error> for DatabaseError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.to_string())
    }
}
