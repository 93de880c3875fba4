//! How long the window takes to draw itself.

use std::collections::VecDeque;

/// Frames looked back on.
const KEPT: usize = 120;

/// CPU times of the last frames.
#[derive(Debug, Default)]
pub(crate) struct FrameTimes {
    seconds: VecDeque<f32>,
}

impl FrameTimes {
    /// Takes in the CPU time of a finished frame, in seconds.
    pub(crate) fn add(&mut self, seconds: f32) {
        if self.seconds.len() == KEPT {
            self.seconds.pop_front();
        }
        self.seconds.push_back(seconds);
    }

    /// The last frame's time, in ms.
    pub(crate) fn last_ms(&self) -> Option<f32> {
        self.seconds.back().map(|seconds| seconds * 1e3)
    }

    /// 95 of 100 frames took at most this, in ms.
    pub(crate) fn p95_ms(&self) -> Option<f32> {
        let mut sorted: Vec<f32> = self.seconds.iter().copied().collect();
        sorted.sort_by(f32::total_cmp);
        let rank = (sorted.len() * 95).div_ceil(100);
        sorted
            .get(rank.checked_sub(1)?)
            .map(|seconds| seconds * 1e3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_95th_percentile_is_of_the_last_120_frames() {
        let mut times = FrameTimes::default();
        assert_eq!(times.p95_ms(), None);
        for _ in 0..50 {
            times.add(9.0);
        }
        for n in 1..=120 {
            times.add(n as f32 / 1e3);
        }
        assert_eq!(times.p95_ms(), Some(114.0));
        assert_eq!(times.last_ms(), Some(120.0));
    }
}
