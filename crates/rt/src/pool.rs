//! A fixed set of buffers that travel between two threads and come back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The taking side of a fixed set of buffers. Taking never allocates and never waits; when none is
/// free that is counted as a miss. One thread takes, one other gives back through [`PoolReturn`].
///
/// ```
/// let (mut pool, mut back) = rt::pool::AudioBufferPool::new(vec![[0.0_f32; 64]]);
/// let buffer = pool.take().unwrap();
/// assert!(pool.take().is_none(), "there is one");
/// back.give(buffer);
/// assert!(pool.take().is_some());
/// assert_eq!(pool.misses(), 1);
/// ```
pub struct AudioBufferPool<T> {
    free: rtrb::Consumer<T>,
    counters: PoolCounters,
}

/// The giving side of an [`AudioBufferPool`].
pub struct PoolReturn<T> {
    free: rtrb::Producer<T>,
}

#[derive(Debug, Default)]
struct Shared {
    in_use: AtomicU64,
    high_water: AtomicU64,
    misses: AtomicU64,
}

/// How an [`AudioBufferPool`] is used, for any thread to read, also after the pool is gone.
#[derive(Debug, Clone)]
pub struct PoolCounters {
    shared: Arc<Shared>,
    capacity: usize,
}

impl PoolCounters {
    /// Buffers that were out when one was last asked for, that one included.
    pub fn in_use(&self) -> u64 {
        self.shared.in_use.load(Ordering::Relaxed)
    }

    /// The most buffers that were ever out.
    pub fn high_water(&self) -> u64 {
        self.shared.high_water.load(Ordering::Relaxed)
    }

    /// How often none was free.
    pub fn misses(&self) -> u64 {
        self.shared.misses.load(Ordering::Relaxed)
    }

    /// Buffers in all.
    pub fn capacity(&self) -> usize {
        self.capacity
    }
}

impl<T> AudioBufferPool<T> {
    /// A pool of `buffers`, all free. Allocates.
    pub fn new(buffers: Vec<T>) -> (Self, PoolReturn<T>) {
        let capacity = buffers.len();
        let (mut producer, free) = rtrb::RingBuffer::new(capacity);
        for buffer in buffers {
            // The ring was made to hold them all.
            let pushed = producer.push(buffer);
            debug_assert!(pushed.is_ok());
        }
        let counters = PoolCounters {
            shared: Arc::default(),
            capacity,
        };
        (Self { free, counters }, PoolReturn { free: producer })
    }

    /// A free buffer, with whatever its last user left in it. Wait-free.
    pub fn take(&mut self) -> Option<T> {
        let buffer = self.free.pop().ok();
        let shared = &self.counters.shared;
        if buffer.is_none() {
            shared.misses.fetch_add(1, Ordering::Relaxed);
        }
        // Only this thread writes these two.
        let in_use = (self.counters.capacity - self.free.slots()) as u64;
        shared.in_use.store(in_use, Ordering::Relaxed);
        if in_use > shared.high_water.load(Ordering::Relaxed) {
            shared.high_water.store(in_use, Ordering::Relaxed);
        }
        buffer
    }

    /// Buffers that are free now.
    pub fn free(&self) -> usize {
        self.free.slots()
    }

    /// Buffers in all.
    pub fn capacity(&self) -> usize {
        self.counters.capacity
    }

    /// How often none was free.
    pub fn misses(&self) -> u64 {
        self.counters.misses()
    }

    /// The pool's figures, for other threads.
    pub fn counters(&self) -> PoolCounters {
        self.counters.clone()
    }
}

impl<T> PoolReturn<T> {
    /// Gives a buffer back. Wait-free; a buffer of this pool always finds room.
    pub fn give(&mut self, buffer: T) {
        if let Err(rtrb::PushError::Full(stranger)) = self.free.push(buffer) {
            // Only a buffer from elsewhere can be one too many; leaking it keeps this free of drops.
            debug_assert!(false, "a buffer of another pool came back");
            std::mem::forget(stranger);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_go_round_and_misses_are_counted() {
        let (mut pool, mut back) = AudioBufferPool::new(vec![vec![1], vec![2]]);
        let first = pool.take().unwrap();
        let second = pool.take().unwrap();
        assert!(pool.take().is_none());
        assert_eq!((pool.misses(), pool.free(), pool.capacity()), (1, 0, 2));
        back.give(second);
        back.give(first);
        assert_eq!(pool.take(), Some(vec![2]));
        assert_eq!(pool.take(), Some(vec![1]));
    }

    #[test]
    fn the_most_that_were_out_is_remembered() {
        let (mut pool, mut back) = AudioBufferPool::new(vec![[0.0; 2]; 8]);
        let counters = pool.counters();
        let figures = |c: &PoolCounters| (c.in_use(), c.high_water(), c.misses());
        assert_eq!(figures(&counters), (0, 0, 0));
        let out: Vec<_> = (0..5).filter_map(|_| pool.take()).collect();
        assert_eq!(figures(&counters), (5, 5, 0));
        out.into_iter().for_each(|buffer| back.give(buffer));
        assert!(pool.take().is_some());
        assert_eq!(figures(&counters), (1, 5, 0));
        assert_eq!(std::iter::from_fn(|| pool.take()).count(), 7);
        assert_eq!(figures(&counters), (8, 8, 1));
        drop((pool, back));
        assert_eq!((counters.high_water(), counters.capacity()), (8, 8));
    }
}
