//! RF64 and BW64 (EBU Tech 3306): WAVE files that may be longer than 4 GiB, read as plain WAVE of
//! unknown length.

use crate::media::track_bytes::TrackBytes;
use std::io::{self, Read, Seek, SeekFrom};
use symphonia::core::io::MediaSource;

const MAGIC_BYTES: u64 = 4;

/// A file that shows another magic number than it has.
pub(super) struct AsRiff {
    bytes: TrackBytes,
    position: u64,
}

impl AsRiff {
    /// `bytes` from the beginning if they are RF64 or BW64; otherwise gives them back, at the beginning.
    pub(super) fn new(mut bytes: TrackBytes) -> io::Result<Result<Self, TrackBytes>> {
        let mut magic = Vec::new();
        bytes.by_ref().take(MAGIC_BYTES).read_to_end(&mut magic)?;
        // What cannot be rewound is none of these.
        if bytes.len().is_some() {
            bytes.rewind()?;
        }
        Ok(match &magic[..] {
            b"RF64" | b"BW64" => Ok(Self { bytes, position: 0 }),
            _ => Err(bytes),
        })
    }
}

impl Read for AsRiff {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        let magic = b"RIFF".iter().skip(self.position.min(MAGIC_BYTES) as usize);
        for (byte, shown) in buffer[..count].iter_mut().zip(magic) {
            *byte = *shown;
        }
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for AsRiff {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = self.bytes.seek(to)?;
        Ok(self.position)
    }
}

impl MediaSource for AsRiff {
    fn is_seekable(&self) -> bool {
        self.bytes.is_seekable()
    }

    fn byte_len(&self) -> Option<u64> {
        self.bytes.byte_len()
    }
}
