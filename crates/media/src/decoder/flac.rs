//! FLAC files: the frames between whatever stands in front of them and behind. Of the blocks of metadata only what the
//! stream is is asked, and that is compared with the frames; their own readers look at the others.

mod frame;
mod layout;
mod scan;
mod source;
mod tail;
mod wide;
mod wide_decoder;

use super::empty::Empty;
use super::joined::{Joined, Part};
use super::window::Window;
use crate::decoder::source::FrameSource;
use crate::error::MediaError;
use crate::track_bytes::TrackBytes;
pub(super) use frame::is_whole_frame;
use frame::{FrameHeader, StreamInfoBlock};
use layout::Layout;
use scan::{Next, Scanner};
use source::FlacStream;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
pub(super) use tail::without_tags;
pub(super) use wide_decoder::{WideFlac, is_wide};

/// Streams behind one another that are looked for; more are left out.
const MAX_STREAMS: usize = 4_096;
/// Bytes in which the first frame of a stream without a mark is looked for.
const BARE_SEARCH_BYTES: usize = 1 << 17;

/// Opens a file whose mark, or first frame, stands at `start`.
///
/// # Errors
/// When it cannot be read, or its sound cannot be found.
pub(super) fn open(bytes: &TrackBytes, start: u64) -> Result<Box<dyn FrameSource>, MediaError> {
    let first = Layout::read(bytes, start)?;
    if bytes.len().is_none() {
        return open_pipe(bytes, first);
    }
    if first.frames == Some(0) && first.next.is_none() {
        return Ok(Box::new(Empty(first.info())));
    }
    let mut next = first.next;
    let mut layouts = vec![first];
    while let Some(at) = next.take().filter(|_| layouts.len() < MAX_STREAMS) {
        // One that makes no sense costs itself and what is behind it.
        let Ok(layout) = Layout::read(bytes, at) else {
            break;
        };
        next = layout.next.filter(|next| *next > at);
        if layout.frames != Some(0) {
            layouts.push(layout);
        }
    }
    if layouts.len() > 1 {
        layouts.retain(|layout| layout.frames != Some(0));
    }
    match <[Layout; 1]>::try_from(layouts) {
        Ok([layout]) => Ok(Box::new(FlacStream::open(bytes.reopen()?, layout)?)),
        Err(layouts) => {
            let parts = layouts.into_iter().map(|layout| part(bytes, layout, None));
            let parts = parts.collect::<Result<_, MediaError>>()?;
            Ok(Box::new(Joined::open(parts, None)?))
        }
    }
}

/// Opens a pipe that begins with the stream of `layout`; those behind it are found when they come.
fn open_pipe(bytes: &TrackBytes, layout: Layout) -> Result<Box<dyn FrameSource>, MediaError> {
    // Where the next stream begins; 0 for nowhere.
    let place = Arc::new(AtomicU64::new(0));
    let first = part(bytes, layout, Some(&place))?;
    let bytes = bytes.reopen()?;
    let next = move || match place.swap(0, Ordering::Relaxed) {
        0 => Ok(None),
        at => part(&bytes, Layout::read(&bytes, at)?, Some(&place)).map(Some),
    };
    Ok(Box::new(Joined::open(vec![first], Some(Box::new(next)))?))
}

fn part(
    bytes: &TrackBytes,
    layout: Layout,
    place: Option<&Arc<AtomicU64>>,
) -> Result<Part, MediaError> {
    let (bytes, place) = (bytes.reopen()?, place.cloned());
    let info = layout.info();
    Ok(Part {
        sample_rate_hz: info.sample_rate_hz,
        channels: info.channels,
        frames: info.frames.filter(|_| place.is_none()),
        tags: layout.tags.clone(),
        warnings: layout.warnings.clone(),
        open: Box::new(move || {
            let mut stream = FlacStream::open(bytes.reopen()?, layout.clone())?;
            if let Some(place) = &place {
                stream.tell_next(Arc::clone(place));
            }
            Ok(Box::new(stream))
        }),
    })
}

/// Where the frames of a stream without a mark begin, at `start` or a little behind it; `None` if there are none.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn bare_frames(bytes: &TrackBytes, start: u64) -> Result<Option<u64>, io::Error> {
    let reopened = bytes.reopen().map_err(io::Error::other)?;
    let mut scanner = Scanner::new(Window::new(reopened), StreamInfoBlock::unknown(), u64::MAX);
    // A pipe is not read ahead for what may not be there.
    let most = match bytes.len() {
        Some(_) => BARE_SEARCH_BYTES,
        None => FrameHeader::MAX_BYTES,
    };
    let piece = scanner.get(start, most)?.to_vec();
    let unknown = StreamInfoBlock::unknown();
    for index in 0..piece.len().saturating_sub(FrameHeader::MAX_BYTES - 1) {
        if FrameHeader::parse_any(&piece[index..]).is_none() {
            continue;
        }
        let place = start + index as u64;
        if let Some(stream) = scanner.any_frame_at(place, &unknown)? {
            // Another frame must follow.
            let window = Window::new(bytes.reopen().map_err(io::Error::other)?);
            let mut scanner = Scanner::new(window, stream, u64::MAX);
            if let Some(first) = scanner.frame_at(place)?
                && let Next::Frame(second) = scanner.next(first.end)?.0
                && second.at == first.end
            {
                return Ok(Some(place));
            }
        }
    }
    Ok(None)
}
