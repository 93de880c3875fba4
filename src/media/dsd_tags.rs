//! ID3v2 tags inside DSD files.

use super::track_bytes::TrackBytes;
use std::io::{self, Read, Seek, SeekFrom};

/// Larger tags are not read.
const LARGEST_TAG_BYTES: u64 = 40 << 20;
/// Chunks looked at in a DFF file; real ones have a handful.
const MOST_CHUNKS: usize = 1_000;
/// Readers of ID3 tags look for other tags behind them, within so many bytes of the end.
const ROOM_BYTES: usize = 256;

/// The bytes of the ID3v2 tag in a DSF or DFF file, with zeros behind; `None` for files of other kinds,
/// and those without one. Does I/O.
pub(super) fn find_id3(bytes: &mut TrackBytes) -> io::Result<Option<Vec<u8>>> {
    let mut head = [0; 28];
    let length = read_up_to(bytes, &mut head)?;
    let place = match &head[..length] {
        // In front of the format chunk stand the sizes of this one and of the file, and this offset
        // ("DSF File Format Specification" 1.01).
        [b'D', b'S', b'D', b' ', .., o0, o1, o2, o3, o4, o5, o6, o7] if length == head.len() => {
            let offset = u64::from_le_bytes([*o0, *o1, *o2, *o3, *o4, *o5, *o6, *o7]);
            (offset > 0).then_some((offset, u64::MAX))
        }
        [
            b'F',
            b'R',
            b'M',
            b'8',
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            b'D',
            b'S',
            b'D',
            b' ',
            ..,
        ] => find_chunk(bytes)?,
        _ => None,
    };
    let Some((start, size)) = place else {
        return Ok(None);
    };
    let left = bytes.len().unwrap_or(0).saturating_sub(start);
    if left.min(size) > LARGEST_TAG_BYTES {
        return Ok(None);
    }
    bytes.seek(SeekFrom::Start(start))?;
    let mut tag = Vec::new();
    bytes.by_ref().take(left.min(size)).read_to_end(&mut tag)?;
    if !tag.starts_with(b"ID3") {
        return Ok(None);
    }
    tag.resize(tag.len() + ROOM_BYTES, 0);
    Ok(Some(tag))
}

/// Where the content of the chunk "ID3 " begins, and its size.
fn find_chunk(bytes: &mut TrackBytes) -> io::Result<Option<(u64, u64)>> {
    let mut at = 16_u64;
    for _ in 0..MOST_CHUNKS {
        bytes.seek(SeekFrom::Start(at))?;
        let mut head = [0; 12];
        if read_up_to(bytes, &mut head)? < head.len() {
            break;
        }
        let [k0, k1, k2, k3, size @ ..] = head;
        let size = u64::from_be_bytes(size);
        if [k0, k1, k2, k3] == *b"ID3 " {
            return Ok(Some((at + 12, size)));
        }
        // Chunks begin at even places.
        let next = (at + 12)
            .checked_add(size)
            .and_then(|end| end.checked_add(size % 2));
        match next {
            Some(next) if next < bytes.len().unwrap_or(0) => at = next,
            _ => break,
        }
    }
    Ok(None)
}

/// Fills `buffer` as far as the file goes.
fn read_up_to(bytes: &mut TrackBytes, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match bytes.read(&mut buffer[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}
