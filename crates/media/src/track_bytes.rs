//! The bytes of a track's file, wherever they are kept.

mod pieces;
mod pipe;

use super::error::MediaError;
pub use pieces::Piece;
use pieces::Spliced;
use pipe::PipeReader;
pub use pipe::{PipeKey, pipe_at};
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file opened for reading from any position. Does I/O; not for the audio thread.
///
/// What comes through a pipe is kept as it is read, so that it too can be read from any position, and
/// opened more than once.
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
    Pipe(PipeReader),
    Spliced(Box<Spliced>),
}

impl TrackBytes {
    /// Opens the file at `path`.
    ///
    /// # Errors
    /// When there is none, it is a folder, or it must not be read.
    pub fn open(path: &Path) -> Result<Self, MediaError> {
        let place = match PipeReader::at(path)? {
            Some(pipe) => Place::Pipe(pipe),
            None => {
                let file = File::open(path)?;
                let metadata = file.metadata()?;
                if metadata.is_dir() {
                    return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
                }
                let length = metadata.is_file().then_some(metadata.len());
                Place::Disk(file, length)
            }
        };
        Ok(Self {
            path: path.to_owned(),
            place,
        })
    }

    /// The file at `path`, whose content is `bytes`.
    pub fn in_memory(path: &Path, bytes: Arc<[u8]>) -> Self {
        Self {
            path: path.to_owned(),
            place: Place::Memory(Cursor::new(bytes)),
        }
    }

    /// A file of the same name made of `pieces` of this one, one behind the other.
    ///
    /// # Errors
    /// When the file can no longer be opened.
    pub fn spliced(&self, pieces: Vec<Piece>) -> Result<Self, MediaError> {
        Ok(Self {
            path: self.path.clone(),
            place: Place::Spliced(Box::new(Spliced::new(self.reopen()?, pieces.into()))),
        })
    }

    /// These bytes from the beginning, with a position of their own.
    ///
    /// # Errors
    /// When the file can no longer be opened.
    pub fn reopen(&self) -> Result<Self, MediaError> {
        let place = match &self.place {
            Place::Disk(..) => return Self::open(&self.path),
            Place::Memory(bytes) => Place::Memory(Cursor::new(Arc::clone(bytes.get_ref()))),
            Place::Pipe(pipe) => Place::Pipe(pipe.reopen()),
            Place::Spliced(spliced) => Place::Spliced(Box::new(spliced.reopen()?)),
        };
        Ok(Self {
            path: self.path.clone(),
            place,
        })
    }

    /// Bytes in all; `None` for a pipe that has not ended yet, and for a device.
    #[expect(clippy::len_without_is_empty, reason = "its length may not be known")]
    pub fn len(&self) -> Option<u64> {
        match &self.place {
            Place::Disk(_, length) => *length,
            Place::Memory(bytes) => Some(bytes.get_ref().len() as u64),
            Place::Pipe(pipe) => pipe.len(),
            Place::Spliced(spliced) => spliced.len(),
        }
    }

    /// Whether it can be read from any position: everything but a device can.
    pub fn is_seekable(&self) -> bool {
        match &self.place {
            Place::Disk(_, length) => length.is_some(),
            Place::Memory(_) | Place::Pipe(_) => true,
            Place::Spliced(spliced) => spliced.base().is_seekable(),
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

    /// The bytes from `start` on, at most `most`; fewer at the end of the file.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn read_at(&mut self, start: u64, most: usize) -> io::Result<Vec<u8>> {
        self.seek(SeekFrom::Start(start))?;
        let mut found = Vec::new();
        self.take(most as u64).read_to_end(&mut found)?;
        Ok(found)
    }
}

impl Read for TrackBytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.place {
            Place::Disk(file, _) => file.read(buffer),
            Place::Memory(bytes) => bytes.read(buffer),
            Place::Pipe(pipe) => pipe.read(buffer),
            Place::Spliced(spliced) => spliced.read(buffer),
        }
    }
}

impl Seek for TrackBytes {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match &mut self.place {
            Place::Disk(file, _) => file.seek(to),
            Place::Memory(bytes) => bytes.seek(to),
            Place::Pipe(pipe) => pipe.seek(to),
            Place::Spliced(spliced) => spliced.seek(to),
        }
    }
}

impl symphonia::core::io::MediaSource for TrackBytes {
    fn is_seekable(&self) -> bool {
        Self::is_seekable(self)
    }

    fn byte_len(&self) -> Option<u64> {
        self.len()
    }
}

/// Whether there is a regular file at `path`, which can be read as often as one likes: what comes through
/// a pipe can be read once, by whoever plays it. Does I/O, but opens nothing.
pub fn can_be_read_again(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file())
}

#[cfg(test)]
#[path = "track_bytes_tests.rs"]
mod tests;
