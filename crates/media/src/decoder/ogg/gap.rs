//! Sound that is lost within a stream: silence comes in its place, so that what follows keeps its time, and a position
//! that was gone to is the same one as while playing.

/// The longest gap that silence is put into: frames. Behind a longer one, positions tell no place.
pub(super) const MAX_GAP_FRAMES: u64 = 1 << 20;

/// What was decoded since something was lost, until a page says its position.
#[derive(Default)]
pub(super) struct Gap {
    is_open: bool,
    held: Vec<f32>,
    /// Packets in a row that could not be decoded.
    pub(super) bad_packets: u32,
}

impl Gap {
    /// Something was lost.
    pub(super) fn open(&mut self) {
        self.is_open = true;
    }

    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    pub(super) fn clear(&mut self) {
        self.is_open = false;
        self.held.clear();
    }

    /// Holds back `samples` that were decoded behind the loss.
    pub(super) fn hold(&mut self, samples: &[f32]) {
        self.held.extend_from_slice(samples);
    }

    pub(super) fn held_frames(&self, channels: usize) -> u64 {
        (self.held.len() / channels) as u64
    }

    /// Replaces `samples` by what was held back, with silence in front of it so that it ends at `end`, where it
    /// would begin at `start`. Of the last page, whose position leaves out some of its frames, nothing is cut off.
    pub(super) fn close(
        &mut self,
        samples: &mut Vec<f32>,
        channels: usize,
        start: u64,
        end: Option<u64>,
        is_last: bool,
    ) {
        let held = self.held_frames(channels);
        let end = end.unwrap_or(start + held);
        let missing = end.saturating_sub(start + held);
        let silence = if missing > MAX_GAP_FRAMES { 0 } else { missing };
        let repeated = match is_last {
            true => 0,
            false => (start + held).saturating_sub(end).min(held),
        };
        samples.clear();
        samples.resize(silence as usize * channels, 0.0);
        samples.extend_from_slice(&self.held[repeated as usize * channels..]);
        self.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_fills_what_is_missing() {
        let close = |end, is_last| {
            let (mut gap, mut samples) = (Gap::default(), Vec::new());
            gap.open();
            gap.hold(&[0.5; 4]);
            gap.close(&mut samples, 2, 10, end, is_last);
            assert!(!gap.is_open());
            samples
        };
        assert_eq!(
            close(Some(14), false),
            [0.0, 0.0, 0.0, 0.0, 0.5, 0.5, 0.5, 0.5]
        );
        assert_eq!(close(Some(12), false), [0.5; 4]);
        assert_eq!(close(Some(11), false), [0.5; 2]);
        assert_eq!(close(Some(11), true), [0.5; 4]);
        assert_eq!(close(None, false), [0.5; 4]);
        assert_eq!(close(Some(13 + MAX_GAP_FRAMES), false), [0.5; 4]);
    }
}
