//! How far a scan is, and how it is stopped.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Shared with a scan that runs: counts, and an order to stop. Any thread may use it.
#[derive(Debug, Default)]
pub struct ScanControl {
    stop: AtomicBool,
    found: AtomicU64,
    to_read: AtomicU64,
    read: AtomicU64,
}

impl ScanControl {
    /// Has the scan end soon. What has been read stays read.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Whether it has been asked to end.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Music files seen up to now.
    pub fn found(&self) -> u64 {
        self.found.load(Ordering::Relaxed)
    }

    /// Of those that have to be read, how many have been, and how many there are.
    pub fn read(&self) -> (u64, u64) {
        (
            self.read.load(Ordering::Relaxed),
            self.to_read.load(Ordering::Relaxed),
        )
    }

    pub(super) fn add_found(&self, files: u64) {
        self.found.fetch_add(files, Ordering::Relaxed);
    }

    pub(super) fn add_work(&self, files: u64) {
        self.to_read.fetch_add(files, Ordering::Relaxed);
    }

    pub(super) fn add_read(&self, files: u64) {
        self.read.fetch_add(files, Ordering::Relaxed);
    }
}
