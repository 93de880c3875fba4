//! From opened tracks to blocks in the ring: decode, map channels, resample, join.

use crate::media::channel_map::ChannelMap;
use crate::media::decoder::TrackDecoder;
use crate::media::error::MediaError;
use crate::media::resampler::Resampler;
use crate::rt::ring::{AudioBlock, BLOCK_FRAMES, BlockHeader, RingProducer};
use std::collections::VecDeque;
use std::time::Duration;

/// What follows the current track.
pub enum NextTrack {
    /// Not known yet: the end of the track waits for the answer.
    Unknown,
    /// Nothing: the end of the track is the end of the sound.
    Nothing,
    /// This track, joined without a gap.
    Track(u64, Box<TrackDecoder>),
}

/// How far [`DecodePipeline::fill`] came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The ring is full.
    Full,
    /// Nothing to decode: no track, or its end has been queued.
    Idle,
    /// The track has ended and what follows is not known.
    AwaitsNext,
}

/// Something that happened while decoding.
#[derive(Debug)]
pub enum PipelineEvent {
    /// The next track is being decoded now.
    Advanced(u64),
    /// A track ended early, for this reason; what came before it is queued.
    Failed(u64, MediaError),
}

struct Source {
    track: u64,
    decoder: Box<TrackDecoder>,
    map: ChannelMap,
}

/// Where a track begins in the stream of output frames.
#[derive(Clone, Copy)]
struct Mark {
    at: u64,
    track: u64,
    first_frame: u64,
}

/// Decodes tracks into a ring's blocks at the output's rate and channels.
///
/// Tracks that follow one another share a generation and, at equal rates, the resampler's state, so
/// a join neither loses nor adds a frame. Runs in the decode thread or, for files, in step with the
/// renderer; never in the audio callback.
pub struct DecodePipeline {
    ring: RingProducer,
    sample_rate_hz: u32,
    generation: u64,
    source: Option<Source>,
    next: NextTrack,
    resampler: Option<(u32, Resampler)>,
    /// Output frame at which the resampler's own count began.
    resampler_base: u64,
    mapped: Vec<f32>,
    /// Interleaved frames at the output rate, waiting for a block; those before `staged_used` are gone.
    staged: Vec<f32>,
    staged_used: usize,
    marks: VecDeque<Mark>,
    current: Mark,
    /// Output frames put into blocks since the generation began.
    emitted: u64,
    block: Option<AudioBlock>,
    events: VecDeque<PipelineEvent>,
}

impl DecodePipeline {
    /// A pipeline that fills `ring` with sound at `sample_rate_hz`.
    pub fn new(ring: RingProducer, sample_rate_hz: u32) -> Self {
        Self {
            ring,
            sample_rate_hz,
            generation: 0,
            source: None,
            next: NextTrack::Unknown,
            resampler: None,
            resampler_base: 0,
            mapped: Vec::new(),
            staged: Vec::new(),
            staged_used: 0,
            marks: VecDeque::new(),
            current: Mark {
                at: 0,
                track: 0,
                first_frame: 0,
            },
            emitted: 0,
            block: None,
            events: VecDeque::new(),
        }
    }

    /// Begins `generation` with `decoder` at `start`, forgetting whatever was being decoded.
    ///
    /// # Errors
    /// When the file cannot be read there.
    pub fn load(
        &mut self,
        generation: u64,
        track: u64,
        mut decoder: Box<TrackDecoder>,
        start: Duration,
    ) -> Result<(), MediaError> {
        self.begin(generation);
        let rate_hz = decoder.info().sample_rate_hz;
        let source_frame = frames_at(start, rate_hz);
        if source_frame > 0 {
            decoder.seek(source_frame)?;
        }
        let first_frame = if rate_hz == self.sample_rate_hz {
            source_frame
        } else {
            frames_at(start, self.sample_rate_hz)
        };
        self.current = Mark {
            at: 0,
            track,
            first_frame,
        };
        self.set_source(track, decoder);
        Ok(())
    }

