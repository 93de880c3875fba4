//! Streams that stand one behind the other in a file, each with a rate and channels of its own, as one.

use crate::channel_map::ChannelMap;
use crate::decoder::source::{FrameSource, StreamInfo, StreamLink};
use crate::error::MediaError;
use crate::resampler::Resampler;
use crate::tags::Tags;
use std::time::Duration;

/// Frames decoded ahead of a seek's target where the rate is converted: enough for the converter's filter.
const PREROLL_FRAMES: u64 = 16_384;

/// Opens a part.
pub(super) type OpenPart = Box<dyn Fn() -> Result<Box<dyn FrameSource>, MediaError> + Send>;

/// Finds the part behind the last one, once that has been read; `None` at the end. For pipes, whose parts are not
/// known before.
pub(super) type NextPart = Box<dyn FnMut() -> Result<Option<Part>, MediaError> + Send>;

/// One of the streams.
pub(super) struct Part {
    pub(super) sample_rate_hz: u32,
    pub(super) channels: usize,
    /// Frames that are heard, where they are known.
    pub(super) frames: Option<u64>,
    /// What it says about itself.
    pub(super) tags: Tags,
    /// What is known to be wrong with it.
    pub(super) warnings: Vec<String>,
    pub(super) open: OpenPart,
}

/// The part that is being read.
struct Current {
    index: usize,
    source: Box<dyn FrameSource>,
    map: ChannelMap,
    resampler: Option<Resampler>,
    /// Frames still to be dropped: those decoded only for the converter's sake.
    dropped_frames: u64,
    has_ended: bool,
}

/// Parts one behind the other, at the rate of the longest, with as many channels as any has; from a pipe with two at
/// least.
pub(super) struct Joined {
    parts: Vec<Part>,
    /// Where each begins, in frames of the result.
    starts: Vec<u64>,
    info: StreamInfo,
    current: Option<Current>,
    position: u64,
    decoded: Vec<f32>,
    mapped: Vec<f32>,
    /// What went wrong in a part that others follow; told at the end.
    fault: Option<MediaError>,
    next: Option<NextPart>,
}

impl Joined {
    /// Joins `parts`, one at least, and those that `next` finds.
    ///
    /// # Errors
    /// When the first cannot be opened, or rates cannot be brought together.
    pub(super) fn open(parts: Vec<Part>, next: Option<NextPart>) -> Result<Self, MediaError> {
        let seconds =
            |part: &Part| part.frames.unwrap_or(0) as f64 / f64::from(part.sample_rate_hz);
        let longest = parts
            .iter()
            .max_by(|a, b| seconds(a).total_cmp(&seconds(b)));
        let rate_hz = longest.ok_or(MediaError::NotAudio)?.sample_rate_hz;
        // What comes through a pipe may go on in stereo, where it began as mono.
        let least = if next.is_some() { 2 } else { 1 };
        let channels = parts.iter().map(|part| part.channels).max();
        let channels = channels.unwrap_or(1).max(least);
        let (mut starts, mut end) = (Vec::new(), Some(0));
        for part in &parts {
            starts.push(end.unwrap_or(u64::MAX));
            end = end
                .zip(part.frames)
                .map(|(end, frames)| end + frames_at(frames, part.sample_rate_hz, rate_hz));
        }
        let mut first = (parts[0].open)()?.info().clone();
        // Of a pipe no more is known than what its first part says.
        let told = first.frames.filter(|_| end.is_none());
        first.rough_duration = told
            .map(|frames| Duration::from_secs_f64(frames as f64 / f64::from(first.sample_rate_hz)));
        first.frames = end;
        first.sample_rate_hz = rate_hz;
        first.channels = channels;
        if parts
            .iter()
            .any(|part| part.sample_rate_hz != rate_hz || ![1, channels].contains(&part.channels))
        {
            first.bits_per_sample = None;
        }
        first.encoder_padding_frames = 0;
        if parts.iter().any(|part| part.tags != Tags::default()) {
            let links = parts.iter().zip(&starts).map(|(part, start)| StreamLink {
                first_frame: *start,
                tags: part.tags.clone(),
            });
            first.links = links.collect();
        }
        let mut this = Self {
            parts,
            starts,
            info: first,
            current: None,
            position: 0,
            decoded: Vec::new(),
            mapped: Vec::new(),
            fault: None,
            next,
        };
        this.go_to(0, 0)?;
        if this.parts.len() > 1 || !this.parts[0].warnings.is_empty() {
            this.info.warnings.clear();
            let told = this.parts.iter().flat_map(|part| &part.warnings);
            // Of others the last part alone can end early.
            let last = (this.parts[this.parts.len() - 1].open)()?;
            for line in told.chain(&last.info().warnings) {
                if !this.info.warnings.contains(line) {
                    this.info.warnings.push(line.clone());
                }
            }
        }
        Ok(this)
    }

