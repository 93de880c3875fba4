//! Why a file's tags were not written.

use disk::reason::io_reason;
use std::io;

/// Why tags were not written; the file is as it was. The text is one line for the file's owner, without
/// the file's name.
#[derive(Debug, thiserror::Error)]
pub enum TagWriteError {
    /// The disk does not give or take it.
    #[error("{}", io_reason(.0))]
    Io(#[from] io::Error),
    /// A folder, a pipe or a device.
    #[error("is no regular file")]
    NotAFile,
    /// Its owner does not want it changed.
    #[error("is read-only")]
    ReadOnly,
    /// Files are rewritten in memory.
    #[error("is too large for its tags to be rewritten")]
    TooLarge,
    /// Tags of this kind of file, or of this very file, cannot be written.
    #[error("{0}")]
    Refused(String),
    /// The new file was made and was not as it must be.
    #[error("was not changed, {0}")]
    WouldHarm(String),
}

impl From<String> for TagWriteError {
    fn from(reason: String) -> Self {
        Self::Refused(reason)
    }
}
