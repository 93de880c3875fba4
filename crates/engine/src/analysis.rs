//! The analysis thread: spectrum and levels of what is audible, worked out only while someone looks.

use super::levels::{LevelMeters, LevelsFrame};
use super::output::audio_path::AudioPath;
use dsp::simd::AudioOptimizer;
use dsp::spectrum::{SpectrumInput, SpectrumProcessor, SpectrumSettings};
use rt::ids::PlayId;
use rt::snapshot::{SnapshotReader, SnapshotWriter, snapshot};
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

#[derive(Default)]
struct Shared {
    spectrum_until_ns: AtomicU64,
    levels_until_ns: AtomicU64,
    is_parked: AtomicBool,
    sample_rate_hz: AtomicU32,
}

/// The window's end of the analysis thread; dropping it ends the thread.
pub struct AnalysisReader {
    spectra: SnapshotReader<SpectrumFrame>,
    levels: SnapshotReader<LevelsFrame>,
    shared: Arc<Shared>,
    path: Arc<AudioPath>,
    thread: Thread,
}

impl AnalysisReader {
    /// Starts the thread, asleep.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub(super) fn start(path: &Arc<AudioPath>) -> std::io::Result<Self> {
        let (spectrum_writer, spectra) = snapshot(&SpectrumFrame::default());
        let (levels_writer, levels) = snapshot(&LevelsFrame::default());
        let shared = Arc::new(Shared::default());
        let analysis = Analysis {
            spectra: spectrum_writer,
            levels: levels_writer,
            shared: Arc::downgrade(&shared),
            path: Arc::clone(path),
        };
        let handle = std::thread::Builder::new()
            .name("analysis".into())
            .spawn(move || analysis.run())?;
        let thread = handle.thread().clone();
        Ok(Self {
            spectra,
            levels,
            shared,
            path: Arc::clone(path),
            thread,
        })
    }

    /// The newest spectrum; asks for further ones for the next 200 ms. `sample_rate_hz` is the output's.
    pub fn spectrum(&mut self, sample_rate_hz: u32) -> &SpectrumFrame {
        self.want(|shared| &shared.spectrum_until_ns, sample_rate_hz);
        self.spectra.latest()
    }

    /// What the meters read, likewise.
    pub fn levels(&mut self, sample_rate_hz: u32) -> &LevelsFrame {
        self.want(|shared| &shared.levels_until_ns, sample_rate_hz);
        self.levels.latest()
    }

    fn want(&self, until_ns: impl Fn(&Shared) -> &AtomicU64, sample_rate_hz: u32) {
        let shared = &*self.shared;
        shared
            .sample_rate_hz
            .store(sample_rate_hz, Ordering::Relaxed);
        let until = self.path.clock.now_ns() + LOOK_NS;
        until_ns(shared).store(until, Ordering::Release);
        if shared.is_parked.swap(false, Ordering::AcqRel) {
            self.thread.unpark();
        }
    }
}

impl Drop for AnalysisReader {
    fn drop(&mut self) {
        // The thread holds only a weak reference: awake, it finds nobody there.
        self.shared = Arc::new(Shared::default());
        self.thread.unpark();
    }
}

struct Analysis {
    spectra: SnapshotWriter<SpectrumFrame>,
    levels: SnapshotWriter<LevelsFrame>,
    shared: Weak<Shared>,
    path: Arc<AudioPath>,
}

impl Analysis {
    fn run(mut self) {
        let mut spectrum: Option<Spectrum> = None;
        let mut levels: Option<Levels> = None;
        while let Some(shared) = self.shared.upgrade() {
            let now = self.path.clock.now_ns();
            let rate_hz = shared.sample_rate_hz.load(Ordering::Relaxed);
            let wants_spectrum = now < shared.spectrum_until_ns.load(Ordering::Acquire);
            let wants_levels = now < shared.levels_until_ns.load(Ordering::Acquire);
            if !wants_spectrum && !wants_levels || rate_hz == 0 {
                shared.is_parked.store(true, Ordering::Release);
                drop(shared);
                // A look that came in between unparks at once.
                std::thread::park();
                if let Some(spectrum) = &mut spectrum {
                    spectrum.last = Instant::now();
                }
                continue;
            }
            drop(shared);
            if wants_spectrum {
                let made = spectrum.take().filter(|made| made.rate_hz == rate_hz);
                let spectrum = spectrum.insert(made.unwrap_or_else(|| Spectrum::new(rate_hz)));
                self.spectra.publish(spectrum.look(&self.path));
            }
            if wants_levels {
                let made = levels.take().filter(|made| made.rate_hz == rate_hz);
                let levels = levels.insert(made.unwrap_or_else(|| Levels::new(rate_hz)));
                self.levels.publish(levels.look(&self.path));
            }
            std::thread::sleep(PICTURE_PERIOD);
        }
    }
}