    /// Begins `generation` at `start` of the track being decoded, if it is `track`; false if not.
    ///
    /// # Errors
    /// When the file cannot be read there.
    pub fn seek(
        &mut self,
        generation: u64,
        track: u64,
        start: Duration,
    ) -> Result<bool, MediaError> {
        match self.source.take() {
            Some(source) if source.track == track => self
                .load(generation, track, source.decoder, start)
                .map(|()| true),
            other => {
                self.source = other;
                Ok(false)
            }
        }
    }

    /// Forgets everything and begins an empty `generation`.
    pub fn stop(&mut self, generation: u64) {
        self.begin(generation);
    }

    /// Says what follows the current track.
    pub fn set_next(&mut self, next: NextTrack) {
        self.next = next;
    }

    /// The track being decoded.
    pub fn track(&self) -> Option<u64> {
        self.source.as_ref().map(|source| source.track)
    }

    /// What has happened since the last call.
    pub fn poll_event(&mut self) -> Option<PipelineEvent> {
        self.events.pop_front()
    }

    /// Frames that have been queued since the generation began.
    pub fn queued_frames(&self) -> u64 {
        self.emitted
    }

    /// Frames the ring can hold.
    pub fn capacity_frames(&self) -> u64 {
        self.ring.capacity_frames()
    }

    /// Interleaved channels of the output.
    pub fn channels(&self) -> usize {
        self.ring.channels()
    }

    /// Decodes until the ring is full or there is nothing more to do, at most `most_blocks` blocks.
    pub fn fill(&mut self, most_blocks: usize) -> Progress {
        let channels = self.ring.channels();
        let mut pushed = 0;
        loop {
            if self.staged_used == self.staged.len() {
                self.staged.clear();
                self.staged_used = 0;
                let Some(source) = &mut self.source else {
                    return Progress::Idle;
                };
                match source.decoder.next_frames() {
                    Ok(Some(frames)) => {
                        self.mapped.clear();
                        source.map.map(frames, &mut self.mapped);
                        self.stage();
                        continue;
                    }
                    Ok(None) => {}
                    Err(error) => {
                        self.events
                            .push_back(PipelineEvent::Failed(source.track, error));
                        // Its end has been reached; the next call finds it there.
                        continue;
                    }
                }
                match self.advance() {
                    Some(progress) => return progress,
                    None => continue,
                }
            }
            if pushed == most_blocks {
                return Progress::Full;
            }
            let Some(mut block) = self.open_block() else {
                return Progress::Full;
            };
            let filled = block.header.frames;
            let boundary = self
                .marks
                .front()
                .map_or(u64::MAX, |mark| mark.at - self.emitted);
            let room = (self.staged_frames()).min((BLOCK_FRAMES - filled) as u64);
            let count = room.min(boundary) as usize;
            let from = self.staged_used..self.staged_used + count * channels;
            let to = filled * channels..(filled + count) * channels;
            block.samples[to].copy_from_slice(&self.staged[from]);
            block.header.frames += count;
            self.staged_used += count * channels;
            self.emitted += count as u64;
            if block.header.frames == BLOCK_FRAMES {
                self.ring.push(block);
                pushed += 1;
            } else {
                self.block = Some(block);
            }
            self.cross_marks();
        }
    }

    fn next_header(&self) -> BlockHeader {
        BlockHeader {
            generation: self.generation,
            track: self.current.track,
            first_frame: self.current.first_frame + (self.emitted - self.current.at),
            frames: 0,
            is_last: false,
        }
    }

    /// The block being filled, or a free one; an empty one is given the story of what comes next.
    fn open_block(&mut self) -> Option<AudioBlock> {
        let mut block = self.block.take().or_else(|| {
            let mut block = self.ring.take_free()?;
            block.header.frames = 0;
            Some(block)
        })?;
        if block.header.frames == 0 {
            block.header = self.next_header();
        }
        Some(block)
    }

