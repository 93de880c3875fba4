//! MPEG audio, layers I to III, as a row of frames: MP3 files above all. What is played is what is there: the
//! counts in Xing's, LAME's and VBRI's headers are compared with the frames before they are believed.

mod count;
mod frames;
mod header;
mod info;
mod segments;
mod walk;

use super::joined::{Joined, Part};
use crate::channel_map::ChannelMap;
use crate::decoder::source::{FrameSource, StreamInfo};
use crate::error::MediaError;
use crate::tags::Tags;
use crate::track_bytes::{Piece, TrackBytes};
pub(crate) use count::counted_frames;
pub(super) use frames::FrameDecoder;
pub(super) use header::FrameHeader;
use segments::{Segment, first_segment, segments};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use walk::FrameWalker;

/// Frames between two remembered places.
const INDEX_STEP: u64 = 16;
/// MPEG frames decoded before a seek's target: layer III borrows up to 511 bytes from those before, ten of them at
/// low rates.
const PREROLL_PACKETS: u64 = 14;

/// One run of frames that one decoder decodes.
pub(super) struct Mpeg {
    walker: FrameWalker,
    decoder: FrameDecoder,
    header: FrameHeader,
    info: StreamInfo,
    segment: Segment,
    /// Places of every 16th frame, as far as has been walked.
    places: Vec<u64>,
    /// The MPEG frame that is decoded next.
    next_frame: u64,
    /// Where that is; `None` at the end.
    lookahead: Option<(u64, FrameHeader)>,
    decoded: Vec<f32>,
    /// Frames decoded since the last jump.
    decoded_frames: u64,
    /// Whether a frame could not be decoded; told once, at the end.
    has_loss: bool,
    /// Where to tell the place of the run that follows in a pipe.
    next_place: Option<Arc<AtomicU64>>,
}

/// Whether MPEG audio frames begin somewhere near `start`.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn is_mpeg(
    bytes: &TrackBytes,
    start: u64,
    search_bytes: u64,
) -> Result<bool, MediaError> {
    let piece = Piece::Of {
        start,
        length: Some(search_bytes),
    };
    let mut walker = FrameWalker::new(bytes.spliced(vec![piece])?, 0);
    Ok(walker.next()?.is_some())
}

/// Opens a file whose frames begin near `start`.
///
/// # Errors
/// When it cannot be read, or has no frame.
pub(super) fn open(bytes: &TrackBytes, start: u64) -> Result<Box<dyn FrameSource>, MediaError> {
    let all = Piece::Of {
        start,
        length: None,
    };
    let bytes = bytes.spliced(vec![all])?;
    if bytes.len().is_none() {
        return open_pipe(bytes);
    }
    let found = segments(&bytes)?;
    match <[Segment; 1]>::try_from(found) {
        Ok([segment]) => Ok(Box::new(Mpeg::of_segment(bytes, segment, None)?)),
        Err(found) => {
            let parts = found.into_iter().map(|segment| part(&bytes, segment, None));
            Ok(Box::new(Joined::open(parts.collect(), None)?))
        }
    }
}

/// Opens a pipe: its runs of frames are found when they come.
fn open_pipe(mut bytes: TrackBytes) -> Result<Box<dyn FrameSource>, MediaError> {
    // Where the next run begins; 0 for nowhere.
    let place = Arc::new(AtomicU64::new(0));
    let first = part(&bytes, first_segment(&bytes)?, Some(&place));
    let next = move || {
        let start = match place.swap(0, Ordering::Relaxed) {
            0 => return Ok(None),
            start => start,
        };
        bytes = bytes.spliced(vec![Piece::Of {
            start,
            length: None,
        }])?;
        Ok(Some(part(&bytes, first_segment(&bytes)?, Some(&place))))
    };
    Ok(Box::new(Joined::open(vec![first], Some(Box::new(next)))?))
}

fn part(bytes: &TrackBytes, segment: Segment, place: Option<&Arc<AtomicU64>>) -> Part {
    let (bytes, place) = (bytes.reopen(), place.cloned());
    let frames = segment.mpeg_frames.map(|_| segment.heard_frames());
    Part {
        sample_rate_hz: segment.header.sample_rate_hz,
        channels: usize::from(segment.header.channels),
        frames,
        tags: Tags::default(),
        warnings: Vec::new(),
        open: Box::new(move || {
            let bytes = bytes.as_ref().map_err(|_| MediaError::NotAudio)?.reopen()?;
            let mut run = Mpeg::of_segment(bytes, segment.clone(), None)?;
            run.next_place.clone_from(&place);
            Ok(Box::new(run))
        }),
    }
}

impl Mpeg {
    /// Opens the first run of frames in `bytes`, which lie in a `container`.
    pub(super) fn open(bytes: TrackBytes, container: &str) -> Result<Self, MediaError> {
        let segment = first_segment(&bytes)?;
        Self::of_segment(bytes, segment, Some(container))
    }

    /// Tells of a fault, unless one has been told.
    pub(super) fn warn(&mut self, line: &str) {
        if self.info.warnings.is_empty() {
            self.info.warnings.push(line.to_owned());
        }
    }

