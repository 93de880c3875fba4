//! A track whose first seconds are decoded already.

use crate::decoder::{FrameSource, StreamInfo, TrackDecoder};
use crate::error::MediaError;
use crate::location::TrackLocation;
use std::sync::Arc;

/// How much of a track is decoded ahead, in seconds.
const HEAD_SECONDS: u64 = 2;
/// Frames given out at a time.
const FRAMES_AT_ONCE: usize = 4_096;

/// The first two seconds of a track.
#[derive(Debug)]
pub struct DecodedHead {
    info: StreamInfo,
    may_exceed_full_scale: bool,
    samples: Vec<f32>,
    /// There is nothing behind it.
    is_whole: bool,
}

impl DecodedHead {
    /// Decodes the head of a track that is at its beginning; `None` where it is damaged. Does I/O.
    pub fn of(mut decoder: TrackDecoder) -> Option<Self> {
        let info = decoder.info().clone();
        let may_exceed_full_scale = decoder.may_exceed_full_scale();
        let wanted = (u64::from(info.sample_rate_hz) * HEAD_SECONDS) as usize * info.channels;
        let mut samples = Vec::new();
        let mut is_whole = false;
        while samples.len() < wanted && !is_whole {
            match decoder.next_frames().ok()? {
                Some(frames) => samples.extend_from_slice(frames),
                None => is_whole = true,
            }
        }
        samples.shrink_to_fit();
        Some(Self {
            info,
            may_exceed_full_scale,
            samples,
            is_whole,
        })
    }

    /// Bytes it takes.
    pub fn bytes(&self) -> u64 {
        size_of_val(self.samples.as_slice()) as u64
    }

    fn frames(&self) -> u64 {
        (self.samples.len() / self.info.channels) as u64
    }
}

/// Opens the track that a head is of.
pub(crate) type OpenTrack = Box<dyn FnMut() -> Result<TrackDecoder, MediaError> + Send>;

/// The track at `location`, that begins with `head`; `open` opens it when that is used up. Does no I/O.
pub(crate) fn with_head(
    location: &TrackLocation,
    head: Arc<DecodedHead>,
    open: OpenTrack,
) -> TrackDecoder {
    TrackDecoder::of_track(location, Box::new(Headed::new(head, open)))
}

/// Gives out the head, and opens the file when it is used up.
struct Headed {
    head: Arc<DecodedHead>,
    open: OpenTrack,
    rest: Option<TrackDecoder>,
    position: u64,
    is_rest_elsewhere: bool,
}

impl Headed {
    fn new(head: Arc<DecodedHead>, open: OpenTrack) -> Self {
        Self {
            head,
            open,
            rest: None,
            position: 0,
            is_rest_elsewhere: true,
        }
    }

    fn rest(&mut self) -> Result<&mut TrackDecoder, MediaError> {
        let mut rest = match self.rest.take() {
            Some(rest) => rest,
            None => {
                let rest = (self.open)()?;
                if *rest.info() != self.head.info {
                    return Err(MediaError::Damaged("the file has changed".into()));
                }
                rest
            }
        };
        if std::mem::take(&mut self.is_rest_elsewhere) {
            rest.seek(self.position)?;
        }
        Ok(self.rest.insert(rest))
    }
}

impl FrameSource for Headed {
    fn info(&self) -> &StreamInfo {
        &self.head.info
    }

    fn declares_exact_length(&self) -> bool {
        // Whoever decodes the rest looks after that.
        false
    }

    fn may_exceed_full_scale(&self) -> bool {
        self.head.may_exceed_full_scale
    }

    fn read(&mut self, samples: &mut Vec<f32>) -> Result<Option<u64>, MediaError> {
        samples.clear();
        let start = self.position;
        let channels = self.head.info.channels;
        if start < self.head.frames() {
            let ready = &self.head.samples[start as usize * channels..];
            let taken = ready.len().min(FRAMES_AT_ONCE * channels);
            samples.extend_from_slice(&ready[..taken]);
            self.is_rest_elsewhere = true;
        } else if !self.head.is_whole {
            match self.rest()?.next_frames()? {
                Some(frames) => samples.extend_from_slice(frames),
                None => return Ok(None),
            }
        } else {
            return Ok(None);
        }
        self.position = start + (samples.len() / channels) as u64;
        Ok(Some(start))
    }

    fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        self.position = frame;
        self.is_rest_elsewhere = true;
        if frame >= self.head.frames() && !self.head.is_whole {
            // What cannot be reached is said at once.
            self.rest()?;
        }
        Ok(())
    }
}
