//! Where the frames of one stream stand, and what it is, as far as its blocks and its frames agree.

use super::frame::{FrameHeader, StreamInfoBlock};
use super::scan::{MARK, Next, Scanner};
use super::tail::{last_frame, without_tags};
use crate::decoder::source::StreamInfo;
use crate::decoder::window::Window;
use crate::error::MediaError;
use crate::tags::{Tags, read_vorbis_comment};
use crate::track_bytes::TrackBytes;
use std::io;

/// Bytes of the mark in front, and of a block's head.
const MARK_BYTES: u64 = 4;
const BLOCK_HEAD_BYTES: u64 = 4;
/// Blocks of metadata looked at.
const MAX_BLOCKS: usize = 1_024;
/// Kinds of blocks.
const STREAMINFO: u8 = 0;
const COMMENT: u8 = 4;
/// Longer comments are left to the reader of tags.
const MAX_COMMENT_BYTES: u32 = 1 << 20;
/// Bytes searched for the first frame where the blocks' lengths are wrong.
const SEARCH_BYTES: u64 = 64 << 20;
/// Bytes searched at a time.
const PIECE_BYTES: usize = 1 << 16;
/// The first place behind the start, and before the end, that is looked at; the others are twice as far each.
const NEAREST_PROBE_BYTES: u64 = 64;
/// Files up to this size are walked through from frame to frame when they are opened.
const SMALL_BYTES: u64 = 256 << 10;

/// One stream of a file.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) stream: StreamInfoBlock,
    /// Where the first frame begins.
    pub(super) start: u64,
    /// Where the last one ends; `None` for the end of a pipe.
    pub(super) end: Option<u64>,
    /// Frames of sound, where they are known.
    pub(super) frames: Option<u64>,
    /// The number of the first frame of sound: not 0 where the stream was cut in front.
    pub(super) first_frame: u64,
    /// Whether the numbers of the frames grow as they should, so that they can be gone by.
    pub(super) is_numbered: bool,
    /// Where the stream behind it begins.
    pub(super) next: Option<u64>,
    pub(super) warnings: Vec<String>,
    pub(super) tags: Tags,
}

impl Layout {
    /// Reads the stream that begins at `at`, with a mark or a frame.
    ///
    /// # Errors
    /// When it cannot be read, or has no frame though it should.
    pub(super) fn read(bytes: &TrackBytes, at: u64) -> Result<Self, MediaError> {
        let mut window = Window::new(bytes.reopen()?);
        let blocks = Blocks::read(&mut window, at)?;
        let end = bytes.len();
        let declared = blocks.info.map_or(0, |info| info.frames());
        let is_short = end.is_some_and(|end| blocks.end > end || blocks.end == end && declared > 0);
        let known = blocks.info.unwrap_or_else(StreamInfoBlock::unknown);
        let first = first_frame(window, &blocks, &known)?;
        let (stream, start) = match first {
            Some(first) => first,
            None if blocks.info.is_some() && is_short => {
                let reason = "it is cut short before its sound begins";
                return Err(MediaError::Damaged(reason.into()));
            }
            None if known.is_usable() && declared == 0 => (known, blocks.end),
            None if known.is_usable() => {
                return Err(MediaError::Damaged("no sound could be decoded".into()));
            }
            None => {
                let reason = "its stream information is missing";
                return Err(MediaError::Damaged(reason.into()));
            }
        };
        let mut this = Self {
            stream,
            start,
            end,
            frames: Some(declared).filter(|declared| *declared > 0),
            first_frame: 0,
            is_numbered: true,
            next: None,
            warnings: Vec::new(),
            tags: blocks.tags,
        };
        if first.is_none() {
            this.frames = Some(0);
            return Ok(this);
        }
        let mut window = Window::new(bytes.reopen()?);
        let head = window.get(start, FrameHeader::MAX_BYTES)?;
        this.first_frame = FrameHeader::parse(head, &stream).map_or(0, |head| head.first_frame);
        if let Some(end) = end {
            this.measure(window, end, declared)?;
        }
        Ok(this)
    }

    /// Finds the end of the stream in a file that ends at `file_end`.
    fn measure(
        &mut self,
        mut window: Window,
        file_end: u64,
        declared: u64,
    ) -> Result<(), MediaError> {
        let end = without_tags(&mut window, self.start, file_end)?;
        let last = last_frame(&mut window, self.start, end, &self.stream)?;
        let found = last.map(|last| last.frames_end.saturating_sub(self.first_frame));
        let mut scanner = Scanner::new(window, self.stream, end);
        let mut is_followed = false;
        if let Some(last) = last {
            is_followed = matches!(scanner.next(last.end)?.0, Next::Stream(_));
        }
        let is_plain = last.is_some()
            && !is_followed
            && (declared == 0 || found == Some(declared))
            && end - self.start > SMALL_BYTES
            && self.has_rising_numbers(&mut scanner, end)?;
        if is_plain {
            self.end = last.map(|last| last.end);
            self.frames = found;
        } else {
            self.walk(&mut scanner)?;
        }
        let found = self.frames.unwrap_or(0);
        if found < declared {
            let error = MediaError::Truncated { declared, found };
            self.warnings.push(error.to_string());
        }
        Ok(())
    }