    /// Makes `frame` of the result, which lies in the part `index`, the next one, or one before it.
    fn go_to(&mut self, index: usize, frame: u64) -> Result<(), MediaError> {
        let part = &self.parts[index];
        let (from_hz, to_hz) = (part.sample_rate_hz, self.info.sample_rate_hz);
        let (mut source, is_fresh) = match self.current.take() {
            Some(current) if current.index == index => (current.source, false),
            _ => ((part.open)()?, true),
        };
        let mut resampler = None;
        let mut dropped_frames = 0;
        let first = if from_hz == to_hz {
            frame
        } else {
            resampler = Some(Resampler::new(from_hz, to_hz, part.channels)?);
            // A place that lies on the grid of both rates.
            let target = frames_at(frame, to_hz, from_hz).saturating_sub(PREROLL_FRAMES);
            let step = u64::from(from_hz / greatest_common_divisor(from_hz, to_hz));
            let first = target - target % step;
            dropped_frames = frame - frames_at(first, from_hz, to_hz).min(frame);
            first
        };
        if first > 0 || !is_fresh {
            source.seek(first)?;
        }
        self.position = self.starts[index].saturating_add(frame);
        self.current = Some(Current {
            index,
            map: ChannelMap::new(part.channels, self.info.channels),
            source,
            resampler,
            dropped_frames,
            has_ended: false,
        });
        // A source may begin before the frame that was asked for.
        self.skip_to(first)
    }

    /// Takes in the part behind the last one; false where there is none.
    fn find_next(&mut self) -> bool {
        match self.next.as_mut().map(|next| next()) {
            Some(Ok(Some(part))) => {
                self.starts.push(self.position);
                self.parts.push(part);
                true
            }
            Some(Err(error)) => {
                self.fault = Some(error);
                false
            }
            Some(Ok(None)) | None => false,
        }
    }

    /// Reads up to `frame` of the current part, which then is the next.
    fn skip_to(&mut self, frame: u64) -> Result<(), MediaError> {
        self.decoded.clear();
        let Some(current) = &mut self.current else {
            return Ok(());
        };
        if frame == 0 {
            return Ok(());
        }
        let channels = self.parts[current.index].channels;
        while let Some(start) = current.source.read(&mut self.decoded)? {
            let end = start + (self.decoded.len() / channels) as u64;
            if end > frame {
                let passed = frame.saturating_sub(start) as usize;
                self.decoded.drain(..passed * channels);
                return Ok(());
            }
        }
        self.decoded.clear();
        Ok(())
    }

    /// The next frames of the current part, at the result's rate and channels; false at its end.
    fn read_part(&mut self, samples: &mut Vec<f32>) -> Result<bool, MediaError> {
        let Some(current) = &mut self.current else {
            return Ok(false);
        };
        samples.clear();
        while !current.has_ended && samples.is_empty() {
            if self.decoded.is_empty() {
                current.has_ended = match current.source.read(&mut self.decoded) {
                    Ok(found) => found.is_none(),
                    Err(error) => {
                        self.fault = Some(error);
                        true
                    }
                };
            }
            if current.has_ended {
                self.decoded.clear();
            }
            let ready = match &mut current.resampler {
                None => &mut self.decoded,
                Some(resampler) => {
                    self.mapped.clear();
                    resampler.process(&self.decoded, &mut self.mapped);
                    if current.has_ended {
                        resampler.finish(&mut self.mapped);
                    }
                    &mut self.mapped
                }
            };
            let channels = self.parts[current.index].channels;
            let dropped = current.dropped_frames.min((ready.len() / channels) as u64);
            current.dropped_frames -= dropped;
            current
                .map
                .map(&ready[dropped as usize * channels..], samples);
            self.decoded.clear();
        }
        Ok(!samples.is_empty())
    }
}

impl FrameSource for Joined {
    fn info(&self) -> &StreamInfo {
        &self.info
    }

    fn declares_exact_length(&self) -> bool {
        false
    }

    fn read(&mut self, samples: &mut Vec<f32>) -> Result<Option<u64>, MediaError> {
        loop {
            if self.read_part(samples)? {
                let start = self.position;
                self.position += (samples.len() / self.info.channels) as u64;
                return Ok(Some(start));
            }
            let next = self.current.as_ref().map_or(0, |current| current.index + 1);
            if next >= self.parts.len() && !self.find_next() {
                return self.fault.take().map_or(Ok(None), Err);
            }
            let position = self.position;
            self.go_to(next, 0)?;
            // A part that was longer or shorter than declared moves those behind it.
            self.position = position;
        }
    }

    fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        let index = self
            .starts
            .partition_point(|start| *start <= frame)
            .saturating_sub(1);
        self.go_to(index, frame - self.starts[index])
    }
}

/// As many frames at `to_hz` as `frames` at `from_hz`, rounded.
fn frames_at(frames: u64, from_hz: u32, to_hz: u32) -> u64 {
    let scaled = u128::from(frames) * u128::from(to_hz);
    ((scaled + u128::from(from_hz / 2)) / u128::from(from_hz.max(1))) as u64
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}
