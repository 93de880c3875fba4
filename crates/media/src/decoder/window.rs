//! Looking at a file's bytes at any place, read in larger pieces.

use crate::track_bytes::TrackBytes;
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes read at a time.
const READ_BYTES: usize = 1 << 16;

/// A file, and the piece of it that was read last.
#[derive(Debug)]
pub(super) struct Window {
    bytes: TrackBytes,
    /// Where the piece begins.
    start: u64,
    piece: Vec<u8>,
    /// Where the file stands.
    file_position: u64,
}

impl Window {
    /// Looks at `bytes`, which stand at any place.
    pub(super) fn new(bytes: TrackBytes) -> Self {
        Self {
            bytes,
            start: 0,
            piece: Vec::new(),
            file_position: u64::MAX,
        }
    }

    /// The file.
    pub(super) fn bytes(&self) -> &TrackBytes {
        &self.bytes
    }

    /// `count` bytes at `at`; fewer at the end of the file.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(super) fn get(&mut self, at: u64, count: usize) -> io::Result<&[u8]> {
        let end = self.start + self.piece.len() as u64;
        if at < self.start || at > end {
            self.start = at;
            self.piece.clear();
        } else {
            // What lies before is not asked for again by those who read on.
            let passed = (at - self.start) as usize;
            if passed >= READ_BYTES {
                self.piece.drain(..passed);
                self.start = at;
            }
        }
        let offset = (at - self.start) as usize;
        let missing = (offset + count).saturating_sub(self.piece.len());
        if missing > 0 {
            let place = self.start + self.piece.len() as u64;
            if self.file_position != place {
                self.bytes.seek(SeekFrom::Start(place))?;
            }
            let most = missing.max(READ_BYTES) as u64;
            self.file_position = u64::MAX;
            // A pipe gives what it has: no more than is needed may be waited for.
            let taken = if self.bytes.len().is_some() {
                most
            } else {
                missing as u64
            };
            let count = (&mut self.bytes).take(taken).read_to_end(&mut self.piece)?;
            self.file_position = place + count as u64;
        }
        let piece = &self.piece[offset.min(self.piece.len())..];
        Ok(&piece[..piece.len().min(count)])
    }
}