    fn of_segment(
        bytes: TrackBytes,
        segment: Segment,
        container: Option<&str>,
    ) -> Result<Self, MediaError> {
        let header = segment.header;
        let (name, container_name) = match header.layer {
            1 => ("MP1", "mp1"),
            2 => ("MP2", "mp2"),
            _ => ("MP3", "mp3"),
        };
        let frames = |frames: u64| u32::try_from(frames).unwrap_or(u32::MAX);
        let info = StreamInfo {
            codec: name.into(),
            container: container.unwrap_or(container_name).into(),
            sample_rate_hz: header.sample_rate_hz,
            channels: usize::from(header.channels),
            bits_per_sample: None,
            frames: segment.mpeg_frames.map(|_| segment.heard_frames()),
            rough_duration: None,
            encoder_delay_frames: frames(segment.delay_frames()),
            encoder_padding_frames: frames(segment.padding_frames()),
            warnings: segment.warning().into_iter().collect(),
            links: Vec::new(),
        };
        let mut walker = FrameWalker::new(bytes, segment.start);
        let lookahead = walker.next()?;
        Ok(Self {
            decoder: FrameDecoder::new(&header)?,
            places: lookahead.iter().map(|(at, _)| *at).collect(),
            walker,
            header,
            info,
            segment,
            next_frame: 0,
            lookahead,
            decoded: Vec::new(),
            decoded_frames: 0,
            has_loss: false,
            next_place: None,
        })
    }

    /// The next frame, and makes the one behind it the next.
    fn step(&mut self) -> Result<Option<(u64, FrameHeader)>, MediaError> {
        let Some((at, header)) = self.lookahead.take() else {
            return Ok(None);
        };
        let number = self.next_frame + 1;
        self.next_frame = number;
        let is_last = self.segment.end.is_some_and(|end| at + header.bytes >= end);
        self.lookahead = if is_last { None } else { self.walker.next()? };
        if let (Some(place), Some((next, head))) = (&self.next_place, self.lookahead)
            && !head.fits(&self.segment.header)
        {
            place.store(next, Ordering::Relaxed);
            self.lookahead = None;
        }
        if number.is_multiple_of(INDEX_STEP)
            && self.places.len() as u64 == number / INDEX_STEP
            && let Some((at, _)) = self.lookahead
        {
            self.places.push(at);
        }
        Ok(Some((at, header)))
    }

    /// Decodes a frame; what cannot be decoded is as long, and silent.
    fn decode(&mut self, at: u64, header: &FrameHeader) -> Result<(), MediaError> {
        if header.sample_rate_hz != self.header.sample_rate_hz {
            return Err(MediaError::Unsupported(
                "a change of rate within a file".into(),
            ));
        }
        if !header.fits(&self.header) {
            self.decoder = FrameDecoder::new(header)?;
            self.header = *header;
            self.decoded_frames = 0;
        }
        let frame = self.walker.frame(at, header)?;
        let channels = usize::from(header.channels);
        let samples = header.frames() as usize * channels;
        self.decoder.decode(frame, header, &mut self.decoded);
        self.decoded_frames += 1;
        // The first ones borrow from frames that are not there.
        self.has_loss |= self.decoded.is_empty() && self.decoded_frames > PREROLL_PACKETS;
        self.decoded.resize(samples, 0.0);
        if channels != self.info.channels {
            let mut mapped = Vec::new();
            ChannelMap::new(channels, self.info.channels).map(&self.decoded, &mut mapped);
            self.decoded = mapped;
        }
        Ok(())
    }
}

impl FrameSource for Mpeg {
    fn info(&self) -> &StreamInfo {
        &self.info
    }

    fn declares_exact_length(&self) -> bool {
        false
    }

    fn read(&mut self, samples: &mut Vec<f32>) -> Result<Option<u64>, MediaError> {
        let delay = self.segment.delay_frames();
        loop {
            let Some((at, header)) = self.step()? else {
                // What stands behind as many frames as there should be is none of the sound.
                let ends_early =
                    self.walker.ends_in_gap() && !self.segment.is_whole(self.next_frame);
                let has_loss = std::mem::take(&mut self.has_loss);
                return match self.walker.take_gap() || ends_early || has_loss {
                    true => Err(MediaError::lost()),
                    false => Ok(None),
                };
            };
            self.decode(at, &header)?;
            let per_frame = self.segment.header.frames();
            let start = (self.next_frame - 1) * per_frame;
            let end = start + header.frames();
            // Where more frames follow than the header counts, its padding lies elsewhere or nowhere.
            let last = self
                .segment
                .last_frame(self.next_frame, self.lookahead.is_some());
            let kept_end = end.min(last.unwrap_or(u64::MAX));
            if kept_end <= delay.max(start) {
                if last.is_some_and(|last| last <= start) {
                    return Ok(None);
                }
                continue;
            }
            let channels = self.info.channels;
            std::mem::swap(samples, &mut self.decoded);
            samples.truncate((kept_end - start) as usize * channels);
            samples.drain(..delay.saturating_sub(start) as usize * channels);
            return Ok(Some(start.max(delay) - delay));
        }
    }

    fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        let per_frame = self.segment.header.frames();
        let wanted = (frame + self.segment.delay_frames()) / per_frame;
        let first = wanted.saturating_sub(PREROLL_PACKETS);
        let known = (first / INDEX_STEP).min(self.places.len().saturating_sub(1) as u64);
        self.decoder.reset();
        self.decoded_frames = 0;
        // Near ahead, what is on the way need not be found again.
        let is_ahead =
            self.lookahead.is_some() && (known * INDEX_STEP..=first).contains(&self.next_frame);
        if !is_ahead {
            let Some(place) = self.places.get(known as usize) else {
                return Ok(());
            };
            self.walker.go_to(*place);
            self.lookahead = self.walker.next()?;
            self.next_frame = known * INDEX_STEP;
        }
        while self.next_frame < first && self.step()?.is_some() {}
        Ok(())
    }
}
