//! One track being decoded: frames in order, from any position, with encoder padding removed.

mod adpcm;
mod ape;
mod codecs;
mod content;
mod demuxed;
mod dsd;
mod empty;
#[cfg(any(test, feature = "inspection"))]
mod fault_injection;
mod finite;
mod flac;
mod free_format;
mod joined;
mod mpeg;
mod names;
mod ogg;
mod opus;
mod packetized;
mod padding;
mod pcm;
mod source;
mod symphonia_names;
mod vorbis_setup;
mod vorbis_surround;
mod wavpack;
mod window;

use super::error::MediaError;
use super::location::{TrackLocation, TrackPart};
use super::tags::{FileTags, read_tags};
use super::track_bytes::TrackBytes;
use content::{FileKind, find_kind};
pub(crate) use mpeg::counted_frames;
pub(crate) use source::FrameSource;
pub use source::{StreamInfo, StreamLink, frames_at};
use std::cell::OnceCell;
use std::io::{Seek, SeekFrom};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Rates beyond which a header is taken for damaged; resampling from them would take room without
/// bound.
const SAMPLE_RATES_HZ: RangeInclusive<u32> = 100..=3_072_000;

/// A decoder for one file. Does I/O and allocates; not for the audio thread.
pub struct TrackDecoder {
    path: PathBuf,
    tags: OnceCell<FileTags>,
    source: Box<dyn FrameSource>,
    info: StreamInfo,
    part: Option<TrackPart>,
    /// The part of the source's frames that is this track.
    start: u64,
    end: u64,
    samples: Vec<f32>,
    /// Position in the source behind the last frame that was decoded.
    position: u64,
    /// Frames of the source before this are decoded and thrown away.
    wanted: u64,
    is_at_end: bool,
}

impl TrackDecoder {
    /// Opens the first audio stream of the file at `path`, whatever its extension says.
    ///
    /// # Errors
    /// When it cannot be read, is empty, or holds nothing that can be decoded.
    pub fn open(path: &Path) -> Result<Self, MediaError> {
        Self::decode(TrackBytes::open(path)?)
    }

    /// As [`Self::open`], of a file that is open already.
    ///
    /// # Errors
    /// When it cannot be read, is empty, or holds nothing that can be decoded.
    pub fn decode(bytes: TrackBytes) -> Result<Self, MediaError> {
        if bytes.len() == Some(0) {
            return Err(MediaError::Empty);
        }
        let path = bytes.path().to_owned();
        let source = open_source(bytes)?;
        let info = source.info();
        if let (Some(0), [fault, ..]) = (info.frames, &info.warnings[..]) {
            let fault = fault.strip_prefix("damaged: ").unwrap_or(fault);
            return Err(MediaError::Damaged(format!("no sound is left, {fault}")));
        }
        let rate_hz = info.sample_rate_hz;
        if !SAMPLE_RATES_HZ.contains(&rate_hz) {
            return Err(MediaError::Unsupported(format!("a rate of {rate_hz} Hz")));
        }
        Ok(Self::of_source(path, source))
    }

    /// Decodes the track at `location` from its file's `bytes`.
    ///
    /// # Errors
    /// As [`Self::decode`].
    pub fn decode_track(bytes: TrackBytes, location: &TrackLocation) -> Result<Self, MediaError> {
        let decoder = Self::decode(bytes)?;
        match &location.part {
            Some(part) => decoder.into_part(part),
            None => Ok(decoder),
        }
    }

    /// The track at `location`, whose part has been cut out of `source` already. Does no I/O.
    pub(crate) fn of_track(location: &TrackLocation, source: Box<dyn FrameSource>) -> Self {
        Self {
            part: location.part.as_deref().cloned(),
            ..Self::of_source(location.path().to_owned(), source)
        }
    }

    fn of_source(path: PathBuf, source: Box<dyn FrameSource>) -> Self {
        Self {
            path,
            tags: OnceCell::new(),
            info: source.info().clone(),
            source,
            part: None,
            start: 0,
            end: u64::MAX,
            samples: Vec::new(),
            position: 0,
            wanted: 0,
            is_at_end: false,
        }
    }

    /// Only `part` of it, as if that were the whole file, at its beginning.
    ///
    /// # Errors
    /// When it cannot be read there.
    fn into_part(mut self, part: &TrackPart) -> Result<Self, MediaError> {
        let rate_hz = self.info.sample_rate_hz;
        self.start = frames_at(part.start, rate_hz);
        self.end = part.end.map_or(u64::MAX, |end| frames_at(end, rate_hz));
        self.end = self.end.max(self.start);
        let last = self.info.frames.unwrap_or(u64::MAX).min(self.end);
        let frames = Some(last).filter(|last| *last < u64::MAX);
        self.info.frames = frames.map(|last| last.saturating_sub(self.start));
        self.info.rough_duration = self
            .info
            .rough_duration
            .map(|whole| whole.saturating_sub(part.start));
        self.part = Some(part.clone());
        self.seek(0)?;
        Ok(self)
    }

