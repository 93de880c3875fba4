//! How much processor time the window takes to draw itself.

use cpu_time::ThreadTime;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Number of frames the statistics cover.
const KEPT: usize = 300;
/// Frames further apart than this are not measured: the window was idle in between.
const MAX_GAP: Duration = Duration::from_millis(500);

/// Times of the last frames.
#[derive(Debug, Default)]
pub(crate) struct FrameTimes {
    work: Recent,
    layout: Recent,
    passed: Recent,
    begun: Option<(Instant, ThreadTime)>,
    #[cfg(feature = "inspection")]
    count: usize,
}

impl FrameTimes {
    /// Begins a frame; to be called once in every frame, on the window's thread. The thread's processor time
    /// since the last call is the cost of the frame before, with events, layout and drawing.
    /// `passed_seconds` is the wall time the frame before took.
    pub(crate) fn begin(&mut self, passed_seconds: Option<f32>) {
        let begun = (Instant::now(), ThreadTime::now());
        if let Some((at, worked)) = self.begun.replace(begun)
            && begun.0 - at <= MAX_GAP
        {
            self.work.add(begun.1.duration_since(worked).as_secs_f32());
        }
        if let Some(seconds) = passed_seconds {
            self.passed.add(seconds);
        }
        #[cfg(feature = "inspection")]
        self.note_for_suite();
    }

    /// Ends the layout of the frame; to be called before it is drawn.
    pub(crate) fn end_layout(&mut self) {
        if let Some((_, worked)) = self.begun {
            self.layout.add(worked.elapsed().as_secs_f32());
        }
    }

    /// Writes both 95th percentiles, in ms, to the file the performance suite names. Reading them from the
    /// window would make it build its accessibility tree, which would change what is measured.
    #[cfg(feature = "inspection")]
    fn note_for_suite(&mut self) {
        self.count += 1;
        if self.count.is_multiple_of(KEPT)
            && let Some(path) = std::env::var_os("RUSTY_AUDIO_FRAME_TIMES")
            && let (Some(whole), Some(layout)) = (self.p95_ms(), self.layout_p95_ms())
        {
            // The suite reports a missing file.
            let _ = std::fs::write(path, format!("{whole:.2} {layout:.2}\n"));
        }
    }

    /// Processor time of the last frame, in ms.
    pub(crate) fn last_ms(&self) -> Option<f32> {
        self.work.ms.back().copied()
    }

    /// 95th percentile of the processor time of a frame, in ms.
    pub(crate) fn p95_ms(&self) -> Option<f32> {
        self.work.p95_ms()
    }

    /// 95th percentile of the processor time of the layout of a frame, in ms; the rest is drawing.
    pub(crate) fn layout_p95_ms(&self) -> Option<f32> {
        self.layout.p95_ms()
    }

    /// 95th percentile of the wall time of a frame, in ms. It is longer than the processor time where other
    /// threads draw, as without a graphics card.
    pub(crate) fn passed_p95_ms(&self) -> Option<f32> {
        self.passed.p95_ms()
    }
}

#[derive(Debug, Default)]
struct Recent {
    ms: VecDeque<f32>,
}

impl Recent {
    fn add(&mut self, seconds: f32) {
        if self.ms.len() == KEPT {
            self.ms.pop_front();
        }
        self.ms.push_back(seconds * 1e3);
    }

    fn p95_ms(&self) -> Option<f32> {
        let rank = (self.ms.len() * 95).div_ceil(100).checked_sub(1)?;
        let mut ms: Vec<f32> = self.ms.iter().copied().collect();
        Some(*ms.select_nth_unstable_by(rank, f32::total_cmp).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_95th_percentile_is_of_the_frames_kept() {
        let mut times = Recent::default();
        assert_eq!(times.p95_ms(), None);
        for _ in 0..50 {
            times.add(9.0);
        }
        for n in 1..=KEPT {
            times.add(n as f32);
        }
        assert_eq!(times.p95_ms(), Some(285e3));
        assert_eq!(times.ms.len(), KEPT);
    }

    #[test]
    fn a_frame_is_what_the_thread_worked_and_not_what_it_slept() {
        let mut times = FrameTimes::default();
        times.begin(None);
        assert_eq!(times.last_ms(), None);
        std::thread::sleep(Duration::from_millis(60));
        times.begin(None);
        assert!(times.last_ms() < Some(30.0), "{times:?}");
        let began = ThreadTime::now();
        while began.elapsed() < Duration::from_millis(20) {
            std::hint::spin_loop();
        }
        times.begin(None);
        // Nothing is added where the thread was suspended for longer than MAX_GAP.
        let is_added = times.work.ms.len() == 2;
        assert!(!is_added || times.last_ms() >= Some(20.0), "{times:?}");
    }
}
