//! The renderer's side of the ring: what is queued, what is stale, which track begins where.

use super::{Position, Renderer, TrackStarted};
use rt::ids::{Generation, PlayId};
use rt::ring::{AudioBlock, BLOCK_FRAMES, TrackStart};

impl Renderer {
    /// Throws away what is stale and, once the target's first block is there, makes it current.
    pub(super) fn enter_generation(&mut self, target: Generation) {
        if let Some(block) = self.block.take() {
            self.parts.ring.give_back(block);
        }
        // At most as many turns as the ring has blocks.
        while let Some(header) = self.parts.ring.peek() {
            if header.generation == target {
                self.generation = target;
                self.is_starving = false;
                self.position = Position {
                    track: header.track,
                    frame: header.first_frame,
                    speed: header.speed,
                };
                self.announce(header.generation, header.track);
                self.chain.reset();
                self.lead_in_frames = self.chain.latency_frames();
                return;
            }
            if let Some(block) = self.parts.ring.pop() {
                self.parts.ring.give_back(block);
            }
        }
    }

    /// Tells the monitor how much is queued while something sounds and more is to come.
    pub(super) fn note_ring(&self, target: Generation, is_wanted: bool) {
        let sounds = is_wanted && self.generation == target && !self.fade.is_silent();
        if sounds && !self.parts.ring.is_finished(self.generation) {
            self.parts.monitor.note_ring(self.queued_frames() as u64);
        }
    }

    /// Frames that have been decoded and not been played.
    fn queued_frames(&self) -> usize {
        let in_block = self
            .block
            .as_ref()
            .map_or(0, |b| b.header.frames - self.consumed);
        in_block + self.parts.ring.queued_frames() as usize
    }

    /// Whether the decoder is about to fall behind: what is queued does not cover this callback and
    /// a fade-out behind it, and more was to come.
    pub(super) fn runs_dry(&self, frames_wanted: usize) -> bool {
        let queued = self.queued_frames();
        // A callback larger than the ring plays what there is: it looks no further than a block ahead.
        queued < frames_wanted.min(BLOCK_FRAMES) + self.fade_frames
            && !self.parts.ring.is_finished(self.generation)
            && !self.is_ring_full()
    }

    /// Whether nothing more can be queued until something is played.
    fn is_ring_full(&self) -> bool {
        self.parts.ring.is_full(usize::from(self.block.is_some()))
    }

    /// Whether enough is queued to begin: two callbacks and a fade, or all there is.
    pub(super) fn is_primed(&self, callback_frames: usize) -> bool {
        let queued = self.queued_frames();
        let needed = (2 * callback_frames + self.fade_frames).max(2 * BLOCK_FRAMES);
        if self.parts.ring.is_finished(self.generation) {
            return queued > 0 || !self.parts.shared.has_ended(self.generation);
        }
        // Blocks that changes of speed or many tracks have closed early hold less than they could.
        self.is_ring_full()
            || queued >= needed.min(self.parts.ring.capacity_frames() - BLOCK_FRAMES)
    }

    /// Frames that can be taken in one go; `None` when nothing of this generation is queued.
    pub(super) fn available_frames(&mut self) -> Option<usize> {
        loop {
            if let Some(block) = self.block.take() {
                if self.consumed < block.header.frames {
                    let left = self.begin_tracks(&block) - self.consumed;
                    self.block = Some(block);
                    return Some(left);
                }
                self.parts.ring.give_back(block);
            }
            if self.parts.ring.peek()?.generation != self.generation {
                return None;
            }
            let block = self.parts.ring.pop()?;
            let header = &block.header;
            if header.frames > 0 {
                self.begin_track(
                    header.generation,
                    TrackStart {
                        at_frame: 0,
                        track: header.track,
                        first_frame: header.first_frame,
                    },
                );
                self.position.speed = header.speed;
            }
            self.consumed = 0;
            self.starts_passed = 0;
            self.block = Some(block);
        }
    }

    /// Begins the tracks that begin at the next frame of `block`, and says where the next one does.
    fn begin_tracks(&mut self, block: &AudioBlock) -> usize {
        while let Some(&start) = block.starts.get(self.starts_passed) {
            if start.at_frame > self.consumed {
                return start.at_frame.min(block.header.frames);
            }
            self.starts_passed += 1;
            self.begin_track(block.header.generation, start);
        }
        block.header.frames
    }

    fn begin_track(&mut self, generation: Generation, start: TrackStart) {
        if start.track != self.position.track {
            self.announce(generation, start.track);
        }
        self.start = start;
        self.position.track = start.track;
        self.position.frame = start.first_frame;
    }

    fn announce(&mut self, generation: Generation, track: PlayId) {
        // Full means control has not looked for a long time; the clock still names the track.
        let _ = self.tracks.push(TrackStarted { generation, track });
    }

    pub(super) fn take_frames(&mut self, out: &mut [f32]) {
        let channels = self.parts.channels;
        let frames = out.len() / channels;
        if let Some(block) = &self.block {
            let start = self.consumed * channels;
            out.copy_from_slice(&block.samples[start..start + out.len()]);
            let since_start = (self.consumed + frames).saturating_sub(self.start.at_frame);
            let passed = block.header.speed.track_frames(since_start as u64);
            self.position.frame = self.start.first_frame + passed;
        }
        self.tail_frames = self.chain.latency_frames();
        self.consumed += frames;
        self.sounded_frames += frames as u64;
    }
}
