//! Frames an encoder put around the sound, where symphonia leaves trimming them to its user.

use super::opus::OpusHead;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::formats::Track;

/// What to cut off a stream's decoded frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Padding {
    /// Frames in front.
    pub(super) delay_frames: u64,
    /// Frames to be heard, where the container says so.
    pub(super) length_frames: Option<u64>,
}

impl Padding {
    /// Reads what `container`, and the codec, declare for a stream.
    pub(super) fn read(container: &str, track: &Track, params: &AudioCodecParameters) -> Self {
        let is_opus = params.codec == CODEC_ID_OPUS;
        let pre_skip = || OpusHead::of(params).map_or(0, |head| u64::from(head.pre_skip_frames));
        match container {
            "caf" if is_opus && track.delay.is_none() => {
                let delay_frames = pre_skip();
                Self {
                    delay_frames,
                    length_frames: track.num_frames.map(|n| n.saturating_sub(delay_frames)),
                }
            }
            "caf" if track.delay.is_some() || track.padding.is_some() => Self {
                delay_frames: u64::from(track.delay.unwrap_or(0)),
                length_frames: track.num_frames,
            },
            _ => Self::default(),
        }
    }
}
