//! Why a list of tracks could not be read.

use disk::reason::io_reason;

/// Why a playlist or a cue sheet could not be read. The text is one line without the file's name.
///
/// ```
/// use library::error::ListError;
/// use library::playlist::read_playlist;
/// let missing = read_playlist("no such list.m3u".as_ref());
/// assert!(matches!(missing, Err(ListError::Io(_))));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// The disk does not give it, in words.
    #[error("{0}")]
    Io(String),
    /// A file this long is no list.
    #[error("too large for a {0}")]
    TooLarge(&'static str),
    /// The content is no list of its format.
    #[error("{0}")]
    Damaged(String),
    /// A cue sheet without a track.
    #[error("no tracks in this cue sheet")]
    NoTracks,
}

impl From<std::io::Error> for ListError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(io_reason(&error))
    }
}
