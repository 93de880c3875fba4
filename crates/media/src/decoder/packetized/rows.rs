//! Frames told from other bytes that look like one by how many stand in a row.

/// So many bytes that are no frame, between frames or behind them, are sound that is lost: fewer are no frame.
const MIN_LOST_BYTES: u64 = 16;
/// Marks of tags, which are none.
const TAGS: [&[u8]; 3] = [b"ID3", b"TAG", b"APETAGEX"];
/// Bytes that may be damaged at the start.
const SEARCHED_BYTES: usize = 1 << 16;

/// Whether `count` bytes that begin with `head` were frames of sound, as they stand where frames are expected.
pub(super) fn is_loss(count: u64, head: &[u8]) -> bool {
    count >= MIN_LOST_BYTES && !TAGS.iter().any(|mark| head.starts_with(mark))
}

/// How frames of one kind are told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows {
    /// Frames in a row at the place where they are expected, and anywhere.
    pub(super) in_place: usize,
    pub(super) anywhere: usize,
    pub(super) head_bytes: usize,
    /// The bytes of the frame that begins the second, if it belongs to a stream that begins with the first.
    pub(super) frame_bytes: fn(&[u8], &[u8]) -> Option<usize>,
}

impl Rows {
    /// Whether `head`, the first bytes of a file behind its tags, begins with frames; `is_whole` if it is all of the
    /// file.
    pub(super) fn start(&self, head: &[u8], is_whole: bool) -> bool {
        self.begin(head, self.in_place, is_whole)
    }

    /// Whether frames begin somewhere in `head`, behind damage.
    pub(super) fn are_in(&self, head: &[u8]) -> bool {
        let mut starts = 0..head.len().min(SEARCHED_BYTES);
        starts.any(|at| self.begin(&head[at..], self.anywhere, false))
    }

    /// Whether so many frames follow each other at the start of `bytes`, or all up to its end.
    fn begin(&self, bytes: &[u8], wanted: usize, ends_here: bool) -> bool {
        let mut at = 0;
        for number in 0..wanted {
            let rest = bytes.get(at..).unwrap_or_default();
            match (self.frame_bytes)(bytes, rest) {
                Some(count) => at += count,
                None => return ends_here && number > 0 && rest.len() < self.head_bytes,
            }
        }
        true
    }
}
