//! One stream of FLAC frames, decoded.

use super::layout::{Layout, missing_frames};
use super::scan::{FoundFrame, Next, Scanner};
use crate::decoder::codecs::make_decoder;
use crate::decoder::source::{FrameSource, StreamInfo};
use crate::decoder::symphonia_names::decode_error;
use crate::decoder::window::Window;
use crate::error::MediaError;
use crate::track_bytes::TrackBytes;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use symphonia::core::codecs::audio::well_known::CODEC_ID_FLAC;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder};
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, Timestamp};

/// So near, a frame is walked to instead of searched for.
const NEAR_BYTES: u64 = 1 << 17;

/// An open stream.
pub(super) struct FlacStream {
    scanner: Scanner,
    decoder: Box<dyn AudioDecoder>,
    info: StreamInfo,
    layout: Layout,
    /// Where the next frame is looked for.
    at: u64,
    /// The frame of sound that comes there.
    position: u64,
    /// A frame that has been found, but not decoded.
    ready: Option<FoundFrame>,
    /// Frames of sound to be given as silence: they were lost.
    silent_frames: u64,
    /// The place farthest ahead that has been reached, and the frame of sound there.
    farthest: (u64, u64),
    has_loss: bool,
    has_ended: bool,
    /// Where to tell the place of the stream that follows in a pipe.
    next_place: Option<Arc<AtomicU64>>,
}

impl FlacStream {
    /// Opens the stream that `layout` describes.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn open(bytes: TrackBytes, layout: Layout) -> Result<Self, MediaError> {
        let mut params = AudioCodecParameters::new();
        params
            .for_codec(CODEC_ID_FLAC)
            .with_extra_data(layout.stream.for_decoder().into());
        let decoder = make_decoder(&params).map_err(decode_error)?;
        let end = layout.end.unwrap_or(u64::MAX);
        Ok(Self {
            scanner: Scanner::new(Window::new(bytes), layout.stream, end),
            decoder,
            info: layout.info(),
            at: layout.start,
            position: 0,
            ready: None,
            silent_frames: 0,
            farthest: (layout.start, 0),
            has_loss: false,
            has_ended: false,
            next_place: None,
            layout,
        })
    }

    /// Has the place of the stream behind it put into `place` when its end has been read.
    pub(super) fn tell_next(&mut self, place: Arc<AtomicU64>) {
        self.next_place = Some(place);
    }

    /// The frame at [`Self::position`], after [`Self::silent_frames`]; `None` at the end.
    fn peek(&mut self) -> io::Result<Option<FoundFrame>> {
        if self.ready.is_some() || self.has_ended {
            return Ok(self.ready);
        }
        let (next, is_behind_junk) = self.scanner.next(self.at)?;
        match next {
            Next::Frame(frame) => {
                self.has_loss |= is_behind_junk;
                let number = frame
                    .header
                    .first_frame
                    .checked_sub(self.layout.first_frame);
                self.silent_frames = missing_frames(number, self.position);
                self.ready = Some(frame);
            }
            Next::Stream(place) => {
                self.has_ended = true;
                if let Some(next) = &self.next_place {
                    next.store(place, Ordering::Relaxed);
                }
            }
            Next::End => self.has_ended = true,
        }
        Ok(self.ready)
    }

    fn pass(&mut self, frame: &FoundFrame) {
        self.ready = None;
        self.at = frame.end;
        self.position += frame.header.frames;
        self.farthest = self.farthest.max((self.at, self.position));
    }

    /// A place at or before the frame of sound `wanted`, near it, by the numbers of frames.
    fn place_before(&mut self, wanted: u64) -> io::Result<(u64, u64)> {
        let (mut low, mut high) = match self.layout.end {
            Some(end) => ((self.layout.start, 0), end),
            None if wanted >= self.farthest.1 => return Ok(self.farthest),
            None => ((self.layout.start, 0), self.farthest.0),
        };
        while high - low.0 > NEAR_BYTES {
            let middle = u64::midpoint(low.0, high);
            let found = match self.scanner.search(middle)? {
                Next::Frame(frame) if frame.at < high => frame
                    .header
                    .first_frame
                    .checked_sub(self.layout.first_frame)
                    .map(|position| (frame.at, position)),
                _ => None,
            };
            match found {
                Some(found) if found.1 <= wanted => low = found,
                _ => high = middle,
            }
        }
        Ok(low)
    }
}

impl FrameSource for FlacStream {
    fn info(&self) -> &StreamInfo {
        &self.info
    }

    fn declares_exact_length(&self) -> bool {
        true
    }

    fn read(&mut self, samples: &mut Vec<f32>) -> Result<Option<u64>, MediaError> {
        let Some(frame) = self.peek()? else {
            // A pipe's header is all that tells how long it should have been.
            let declared = self.info.frames.unwrap_or(0);
            let found = self.position;
            if self.layout.end.is_none() && found < declared {
                self.position = declared;
                return Err(MediaError::Truncated { declared, found });
            }
            return match std::mem::take(&mut self.has_loss) {
                true => Err(MediaError::lost()),
                false => Ok(None),
            };
        };
        let (start, channels) = (self.position, self.info.channels);
        samples.clear();
        if self.silent_frames > 0 {
            self.has_loss = true;
            samples.resize(self.silent_frames as usize * channels, 0.0);
            self.position += std::mem::take(&mut self.silent_frames);
            return Ok(Some(start));
        }
        let length = (frame.end - frame.at) as usize;
        let data = self.scanner.get(frame.at, length)?;
        let frames = frame.header.frames;
        let packet = Packet::new(0, Timestamp::from(0), Duration::from(frames), data);
        if let Ok(buffer) = self.decoder.decode(&packet) {
            buffer.copy_to_vec_interleaved(samples);
        }
        let wanted = frames as usize * channels;
        self.has_loss |= samples.len() != wanted;
        samples.resize(wanted, 0.0);
        self.pass(&frame);
        Ok(Some(start))
    }

    fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        self.has_ended = false;
        self.ready = None;
        self.silent_frames = 0;
        let place = match self.layout.is_numbered {
            true => self.place_before(frame)?,
            false => (self.layout.start, 0),
        };
        // What is decoded already need not be looked for again.
        if !(place.1..=frame).contains(&self.position) {
            (self.at, self.position) = place;
        }
        while let Some(next) = self.peek()? {
            let behind = self.position + self.silent_frames + next.header.frames;
            if behind > frame {
                break;
            }
            self.position += std::mem::take(&mut self.silent_frames);
            self.pass(&next);
        }
        Ok(())
    }
}
