//! Finding MPEG audio frames one behind the other, over tags and damage.

use super::header::{FrameHeader, HEADER_BYTES};
use crate::decoder::window::Window;
use crate::track_bytes::TrackBytes;
use std::io;

/// Bytes searched at a time.
const SEARCH_BYTES: usize = 4_096;
/// Bytes of an ID3v1 tag.
const ID3V1_BYTES: u64 = 128;
/// Bytes of the head of an ID3v2 tag, and of an APE tag's head or foot.
const ID3V2_HEAD_BYTES: usize = 10;
const APE_HEAD_BYTES: usize = 32;

/// Steps from frame to frame.
#[derive(Debug)]
pub(super) struct FrameWalker {
    window: Window,
    /// Where the walk began.
    begin: u64,
    at: u64,
    last: Option<FrameHeader>,
    /// Whether the file ended within a frame.
    is_cut: bool,
    /// Whether bytes that are no frame and no tag stood between two frames.
    has_gap: bool,
    /// Whether a frame may have stood behind the last one.
    ends_in_gap: bool,
}

impl FrameWalker {
    /// Walks from `at` on.
    pub(super) fn new(bytes: TrackBytes, at: u64) -> Self {
        Self {
            window: Window::new(bytes),
            begin: at,
            at,
            last: None,
            is_cut: false,
            has_gap: false,
            ends_in_gap: false,
        }
    }

    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Whether something between two frames was damaged, since this was last asked.
    pub(super) fn take_gap(&mut self) -> bool {
        std::mem::take(&mut self.has_gap)
    }

    /// Whether the walk ended where a frame may have stood.
    pub(super) fn ends_in_gap(&self) -> bool {
        self.ends_in_gap
    }

    /// Goes on from `at`, where a frame begins.
    pub(super) fn go_to(&mut self, at: u64) {
        self.at = at;
    }

    /// Place and head of the next frame that is there as a whole.
    pub(super) fn next(&mut self) -> io::Result<Option<(u64, FrameHeader)>> {
        loop {
            let at = self.at;
            let head = self.window.get(at, HEADER_BYTES)?;
            if head.len() < HEADER_BYTES {
                return Ok(None);
            }
            let header = FrameHeader::parse(head);
            if let Some(header) =
                header.filter(|header| self.last.is_some_and(|last| header.is_like(&last)))
            {
                return self.take(at, header);
            }
            if let Some(tag_bytes) = self.tag_bytes(at)? {
                self.at = at.saturating_add(tag_bytes);
                continue;
            }
            match self.search(at)? {
                Some((found, header)) => {
                    self.has_gap |= self.last.is_some() && found > at;
                    return self.take(found, header);
                }
                None => {
                    self.ends_in_gap |= self.is_room_for_a_frame(at)?;
                    return Ok(None);
                }
            }
        }
    }

    /// Whether a frame may have stood behind the last one, at `at`, where nothing is known to stand.
    fn is_room_for_a_frame(&mut self, at: u64) -> io::Result<bool> {
        let Some(last) = self.last else {
            return Ok(false);
        };
        // Frames of one bit rate differ by a byte, those of variable rates by more.
        let least = (last.bytes / 4 * 3).max(1);
        Ok(match self.window.bytes().len() {
            Some(all) => all.saturating_sub(at) >= least,
            None => self.window.get(at, least as usize)?.len() as u64 >= least,
        })
    }

    fn take(&mut self, at: u64, header: FrameHeader) -> io::Result<Option<(u64, FrameHeader)>> {
        let end = at + header.bytes;
        let is_whole = match self.window.bytes().len() {
            Some(all) => end <= all,
            None => self.window.get(at, header.bytes as usize)?.len() as u64 == header.bytes,
        };
        if !is_whole {
            self.is_cut = true;
            return Ok(None);
        }
        self.at = end;
        self.last = Some(header);
        Ok(Some((at, header)))
    }

    /// The bytes of a frame.
    pub(super) fn frame(&mut self, at: u64, header: &FrameHeader) -> io::Result<&[u8]> {
        self.window.get(at, header.bytes as usize)
    }

    /// The first frame from `from` on that others of its kind follow, or the end of the file.
    fn search(&mut self, from: u64) -> io::Result<Option<(u64, FrameHeader)>> {
        let mut start = from;
        loop {
            let piece = self
                .window
                .get(start, SEARCH_BYTES + HEADER_BYTES - 1)?
                .to_vec();
            for (index, head) in piece.windows(HEADER_BYTES).enumerate() {
                if head[0] == 0xFF
                    && let Some(header) = FrameHeader::parse(head)
                    && self.is_confirmed(start + index as u64, &header)?
                {
                    return Ok(Some((start + index as u64, header)));
                }
            }
            if piece.len() < SEARCH_BYTES + HEADER_BYTES - 1 {
                return Ok(None);
            }
            start += SEARCH_BYTES as u64;
        }
    }

    fn is_confirmed(&mut self, at: u64, header: &FrameHeader) -> io::Result<bool> {
        let mut next = at + header.bytes;
        // One that stands where it is expected needs less to be believed than one found by searching.
        let others = if at == self.begin { 1 } else { 2 };
        for _ in 0..others {
            let head = self.window.get(next, HEADER_BYTES)?;
            if head.is_empty() {
                return Ok(true);
            }
            match FrameHeader::parse(head).filter(|next| next.is_like(header)) {
                Some(found) => next += found.bytes,
                None => return Ok(self.tag_bytes(next)?.is_some()),
            }
        }
        Ok(true)
    }

    /// Bytes of the tag that begins at `at`; `None` if none does.
    fn tag_bytes(&mut self, at: u64) -> io::Result<Option<u64>> {
        let head = self.window.get(at, APE_HEAD_BYTES)?;
        Ok(match head {
            [b'I', b'D', b'3', _, _, flags, s0, s1, s2, s3, ..]
                if [s0, s1, s2, s3].iter().all(|byte| **byte < 0x80) =>
            {
                let size = [s0, s1, s2, s3]
                    .iter()
                    .fold(0, |size, byte| size << 7 | u64::from(**byte));
                let footer = if flags & 0x10 != 0 {
                    ID3V2_HEAD_BYTES
                } else {
                    0
                };
                Some(size + (ID3V2_HEAD_BYTES + footer) as u64)
            }
            [b'T', b'A', b'G', ..] => Some(ID3V1_BYTES),
            // Its size stands at its end, in front of ID3v1's.
            [
                b'L',
                b'Y',
                b'R',
                b'I',
                b'C',
                b'S',
                b'B',
                b'E',
                b'G',
                b'I',
                b'N',
                ..,
            ] => {
                let all = self.window.bytes().len().unwrap_or(u64::MAX);
                Some(all.saturating_sub(at).max(1))
            }
            [
                b'A',
                b'P',
                b'E',
                b'T',
                b'A',
                b'G',
                b'E',
                b'X',
                _,
                _,
                _,
                _,
                s0,
                s1,
                s2,
                s3,
                _,
                _,
                _,
                _,
                _,
                _,
                _,
                flags,
                ..,
            ] => {
                let size = u64::from(u32::from_le_bytes([*s0, *s1, *s2, *s3]));
                let is_head = flags & 0x20 != 0;
                Some(APE_HEAD_BYTES as u64 + if is_head { size } else { 0 })
            }
            _ => None,
        })
    }
}
