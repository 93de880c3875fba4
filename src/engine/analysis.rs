//! The analysis thread: a spectrum of what is audible, computed only while someone looks.

use super::output::slot::AudioPath;
use crate::dsp::simd::AudioOptimizer;
use crate::dsp::spectrum::{SpectrumInput, SpectrumProcessor, SpectrumSettings};
use crate::rt::snapshot::{SnapshotReader, SnapshotWriter, snapshot};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::thread::Thread;
use std::time::{Duration, Instant};

/// Pictures a second at most.
const PICTURE_PERIOD: Duration = Duration::from_millis(16);
/// How long after the last look pictures go on.
const LOOK_NS: u64 = 200_000_000;
/// Frames that must be kept: one transform and what a device may hold at 384 kHz.
pub(super) const HISTORY_FRAMES: usize = 1 << 17;

/// One picture of the spectrum.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SpectrumFrame {
    /// Centre of each band in Hz, rising.
    pub centres_hz: Arc<[f32]>,
    /// Level of each band in dBFS.
    pub levels_db: Vec<f32>,
    /// Held peak of each band in dBFS.
    pub peaks_db: Vec<f32>,
    /// Everything has fallen to the floor: nothing will move until sound returns.
    pub is_at_rest: bool,
}

struct Shared {
    wanted_until_ns: AtomicU64,
    is_parked: AtomicBool,
    sample_rate_hz: AtomicU32,
}

/// The window's end of the analysis thread; dropping it ends the thread.
pub struct SpectrumReader {
    frames: SnapshotReader<SpectrumFrame>,
    shared: Arc<Shared>,
    path: Arc<AudioPath>,
    thread: Thread,
}

impl SpectrumReader {
    /// Starts the thread, asleep.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub(super) fn start(path: &Arc<AudioPath>) -> std::io::Result<Self> {
        let (writer, frames) = snapshot(&SpectrumFrame::default());
        let shared = Arc::new(Shared {
            wanted_until_ns: AtomicU64::new(0),
            is_parked: AtomicBool::new(false),
            sample_rate_hz: AtomicU32::new(0),
        });
        let analysis = Analysis {
            writer,
            shared: Arc::downgrade(&shared),
            path: Arc::clone(path),
            samples: Vec::new(),
        };
        let handle = std::thread::Builder::new()
            .name("analysis".into())
            .spawn(move || analysis.run())?;
        let thread = handle.thread().clone();
        Ok(Self {
            frames,
            shared,
            path: Arc::clone(path),
            thread,
        })
    }

    /// The newest picture; asks for further ones for the next 200 ms. `sample_rate_hz` is the output's.
    pub fn look(&mut self, sample_rate_hz: u32) -> &SpectrumFrame {
        let until = self.path.clock.now_ns() + LOOK_NS;
        self.shared
            .sample_rate_hz
            .store(sample_rate_hz, Ordering::Relaxed);
        self.shared.wanted_until_ns.store(until, Ordering::Release);
        if self.shared.is_parked.swap(false, Ordering::AcqRel) {
            self.thread.unpark();
        }
        self.frames.latest()
    }
}

impl Drop for SpectrumReader {
    fn drop(&mut self) {
        // The thread holds only a weak reference: awake, it finds nobody there.
        self.shared = Arc::new(Shared {
            wanted_until_ns: AtomicU64::new(0),
            is_parked: AtomicBool::new(false),
            sample_rate_hz: AtomicU32::new(0),
        });
        self.thread.unpark();
    }
}

struct Analysis {
    writer: SnapshotWriter<SpectrumFrame>,
    shared: Weak<Shared>,
    path: Arc<AudioPath>,
    samples: Vec<f32>,
}

impl Analysis {
    fn run(mut self) {
        let mut spectrum: Option<(u32, SpectrumProcessor, Arc<[f32]>)> = None;
        let mut last = Instant::now();
        while let Some(shared) = self.shared.upgrade() {
            let until = shared.wanted_until_ns.load(Ordering::Acquire);
            let rate_hz = shared.sample_rate_hz.load(Ordering::Relaxed);
            if self.path.clock.now_ns() >= until || rate_hz == 0 {
                shared.is_parked.store(true, Ordering::Release);
                drop(shared);
                // A look that came in between unparks at once.
                std::thread::park();
                last = Instant::now();
                continue;
            }
            drop(shared);
            if spectrum.as_ref().is_none_or(|(rate, ..)| *rate != rate_hz) {
                let settings = SpectrumSettings::default();
                let best = AudioOptimizer::detected();
                let made = SpectrumProcessor::new(&settings, rate_hz as f32, best);
                let centres = made.centres_hz().into();
                self.samples.resize(made.fft_size(), 0.0);
                spectrum = Some((rate_hz, made, centres));
            }
            if let Some((_, processor, centres)) = &mut spectrum {
                self.read_audible(rate_hz);
                let input = SpectrumInput::Mono(&self.samples);
                processor.process(input, last.elapsed().as_secs_f32());
                last = Instant::now();
                // One channel: one trace.
                let trace = &processor.traces()[0];
                self.writer.publish(SpectrumFrame {
                    centres_hz: Arc::clone(centres),
                    levels_db: trace.levels_db().to_vec(),
                    peaks_db: trace.peaks_db().to_vec(),
                    is_at_rest: processor.is_at_rest(),
                });
            }
            std::thread::sleep(PICTURE_PERIOD);
        }
    }

    /// The frames that end at the one being heard now; silence when nothing moves.
    fn read_audible(&mut self, rate_hz: u32) {
        let reading = self.path.clock.read();
        let since_ns = self.path.clock.now_ns().saturating_sub(reading.at_ns);
        let since = since_ns.saturating_mul(u64::from(rate_hz)) / 1_000_000_000;
        let behind = reading.latency_frames.saturating_sub(since);
        let end = reading
            .stream_frame
            .saturating_sub(behind)
            .min(reading.stream_frame);
        // A stream that has stopped is heard no more.
        let is_stopped = since > u64::from(rate_hz) / 2;
        if is_stopped || !self.path.history.read_ending_at(end, &mut self.samples) {
            self.samples.fill(0.0);
        }
    }
}
