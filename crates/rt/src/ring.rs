//! The lossless queue from the decode worker to the audio callback.

use super::pool::{AudioBufferPool, PoolCounters, PoolReturn};
use crate::ids::{Generation, PlayId};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Frames a full block holds.
pub const BLOCK_FRAMES: usize = 1024;
/// Tracks that may begin within one block, behind its first frame.
pub const MAX_STARTS: usize = 31;

/// Frames of the track in one frame of the output.
///
/// ```
/// use rt::ring::Speed;
/// assert_eq!(Speed(1.5).track_frames(480), 720);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speed(pub f64);

impl Default for Speed {
    fn default() -> Self {
        Self(1.0)
    }
}

impl Speed {
    /// How many frames of the track `output_frames` are; exactly as many at 1.
    pub fn track_frames(self, output_frames: u64) -> u64 {
        (output_frames as f64 * self.0).round() as u64
    }
}

/// The story that travels with samples: which audio this is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BlockHeader {
    /// Rises at each discontinuity (seek, skip); blocks of an older one are stale.
    pub generation: Generation,
    /// Which playing of which track, unique within a run of the program.
    pub track: PlayId,
    /// Position of the first frame in its track, counted at the output rate.
    pub first_frame: u64,
    /// Frames of sound in the block.
    pub frames: usize,
    /// How fast its track goes by.
    pub speed: Speed,
    /// Nothing follows in this generation.
    pub is_last: bool,
}

/// Where a track begins within a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TrackStart {
    /// Its first frame, counted from the block's.
    pub at_frame: usize,
    /// Which playing of which track.
    pub track: PlayId,
    /// Position of that frame in its track, counted at the output rate.
    pub first_frame: u64,
}

/// A header and up to [`BLOCK_FRAMES`] interleaved frames.
pub struct AudioBlock {
    /// What the samples are, from the first on.
    pub header: BlockHeader,
    /// Tracks that begin behind the first frame, in order, at most [`MAX_STARTS`], for which there is
    /// room. Tracks may be much shorter than a block, and a block for each would leave the ring
    /// full with next to nothing in it.
    pub starts: Vec<TrackStart>,
    /// Interleaved f32 at the output rate; only the first `header.frames` frames are part of the block.
    pub samples: Box<[f32]>,
}

#[derive(Default)]
struct Shared {
    queued_frames: AtomicU64,
    /// The generation that has been decoded to its end, plus one; 0 for none.
    finished: AtomicU64,
}

/// A bounded, wait-free, single-producer single-consumer FIFO of pre-allocated blocks. Full: the
/// producer gets no block to fill and tries later. Empty: the consumer gets none. Blocks are filled
/// and read in place and go round, so neither side allocates or frees.
///
/// ```
/// use rt::ring::{AudioRingBuffer, BlockHeader};
/// let (mut producer, mut consumer) = AudioRingBuffer::new(48_000, 2, 0.5);
/// let mut block = producer.take_free().unwrap();
/// block.samples[..2].copy_from_slice(&[0.25, -0.25]);
/// block.header = BlockHeader { frames: 1, ..BlockHeader::default() };
/// producer.push(block);
/// let block = consumer.pop().unwrap();
/// assert_eq!(block.samples[..2], [0.25, -0.25]);
/// consumer.give_back(block);
/// ```
pub struct AudioRingBuffer;

/// The decode worker's end.
pub struct RingProducer {
    pool: AudioBufferPool<AudioBlock>,
    full: rtrb::Producer<AudioBlock>,
    shared: Arc<Shared>,
    channels: usize,
}

/// The audio callback's end.
pub struct RingConsumer {
    capacity_frames: usize,
    full: rtrb::Consumer<AudioBlock>,
    back: PoolReturn<AudioBlock>,
    shared: Arc<Shared>,
}

impl AudioRingBuffer {
    /// A ring that holds at least `seconds` of `channels` at `sample_rate_hz`. Allocates.
    #[expect(
        clippy::new_ret_no_self,
        reason = "the two ends are what a ring is used by"
    )]
    pub fn new(sample_rate_hz: u32, channels: usize, seconds: f64) -> (RingProducer, RingConsumer) {
        let blocks = (f64::from(sample_rate_hz) * seconds / BLOCK_FRAMES as f64).ceil() as usize;
        let blocks = blocks.max(4);
        let block = |_| AudioBlock {
            header: BlockHeader::default(),
            starts: Vec::with_capacity(MAX_STARTS),
            samples: vec![0.0; BLOCK_FRAMES * channels].into_boxed_slice(),
        };
        let (pool, back) = AudioBufferPool::new((0..blocks).map(block).collect());
        let (producer, consumer) = rtrb::RingBuffer::new(blocks);
        let shared = Arc::new(Shared::default());
        (
            RingProducer {
                pool,
                full: producer,
                shared: Arc::clone(&shared),
                channels,
            },
            RingConsumer {
                capacity_frames: blocks * BLOCK_FRAMES,
                full: consumer,
                back,
                shared,
            },
        )
    }
}

impl RingProducer {
    /// Interleaved channels of the blocks.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// A block to fill, or `None` while the ring is full. Wait-free.
    pub fn take_free(&mut self) -> Option<AudioBlock> {
        // Looking first keeps "full", which is the normal state, out of the pool's misses.
        if self.pool.free() == 0 {
            None
        } else {
            self.pool.take()
        }
    }

