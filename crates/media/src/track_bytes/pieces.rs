//! A file made of pieces of another one.

use super::TrackBytes;
use crate::error::MediaError;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

/// A run of bytes of a [`TrackBytes::spliced`] file.
#[derive(Debug, Clone)]
pub enum Piece {
    /// These bytes.
    Bytes(Arc<[u8]>),
    /// Bytes of the file it is made of: from `start`, `length` of them, or all to its end.
    Of {
        /// The first byte's place.
        start: u64,
        /// How many; `None` for all to the end of the file.
        length: Option<u64>,
    },
}

#[derive(Debug)]
pub(super) struct Spliced {
    base: TrackBytes,
    /// Where the base stands, so that it is told to seek only where a piece begins.
    base_position: Option<u64>,
    pieces: Arc<[Piece]>,
    position: u64,
}

impl Spliced {
    pub(super) fn new(base: TrackBytes, pieces: Arc<[Piece]>) -> Self {
        Self {
            base,
            base_position: None,
            pieces,
            position: 0,
        }
    }

    pub(super) fn base(&self) -> &TrackBytes {
        &self.base
    }

    pub(super) fn reopen(&self) -> Result<Self, MediaError> {
        Ok(Self::new(self.base.reopen()?, Arc::clone(&self.pieces)))
    }

    /// Bytes of a piece; `None` where the base's end is not known yet.
    fn piece_bytes(&self, piece: &Piece) -> Option<u64> {
        match piece {
            Piece::Bytes(bytes) => Some(bytes.len() as u64),
            Piece::Of { start, length } => {
                let there = self.base.len().map(|all| all.saturating_sub(*start));
                match (*length, there) {
                    (Some(length), Some(there)) => Some(length.min(there)),
                    (length, there) => length.or(there),
                }
            }
        }
    }

    pub(super) fn len(&self) -> Option<u64> {
        self.pieces
            .iter()
            .map(|piece| self.piece_bytes(piece))
            .sum()
    }
}

impl Read for Spliced {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let pieces = Arc::clone(&self.pieces);
        let mut start = 0;
        for piece in pieces.iter() {
            let length = self.piece_bytes(piece);
            let inside = self.position - start;
            if length.is_some_and(|length| inside >= length) {
                start += length.unwrap_or(0);
                continue;
            }
            let left = length.map_or(u64::MAX, |length| length - inside);
            let wanted = usize::try_from(left)
                .unwrap_or(usize::MAX)
                .min(buffer.len());
            let buffer = &mut buffer[..wanted];
            let count = match piece {
                Piece::Bytes(bytes) => (&bytes[inside as usize..]).read(buffer)?,
                Piece::Of { start, .. } => {
                    let place = start + inside;
                    if self.base_position != Some(place) {
                        self.base.seek(SeekFrom::Start(place))?;
                    }
                    self.base_position = None;
                    let count = self.base.read(buffer)?;
                    self.base_position = Some(place + count as u64);
                    count
                }
            };
            self.position += count as u64;
            return Ok(count);
        }
        Ok(0)
    }
}

impl Seek for Spliced {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => match self.len() {
                Some(length) => length.checked_add_signed(by),
                None => {
                    // A pipe: its end is known when all of it has been read.
                    self.base.seek(SeekFrom::End(0))?;
                    self.base_position = None;
                    self.len().and_then(|length| length.checked_add_signed(by))
                }
            },
        };
        self.position = place.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
