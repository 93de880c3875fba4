//! A fixed set of buffers that travel between two threads and come back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The taking side of a fixed set of buffers. Taking never allocates and never waits; when none is
/// free that is counted as a miss. One thread takes, one other gives back through [`PoolReturn`].
pub struct AudioBufferPool<T> {
    free: rtrb::Consumer<T>,
    capacity: usize,
    misses: Arc<AtomicU64>,
}

/// The giving side of an [`AudioBufferPool`].
pub struct PoolReturn<T> {
    free: rtrb::Producer<T>,
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
        (
            Self {
                free,
                capacity,
                misses: Arc::default(),
            },
            PoolReturn { free: producer },
        )
    }

    /// A free buffer, with whatever its last user left in it. Wait-free.
    pub fn take(&mut self) -> Option<T> {
        let buffer = self.free.pop().ok();
        if buffer.is_none() {
            self.misses.fetch_add(1, Ordering::Relaxed);
        }
        buffer
    }

    /// Buffers that are free now.
    pub fn free(&self) -> usize {
        self.free.slots()
    }

    /// Buffers in all.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// How often none was free.
    pub fn misses(&self) -> u64 {
        self.misses.load(Ordering::Relaxed)
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
}
