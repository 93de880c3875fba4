//! From frame to frame of a FLAC stream. A frame's head does not say how long it is: its end is where its sum comes
//! out right and something that may follow a frame begins.

use super::frame::{FrameHeader, StreamInfoBlock, checksum_16};
use super::tail::decodes;
use crate::decoder::window::Window;
use std::io;

/// Bytes looked at at a time.
const PIECE_BYTES: usize = 4_096;
/// Bytes read in vain behind what only looked like a head, in all, after which no more is looked for.
const MAX_VAIN_BYTES: u64 = 256 << 20;
/// The mark of a file.
pub(super) const MARK: &[u8; 4] = b"fLaC";
/// Blocks of metadata have such kinds.
const MAX_KIND: u8 = 6;
/// What stands in front of tags, and behind the last frame.
const TAGS: [&[u8]; 4] = [b"ID3", b"TAG", b"APETAGEX", b"LYRICSBEGIN"];

/// A whole frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct FoundFrame {
    pub(super) at: u64,
    pub(super) end: u64,
    pub(super) header: FrameHeader,
}

/// What comes next.
#[derive(Debug, Clone, Copy)]
pub(super) enum Next {
    Frame(FoundFrame),
    /// Another stream begins here.
    Stream(u64),
    End,
}

/// Looks for frames of one stream.
pub(super) struct Scanner {
    pub(super) window: Window,
    stream: StreamInfoBlock,
    /// Where the stream ends at the latest.
    end: u64,
    vain_bytes: u64,
}

impl Scanner {
    /// Looks for frames of `stream` before `end`.
    pub(super) fn new(window: Window, stream: StreamInfoBlock, end: u64) -> Self {
        Self {
            window,
            stream,
            end,
            vain_bytes: 0,
        }
    }

    pub(super) fn get(&mut self, at: u64, count: usize) -> io::Result<&[u8]> {
        let left = usize::try_from(self.end.saturating_sub(at)).unwrap_or(usize::MAX);
        self.window.get(at, count.min(left))
    }

    /// The frame at `at`, if a whole one stands there.
    pub(super) fn frame_at(&mut self, at: u64) -> io::Result<Option<FoundFrame>> {
        let stream = self.stream;
        self.frame_of(at, &stream)
    }

    fn frame_of(&mut self, at: u64, stream: &StreamInfoBlock) -> io::Result<Option<FoundFrame>> {
        let head = self.get(at, FrameHeader::MAX_BYTES)?;
        let Some(header) = FrameHeader::parse(head, stream) else {
            return Ok(None);
        };
        let end = self.frame_end(at, &header, stream)?;
        Ok(end.map(|end| FoundFrame { at, end, header }))
    }

    /// A frame of any stream at `at`, and what it says of its stream, of which `known` is known.
    pub(super) fn any_frame_at(
        &mut self,
        at: u64,
        known: &StreamInfoBlock,
    ) -> io::Result<Option<StreamInfoBlock>> {
        let header = FrameHeader::parse_any(self.get(at, FrameHeader::MAX_BYTES)?);
        let Some(stream) = header.and_then(|header| known.corrected_by(&header)) else {
            return Ok(None);
        };
        Ok(self.frame_of(at, &stream)?.map(|_| stream))
    }

    fn frame_end(
        &mut self,
        at: u64,
        header: &FrameHeader,
        stream: &StreamInfoBlock,
    ) -> io::Result<Option<u64>> {
        // The head, a subframe and the sum.
        let least = header.bytes + 4;
        let most = stream.most_frame_bytes(header.frames);
        let mut sum = 0;
        let mut done = 0;
        // Where the sum comes out right by chance, or before junk.
        let mut doubtful = Vec::new();
        let mut zeros = 0;
        while done < most {
            let piece = self.get(at + done as u64, PIECE_BYTES)?.to_vec();
            for (index, byte) in piece.iter().enumerate() {
                sum = checksum_16(sum, *byte);
                zeros = if sum == 0 { zeros + 1 } else { 0 };
                let length = done + index + 1;
                // Zeros behind leave it at 0; one of them may be the sum's own second byte.
                if !(1..=2).contains(&zeros) || length < least {
                    continue;
                }
                if self.may_follow(at + length as u64)? {
                    return Ok(Some(at + length as u64));
                }
                doubtful.push(length);
            }
            done += piece.len();
            if piece.len() < PIECE_BYTES {
                break;
            }
        }
        // What is too short does not decode.
        for length in doubtful {
            let frame = self.get(at, length)?;
            if decodes(frame, stream, header.frames) {
                return Ok(Some(at + length as u64));
            }
        }
        self.vain_bytes += done as u64;
        Ok(None)
    }

