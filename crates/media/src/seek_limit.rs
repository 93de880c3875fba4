//! A reader for libraries that look for something at every place of a file.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

/// No reader of tags needs as many for a whole file; searching junk, one could ask for one to a byte.
const MAX_SEEKS: u32 = 1 << 15;

/// Reads and seeks as what is in it, until it has been asked to seek too often.
pub(super) struct SeekLimit<R> {
    inner: BufReader<R>,
    seeks_left: u32,
}

impl<R: Read> SeekLimit<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner: BufReader::new(inner),
            seeks_left: MAX_SEEKS,
        }
    }
}

impl<R: Read> Read for SeekLimit<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer)
    }
}

impl<R: Read> BufRead for SeekLimit<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.inner.consume(amount);
    }
}

impl<R: Read + Seek> Seek for SeekLimit<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let left = self.seeks_left.checked_sub(1);
        self.seeks_left = left.ok_or_else(|| io::Error::other("too many places to look at"))?;
        self.inner.seek(to)
    }

    fn stream_position(&mut self) -> io::Result<u64> {
        self.inner.stream_position()
    }
}
