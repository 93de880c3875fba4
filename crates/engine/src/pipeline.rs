//! From opened tracks to blocks in the ring: decode, map channels, resample, join or cross-fade.

mod blocks;
mod deck;
mod events;
mod overlap;
mod settings;
mod speed;

pub use events::{NextTrack, PipelineEvent, Progress};
pub use settings::PlaybackSettings;

use blocks::BlockWriter;
use deck::Deck;
use dsp::mixer::Mixer;
use dsp::simd::AudioOptimizer;
use dsp::time_stretch::TimeStretch;
use media::decoder::{TrackDecoder, frames_at};
use media::error::MediaError;
use media::replaygain::{ReplayGain, ReplayGainMode};
use rt::ids::{Generation, PlayId};
use rt::ring::{BLOCK_FRAMES, RingProducer};
use std::collections::VecDeque;
use std::time::Duration;

/// How long gains take to move, in seconds.
const RAMP_SECONDS: f64 = 0.02;

/// Turns of [`DecodePipeline::fill`] without a frame queued: after so many it leaves the thread a chance to
/// rest. Packets of one frame into a resampler that wants a thousand need that many.
const MAX_IDLE_TURNS: u32 = 1 << 15;

/// Where a track begins in the stream of mixed frames: at the output's rate, as fast as in the file.
#[derive(Clone, Copy, Default)]
struct Mark {
    at: u64,
    track: PlayId,
    first_frame: u64,
    replaygain: ReplayGain,
}

/// Decodes tracks into a ring's blocks at the output's rate and channels.
///
/// Tracks that follow one another share a generation. Without a cross-fade, and at equal rates, they
/// share the resampler's state too, so a join neither loses nor adds a frame. In a cross-fade, blocks
/// name the track that comes from its first frame on, which is where the overlap begins. Runs in the
/// decode thread or, for files, in step with the renderer; never in the audio callback.
pub struct DecodePipeline {
    blocks: BlockWriter,
    generation: Generation,
    sample_rate_hz: u32,
    deck: Option<Deck>,
    /// The deck that goes, in a cross-fade.
    outgoing: Option<Deck>,
    mixer: Mixer,
    /// At other speeds than 1.
    stretch: Option<TimeStretch>,
    /// The mixed frame that is the stretch's first.
    stretch_start: u64,
    settings: PlaybackSettings,
    next: NextTrack,
    marks: VecDeque<Mark>,
    current: Mark,
    /// Frames mixed since the generation began.
    mixed_frames: u64,
    /// Frames on their way into the stretch.
    mixed: Vec<f32>,
    /// Interleaved frames waiting for a block; those before `finished_used` are gone.
    finished: Vec<f32>,
    finished_used: usize,
    events: VecDeque<PipelineEvent>,
}

impl DecodePipeline {
    /// A pipeline that fills `ring` with sound at `sample_rate_hz`.
    pub fn new(ring: RingProducer, sample_rate_hz: u32) -> Self {
        let ramp_frames = (f64::from(sample_rate_hz) * RAMP_SECONDS) as u32;
        let mixer = Mixer::new(ring.channels(), ramp_frames, AudioOptimizer::detected());
        Self {
            blocks: BlockWriter::new(ring),
            generation: Generation::default(),
            sample_rate_hz,
            deck: None,
            outgoing: None,
            mixer,
            stretch: None,
            stretch_start: 0,
            settings: PlaybackSettings::default(),
            next: NextTrack::Unknown,
            marks: VecDeque::new(),
            current: Mark::default(),
            mixed_frames: 0,
            mixed: Vec::new(),
            finished: Vec::new(),
            finished_used: 0,
            events: VecDeque::new(),
        }
    }

    /// What is done from now on: a cross-fade under way is left as it is, gains move, and the speed is
    /// another from the next frame on that is not in a block yet.
    pub fn set_settings(&mut self, settings: PlaybackSettings) {
        self.settings = settings;
        // Tags may not have been looked at until now.
        if let Some(deck) = &self.deck {
            let replaygain = self.replaygain_of(deck.decoder());
            let track = deck.track();
            let marks = self.marks.iter_mut().chain([&mut self.current]);
            for mark in marks.filter(|mark| mark.track == track) {
                mark.replaygain = replaygain;
            }
        }
        self.mixer.set_gain(self.gain(&self.current));
    }

