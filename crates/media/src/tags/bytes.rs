//! Places of a file, read within bounds.

use crate::track_bytes::TrackBytes;
use std::io::{BufReader, Read};

/// Bytes read of one file in all: a tag with the largest cover, twice.
const MAX_BYTES: u64 = 96 << 20;
/// Places of one file looked at.
const MAX_READS: u32 = 1 << 18;

/// A file for readers of tags. What a file claims is never made room for: only what is there is read,
/// and no more of it than any real tag needs.
pub(crate) struct FileBytes {
    file: BufReader<TrackBytes>,
    position: u64,
    length: u64,
    bytes_left: u64,
    reads_left: u32,
}

impl FileBytes {
    /// `None` for what is no regular file: reading it would take the bytes from others.
    pub(crate) fn new(file: TrackBytes) -> Option<Self> {
        let length = file.len()?;
        Some(Self {
            file: BufReader::new(file),
            position: 0,
            length,
            bytes_left: MAX_BYTES,
            reads_left: MAX_READS,
        })
    }

    /// Bytes in all.
    pub(crate) fn len(&self) -> u64 {
        self.length
    }

    /// The bytes from `at` on, `count` or as many as there are; none when they cannot be read, or too
    /// many have been. Does I/O.
    pub(crate) fn read(&mut self, at: u64, count: u64) -> Vec<u8> {
        self.try_read(at, count).unwrap_or_default()
    }

    /// Exactly `N` bytes from `at` on.
    pub(crate) fn array<const N: usize>(&mut self, at: u64) -> Option<[u8; N]> {
        self.read(at, N as u64).try_into().ok()
    }

    fn try_read(&mut self, at: u64, count: u64) -> Option<Vec<u8>> {
        let count = count.min(self.length.checked_sub(at)?);
        self.reads_left = self.reads_left.checked_sub(1)?;
        self.bytes_left = self.bytes_left.checked_sub(count)?;
        // What is buffered stays so where the next place is near.
        let way = i64::try_from(at).ok()? - i64::try_from(self.position).ok()?;
        self.file.seek_relative(way).ok()?;
        self.position = at;
        let mut bytes = Vec::new();
        let read = self.file.by_ref().take(count).read_to_end(&mut bytes);
        self.position += bytes.len() as u64;
        read.ok().map(|_| bytes)
    }
}

/// A little-endian number of up to eight bytes; zero where there are none.
pub(crate) fn le(bytes: &[u8]) -> u64 {
    let bytes = bytes.iter().take(8).enumerate();
    bytes.fold(0, |n, (index, byte)| n | u64::from(*byte) << (8 * index))
}

/// A big-endian number of up to eight bytes; zero where there are none.
pub(crate) fn be(bytes: &[u8]) -> u64 {
    let bytes = bytes.iter().take(8);
    bytes.fold(0, |n, byte| n << 8 | u64::from(*byte))
}

/// The number of `count` bytes at `at`.
pub(crate) fn le_at(bytes: &[u8], at: usize, count: usize) -> Option<usize> {
    usize::try_from(le(bytes.get(at..at.checked_add(count)?)?)).ok()
}

/// As [`le_at`], big-endian.
pub(crate) fn be_at(bytes: &[u8], at: usize, count: usize) -> Option<usize> {
    usize::try_from(be(bytes.get(at..at.checked_add(count)?)?)).ok()
}

/// Where `needle` first is in `bytes`.
pub(crate) fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .position(|window| window == needle)
}

/// The bytes in front of the first zero, and those behind it.
pub(crate) fn split_zero(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|byte| *byte == 0)?;
    Some((&bytes[..at], &bytes[at + 1..]))
}

/// The bytes in front of the first zero, or all.
pub(crate) fn to_zero(bytes: &[u8]) -> &[u8] {
    split_zero(bytes).map_or(bytes, |(text, _)| text)
}
