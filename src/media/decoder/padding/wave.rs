//! How many frames a WAVE file has where its data chunk does not tell: the "fact" of compressed ones,
//! and the 64-bit sizes of RF64.

use std::io::{BufReader, Read, Seek, SeekFrom};

/// Chunks looked at before the data.
const MOST_CHUNKS: usize = 1_024;

/// Sizes beside the data chunk's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sizes {
    /// Frames, by "fact".
    pub(super) fact_frames: Option<u64>,
    /// Bytes of the data chunk, by "ds64".
    pub(super) data_bytes: Option<u64>,
    /// Bytes of a frame, or of a block of compressed ones.
    pub(super) block_bytes: u64,
}

impl Sizes {
    /// Reads the chunks in front of the data; `None` for what is no WAVE file.
    pub(super) fn read(file: impl Read + Seek) -> Option<Self> {
        let mut file = BufReader::new(file);
        let mut header = [0; 12];
        file.read_exact(&mut header).ok()?;
        if &header[8..] != b"WAVE" {
            return None;
        }
        let mut sizes = Self::default();
        for _ in 0..MOST_CHUNKS {
            let mut head = [0; 8];
            file.read_exact(&mut head).ok()?;
            let [k0, k1, k2, k3, s0, s1, s2, s3] = head;
            let size = u64::from(u32::from_le_bytes([s0, s1, s2, s3]));
            let mut content = Vec::new();
            let used = size.min(28);
            if [k0, k1, k2, k3] == *b"data" {
                return Some(sizes);
            }
            file.by_ref().take(used).read_to_end(&mut content).ok()?;
            match &[k0, k1, k2, k3] {
                b"fact" => sizes.fact_frames = le(&content, 0, 4),
                b"ds64" => sizes.data_bytes = le(&content, 8, 8),
                b"fmt " => sizes.block_bytes = le(&content, 12, 2).unwrap_or(0),
                _ => {}
            }
            // Chunks begin at even places.
            let rest = i64::try_from(size - used + size % 2).ok()?;
            file.seek(SeekFrom::Current(rest)).ok()?;
        }
        None
    }
}

fn le(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let bytes = bytes.get(at..at + width)?;
    let digits = bytes.iter().rev();
    Some(digits.fold(0, |n, byte| n << 8 | u64::from(*byte)))
}