    /// The track's own gain, not looked for while nobody wants it.
    fn replaygain_of(&self, decoder: &TrackDecoder) -> ReplayGain {
        match self.settings.replaygain.mode {
            ReplayGainMode::Off => ReplayGain::default(),
            _ => ReplayGain::of(decoder.tags()),
        }
    }

    fn gain(&self, mark: &Mark) -> f32 {
        self.settings.replaygain.gain(&mark.replaygain)
    }

    /// Begins `generation` with `decoder` at `start`, forgetting whatever was being decoded.
    ///
    /// # Errors
    /// When the file cannot be read there.
    pub fn load(
        &mut self,
        generation: Generation,
        track: PlayId,
        mut decoder: Box<TrackDecoder>,
        start: Duration,
    ) -> Result<(), MediaError> {
        self.stop(generation);
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
            replaygain: self.replaygain_of(&decoder),
        };
        self.mixer.reset(self.gain(&self.current));
        self.blocks.begin(generation, self.current);
        let mut deck = Deck::new(track, decoder, self.sample_rate_hz, self.channels())?;
        if source_frame > 0 {
            deck.begins_later();
        }
        self.deck = Some(deck);
        Ok(())
    }

    /// Begins `generation` at `start` of the track being decoded, if it is `track`; false if not.
    ///
    /// # Errors
    /// When the file cannot be read there.
    pub fn seek(
        &mut self,
        generation: Generation,
        track: PlayId,
        start: Duration,
    ) -> Result<bool, MediaError> {
        match self.deck.take() {
            Some(deck) if deck.track() == track => self
                .load(generation, track, deck.into_decoder(), start)
                .map(|()| true),
            other => {
                self.deck = other;
                Ok(false)
            }
        }
    }

    /// Forgets everything and begins an empty `generation`.
    pub fn stop(&mut self, generation: Generation) {
        self.generation = generation;
        self.blocks.begin(generation, Mark::default());
        self.deck = None;
        self.outgoing = None;
        self.mixer.reset(1.0);
        self.stretch = None;
        self.next = NextTrack::Unknown;
        self.marks.clear();
        self.current = Mark::default();
        self.mixed_frames = 0;
        self.finished.clear();
        self.finished_used = 0;
    }

    /// Says what follows the current track.
    pub fn set_next(&mut self, next: NextTrack) {
        self.next = next;
    }

    /// The track being decoded.
    pub fn track(&self) -> Option<PlayId> {
        self.deck.as_ref().map(Deck::track)
    }

    /// What has happened since the last call.
    pub fn poll_event(&mut self) -> Option<PipelineEvent> {
        self.events.pop_front()
    }

    /// Frames that have been queued since the generation began.
    pub fn queued_frames(&self) -> u64 {
        self.blocks.emitted()
    }

    /// Frames the ring can hold.
    pub fn capacity_frames(&self) -> u64 {
        self.blocks.ring().capacity_frames()
    }

    /// Frames a second of the output.
    pub fn sample_rate_hz(&self) -> u32 {
        self.sample_rate_hz
    }

    /// Interleaved channels of the output.
    pub fn channels(&self) -> usize {
        self.blocks.ring().channels()
    }

    /// Decodes until the ring is full or there is nothing more to do, at most `most_blocks` blocks.
    pub fn fill(&mut self, most_blocks: usize) -> Progress {
        let enough = self.blocks.full_blocks().saturating_add(most_blocks);
        let (mut queued, mut idle_turns) = (self.queued_frames(), 0);
        loop {
            if std::mem::replace(&mut queued, self.queued_frames()) == queued {
                idle_turns += 1;
            } else {
                idle_turns = 0;
            }
            if idle_turns > MAX_IDLE_TURNS {
                return Progress::Full;
            }
            let waiting = &self.finished[self.finished_used..];
            if !waiting.is_empty() {
                if self.blocks.full_blocks() >= enough {
                    return Progress::Full;
                }
                match self.blocks.write(waiting) {
                    0 => return Progress::Full,
                    taken => self.finished_used += taken,
                }
                continue;
            }
            self.finished.clear();
            self.finished_used = 0;
            self.set_speed();
            if !self.finished.is_empty() {
                continue;
            }
            let Some(deck) = &mut self.deck else {
                return Progress::Idle;
            };
            if deck.ready_frames() == 0 {
                match deck.decode() {
                    Ok(true) => {}
                    Ok(false) => {
                        if let Some(progress) = self.advance() {
                            return progress;
                        }
                    }
                    // Its end has been reached; the next turn finds it there.
                    Err(error) => {
                        let event = PipelineEvent::broken(deck, error);
                        self.events.push_back(event);
                    }
                }
                continue;
            }
            let ready = deck.ready_frames();
            let until_overlap = match self.frames_to_overlap() {
                Some(0) if matches!(self.next, NextTrack::Unknown) => return Progress::AwaitsNext,
                Some(0) => {
                    self.begin_overlap();
                    continue;
                }
                frames => frames.unwrap_or(u64::MAX),
            };
            let boundary = self
                .marks
                .front()
                .map_or(u64::MAX, |mark| mark.at.saturating_sub(self.mixed_frames));
            let count = ready.min(BLOCK_FRAMES) as u64;
            self.mix(count.min(boundary).min(until_overlap) as usize);
            self.cross_marks();
        }
    }

    /// At the end of the current track: goes on to the next. `None` means there is more to do.
    fn advance(&mut self) -> Option<Progress> {
        match std::mem::replace(&mut self.next, NextTrack::Unknown) {
            NextTrack::Unknown => Some(Progress::AwaitsNext),
            NextTrack::Nothing => {
                let deck = self.deck.as_mut()?;
                deck.drain();
                if deck.ready_frames() > 0 {
                    self.next = NextTrack::Nothing;
                    return None;
                }
                if let Some(stretch) = self.stretch.take() {
                    stretch.finish(&mut self.finished);
                }
                if !self.finished.is_empty() {
                    self.next = NextTrack::Nothing;
                    return None;
                }
                if !self.blocks.finish() {
                    self.next = NextTrack::Nothing;
                    return Some(Progress::Full);
                }
                self.deck = None;
                self.events.push_back(PipelineEvent::Ended {
                    generation: self.generation,
                    frames: self.mixed_frames,
                });
                Some(Progress::Idle)
            }
            NextTrack::Track(track, decoder) => {
                let replaygain = self.replaygain_of(&decoder);
                let deck = self.deck.as_mut()?;
                if let Err(error) = deck.join(track, decoder) {
                    self.events.push_back(PipelineEvent::Refused(track, error));
                    self.next = NextTrack::Unknown;
                    return None;
                }
                // Nothing of the new track has been decoded yet.
                let at = self.mixed_frames + deck.frames_to_come();
                self.marks.push_back(Mark {
                    at,
                    track,
                    first_frame: 0,
                    replaygain,
                });
                self.advanced(track, at);
                self.cross_marks();
                None
            }
        }
    }

    fn advanced(&mut self, track: PlayId, begins_at: u64) {
        self.events.push_back(PipelineEvent::Advanced {
            track,
            generation: self.generation,
            begins_at,
        });
    }

    /// A boundary that lies exactly here is crossed before the next frame is mixed.
    fn cross_marks(&mut self) {
        while let Some(mark) = self.marks.pop_front_if(|mark| mark.at <= self.mixed_frames) {
            self.mixer.join(self.gain(&mark));
            self.blocks.mark(mark);
            self.current = mark;
        }
    }
}

/// As many frames at `to_hz` as `frames` at `from_hz`, rounded.
fn frames_between_rates(frames: u64, from_hz: u32, to_hz: u32) -> u64 {
    let scaled = u128::from(frames) * u128::from(to_hz);
    ((scaled + u128::from(from_hz / 2)) / u128::from(from_hz)) as u64
}