    fn begin(&mut self, generation: u64) {
        self.generation = generation;
        self.source = None;
        self.next = NextTrack::Unknown;
        self.resampler = None;
        self.resampler_base = 0;
        self.staged.clear();
        self.staged_used = 0;
        self.marks.clear();
        self.emitted = 0;
        if let Some(block) = &mut self.block {
            // Its samples are stale: it is filled anew.
            block.header.frames = 0;
        }
        self.current = Mark {
            at: 0,
            track: 0,
            first_frame: 0,
        };
    }

    fn set_source(&mut self, track: u64, decoder: Box<TrackDecoder>) {
        let info = decoder.info();
        let map = ChannelMap::new(info.channels, self.ring.channels());
        let rate_hz = info.sample_rate_hz;
        let keeps = self
            .resampler
            .as_ref()
            .is_some_and(|(from, _)| *from == rate_hz);
        if !keeps {
            self.resampler_base = self.emitted + self.staged_frames();
            self.resampler = None;
            if rate_hz != self.sample_rate_hz {
                match Resampler::new(rate_hz, self.sample_rate_hz, self.ring.channels()) {
                    Ok(resampler) => self.resampler = Some((rate_hz, resampler)),
                    Err(error) => {
                        self.events.push_back(PipelineEvent::Failed(track, error));
                        self.source = None;
                        return;
                    }
                }
            }
        }
        self.source = Some(Source {
            track,
            decoder,
            map,
        });
    }

    fn staged_frames(&self) -> u64 {
        ((self.staged.len() - self.staged_used) / self.ring.channels()) as u64
    }

    /// Moves `mapped` on to `staged`, through the resampler if rates differ.
    fn stage(&mut self) {
        match &mut self.resampler {
            Some((_, resampler)) => resampler.process(&self.mapped, &mut self.staged),
            None => std::mem::swap(&mut self.mapped, &mut self.staged),
        }
    }

    fn drain_resampler(&mut self) {
        if let Some((_, resampler)) = &mut self.resampler {
            resampler.finish(&mut self.staged);
        }
        self.resampler = None;
    }

    /// At the end of the current track: goes on to the next. `None` means there is more to do.
    fn advance(&mut self) -> Option<Progress> {
        match std::mem::replace(&mut self.next, NextTrack::Unknown) {
            NextTrack::Unknown => Some(Progress::AwaitsNext),
            NextTrack::Nothing => {
                self.drain_resampler();
                if self.staged_frames() > 0 {
                    self.next = NextTrack::Nothing;
                    return None;
                }
                let Some(mut block) = self.open_block() else {
                    self.next = NextTrack::Nothing;
                    return Some(Progress::Full);
                };
                block.header.is_last = true;
                self.ring.push(block);
                self.source = None;
                Some(Progress::Idle)
            }
            NextTrack::Track(track, decoder) => {
                let same = self.source.as_ref().is_some_and(|source| {
                    source.decoder.info().sample_rate_hz == decoder.info().sample_rate_hz
                });
                if !same {
                    self.drain_resampler();
                }
                let at = match &self.resampler {
                    Some((_, resampler)) => self.resampler_base + resampler.frames_due(),
                    None => self.emitted + self.staged_frames(),
                };
                self.marks.push_back(Mark {
                    at,
                    track,
                    first_frame: 0,
                });
                self.set_source(track, decoder);
                self.events.push_back(PipelineEvent::Advanced(track));
                self.cross_marks();
                None
            }
        }
    }

    /// A boundary that lies exactly here is crossed before the next frame is put into a block.
    fn cross_marks(&mut self) {
        while self
            .marks
            .front()
            .is_some_and(|mark| mark.at == self.emitted)
        {
            if let Some(block) = self.block.take() {
                if block.header.frames > 0 {
                    self.ring.push(block);
                } else {
                    self.block = Some(block);
                }
            }
            if let Some(mark) = self.marks.pop_front() {
                self.current = mark;
            }
        }
    }
}

fn frames_at(time: Duration, rate_hz: u32) -> u64 {
    let nanoseconds = time.as_nanos() * u128::from(rate_hz);
    ((nanoseconds + 500_000_000) / 1_000_000_000) as u64
}
