//! Packets of a file read through a buffer, so that small ones that follow each other cost one call.

use crate::media::track_bytes::TrackBytes;
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes read at once.
const WINDOW_BYTES: u64 = 1 << 16;

/// A file, of which some bytes are held.
pub(super) struct Window {
    file: TrackBytes,
    /// Where the held bytes begin.
    start: u64,
    held: Vec<u8>,
}

impl Window {
    pub(super) fn new(file: TrackBytes) -> Self {
        Self {
            file,
            start: 0,
            held: Vec::new(),
        }
    }

    /// The `count` bytes from `offset` on; fewer where the file ends.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn read(&mut self, offset: u64, count: usize) -> io::Result<&[u8]> {
        let end = offset.saturating_add(count as u64);
        let held = self.start..self.start + self.held.len() as u64;
        if offset < held.start || end > held.end {
            self.file.seek(SeekFrom::Start(offset))?;
            self.held.clear();
            self.start = offset;
            let wanted = WINDOW_BYTES.max(count as u64);
            self.file
                .by_ref()
                .take(wanted)
                .read_to_end(&mut self.held)?;
        }
        let from = (offset - self.start) as usize;
        let found = self.held.get(from..).unwrap_or_default();
        Ok(&found[..count.min(found.len())])
    }
}
