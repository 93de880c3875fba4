//! Frames an encoder put around the sound, where symphonia leaves trimming them to its user.

mod matroska;
pub(super) mod mp4;
mod wave;

use super::opus::OpusHead;
use crate::media::track_bytes::TrackBytes;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_OPUS, CODEC_ID_VORBIS};
use symphonia::core::formats::Track;

/// What to cut off a stream's decoded frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Padding {
    /// Frames in front.
    pub(super) delay_frames: u64,
    /// Frames to be heard, where the container says so.
    pub(super) length_frames: Option<u64>,
    /// Frames to cut off the end of one packet.
    pub(super) discard: Option<PacketDiscard>,
}

/// A packet whose end is not to be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PacketDiscard {
    /// Its time after the first packet's, in the container's ticks.
    pub(super) after_first_ticks: i64,
    /// Frames at its end.
    pub(super) frames: u64,
}

impl Padding {
    /// Reads what `container`, and the codec, declare for a stream decoded at `rate_hz`.
    pub(super) fn read(
        container: &str,
        track: &Track,
        params: &AudioCodecParameters,
        rate_hz: u32,
        bytes: TrackBytes,
    ) -> Self {
        let is_opus = params.codec == CODEC_ID_OPUS;
        let pre_skip = || OpusHead::of(params).map_or(0, |head| u64::from(head.pre_skip_frames));
        match container {
            "ogg" if is_opus => {
                let delay_frames = pre_skip();
                Self {
                    delay_frames,
                    // Packets behind the end carry their own trim; this is for those who ask.
                    length_frames: track.num_frames.map(|n| n.saturating_sub(delay_frames)),
                    discard: None,
                }
            }
            "mp4" => mp4::Edit::read(bytes, track.id).map_or_else(Self::default, |edit| {
                let frames = |ticks: u64| scale(ticks, rate_hz, edit.timescale_hz);
                Self {
                    delay_frames: frames(edit.start_ticks),
                    length_frames: edit.length_ticks.map(frames),
                    discard: None,
                }
            }),
            "matroska" if params.codec != CODEC_ID_VORBIS => {
                let delays = matroska::Delays::read(bytes, u64::from(track.id));
                let delays = delays.unwrap_or_default();
                let frames = |ns: u64| scale(ns, rate_hz, 1_000_000_000);
                Self {
                    delay_frames: if is_opus {
                        pre_skip()
                    } else {
                        frames(delays.codec_delay_ns)
                    },
                    length_frames: None,
                    discard: delays.discard.map(|discard| PacketDiscard {
                        after_first_ticks: discard.block_ticks - delays.first_block_ticks,
                        frames: frames(discard.ns),
                    }),
                }
            }
            "wave" => {
                let sizes = wave::Sizes::read(bytes).unwrap_or_default();
                let by_data = sizes
                    .data_bytes
                    .and_then(|n| n.checked_div(sizes.block_bytes));
                let is_block_coded = params.frames_per_block.is_some_and(|n| n > 1);
                let length_frames = if is_block_coded {
                    sizes.fact_frames.filter(|n| *n > 0)
                } else {
                    by_data
                };
                Self {
                    length_frames: length_frames
                        .filter(|n| track.num_frames.is_none_or(|all| *n < all)),
                    ..Self::default()
                }
            }
            "caf" if is_opus && track.delay.is_none() => {
                let delay_frames = pre_skip();
                Self {
                    delay_frames,
                    length_frames: track.num_frames.map(|n| n.saturating_sub(delay_frames)),
                    discard: None,
                }
            }
            "caf" if track.delay.is_some() || track.padding.is_some() => Self {
                delay_frames: u64::from(track.delay.unwrap_or(0)),
                length_frames: track.num_frames,
                discard: None,
            },
            _ => Self::default(),
        }
    }
}

fn scale(amount: u64, to: u32, from: u32) -> u64 {
    let from = u128::from(from.max(1));
    let scaled = (u128::from(amount) * u128::from(to) + from / 2) / from;
    u64::try_from(scaled).unwrap_or(u64::MAX)
}