    /// Hands a filled block over. Wait-free; a block of this ring always finds room.
    pub fn push(&mut self, block: AudioBlock) {
        let header = block.header;
        self.shared
            .queued_frames
            .fetch_add(header.frames as u64, Ordering::Relaxed);
        let pushed = self.full.push(block);
        debug_assert!(pushed.is_ok(), "the ring holds every block there is");
        if header.is_last {
            self.shared
                .finished
                .store(header.generation.next().0, Ordering::Release);
        }
    }

    /// Frames waiting to be heard.
    pub fn queued_frames(&self) -> u64 {
        self.shared.queued_frames.load(Ordering::Relaxed)
    }

    /// Frames the ring can hold.
    pub fn capacity_frames(&self) -> u64 {
        (self.pool.capacity() * BLOCK_FRAMES) as u64
    }

    /// A view of the fill level for other threads.
    pub fn level(&self) -> RingLevel {
        RingLevel {
            shared: Arc::clone(&self.shared),
            pool: self.pool.counters(),
            capacity_frames: self.capacity_frames(),
        }
    }
}

impl RingConsumer {
    /// The oldest block. Wait-free. It must come back through [`Self::give_back`].
    pub fn pop(&mut self) -> Option<AudioBlock> {
        let block = self.full.pop().ok()?;
        self.shared
            .queued_frames
            .fetch_sub(block.header.frames as u64, Ordering::Relaxed);
        Some(block)
    }

    /// Returns a block that was popped, for the producer to fill again. Wait-free.
    pub fn give_back(&mut self, block: AudioBlock) {
        self.back.give(block);
    }

    /// Header of the oldest block.
    pub fn peek(&self) -> Option<BlockHeader> {
        self.full.peek().ok().map(|block| block.header)
    }

    /// Frames waiting to be heard.
    pub fn queued_frames(&self) -> u64 {
        self.shared.queued_frames.load(Ordering::Relaxed)
    }

    /// Frames the ring can hold.
    pub fn capacity_frames(&self) -> usize {
        self.capacity_frames
    }

    /// Whether the producer has no block left to fill, with `held` blocks at the consumer. Wait-free.
    pub fn is_full(&self, held: usize) -> bool {
        self.full.slots() + held >= self.capacity_frames / BLOCK_FRAMES
    }

    /// The most tracks whose beginnings can be queued at a time.
    pub fn most_tracks(&self) -> usize {
        self.capacity_frames / BLOCK_FRAMES * (MAX_STARTS + 1)
    }

    /// Whether everything of `generation` has been decoded and pushed.
    pub fn is_finished(&self, generation: Generation) -> bool {
        self.shared.finished.load(Ordering::Acquire) == generation.next().0
    }
}

/// How full a ring is, for any thread to read.
#[derive(Clone)]
pub struct RingLevel {
    shared: Arc<Shared>,
    pool: PoolCounters,
    capacity_frames: u64,
}

impl RingLevel {
    /// Frames waiting to be heard.
    pub fn queued_frames(&self) -> u64 {
        self.shared.queued_frames.load(Ordering::Relaxed)
    }

    /// Frames the ring can hold.
    pub fn capacity_frames(&self) -> u64 {
        self.capacity_frames
    }

    /// How its blocks are used.
    pub fn pool(&self) -> PoolCounters {
        self.pool.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_or_reordered_between_two_threads() {
        let (mut producer, mut consumer) = AudioRingBuffer::new(8_000, 1, 0.5);
        let writer = std::thread::Builder::new()
            .name("writer".into())
            .spawn(move || {
                let mut frame = 0_u64;
                while frame < 200_000 {
                    let Some(mut block) = producer.take_free() else {
                        std::thread::yield_now();
                        continue;
                    };
                    let frames = 1 + (frame as usize * 7) % BLOCK_FRAMES;
                    for (n, sample) in block.samples[..frames].iter_mut().enumerate() {
                        *sample = (frame + n as u64) as f32;
                    }
                    block.header = BlockHeader {
                        first_frame: frame,
                        frames,
                        ..Default::default()
                    };
                    frame += frames as u64;
                    block.header.is_last = frame >= 200_000;
                    producer.push(block);
                }
            });
        let mut expected = 0_u64;
        loop {
            let Some(block) = consumer.pop() else {
                std::thread::yield_now();
                continue;
            };
            assert_eq!(block.header.first_frame, expected);
            for sample in &block.samples[..block.header.frames] {
                assert_eq!(*sample, expected as f32);
                expected += 1;
            }
            let is_last = block.header.is_last;
            consumer.give_back(block);
            if is_last {
                break;
            }
        }
        assert!(consumer.is_finished(Generation(0)));
        assert_eq!(consumer.queued_frames(), 0);
        writer.unwrap().join().unwrap();
    }

    #[test]
    fn a_full_ring_gives_no_block() {
        let (mut producer, mut consumer) = AudioRingBuffer::new(8_000, 2, 0.5);
        let mut count = 0;
        while let Some(mut block) = producer.take_free() {
            block.header.frames = BLOCK_FRAMES;
            producer.push(block);
            count += 1;
        }
        assert_eq!(producer.queued_frames(), (count * BLOCK_FRAMES) as u64);
        assert_eq!(producer.queued_frames(), producer.capacity_frames());
        let block = consumer.pop().unwrap();
        assert!(producer.take_free().is_none());
        consumer.give_back(block);
        assert!(producer.take_free().is_some());
    }
}
