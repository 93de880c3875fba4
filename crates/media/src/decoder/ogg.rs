//! Vorbis, Opus and FLAC in Ogg, by a reader of our own: chains of streams are played whole, pages may leave out
//! their positions, and other streams may lie between.

mod gap;
mod headers;
mod headless;
mod link;
mod links;
mod packets;
mod page;
mod stream;

use super::joined::{Joined, Part};
use crate::decoder::source::FrameSource;
use crate::error::MediaError;
use crate::track_bytes::TrackBytes;
use link::Link;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use stream::OggStream;

/// Opens a file.
///
/// # Errors
/// When it cannot be read, or has no stream that can be played.
pub(super) fn open(bytes: &TrackBytes) -> Result<Box<dyn FrameSource>, MediaError> {
    let mut found = links::find(bytes, 0)?;
    if bytes.len().is_none() {
        return open_pipe(bytes, found.links.remove(0));
    }
    let count = found.links.len();
    let mut parts: Vec<Part> = Vec::new();
    let (mut fault, mut left_out) = (None, found.lost);
    for (index, link) in found.links.into_iter().enumerate() {
        let is_last = index + 1 == count;
        let is_cut = is_last && (found.is_cut || !link.has_end);
        let mut stream = match OggStream::open(bytes.reopen()?, link.clone()) {
            Ok(stream) => stream,
            // One that makes no sense costs itself only.
            Err(error) => {
                let frames = link.last_position.unwrap_or(0);
                left_out.push(format!(
                    "a stream of {frames} frames within it cannot be played: {error}"
                ));
                fault = Some(error);
                continue;
            }
        };
        if is_cut && link.last_page.is_none() {
            let reason = "it is cut short before its sound begins";
            fault = Some(MediaError::Damaged(reason.into()));
            left_out.push("cut short: a stream within it has no sound".into());
            continue;
        }
        if is_cut {
            stream.warn("cut short: its end is missing");
        }
        if link.has_lent_head {
            let line = "damaged: the first page of a stream within it is read as that of another";
            left_out.push(line.into());
        }
        if count == 1 {
            for line in left_out {
                stream.warn(&line);
            }
            return Ok(Box::new(stream));
        }
        let info = stream.info();
        let (frames, bytes) = (info.frames.unwrap_or(0), bytes.reopen()?);
        parts.push(Part {
            sample_rate_hz: info.sample_rate_hz,
            channels: info.channels,
            frames: Some(frames),
            tags: stream.tags().clone(),
            warnings: Vec::new(),
            open: Box::new(move || {
                let mut stream = OggStream::open(bytes.reopen()?, link.clone())?;
                if is_cut {
                    stream.warn("cut short: its end is missing");
                }
                Ok(Box::new(stream))
            }),
        });
    }
    if let Some(first) = parts.first_mut() {
        first.warnings = left_out;
    }
    match fault {
        Some(error) if parts.is_empty() => Err(error),
        _ => Ok(Box::new(Joined::open(parts, None)?)),
    }
}

/// Opens a pipe that begins with `link`; those behind it are found when they come.
fn open_pipe(bytes: &TrackBytes, link: Link) -> Result<Box<dyn FrameSource>, MediaError> {
    // Where the next link begins; 0 for nowhere.
    let place = Arc::new(AtomicU64::new(0));
    let first = piped_part(bytes, link, &place)?;
    let bytes = bytes.reopen()?;
    let next = move || {
        let link = match place.swap(0, Ordering::Relaxed) {
            0 => None,
            at => links::link_at(&bytes, at)?,
        };
        link.map(|link| piped_part(&bytes, link, &place))
            .transpose()
    };
    Ok(Box::new(Joined::open(vec![first], Some(Box::new(next)))?))
}

fn piped_part(bytes: &TrackBytes, link: Link, place: &Arc<AtomicU64>) -> Result<Part, MediaError> {
    let stream = OggStream::open(bytes.reopen()?, link.clone())?;
    let info = stream.info();
    let (bytes, place) = (bytes.reopen()?, Arc::clone(place));
    Ok(Part {
        sample_rate_hz: info.sample_rate_hz,
        channels: info.channels,
        frames: None,
        tags: stream.tags().clone(),
        warnings: Vec::new(),
        open: Box::new(move || {
            let mut stream = OggStream::open(bytes.reopen()?, link.clone())?;
            stream.tell_next(Arc::clone(&place));
            Ok(Box::new(stream))
        }),
    })
}
