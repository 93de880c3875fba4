//! The last stretch of what was played, for anyone to look at.

use std::sync::atomic::{AtomicU64, Ordering, fence};

/// A lossy window over the newest frames of a stream, left and right: one writer, any number of readers,
/// nobody ever waits. Old frames are overwritten; a reader that is overtaken while copying is told so.
///
/// ```
/// let history = rt::history::LockFreeAudioBuffer::new(1_024);
/// history.write(&[0.1, 0.2, 0.3, 0.4], 2);
/// let mut last = [[0.0; 2]];
/// assert!(history.read_ending_at(history.written_frames(), &mut last));
/// assert_eq!(last, [[0.3, 0.4]]);
/// ```
pub struct LockFreeAudioBuffer {
    /// The bits of left, and of right above them.
    frames: Box<[AtomicU64]>,
    /// Frames begun to be written, ahead of the samples; and written, behind them.
    begun: AtomicU64,
    written: AtomicU64,
}

impl LockFreeAudioBuffer {
    /// Remembers `frames` frames, rounded up to a power of two. Allocates.
    pub fn new(frames: usize) -> Self {
        let frames = (0..frames.next_power_of_two())
            .map(|_| AtomicU64::new(0))
            .collect();
        Self {
            frames,
            begun: AtomicU64::new(0),
            written: AtomicU64::new(0),
        }
    }

    /// Appends interleaved frames. One channel is both sides; of more than two, the even ones are mixed
    /// to the left and the odd ones to the right. For the one writer; wait-free.
    pub fn write(&self, interleaved: &[f32], channels: usize) {
        let start = self.written.load(Ordering::Relaxed);
        let end = start + (interleaved.len() / channels.max(1)) as u64;
        self.begun.store(end, Ordering::Relaxed);
        // Readers that see any sample below also see `begun` above.
        fence(Ordering::Release);
        match channels {
            0 => {}
            1 => self.put(start, interleaved.iter().map(|sample| [*sample; 2])),
            2 => self.put(start, interleaved.as_chunks().0.iter().copied()),
            _ => self.put(start, interleaved.chunks_exact(channels).map(fold)),
        }
        self.written.store(end, Ordering::Release);
    }

    fn put(&self, start: u64, mut frames: impl ExactSizeIterator<Item = [f32; 2]>) {
        // In runs up to the end of the ring: one, or two, unless there is more than it holds.
        let mut at = start as usize & (self.frames.len() - 1);
        while frames.len() > 0 {
            for (place, [left, right]) in self.frames[at..].iter().zip(frames.by_ref()) {
                let bits = u64::from(left.to_bits()) | u64::from(right.to_bits()) << 32;
                place.store(bits, Ordering::Relaxed);
            }
            at = 0;
        }
    }

    /// Frames written since the start.
    pub fn written_frames(&self) -> u64 {
        self.written.load(Ordering::Acquire)
    }

    /// Frames there is room for.
    pub fn capacity_frames(&self) -> usize {
        self.frames.len()
    }

    /// Copies the frames that end at stream frame `end` into `out`, left and right; frames before the start
    /// read as silence. False, with `out` unspecified, when they are not written yet or overwritten already.
    pub fn read_ending_at(&self, end: u64, out: &mut [[f32; 2]]) -> bool {
        let capacity = self.frames.len() as u64;
        if end > self.written_frames() {
            return false;
        }
        let oldest = end.saturating_sub(out.len() as u64);
        let (before, mut rest) = out.split_at_mut(out.len() - (end - oldest) as usize);
        before.fill([0.0; 2]);
        let mut at = oldest as usize & (self.frames.len() - 1);
        while !rest.is_empty() {
            let run = &self.frames[at..];
            let (now, later) = rest.split_at_mut(run.len().min(rest.len()));
            for (frame, place) in now.iter_mut().zip(run) {
                let bits = place.load(Ordering::Relaxed);
                *frame = [bits as u32, (bits >> 32) as u32].map(f32::from_bits);
            }
            rest = later;
            at = 0;
        }
        fence(Ordering::Acquire);
        self.begun.load(Ordering::Relaxed) <= oldest + capacity
    }
}

/// The means of the even and of the odd channels of a frame of two or more.
fn fold(frame: &[f32]) -> [f32; 2] {
    let mean = |first: usize| {
        let channels = frame.iter().skip(first).step_by(2);
        let count = channels.len();
        channels.sum::<f32>() / count as f32
    };
    [mean(0), mean(1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_was_written_and_knows_what_is_gone() {
        let history = LockFreeAudioBuffer::new(16);
        history.write(&[1.0, 3.0, 2.0, 4.0], 2);
        let mut out = [[9.0; 2]; 4];
        assert!(history.read_ending_at(2, &mut out));
        assert_eq!(out, [[0.0; 2], [0.0; 2], [1.0, 3.0], [2.0, 4.0]]);
        assert!(!history.read_ending_at(3, &mut out));
        history.write(&[5.0; 15], 1);
        assert!(history.read_ending_at(17, &mut out));
        assert!(
            !history.read_ending_at(4, &mut out),
            "frame 0 has been overwritten"
        );
        history.write(&[1.0, 2.0, 3.0, 5.0, 8.0], 5);
        let mut out = [[0.0; 2]; 2];
        assert!(history.read_ending_at(18, &mut out));
        assert_eq!(out, [[5.0; 2], [4.0, 3.5]]);
    }

    #[test]
    fn a_reader_never_sees_a_torn_window() {
        let history = LockFreeAudioBuffer::new(4096);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut value = 0_u32;
                for _ in 0..20_000 {
                    let block: Vec<f32> = (0..64).map(|n| (value + n) as f32).collect();
                    history.write(&block, 1);
                    value += 64;
                }
            });
            let mut out = [[0.0; 2]; 1024];
            let mut good = 0;
            while history.written_frames() < 64 * 20_000 {
                let end = history.written_frames();
                if end >= 1024 && history.read_ending_at(end, &mut out) {
                    assert!(out.windows(2).all(|w| w[1] == [w[0][0] + 1.0; 2]));
                    good += 1;
                }
            }
            assert!(good > 0);
        });
    }
}
