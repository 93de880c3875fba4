//! What stands on an MP4 file's own level: its index, fragments and sound, also behind boxes of wrong sizes.

use super::mp4_boxes::head;
use crate::track_bytes::TrackBytes;
use std::io::{self, Read, Seek, SeekFrom};

/// Boxes looked at on the file's own level; live recordings have two for every second or so.
const MAX_BOXES: usize = 1 << 18;
/// The largest index that is read: bytes.
const MAX_INDEX_BYTES: u64 = 1 << 27;
/// Bytes searched at a time for an index that no box leads to.
const SEARCHED_BYTES: u64 = 1 << 20;

/// What the file's own level holds.
#[derive(Default)]
pub(super) struct Layout {
    /// The index, with its head.
    pub(super) moov: Option<Vec<u8>>,
    /// Where each "moof" begins, and its bytes.
    pub(super) fragments: Vec<(u64, u64)>,
    /// A box goes beyond the end of the file.
    pub(super) is_cut: bool,
    pub(super) has_sound: bool,
}

/// Walks the boxes of the file's own level.
pub(super) fn read(file: &mut TrackBytes, file_bytes: u64) -> io::Result<Layout> {
    let mut layout = Layout::default();
    let mut at = 0;
    for _ in 0..MAX_BOXES {
        let mut start = [0; 16];
        file.seek(SeekFrom::Start(at))?;
        let count = read_up_to(file, &mut start)?;
        let Some((kind, head_bytes, size)) = head(&start[..count]) else {
            break;
        };
        let end = size.map_or(file_bytes, |size| at.saturating_add(size));
        layout.is_cut |= end > file_bytes;
        let bytes = end.min(file_bytes) - at;
        match &kind {
            b"moov" if layout.moov.is_none() => {
                layout.moov = Some(whole_box(file, at, bytes)?);
            }
            b"moof" => layout.fragments.push((at, bytes.min(MAX_INDEX_BYTES))),
            b"mdat" => layout.has_sound = bytes > head_bytes,
            _ => {}
        }
        if end >= file_bytes {
            break;
        }
        at = end;
    }
    if layout.moov.is_none() {
        layout.moov = search(file, file_bytes)?;
    }
    Ok(layout)
}

/// A box in memory, as far as it is there.
fn whole_box(file: &mut TrackBytes, at: u64, bytes: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut found = Vec::new();
    file.by_ref()
        .take(bytes.min(MAX_INDEX_BYTES))
        .read_to_end(&mut found)?;
    Ok(found)
}

/// An index that no box leads to, because one before it has a wrong size.
fn search(file: &mut TrackBytes, file_bytes: u64) -> io::Result<Option<Vec<u8>>> {
    let mut at = 0;
    while at < file_bytes {
        file.seek(SeekFrom::Start(at))?;
        let mut part = Vec::new();
        // A little more than the step, so that none is missed between two parts.
        file.by_ref()
            .take(SEARCHED_BYTES + 16)
            .read_to_end(&mut part)?;
        let found = part
            .windows(16)
            .position(|bytes| &bytes[4..8] == b"moov" && &bytes[12..16] == b"mvhd");
        if let Some(found) = found {
            let start = at + found as u64;
            let size = head(&part[found..]).and_then(|(_, _, size)| size);
            let bytes = size.unwrap_or(u64::MAX).min(file_bytes - start);
            return whole_box(file, start, bytes).map(Some);
        }
        at += SEARCHED_BYTES;
    }
    Ok(None)
}

fn read_up_to(file: &mut TrackBytes, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}
