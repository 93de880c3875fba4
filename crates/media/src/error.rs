//! Why a file cannot be played, in words for its owner.

use disk::reason::io_reason;
use std::io;

/// The reason, without the file's name: whoever reports it names the file in front.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The system would not open or read it.
    #[error("{}", io_reason(.0))]
    Io(#[from] io::Error),
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// No known container or stream was found.
    #[error("not an audio file, or of a kind that is not supported")]
    NotAudio,
    /// A known kind of file that cannot be played.
    #[error("{0} is not supported")]
    Unsupported(String),
    /// Decoding cannot go on.
    #[error("damaged: {0}")]
    Damaged(String),
    /// The file ends early.
    #[error("cut short: {found} of {declared} frames are there")]
    Truncated {
        /// Frames its header promises.
        declared: u64,
        /// Frames that could be decoded.
        found: u64,
    },
}

impl MediaError {
    /// Some of the sound, neither at the start nor at the end, is damaged.
    pub(crate) fn lost() -> Self {
        Self::Damaged("some of its sound is missing".into())
    }

    /// Adds to `warnings` that the file is damaged though its sound plays, if nothing is said of it yet.
    pub(crate) fn warn_of_damage(warnings: &mut Vec<String>) {
        if warnings.is_empty() {
            warnings.push(Self::Damaged("its sound is found by searching".into()).to_string());
        }
    }

    /// Adds the line of [`Self::lost`] to `warnings`, if it is not among them.
    pub(crate) fn warn_of_loss(warnings: &mut Vec<String>) {
        let line = Self::lost().to_string();
        if !warnings.contains(&line) {
            warnings.push(line);
        }
    }
}
