//! What the sink plays, heard from its monitor by another process, with the time of every arrival.

use super::RATE;
use super::signals::Frame;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The longest anything is waited for.
const LIMIT: Duration = Duration::from_secs(20);
const FRAME_BYTES: usize = size_of::<Frame>();

#[derive(Default)]
struct Heard {
    frames: Vec<Frame>,
    /// Frames there were after each read, and when it returned.
    arrivals: Vec<(usize, Instant)>,
}

/// A running recorder. It is ended when dropped.
pub(crate) struct Capture {
    recorder: Child,
    heard: Arc<Mutex<Heard>>,
    reader: Option<JoinHandle<()>>,
}

impl Capture {
    /// Hears at once, for measuring times. A sound server asked for so little at a time may drop out
    /// for a moment on a busy machine, whoever plays. Returns once the sink is heard, if only its
    /// silence.
    pub(crate) fn prompt() -> Self {
        Self::start(20)
    }

    /// Hears a little later and every frame, for comparing samples.
    pub(crate) fn steady() -> Self {
        Self::start(100)
    }

    fn start(latency_ms: u32) -> Self {
        Self::of(Command::new("parec"), "test.monitor", latency_ms)
    }

    /// Hears `source` by a `recorder`, which is parec with an environment.
    pub(crate) fn of(mut recorder: Command, source: &str, latency_ms: u32) -> Self {
        let mut recorder = recorder
            .args(["-d", source, "--format=float32le", "--channels=2"])
            // Without a latency it hands over two seconds at a time.
            .args([
                &format!("--rate={RATE}"),
                &format!("--latency-msec={latency_ms}"),
            ])
            .stdout(Stdio::piped())
            .spawn()
            .expect("parec starts");
        let mut output = recorder.stdout.take().expect("a pipe was asked for");
        let heard = Arc::new(Mutex::new(Heard::default()));
        let writer = Arc::clone(&heard);
        let reader = std::thread::Builder::new()
            .name("capture".into())
            .spawn(move || {
                let mut bytes = Vec::new();
                let mut chunk = vec![0; 1 << 16];
                while let Ok(count @ 1..) = output.read(&mut chunk) {
                    let now = Instant::now();
                    bytes.extend_from_slice(&chunk[..count]);
                    let whole = bytes.len() - bytes.len() % FRAME_BYTES;
                    let mut heard = lock(&writer);
                    heard
                        .frames
                        .extend(bytes[..whole].chunks_exact(FRAME_BYTES).map(frame));
                    let frames = heard.frames.len();
                    heard.arrivals.push((frames, now));
                    bytes.drain(..whole);
                }
            })
            .expect("a thread");
        let capture = Self {
            recorder,
            heard,
            reader: Some(reader),
        };
        capture.wait("the recorder", |frames| (!frames.is_empty()).then_some(()));
        capture
    }

    /// Waits until `look` finds what it wants in all that was heard.
    pub(crate) fn wait<T>(&self, what: &str, look: impl Fn(&[Frame]) -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            if let Some(found) = look(&lock(&self.heard).frames) {
                return found;
            }
            assert!(
                started.elapsed() < LIMIT,
                "not heard within {LIMIT:?}: {what}"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Frames heard so far.
    pub(crate) fn len(&self) -> usize {
        lock(&self.heard).frames.len()
    }

    /// Waits for `seconds` of sound or silence from now on.
    pub(crate) fn listen(&self, seconds: f64) {
        let until = self.len() + (seconds * RATE as f64) as usize;
        self.wait("anything more", |frames| {
            (frames.len() >= until).then_some(())
        });
    }

    /// All that was heard so far.
    pub(crate) fn frames(&self) -> Vec<Frame> {
        lock(&self.heard).frames.clone()
    }

    /// When `frame` had arrived here: later than it left the sink.
    pub(crate) fn arrival(&self, frame: usize) -> Instant {
        let heard = lock(&self.heard);
        let read = heard
            .arrivals
            .partition_point(|(frames, _)| *frames <= frame);
        heard.arrivals[read].1
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        // It may have ended by itself; either way the reader then finds the end.
        let _ = self.recorder.kill();
        let _ = self.recorder.wait();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

fn frame(bytes: &[u8]) -> Frame {
    let sample = |at: usize| {
        let mut word = [0; 4];
        word.copy_from_slice(&bytes[at..at + 4]);
        f32::from_le_bytes(word)
    };
    [sample(0), sample(4)]
}

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}
