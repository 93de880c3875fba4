//! Work that keeps every core busy, at normal priority.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use xtask_common::failure::Failure;

/// A spinning thread for each core, until it is dropped.
pub(super) struct BusyCores {
    is_over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<u64>>,
}

impl BusyCores {
    /// Starts them.
    pub(super) fn start() -> Result<Self, Failure> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let is_over = Arc::new(AtomicBool::new(false));
        let mut busy = Self {
            is_over: Arc::clone(&is_over),
            threads: Vec::new(),
        };
        for _ in 0..cores {
            let is_over = Arc::clone(&is_over);
            let thread = std::thread::Builder::new()
                .name("busy".into())
                .spawn(move || {
                    let mut word = 1_u64;
                    // A lone flag: nothing else is published through it.
                    while !is_over.load(Ordering::Relaxed) {
                        for _ in 0..1_000 {
                            word =
                                std::hint::black_box(word.wrapping_mul(6_364_136_223_846_793_005));
                        }
                    }
                    word
                })
                .map_err(|error| Failure::start("a busy thread", &error))?;
            busy.threads.push(thread);
        }
        Ok(busy)
    }
}

impl Drop for BusyCores {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            // A thread that only multiplies has nothing to say at its end.
            let _ = thread.join();
        }
    }
}
