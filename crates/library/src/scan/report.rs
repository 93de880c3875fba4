//! What a scan has come to.

use std::path::PathBuf;

/// Faults that are kept; more are only counted.
const MAX_FAULTS: usize = 1_000;

/// A file that could not be read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanFault {
    /// The file.
    pub path: PathBuf,
    /// Why, without its name.
    pub reason: String,
}

/// What a scan has come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScanReport {
    /// Music files that are there.
    pub found: u64,
    /// Files that were read.
    pub read: u64,
    /// Files that have not changed.
    pub unchanged: u64,
    /// Files below the folders that are gone.
    pub missing: u64,
    /// Files that could not be read.
    pub failed: u64,
    /// The first of those.
    pub faults: Vec<ScanFault>,
    /// Folders that are not there, or not mounted: nothing below them was changed.
    pub not_mounted: Vec<PathBuf>,
    /// It was ended before its end.
    pub was_stopped: bool,
}

impl ScanReport {
    pub(super) fn add_fault(&mut self, path: PathBuf, reason: String) {
        self.failed += 1;
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(ScanFault { path, reason });
        }
    }
}
