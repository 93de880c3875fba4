//! The bytes of a track's file, wherever they are kept.

use super::error::MediaError;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// A file opened for reading from any position. Does I/O; not for the audio thread.
#[derive(Debug)]
pub struct TrackBytes {
    path: PathBuf,
    file: File,
    /// Bytes of a regular file.
    length: Option<u64>,
}

impl TrackBytes {
    /// Opens the file at `path`.
    ///
    /// # Errors
    /// When there is none, it is a folder, or it must not be read.
    pub fn open(path: &Path) -> Result<Self, MediaError> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
        }
        Ok(Self {
            path: path.to_owned(),
            file,
            length: metadata.is_file().then_some(metadata.len()),
        })
    }

    /// The same bytes from the beginning, with a position of their own.
    ///
    /// # Errors
    /// When the file can no longer be opened.
    pub fn reopen(&self) -> Result<Self, MediaError> {
        Self::open(&self.path)
    }

    /// Bytes in all; `None` for what is no regular file.
    #[expect(clippy::len_without_is_empty, reason = "its length may not be known")]
    pub fn len(&self) -> Option<u64> {
        self.length
    }

    /// The file name's extension, as written.
    pub fn extension(&self) -> Option<&str> {
        self.path.extension().and_then(|e| e.to_str())
    }
}

impl Read for TrackBytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

impl Seek for TrackBytes {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl symphonia::core::io::MediaSource for TrackBytes {
    fn is_seekable(&self) -> bool {
        self.length.is_some()
    }

    fn byte_len(&self) -> Option<u64> {
        self.length
    }
}
