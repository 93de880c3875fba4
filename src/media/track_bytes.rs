//! The bytes of a track's file, wherever they are kept.

use super::error::MediaError;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file opened for reading from any position. Does I/O; not for the audio thread.
#[derive(Debug)]
pub struct TrackBytes {
    path: PathBuf,
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// With the bytes of a regular file.
    Disk(File, Option<u64>),
    Memory(Cursor<Arc<[u8]>>),
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
        let length = metadata.is_file().then_some(metadata.len());
        Ok(Self {
            path: path.to_owned(),
            place: Place::Disk(file, length),
        })
    }

    /// The file at `path`, whose content is `bytes`.
    pub fn in_memory(path: &Path, bytes: Arc<[u8]>) -> Self {
        Self {
            path: path.to_owned(),
            place: Place::Memory(Cursor::new(bytes)),
        }
    }

    /// The same bytes from the beginning, with a position of their own.
    ///
    /// # Errors
    /// When the file can no longer be opened.
    pub fn reopen(&self) -> Result<Self, MediaError> {
        match &self.place {
            Place::Disk(..) => Self::open(&self.path),
            Place::Memory(bytes) => Ok(Self::in_memory(&self.path, Arc::clone(bytes.get_ref()))),
        }
    }

    /// Bytes in all; `None` for what is no regular file.
    #[expect(clippy::len_without_is_empty, reason = "its length may not be known")]
    pub fn len(&self) -> Option<u64> {
        match &self.place {
            Place::Disk(_, length) => *length,
            Place::Memory(bytes) => Some(bytes.get_ref().len() as u64),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file name's extension, as written.
    pub fn extension(&self) -> Option<&str> {
        self.path.extension().and_then(|e| e.to_str())
    }
}

impl Read for TrackBytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.place {
            Place::Disk(file, _) => file.read(buffer),
            Place::Memory(bytes) => bytes.read(buffer),
        }
    }
}

impl Seek for TrackBytes {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match &mut self.place {
            Place::Disk(file, _) => file.seek(to),
            Place::Memory(bytes) => bytes.seek(to),
        }
    }
}

impl symphonia::core::io::MediaSource for TrackBytes {
    fn is_seekable(&self) -> bool {
        self.len().is_some()
    }

    fn byte_len(&self) -> Option<u64> {
        self.len()
    }
}
