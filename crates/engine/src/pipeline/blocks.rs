//! Finished sound into the ring's blocks, each with its story.

use super::Mark;
use rt::ids::Generation;
use rt::ring::{
    AudioBlock, BLOCK_FRAMES, BlockHeader, MAX_STARTS, RingProducer, Speed, TrackStart,
};
use std::collections::VecDeque;

/// Fills blocks and says in their headers which track they are of, and where in it.
pub(super) struct BlockWriter {
    ring: RingProducer,
    generation: Generation,
    speed: Speed,
    /// An output frame, and the mixed frame that is heard there: the last change of speed.
    anchor: (u64, f64),
    current: Mark,
    /// Tracks ahead; they begin at mixed frames.
    marks: VecDeque<Mark>,
    /// Output frames put into blocks since the generation began.
    emitted: u64,
    block: Option<AudioBlock>,
    full_blocks: usize,
}

impl BlockWriter {
    pub(super) fn new(ring: RingProducer) -> Self {
        Self {
            ring,
            generation: Generation::default(),
            speed: Speed::default(),
            anchor: (0, 0.0),
            current: Mark::default(),
            marks: VecDeque::new(),
            emitted: 0,
            block: None,
            full_blocks: 0,
        }
    }

    /// Begins a generation at `first`, as fast as in the file.
    pub(super) fn begin(&mut self, generation: Generation, first: Mark) {
        (self.generation, self.current) = (generation, first);
        (self.speed, self.anchor) = (Speed::default(), (0, 0.0));
        self.marks.clear();
        self.emitted = 0;
        if let Some(block) = &mut self.block {
            // Its samples are stale: it is filled anew.
            block.header.frames = 0;
        }
    }

    /// What comes next is `next_frame` of the mixed frames, and this fast.
    pub(super) fn set_speed(&mut self, speed: Speed, next_frame: f64) {
        self.close_block();
        (self.speed, self.anchor) = (speed, (self.emitted, next_frame));
    }

    /// How fast the track goes by in what comes next.
    pub(super) fn speed(&self) -> Speed {
        self.speed
    }

    /// The ring that is filled.
    pub(super) fn ring(&self) -> &RingProducer {
        &self.ring
    }

    /// Output frames since the generation began.
    pub(super) fn emitted(&self) -> u64 {
        self.emitted
    }

    /// Full blocks ever pushed.
    pub(super) fn full_blocks(&self) -> usize {
        self.full_blocks
    }

    /// A track begins at `mark.at`.
    pub(super) fn mark(&mut self, mark: Mark) {
        self.marks.push_back(mark);
    }

    /// Takes interleaved samples as far as there is room and says how many; 0 when the ring is full.
    pub(super) fn write(&mut self, samples: &[f32]) -> usize {
        let Some(mut block) = self.open_block() else {
            return 0;
        };
        let channels = self.ring.channels();
        let filled = block.header.frames;
        let boundary = self.frames_to_mark().unwrap_or(u64::MAX);
        let room = (samples.len() / channels).min(BLOCK_FRAMES - filled);
        let count = (room as u64).min(boundary) as usize;
        let taken = count * channels;
        block.samples[filled * channels..][..taken].copy_from_slice(&samples[..taken]);
        block.header.frames += count;
        self.emitted += count as u64;
        if block.header.frames == BLOCK_FRAMES {
            self.ring.push(block);
            self.full_blocks += 1;
        } else {
            self.block = Some(block);
        }
        taken
    }

    /// Ends the generation; false while the ring is full.
    pub(super) fn finish(&mut self) -> bool {
        let Some(mut block) = self.open_block() else {
            return false;
        };
        block.header.is_last = true;
        self.ring.push(block);
        true
    }

    /// The block being filled, or a free one; an empty one is given the story of what comes next.
    fn open_block(&mut self) -> Option<AudioBlock> {
        // A boundary that lies exactly here is crossed before the next frame is put into a block.
        // Where several do, the tracks but the last have no frame.
        let before = self.current.track;
        while self.frames_to_mark() == Some(0) {
            self.current = self.marks.pop_front().unwrap_or(self.current);
        }
        let first_frame = self.current.first_frame
            + (self.mixed_frame().round() as u64).saturating_sub(self.current.at);
        let track = self.current.track;
        if track != before
            && let Some(block) = &mut self.block
            && block.header.frames > 0
        {
            if block.starts.len() < MAX_STARTS {
                block.starts.push(TrackStart {
                    at_frame: block.header.frames,
                    track,
                    first_frame,
                });
            } else {
                self.close_block();
            }
        }
        let mut block = self.block.take().or_else(|| {
            let mut block = self.ring.take_free()?;
            block.header.frames = 0;
            Some(block)
        })?;
        if block.header.frames == 0 {
            block.starts.clear();
            block.header = BlockHeader {
                generation: self.generation,
                track,
                first_frame,
                frames: 0,
                speed: self.speed,
                is_last: false,
            };
        }
        Some(block)
    }

    /// Pushes the block being filled, unless it is empty.
    fn close_block(&mut self) {
        match self.block.take() {
            Some(block) if block.header.frames > 0 => self.ring.push(block),
            empty => self.block = empty,
        }
    }

    /// The mixed frame that the next output frame belongs to; a whole number at a speed of 1.
    fn mixed_frame(&self) -> f64 {
        self.anchor.1 + (self.emitted - self.anchor.0) as f64 * self.speed.0
    }

    /// Output frames until the next track begins.
    fn frames_to_mark(&self) -> Option<u64> {
        let mark = self.marks.front()?;
        Some(((mark.at as f64 - self.mixed_frame()) / self.speed.0).ceil() as u64)
    }
}
