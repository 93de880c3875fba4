//! How many frames a WAVE file of blocks has: the "fact" of compressed ones.

use std::io::{BufReader, Read, Seek, SeekFrom};

/// Chunks looked at before the data.
const MAX_CHUNKS: usize = 1_024;

/// The frames that "fact" names, which stands in front of the data; `None` where there is none.
pub(super) fn fact_frames(file: impl Read + Seek) -> Option<u64> {
    let mut file = BufReader::new(file);
    let mut header = [0; 12];
    file.read_exact(&mut header).ok()?;
    if &header[8..] != b"WAVE" {
        return None;
    }
    for _ in 0..MAX_CHUNKS {
        let mut head = [0; 8];
        file.read_exact(&mut head).ok()?;
        let [k0, k1, k2, k3, s0, s1, s2, s3] = head;
        let size = i64::from(u32::from_le_bytes([s0, s1, s2, s3]));
        match &[k0, k1, k2, k3] {
            b"data" => return None,
            b"fact" => {
                let mut frames = [0; 4];
                file.read_exact(&mut frames).ok()?;
                return Some(u64::from(u32::from_le_bytes(frames)));
            }
            // Chunks begin at even places.
            _ => file.seek(SeekFrom::Current(size + size % 2)).ok()?,
        };
    }
    None
}
