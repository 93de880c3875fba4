//! The file as a chain of blocks, and ways to find one.

use crate::error::MediaError;
use crate::track_bytes::TrackBytes;
use ::wavpack::{BlockHeader, HEADER_BYTES};
use std::io::{self, BufReader, Read, Seek};

const BUFFER_BYTES: usize = 1 << 16;
/// Bisecting ends at a stretch as short as this, and looks no further than that for a block.
const SHORT_STRETCH_BYTES: u64 = 1 << 18;
const SEARCH_BYTES: u64 = 2 << 20;
/// How far from the end the last block is looked for: its own length and that of a large cover.
const TAIL_BYTES: [u64; 3] = [1 << 18, 2 << 20, 32 << 20];

/// A block and where it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct FoundBlock {
    pub(super) offset: u64,
    pub(super) header: BlockHeader,
}

impl FoundBlock {
    /// Where the next block should be.
    fn end(&self) -> u64 {
        self.offset + (HEADER_BYTES + self.header.body_bytes) as u64
    }

    /// Number of the frame behind its last.
    pub(super) fn end_index(&self) -> u64 {
        self.header.index.saturating_add(self.header.frames as u64)
    }
}

/// A file and a place in it.
pub(super) struct Blocks {
    file: BufReader<TrackBytes>,
    file_bytes: u64,
    /// Where the next block is looked for.
    offset: u64,
}

impl Blocks {
    pub(super) fn new(bytes: TrackBytes) -> Self {
        Self {
            file_bytes: bytes.len().unwrap_or(0),
            file: BufReader::with_capacity(BUFFER_BYTES, bytes),
            offset: 0,
        }
    }

    /// Makes `offset` the place where the next block is looked for.
    pub(super) fn go_to(&mut self, offset: u64) {
        self.offset = offset;
    }

    /// The first block at the present place or behind it, which becomes the present place.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn next_block(&mut self) -> Result<Option<FoundBlock>, MediaError> {
        let found = self.find(self.offset, self.file_bytes)?;
        self.offset = found.map_or(self.file_bytes, |block| block.offset);
        Ok(found)
    }

    /// Goes behind `block`.
    pub(super) fn skip(&mut self, block: &FoundBlock) {
        self.offset = block.end();
    }

    /// Replaces `body` by the block's and goes behind it; false where the file ends before it does.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn read_body(
        &mut self,
        block: &FoundBlock,
        body: &mut Vec<u8>,
    ) -> Result<bool, MediaError> {
        self.seek_file(block.offset + HEADER_BYTES as u64)?;
        self.offset = block.end();
        body.clear();
        let wanted = block.header.body_bytes;
        Read::by_ref(&mut self.file)
            .take(wanted as u64)
            .read_to_end(body)?;
        Ok(body.len() == wanted)
    }

    /// Goes to a block at or before the one that holds frame `index`, as near as can be told.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn seek(&mut self, first_offset: u64, index: u64) -> Result<(), MediaError> {
        let (mut before, mut behind) = (first_offset, self.file_bytes);
        while behind.saturating_sub(before) > SHORT_STRETCH_BYTES {
            let middle = before + (behind - before) / 2;
            match self.find_initial(middle, behind.min(middle + SEARCH_BYTES))? {
                Some(block) if block.header.index <= index => before = block.offset,
                _ => behind = middle,
            }
        }
        self.offset = before;
        while let Some(block) = self.find_initial(self.offset, self.file_bytes)? {
            if block.end_index() > index {
                break;
            }
            self.offset = block.end();
        }
        Ok(())
    }

    /// The last block with sound, if it is near the end.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn last_block(&mut self) -> Result<Option<FoundBlock>, MediaError> {
        for tail in TAIL_BYTES {
            let mut at = self.file_bytes.saturating_sub(tail);
            let mut last = None;
            while let Some(block) = self.find_initial(at, self.file_bytes)? {
                at = block.end();
                last = Some(block);
            }
            if last.is_some() {
                return Ok(last);
            }
        }
        Ok(None)
    }

    /// The first block with sound that begins a stretch of time, from `at` to `end`.
    fn find_initial(&mut self, mut at: u64, end: u64) -> Result<Option<FoundBlock>, MediaError> {
        while let Some(block) = self.find(at, end)? {
            if block.header.is_initial() && block.header.frames > 0 {
                return Ok(Some(block));
            }
            at = block.end();
        }
        Ok(None)
    }

    /// The first block that begins from `at` to `end`.
    fn find(&mut self, mut at: u64, end: u64) -> Result<Option<FoundBlock>, MediaError> {
        let mut bytes = [0; HEADER_BYTES];
        let mut held = 0;
        while at < end {
            self.seek_file(at + held as u64)?;
            match self.file.read_exact(&mut bytes[held..]) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
                Err(error) => return Err(error.into()),
            }
            if let Some(header) = BlockHeader::parse(&bytes) {
                return Ok(Some(FoundBlock { offset: at, header }));
            }
            // On to where the next header could begin.
            let next = bytes[1..].iter().position(|byte| *byte == b'w');
            let skipped = next.map_or(HEADER_BYTES, |n| n + 1);
            bytes.copy_within(skipped.., 0);
            held = HEADER_BYTES - skipped;
            at += skipped as u64;
        }
        Ok(None)
    }

    /// Moves the file's own place, within what is buffered where that is near.
    fn seek_file(&mut self, to: u64) -> io::Result<()> {
        let from = self.file.stream_position()?;
        self.file.seek_relative(to.wrapping_sub(from) as i64)
    }
}
