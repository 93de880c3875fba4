//! The analysis thread: a spectrum of what is audible, computed only while someone looks.

use crate::rt::snapshot::SnapshotReader;
use std::sync::Arc;

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

/// The window's end of the analysis thread.
pub struct SpectrumReader {
    pub(super) frames: SnapshotReader<SpectrumFrame>,
}

impl SpectrumReader {
    /// The newest picture; asks for further ones for the next 200 ms.
    pub fn look(&mut self) -> &SpectrumFrame {
        self.frames.latest()
    }
}
