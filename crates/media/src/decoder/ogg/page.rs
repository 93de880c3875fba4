//! Pages of an Ogg file (RFC 3533).

use crate::decoder::window::Window;
use std::io;

/// Bytes of a page's head, without its table of segments.
const HEAD_BYTES: usize = 27;
/// Bytes searched at a time for the next page.
const SEARCH_BYTES: usize = 4_096;
const MARK: &[u8; 4] = b"OggS";
/// The position of a page on which no packet ends.
const NO_POSITION: i64 = -1;

/// What a page's head says.
#[derive(Debug, Clone)]
pub(super) struct PageHead {
    pub(super) at: u64,
    pub(super) is_continued: bool,
    pub(super) is_first: bool,
    pub(super) is_last: bool,
    /// Where the last packet that ends on it ends, in the codec's own count.
    pub(super) position: Option<i64>,
    pub(super) serial: u32,
    /// Counts the pages of its stream.
    pub(super) sequence: u32,
    pub(super) lengths: Vec<u8>,
}

impl PageHead {
    /// Bytes of head and table.
    fn head_bytes(&self) -> usize {
        HEAD_BYTES + self.lengths.len()
    }

    pub(super) fn bytes(&self) -> usize {
        let body: usize = self.lengths.iter().map(|length| usize::from(*length)).sum();
        self.head_bytes() + body
    }

    pub(super) fn end(&self) -> u64 {
        self.at + self.bytes() as u64
    }

    /// Packets that both begin and end on it.
    pub(super) fn whole_packets(&self) -> usize {
        let ends = self
            .lengths
            .iter()
            .filter(|length| **length < u8::MAX)
            .count();
        ends.saturating_sub(usize::from(self.is_continued))
    }
}

/// The page that begins at `at`; `None` if none does.
pub(super) fn page_at(window: &mut Window, at: u64) -> io::Result<Option<PageHead>> {
    let head = window.get(at, HEAD_BYTES)?;
    let Some(
        &[
            m0,
            m1,
            m2,
            m3,
            0,
            flags,
            p0,
            p1,
            p2,
            p3,
            p4,
            p5,
            p6,
            p7,
            s0,
            s1,
            s2,
            s3,
            n0,
            n1,
            n2,
            n3,
            _,
            _,
            _,
            _,
            count,
        ],
    ) = head.first_chunk::<HEAD_BYTES>()
    else {
        return Ok(None);
    };
    if [m0, m1, m2, m3] != *MARK {
        return Ok(None);
    }
    let position = i64::from_le_bytes([p0, p1, p2, p3, p4, p5, p6, p7]);
    let lengths = window
        .get(at + HEAD_BYTES as u64, usize::from(count))?
        .to_vec();
    Ok((lengths.len() == usize::from(count)).then(|| PageHead {
        at,
        is_continued: flags & 1 != 0,
        is_first: flags & 2 != 0,
        is_last: flags & 4 != 0,
        position: Some(position).filter(|position| *position != NO_POSITION),
        serial: u32::from_le_bytes([s0, s1, s2, s3]),
        sequence: u32::from_le_bytes([n0, n1, n2, n3]),
        lengths,
    }))
}

/// The first page from `from` on, before `end`.
pub(super) fn next_page(window: &mut Window, from: u64, end: u64) -> io::Result<Option<PageHead>> {
    let mut start = from;
    while start < end {
        if let Some(page) = page_at(window, start)? {
            return Ok(Some(page));
        }
        let piece = window.get(start, SEARCH_BYTES + MARK.len() - 1)?;
        let found = piece
            .windows(MARK.len())
            .skip(1)
            .position(|four| four == MARK);
        start += match found {
            Some(index) => index as u64 + 1,
            None if piece.len() < SEARCH_BYTES => return Ok(None),
            None => SEARCH_BYTES as u64,
        };
    }
    Ok(None)
}

/// The body of a page; `None` where it is damaged or not all there.
pub(super) fn body(window: &mut Window, page: &PageHead) -> io::Result<Option<Vec<u8>>> {
    let bytes = page.bytes();
    let whole = window.get(page.at, bytes)?;
    if whole.len() < bytes {
        return Ok(None);
    }
    let stored = u32::from_le_bytes([whole[22], whole[23], whole[24], whole[25]]);
    let without = [&whole[..22], &[0; 4], &whole[26..]];
    let sum = without.iter().fold(0, |sum, bytes| checksum(sum, bytes));
    Ok((sum == stored).then(|| whole[page.head_bytes()..].to_vec()))
}

/// The checksum of RFC 3533, section 6: polynomial 0x04C11DB7, highest bit first.
fn checksum(sum: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(sum, |sum, byte| {
        sum << 8 ^ TABLE[usize::from((sum >> 24) as u8 ^ byte)]
    })
}

static TABLE: [u32; 256] = table();

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut value = (index as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            value = value << 1 ^ if value >> 31 == 1 { 0x04C1_1DB7 } else { 0 };
            bit += 1;
        }
        table[index] = value;
        index += 1;
    }
    table
}