    /// Whether what stands at `at` may follow a frame: another, a tag, another file, nothing.
    fn may_follow(&mut self, at: u64) -> io::Result<bool> {
        let head = self.get(at, FrameHeader::MAX_BYTES)?;
        Ok(head.is_empty()
            || FrameHeader::parse_any(head).is_some()
            || is_mark(head)
            || TAGS.iter().any(|tag| head.starts_with(tag)))
    }

    /// Bytes of the tag at `at`; 0 if there is none.
    fn tag_bytes(&mut self, at: u64) -> io::Result<u64> {
        let head = self.get(at, 32)?;
        Ok(match *head {
            [b'I', b'D', b'3', _, _, flags, s0, s1, s2, s3, ..] => {
                let size = [s0, s1, s2, s3]
                    .iter()
                    .fold(0, |size, byte| size << 7 | u64::from(byte & 0x7F));
                size + if flags & 0x10 != 0 { 20 } else { 10 }
            }
            [b'T', b'A', b'G', ..] => 128,
            _ if head.starts_with(b"APETAGEX") => {
                let size = head.get(12..16).and_then(|size| size.try_into().ok());
                let is_head = head.get(23).is_some_and(|flags| flags & 0x20 != 0);
                let size = size.map_or(0, u32::from_le_bytes);
                32 + if is_head { u64::from(size) } else { 0 }
            }
            _ => 0,
        })
    }

    /// What comes at `at` or behind it. Whether bytes that belong to nothing lie before it is the second value.
    pub(super) fn next(&mut self, mut at: u64) -> io::Result<(Next, bool)> {
        loop {
            if let Some(frame) = self.frame_at(at)? {
                return Ok((Next::Frame(frame), false));
            }
            if is_mark(self.get(at, 5)?) {
                return Ok((Next::Stream(at), false));
            }
            match self.tag_bytes(at)? {
                0 => break,
                bytes => at += bytes,
            }
        }
        if self
            .any_frame_at(at, &StreamInfoBlock::unknown())?
            .is_some()
        {
            return Ok((Next::Stream(at), false));
        }
        Ok((self.search(at)?, true))
    }

    /// The first frame of the stream, or the first mark, from `at` on.
    pub(super) fn search(&mut self, mut at: u64) -> io::Result<Next> {
        while self.vain_bytes < MAX_VAIN_BYTES {
            let piece = self.get(at, PIECE_BYTES + 1)?.to_vec();
            for (index, pair) in piece.windows(2).enumerate() {
                let place = at + index as u64;
                match pair {
                    [0xFF, 0xF8 | 0xF9] => {
                        if let Some(frame) = self.frame_at(place)? {
                            return Ok(Next::Frame(frame));
                        }
                    }
                    b"fL" if is_mark(self.get(place, 5)?) => return Ok(Next::Stream(place)),
                    _ => {}
                }
            }
            if piece.len() <= PIECE_BYTES {
                break;
            }
            at += PIECE_BYTES as u64;
        }
        Ok(Next::End)
    }
}

/// Whether a file begins here, with a block of metadata or a frame.
fn is_mark(bytes: &[u8]) -> bool {
    match bytes.strip_prefix(MARK) {
        Some([kind, ..]) => kind & 0x7F <= MAX_KIND || *kind == 0xFF,
        _ => false,
    }
}