    /// What the stream is. Rate and channels are never zero.
    pub fn info(&self) -> &StreamInfo {
        &self.info
    }

    /// Whether its samples can be beyond full scale: those of floating-point files, lossy codecs and DSD.
    pub fn may_exceed_full_scale(&self) -> bool {
        self.source.may_exceed_full_scale()
    }

    /// What the file says about itself, without the cover; read when first asked for.
    pub fn tags(&self) -> &FileTags {
        self.tags.get_or_init(|| {
            let file = read_tags(&self.path, false);
            match &self.part {
                Some(part) => part.over(file),
                None => file,
            }
        })
    }

    /// The next frames, interleaved, at least one; `None` at the end. All samples are finite.
    ///
    /// # Errors
    /// When decoding cannot go on, or a lossless file ends before its declared length. Everything
    /// before the fault has been returned by then; a further call returns `None`.
    pub fn next_frames(&mut self) -> Result<Option<&[f32]>, MediaError> {
        let channels = self.info.channels;
        let skip = loop {
            if self.is_at_end {
                return Ok(None);
            }
            self.is_at_end = true;
            let start = match self.source.read(&mut self.samples) {
                Ok(Some(start)) => start,
                Ok(None) => return self.check_length().map(|()| None),
                // It has been told already.
                Err(error) if self.info.warnings.contains(&error.to_string()) => return Ok(None),
                Err(error) => return Err(error),
            };
            self.is_at_end = false;
            self.position = start + (self.samples.len() / channels) as u64;
            if self.position >= self.end {
                self.is_at_end = true;
                let kept = self.end.saturating_sub(start) as usize;
                self.samples.truncate(kept * channels);
                self.position = start + kept as u64;
                if self.position <= self.wanted {
                    return Ok(None);
                }
            }
            if self.position > self.wanted {
                break self.wanted.saturating_sub(start) as usize;
            }
        };
        finite::silence_what_is_no_sound(&mut self.samples[skip * channels..]);
        Ok(Some(&self.samples[skip * channels..]))
    }

    fn check_length(&self) -> Result<(), MediaError> {
        let found = self.position.saturating_sub(self.start);
        match self.info.frames {
            Some(declared) if self.source.declares_exact_length() && found < declared => {
                Err(MediaError::Truncated { declared, found })
            }
            _ => Ok(()),
        }
    }

    /// Makes `frame` the next one returned; a position past the end leads to the end.
    ///
    /// # Errors
    /// When the file can no longer be read.
    pub fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        self.wanted = self.start.saturating_add(frame);
        self.is_at_end = self.info.frames.is_some_and(|frames| frame >= frames);
        if self.is_at_end {
            return Ok(());
        }
        self.source.seek(self.wanted)
    }
}

/// Finds out by content what the file is.
fn open_source(mut bytes: TrackBytes) -> Result<Box<dyn FrameSource>, MediaError> {
    let kind = find_kind(&mut bytes)?;
    if kind.is_read_from_its_end() && bytes.len().is_none() {
        // A pipe: all of it is there once its end has been seen.
        bytes.seek(SeekFrom::End(0))?;
        bytes.rewind()?;
    }
    Ok(match kind {
        FileKind::WavPack => Box::new(wavpack::WavPack::open(bytes)?),
        FileKind::MonkeysAudio { start } => Box::new(ape::MonkeysAudio::open(bytes, start)?),
        kind @ (FileKind::Dsf | FileKind::Dff) => Box::new(dsd::Dsd::open(bytes, kind)?),
        FileKind::Pcm { kind, start } => pcm::open(bytes, kind, start)?,
        FileKind::Flac { start } => flac::open(&bytes, start)?,
        FileKind::Ogg => ogg::open(&bytes)?,
        FileKind::Mpeg { start } => mpeg::open(&bytes, start)?,
        FileKind::FreeFormatMp3 => Box::new(free_format::FreeFormatMp3::open(&bytes)?),
        FileKind::Packets(container) => packetized::Packetized::open(bytes, container)?,
        #[cfg(any(test, feature = "inspection"))]
        FileKind::FaultInjection => Box::new(fault_injection::FaultySource::open(bytes)?),
        FileKind::Other => return Err(MediaError::NotAudio),
    })
}
