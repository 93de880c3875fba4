//! What stands on an MP4 file's own level: its index, fragments and sound, also behind boxes of wrong sizes.

use super::mp4_boxes::head;
use crate::track_bytes::TrackBytes;
use std::io::{self, Read, Seek, SeekFrom};

/// Boxes looked at on the file's own level; live recordings have two for every second or so.
const MAX_BOXES: usize = 1 << 18;
/// The largest index that is read: bytes.
const MAX_INDEX_BYTES: u64 = 1 << 27;
/// So many bytes that are no box, behind fragments, were one.
const MIN_GAP_BYTES: u64 = 64;
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
    /// Sound of fragments that no "moof" leads to, or bytes that are no box, lie among the fragments.
    pub(super) has_gap: bool,
}

/// Walks the boxes of the file's own level.
pub(super) fn read(file: &mut TrackBytes, file_bytes: u64) -> io::Result<Layout> {
    let mut layout = Layout::default();
    let mut at = 0;
    // Whether the sound that comes next has its fragment's index in front of it.
    let mut is_announced = false;
    for _ in 0..MAX_BOXES {
        let mut start = [0; 16];
        file.seek(SeekFrom::Start(at))?;
        let count = read_up_to(file, &mut start)?;
        let found = head(&start[..count]).filter(|(kind, _, _)| is_name(kind));
        let Some((kind, head_bytes, size)) = found else {
            if !layout.is_fragmented() || file_bytes - at < MIN_GAP_BYTES {
                break;
            }
            // Behind damage, the next fragment may be whole.
            layout.has_gap = true;
            match find(file, file_bytes, at + 1, [b"moof", b"mfhd"])? {
                Some(next) => at = next,
                None => break,
            }
            continue;
        };
        let end = size.map_or(file_bytes, |size| at.saturating_add(size));
        layout.is_cut |= end > file_bytes;
        let bytes = end.min(file_bytes) - at;
        match &kind {
            b"moov" if layout.moov.is_none() => {
                layout.moov = Some(whole_box(file, at, bytes)?);
                // An index that is not empty leads to the first sound.
                is_announced = true;
            }
            b"moof" => {
                layout.fragments.push((at, bytes.min(MAX_INDEX_BYTES)));
                is_announced = true;
            }
            b"mdat" => {
                layout.has_sound |= bytes > head_bytes;
                layout.has_gap |= bytes > head_bytes && !is_announced && layout.is_fragmented();
                is_announced = false;
            }
            _ => {}
        }
        if end >= file_bytes {
            break;
        }
        at = end;
    }
    if layout.moov.is_none() {
        layout.moov = match find(file, file_bytes, 0, [b"moov", b"mvhd"])? {
            Some(at) => {
                file.seek(SeekFrom::Start(at))?;
                let mut start = [0; 16];
                let count = read_up_to(file, &mut start)?;
                let size = head(&start[..count]).and_then(|(_, _, size)| size);
                let bytes = size.unwrap_or(u64::MAX).min(file_bytes - at);
                Some(whole_box(file, at, bytes)?)
            }
            None => None,
        };
    }
    Ok(layout)
}

impl Layout {
    fn is_fragmented(&self) -> bool {
        let announces = |moov: &Vec<u8>| moov.windows(4).any(|name| name == b"mvex");
        !self.fragments.is_empty() || self.moov.as_ref().is_some_and(announces)
    }
}

/// Whether a box on the file's own level may be called so.
fn is_name(kind: &[u8; 4]) -> bool {
    kind.iter().all(|byte| (0x20..0x7F).contains(byte))
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

/// The first box from `from` on whose name and first inner name are `names`, where no box leads to it because one
/// before it has a wrong size.
fn find(
    file: &mut TrackBytes,
    file_bytes: u64,
    from: u64,
    names: [&[u8; 4]; 2],
) -> io::Result<Option<u64>> {
    let [outer, inner] = names;
    let mut at = from;
    while at < file_bytes {
        file.seek(SeekFrom::Start(at))?;
        let mut part = Vec::new();
        // A little more than the step, so that none is missed between two parts.
        file.by_ref()
            .take(SEARCHED_BYTES + 16)
            .read_to_end(&mut part)?;
        let found = part
            .windows(16)
            .position(|bytes| bytes[4..8] == *outer && bytes[12..16] == *inner);
        if let Some(found) = found {
            return Ok(Some(at + found as u64));
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
