//! The last stretch of what was played, for anyone to look at.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

/// A lossy window over the newest frames of a stream: one writer, any number of readers, nobody ever
/// waits. Old frames are overwritten; a reader that is overtaken while copying is told so.
pub struct LockFreeAudioBuffer {
    samples: Box<[AtomicU32]>,
    /// Frames begun to be written, ahead of the samples; and written, behind them.
    begun: AtomicU64,
    written: AtomicU64,
}

impl LockFreeAudioBuffer {
    /// Remembers `frames` mono frames, rounded up to a power of two. Allocates.
    pub fn new(frames: usize) -> Self {
        let samples = (0..frames.next_power_of_two())
            .map(|_| AtomicU32::new(0))
            .collect();
        Self {
            samples,
            begun: AtomicU64::new(0),
            written: AtomicU64::new(0),
        }
    }

    /// Appends the mean of the channels of each interleaved frame. For the one writer; wait-free.
    pub fn write_mono(&self, interleaved: &[f32], channels: usize) {
        let start = self.written.load(Ordering::Relaxed);
        let frames = interleaved.len() / channels;
        let end = start + frames as u64;
        self.begun.store(end, Ordering::Relaxed);
        // Readers that see any sample below also see `begun` above.
        fence(Ordering::Release);
        let scale = 1.0 / channels as f32;
        let mask = self.samples.len() - 1;
        for (n, frame) in interleaved.chunks_exact(channels).enumerate() {
            let mono = frame.iter().sum::<f32>() * scale;
            self.samples[(start as usize + n) & mask].store(mono.to_bits(), Ordering::Relaxed);
        }
        self.written.store(end, Ordering::Release);
    }

    /// Frames written since the start.
    pub fn written_frames(&self) -> u64 {
        self.written.load(Ordering::Acquire)
    }

    /// Copies the frames that end at stream frame `end` into `out`; frames before the start read as
    /// silence. False, with `out` unspecified, when they are not written yet or overwritten already.
    pub fn read_ending_at(&self, end: u64, out: &mut [f32]) -> bool {
        let capacity = self.samples.len() as u64;
        if end > self.written_frames() {
            return false;
        }
        let mask = self.samples.len() - 1;
        for (n, value) in out.iter_mut().rev().enumerate() {
            *value = match end.checked_sub(n as u64 + 1) {
                Some(frame) => {
                    f32::from_bits(self.samples[frame as usize & mask].load(Ordering::Relaxed))
                }
                None => 0.0,
            };
        }
        fence(Ordering::Acquire);
        let oldest = end.saturating_sub(out.len() as u64);
        self.begun.load(Ordering::Relaxed) <= oldest + capacity
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_was_written_and_knows_what_is_gone() {
        let history = LockFreeAudioBuffer::new(16);
        history.write_mono(&[1.0, 3.0, 2.0, 4.0], 2);
        let mut out = [9.0; 4];
        assert!(history.read_ending_at(2, &mut out));
        assert_eq!(out, [0.0, 0.0, 2.0, 3.0]);
        assert!(!history.read_ending_at(3, &mut out));
        history.write_mono(&[5.0; 15], 1);
        assert!(history.read_ending_at(17, &mut out));
        assert!(
            !history.read_ending_at(4, &mut out),
            "frame 0 has been overwritten"
        );
    }

    #[test]
    fn a_reader_never_sees_a_torn_window() {
        let history = LockFreeAudioBuffer::new(4096);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut value = 0_u32;
                for _ in 0..20_000 {
                    let block: Vec<f32> = (0..64).map(|n| (value + n) as f32).collect();
                    history.write_mono(&block, 1);
                    value += 64;
                }
            });
            let mut out = [0.0; 1024];
            let mut good = 0;
            while history.written_frames() < 64 * 20_000 {
                let end = history.written_frames();
                if end >= 1024 && history.read_ending_at(end, &mut out) {
                    assert!(out.windows(2).all(|w| w[1] == w[0] + 1.0));
                    good += 1;
                }
            }
            assert!(good > 0);
        });
    }
}
