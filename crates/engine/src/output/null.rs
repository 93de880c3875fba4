//! An output without a device: asks for sound at the pace of a clock and throws it away.

use super::RendererLoan;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Rate of the null output, in Hz.
pub const NULL_RATE_HZ: u32 = 48_000;
/// Channels of the null output.
pub const NULL_CHANNELS: usize = 2;

/// Lateness up to this is made up for, so that the pace stays right.
const MAX_LATENESS: Duration = Duration::from_millis(50);

/// A running null output; dropping it ends its thread.
pub struct NullOutput {
    is_ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl NullOutput {
    /// Starts to ask for `buffer_frames` at a time.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start(mut loan: RendererLoan, buffer_frames: u32) -> std::io::Result<Self> {
        let is_ending = Arc::new(AtomicBool::new(false));
        let should_end = Arc::clone(&is_ending);
        let thread = std::thread::Builder::new()
            .name("null-output".into())
            .spawn(move || {
                let frames = buffer_frames.max(1) as usize;
                let mut block = vec![0.0; frames * loan.channels()];
                let period =
                    Duration::from_secs_f64(frames as f64 / f64::from(loan.sample_rate_hz()));
                let mut due = Instant::now();
                while !should_end.load(Ordering::Acquire) {
                    loan.render(&mut block, 0);
                    due += period;
                    match due.checked_duration_since(Instant::now()) {
                        Some(wait) => std::thread::sleep(wait),
                        // Held up for long: go on from now. Catching up would ask for all of it at
                        // once, which no device does.
                        None if due.elapsed() > MAX_LATENESS => due = Instant::now(),
                        None => {}
                    }
                }
            })?;
        Ok(Self {
            is_ending,
            thread: Some(thread),
        })
    }
}

impl Drop for NullOutput {
    fn drop(&mut self) {
        self.is_ending.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // A panicked thread has nothing left to hand over.
            let _ = thread.join();
        }
    }
}
