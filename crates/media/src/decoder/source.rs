//! What every kind of file looks like to a decoder.

use crate::error::MediaError;
use crate::tags::Tags;
use std::time::Duration;

/// What a stream is.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamInfo {
    /// Codec as users call it.
    pub codec: String,
    /// Container, in a short lower-case word.
    pub container: String,
    /// Frames a second.
    pub sample_rate_hz: u32,
    /// Channels to a frame.
    pub channels: usize,
    /// Bits per sample, for codecs that have such.
    pub bits_per_sample: Option<u32>,
    /// Frames without encoder delay and padding, where the file says so.
    pub frames: Option<u64>,
    /// About how long it is, where the file gives no frames.
    pub rough_duration: Option<Duration>,
    /// Frames the encoder put in front.
    pub encoder_delay_frames: u32,
    /// Frames the encoder put behind.
    pub encoder_padding_frames: u32,
    /// What is wrong with the file though its sound plays, a short line each, without the file's name.
    pub warnings: Vec<String>,
    /// Of a file that joins streams with titles of their own, such as a recording of a radio station, each of them
    /// in order; empty for all others.
    pub links: Vec<StreamLink>,
}

/// A stream that stands in a file with others, one behind the other.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamLink {
    /// Where it begins, in the file's frames.
    pub first_frame: u64,
    /// What it says about itself.
    pub tags: Tags,
}

impl StreamInfo {
    /// What the stream at `frame` says about itself, in a file that joins several.
    pub fn tags_at(&self, frame: u64) -> Option<&Tags> {
        let index = self.links.partition_point(|link| link.first_frame <= frame);
        self.links.get(index.checked_sub(1)?).map(|link| &link.tags)
    }

    /// Length, where known.
    pub fn duration(&self) -> Option<Duration> {
        let exact = self
            .frames
            .map(|frames| Duration::from_secs_f64(frames as f64 / f64::from(self.sample_rate_hz)));
        exact.or(self.rough_duration)
    }
}

/// A codec at work: what every kind of file looks like to [`super::TrackDecoder`].
///
/// Positions count the frames a listener hears: padding the encoder put in front has none, and is
/// never returned.
pub(crate) trait FrameSource: Send {
    /// What the stream is; rate and channels are never zero.
    fn info(&self) -> &StreamInfo;

    /// Whether the file's header gives its length to the frame, so that fewer frames are a fault.
    fn declares_exact_length(&self) -> bool;

    /// Whether samples can be beyond full scale: floating-point ones are as they were stored, and lossy
    /// codecs and DSD give what their computation gives.
    fn may_exceed_full_scale(&self) -> bool {
        self.info().bits_per_sample.is_none_or(|bits| bits == 1)
    }

    /// Replaces `samples` by the next interleaved frames, at least one, and returns the position of
    /// the first; `None` at the end.
    ///
    /// # Errors
    /// When decoding cannot go on. Later calls return `None` or an error.
    fn read(&mut self, samples: &mut Vec<f32>) -> Result<Option<u64>, MediaError>;

    /// Makes the next [`Self::read`] begin at `frame` or before it, near enough to decode up to it.
    /// Works at any time, also after the end or a fault.
    ///
    /// # Errors
    /// When the file can no longer be read.
    fn seek(&mut self, frame: u64) -> Result<(), MediaError>;
}

/// The frame at `time`, rounded to the nearest.
pub fn frames_at(time: Duration, rate_hz: u32) -> u64 {
    let nanoseconds = time.as_nanos() * u128::from(rate_hz);
    u64::try_from((nanoseconds + 500_000_000) / 1_000_000_000).unwrap_or(u64::MAX)
}
