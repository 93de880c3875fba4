//! A track without a frame: in order, and at its end when it begins.

use crate::decoder::source::{FrameSource, StreamInfo};
use crate::error::MediaError;

/// A source that gives nothing.
pub(super) struct Empty(pub(super) StreamInfo);

impl FrameSource for Empty {
    fn info(&self) -> &StreamInfo {
        &self.0
    }

    fn declares_exact_length(&self) -> bool {
        false
    }

    fn read(&mut self, _samples: &mut Vec<f32>) -> Result<Option<u64>, MediaError> {
        Ok(None)
    }

    fn seek(&mut self, _frame: u64) -> Result<(), MediaError> {
        Ok(())
    }
}