    /// Whether the frames at places spread over the file, near both of its ends above all, are in order. Where
    /// another stream was put behind the first, their numbers fall somewhere.
    fn has_rising_numbers(&self, scanner: &mut Scanner, end: u64) -> io::Result<bool> {
        let (mut offset, mut places) = (NEAREST_PROBE_BYTES, Vec::new());
        while offset < (end - self.start) / 2 {
            places.extend([self.start + offset, end - offset]);
            offset *= 2;
        }
        places.push(u64::midpoint(self.start, end));
        places.sort_unstable();
        let mut last = None;
        for place in places {
            match scanner.search(place)? {
                Next::Frame(frame) => {
                    let number = Some((frame.at, frame.header.first_frame));
                    let (before, now) =
                        (last.unwrap_or((0, 0)), (frame.at, frame.header.first_frame));
                    if now.0 > before.0 && now.1 < before.1 {
                        return Ok(false);
                    }
                    last = number;
                }
                Next::Stream(_) => return Ok(false),
                Next::End => {}
            }
        }
        Ok(true)
    }

    /// Goes from frame to frame up to the end.
    fn walk(&mut self, scanner: &mut Scanner) -> io::Result<()> {
        let (mut at, mut frames) = (self.start, 0);
        self.end = Some(self.start);
        loop {
            match scanner.next(at)?.0 {
                Next::Frame(frame) => {
                    let number = frame.header.first_frame.checked_sub(self.first_frame);
                    let missing = missing_frames(number, frames);
                    self.is_numbered &= number == Some(frames + missing);
                    frames += missing + frame.header.frames;
                    at = frame.end;
                    self.end = Some(at);
                }
                Next::Stream(place) => {
                    self.next = Some(place);
                    break;
                }
                Next::End => break,
            }
        }
        self.frames = Some(frames);
        Ok(())
    }

    /// What the stream is.
    pub(super) fn info(&self) -> StreamInfo {
        StreamInfo {
            codec: "FLAC".into(),
            container: "flac".into(),
            sample_rate_hz: self.stream.sample_rate_hz(),
            channels: usize::from(self.stream.channels()),
            bits_per_sample: Some(u32::from(self.stream.bits())),
            frames: self.frames,
            rough_duration: None,
            encoder_delay_frames: 0,
            encoder_padding_frames: 0,
            warnings: self.warnings.clone(),
            links: Vec::new(),
        }
    }
}

/// Frames of sound that were lost in front of one numbered `number`, where `expected` should come. Only a few are
/// believed to be lost: where more are missing, something was cut out.
pub(super) fn missing_frames(number: Option<u64>, expected: u64) -> u64 {
    /// Five seconds at 192 kHz.
    const MAX_FRAMES: u64 = 960_000;
    let missing = number.map_or(0, |number| number.saturating_sub(expected));
    if missing <= MAX_FRAMES { missing } else { 0 }
}

/// The blocks in front of a stream.
struct Blocks {
    info: Option<StreamInfoBlock>,
    tags: Tags,
    /// Where the search for a frame begins if none stands at the end.
    search: u64,
    end: u64,
}

impl Blocks {
    fn read(window: &mut Window, start: u64) -> io::Result<Self> {
        let mut this = Self {
            info: None,
            tags: Tags::default(),
            search: start,
            end: start,
        };
        if window.get(start, MARK.len())? != MARK {
            return Ok(this);
        }
        let mut at = start + MARK_BYTES;
        this.search = at;
        for _ in 0..MAX_BLOCKS {
            let Some(&[kind, s0, s1, s2]) = window.get(at, 4)?.first_chunk() else {
                break;
            };
            // A frame where a block is expected: none says that it is the last.
            if kind == 0xFF {
                break;
            }
            let length = u32::from_be_bytes([0, s0, s1, s2]);
            let content = at + BLOCK_HEAD_BYTES;
            match kind & 0x7F {
                STREAMINFO if this.info.is_none() => {
                    this.info =
                        StreamInfoBlock::parse(window.get(content, StreamInfoBlock::BYTES)?);
                    this.search = content + StreamInfoBlock::BYTES as u64;
                }
                COMMENT if length <= MAX_COMMENT_BYTES => {
                    this.tags = read_vorbis_comment(window.get(content, length as usize)?);
                }
                _ => {}
            }
            at = content + u64::from(length);
            if kind & 0x80 != 0 {
                break;
            }
        }
        this.end = at;
        Ok(this)
    }
}

/// The first frame, and its stream as that frame has it: behind the blocks, or where one is found.
fn first_frame(
    window: Window,
    blocks: &Blocks,
    known: &StreamInfoBlock,
) -> io::Result<Option<(StreamInfoBlock, u64)>> {
    let mut scanner = Scanner::new(window, *known, u64::MAX);
    if known.is_usable() {
        let head = scanner.get(blocks.end, FrameHeader::MAX_BYTES)?;
        if let Some(stream) =
            FrameHeader::parse(head, known).and_then(|head| known.corrected_by(&head))
        {
            return Ok(Some((stream, blocks.end)));
        }
    }
    if let Some(stream) = scanner.any_frame_at(blocks.end, known)? {
        return Ok(Some((stream, blocks.end)));
    }
    let mut first_found = None;
    let mut piece_start = blocks.search;
    while piece_start < blocks.search + SEARCH_BYTES {
        let piece = scanner
            .get(piece_start, PIECE_BYTES + FrameHeader::MAX_BYTES)?
            .to_vec();
        for index in 0..piece.len().min(PIECE_BYTES) {
            let Some(header) = FrameHeader::parse_any(&piece[index..]) else {
                continue;
            };
            let place = piece_start + index as u64;
            let is_first = header.first_frame == 0;
            if (is_first || first_found.is_none())
                && let Some(stream) = scanner.any_frame_at(place, known)?
            {
                if is_first {
                    return Ok(Some((stream, place)));
                }
                first_found = Some((stream, place));
            }
        }
        if piece.len() <= PIECE_BYTES {
            break;
        }
        piece_start += PIECE_BYTES as u64;
    }
    Ok(first_found)
}