/// The stream frame that is being heard now, and the track it is of; `None` when nothing moves.
fn audible(path: &AudioPath, rate_hz: u32) -> Option<(u64, PlayId)> {
    let reading = path.clock.read();
    let since_ns = path.clock.now_ns().saturating_sub(reading.at_ns);
    let since = since_ns.saturating_mul(u64::from(rate_hz)) / 1_000_000_000;
    let behind = reading.latency_frames.saturating_sub(since);
    // A stream that has stopped is heard no more.
    let is_stopped = since > u64::from(rate_hz) / 2;
    (!is_stopped).then(|| (reading.stream_frame.saturating_sub(behind), reading.track))
}

struct Spectrum {
    rate_hz: u32,
    processor: SpectrumProcessor,
    centres_hz: Arc<[f32]>,
    frames: Vec<[f32; 2]>,
    last: Instant,
}

impl Spectrum {
    fn new(rate_hz: u32) -> Self {
        let settings = SpectrumSettings::default();
        let best = AudioOptimizer::detected();
        let processor = SpectrumProcessor::new(&settings, rate_hz as f32, best);
        Self {
            rate_hz,
            centres_hz: processor.centres_hz().into(),
            frames: vec![[0.0; 2]; processor.fft_size()],
            processor,
            last: Instant::now(),
        }
    }

    fn look(&mut self, path: &AudioPath) -> SpectrumFrame {
        let heard = audible(path, self.rate_hz);
        if !heard.is_some_and(|(end, _)| path.history.read_ending_at(end, &mut self.frames)) {
            self.frames.fill([0.0; 2]);
        }
        let input = SpectrumInput::Interleaved(self.frames.as_flattened());
        let elapsed = self.last.elapsed().as_secs_f32();
        self.last = Instant::now();
        self.processor.process(input, elapsed);
        // Both sides mixed: one trace.
        let trace = &self.processor.traces()[0];
        SpectrumFrame {
            centres_hz: Arc::clone(&self.centres_hz),
            levels_db: trace.levels_db().to_vec(),
            peaks_db: trace.peaks_db().to_vec(),
            is_at_rest: self.processor.is_at_rest(),
        }
    }
}

struct Levels {
    rate_hz: u32,
    meters: LevelMeters,
    frames: Vec<[f32; 2]>,
    /// The stream frame that comes next, and its track.
    next: Option<(u64, PlayId)>,
    last: Instant,
}

impl Levels {
    fn new(rate_hz: u32) -> Self {
        Self {
            rate_hz,
            meters: LevelMeters::new(rate_hz),
            frames: Vec::new(),
            next: None,
            last: Instant::now(),
        }
    }

    fn look(&mut self, path: &AudioPath) -> LevelsFrame {
        let elapsed = self.last.elapsed();
        self.last = Instant::now();
        self.frames.clear();
        if let Some((end, track)) = audible(path, self.rate_hz) {
            let (from, before) = self.next.unwrap_or((end, PlayId::default()));
            // What nobody looked at is not measured: the measurement begins anew.
            let most_frames = (path.history.capacity_frames() / 2) as u64;
            let is_missed = !(from..=from + most_frames).contains(&end);
            if is_missed || track != before {
                self.meters.restart();
            }
            if !is_missed {
                self.frames.resize((end - from) as usize, [0.0; 2]);
                if !path.history.read_ending_at(end, &mut self.frames) {
                    self.frames.fill([0.0; 2]);
                }
            }
            self.next = Some((end, track));
        } else {
            // Silence for as long as it lasts, so that all but the programme's figures fall.
            let frames = elapsed.as_secs_f64().min(1.0) * f64::from(self.rate_hz);
            self.frames.resize(frames as usize, [0.0; 2]);
        }
        self.meters.process(&self.frames, elapsed.as_secs_f32())
    }
}
