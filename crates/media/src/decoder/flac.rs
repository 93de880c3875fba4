//! FLAC files: the frames between whatever stands in front of them and behind. Blocks of metadata are left out but
//! for the first, so that damaged ones cannot keep the sound from being played; their own readers look at them.

mod frame;
mod tail;

use super::FrameSource;
use super::demuxed::Demuxed;
use super::empty::Empty;
use super::window::Window;
use crate::error::MediaError;
use crate::track_bytes::{Piece, TrackBytes};
use frame::{FrameHeader, StreamInfoBlock};
use std::io;
pub(super) use tail::without_tags;

/// Bytes of the mark in front, and of a block's head.
const MARK_BYTES: u64 = 4;
const BLOCK_HEAD_BYTES: u64 = 4;
/// Blocks of metadata looked at.
const MAX_BLOCKS: usize = 1_024;
/// Bytes searched for the first frame where the blocks' lengths are wrong.
const SEARCH_BYTES: u64 = 64 << 20;
/// Bytes searched at a time.
const PIECE_BYTES: usize = 1 << 16;

/// Opens a file whose mark stands at `start`.
///
/// # Errors
/// When it cannot be read, or its first block is damaged.
pub(super) fn open(bytes: &TrackBytes, start: u64) -> Result<Box<dyn FrameSource>, MediaError> {
    let mut window = Window::new(bytes.reopen()?);
    let block = window.get(
        start + MARK_BYTES + BLOCK_HEAD_BYTES,
        StreamInfoBlock::BYTES,
    )?;
    let damaged = || MediaError::Damaged("its stream information is missing".into());
    let mut stream = StreamInfoBlock::parse(block).ok_or_else(damaged)?;
    let audio_start = audio_start(&mut window, start, &stream)?;
    let mut warnings = Vec::new();
    let mut length = None;
    if let Some(end) = bytes.len() {
        if audio_start > end || audio_start == end && stream.frames() > 0 {
            let reason = "it is cut short before its sound begins";
            return Err(MediaError::Damaged(reason.into()));
        }
        if stream.frames() == 0 && !has_frame(&mut window, audio_start, &stream)? {
            return Ok(Box::new(Empty(stream.info())));
        }
        let end = without_tags(&mut window, audio_start, end)?;
        if let Some(last) = tail::last_frame(&mut window, audio_start, end, &stream)? {
            length = Some(last.end - audio_start);
            let first = window.get(audio_start, FrameHeader::MAX_BYTES)?;
            let first = FrameHeader::parse(first, &stream).map_or(0, |first| first.first_frame);
            let found = last.frames_end.saturating_sub(first);
            let declared = stream.frames();
            if found < declared {
                warnings.push(MediaError::Truncated { declared, found }.to_string());
            }
            stream.set_frames(found);
        }
    }
    let mut head = b"fLaC\x80\0\0\x22".to_vec();
    head.extend(stream.bytes());
    let spliced = bytes.spliced(vec![
        Piece::Bytes(head.into()),
        Piece::Of {
            start: audio_start,
            length,
        },
    ])?;
    Ok(Box::new(Demuxed::open(spliced)?.with_warnings(warnings)?))
}

/// Whether a frame begins at `at`.
fn has_frame(window: &mut Window, at: u64, stream: &StreamInfoBlock) -> io::Result<bool> {
    let head = window.get(at, FrameHeader::MAX_BYTES)?;
    Ok(FrameHeader::parse(head, stream).is_some())
}

/// Where the first frame begins: behind the blocks, or where one is found.
fn audio_start(window: &mut Window, start: u64, stream: &StreamInfoBlock) -> io::Result<u64> {
    let mut at = start + MARK_BYTES;
    for _ in 0..MAX_BLOCKS {
        let Some(&[kind, s0, s1, s2]) = window.get(at, 4)?.first_chunk() else {
            break;
        };
        // A frame where a block is expected: none says that it is the last.
        if kind == 0xFF {
            break;
        }
        at += BLOCK_HEAD_BYTES + u64::from(u32::from_be_bytes([0, s0, s1, s2]));
        if kind & 0x80 != 0 {
            break;
        }
    }
    if has_frame(window, at, stream)? {
        return Ok(at);
    }
    let from = start + MARK_BYTES + BLOCK_HEAD_BYTES + StreamInfoBlock::BYTES as u64;
    let mut first_found = None;
    let mut piece_start = from;
    while piece_start < from + SEARCH_BYTES {
        let piece = window.get(piece_start, PIECE_BYTES + FrameHeader::MAX_BYTES)?;
        for index in 0..piece.len().min(PIECE_BYTES) {
            if piece[index] == 0xFF
                && let Some(header) = FrameHeader::parse(&piece[index..], stream)
            {
                let place = piece_start + index as u64;
                if header.first_frame == 0 {
                    return Ok(place);
                }
                first_found = first_found.or(Some(place));
            }
        }
        if piece.len() <= PIECE_BYTES {
            break;
        }
        piece_start += PIECE_BYTES as u64;
    }
    Ok(first_found.unwrap_or(at))
}
