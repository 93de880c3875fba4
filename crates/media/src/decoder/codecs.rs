//! What each codec needs of whoever feeds it.

use super::flac::{WideFlac, is_wide};
use super::opus::{self, OpusDecoder};
use super::vorbis_setup;
use super::vorbis_surround::{SurroundVorbis, is_surround};
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_ADPCM_IMA_QT, CODEC_ID_FLAC, CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3,
    CODEC_ID_OPUS, CODEC_ID_PCM_F32BE, CODEC_ID_PCM_F32BE_PLANAR, CODEC_ID_PCM_F32LE,
    CODEC_ID_PCM_F32LE_PLANAR, CODEC_ID_PCM_F64BE, CODEC_ID_PCM_F64BE_PLANAR, CODEC_ID_PCM_F64LE,
    CODEC_ID_PCM_F64LE_PLANAR, CODEC_ID_VORBIS,
};
use symphonia::core::codecs::audio::{
    AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions,
};
use symphonia::core::errors::Error;

/// Frames decoded ahead of a seek target by codecs whose packets overlap or borrow from earlier ones.
const PREROLL_FRAMES: u64 = 1024 * 4;
/// Of these, the frames without which the target itself would not come out right.
const MIN_PREROLL_FRAMES: u64 = 1024 * 2;
/// [`PREROLL_FRAMES`] of MPEG audio, whose packets borrow up to 511 bytes from those before: ten at low
/// rates.
const MPEG_PREROLL_FRAMES: u64 = 1152 * 14;
const MIN_MPEG_PREROLL_FRAMES: u64 = 1152 * 12;

/// What the longest packets of any codec hold, FLAC's.
const MAX_PACKET_FRAMES: u64 = 1 << 16;

/// Frames to decode before a seek's target.
#[derive(Debug, Clone, Copy)]
pub(super) struct Preroll {
    pub(super) wanted_frames: u64,
    pub(super) needed_frames: u64,
}

impl Preroll {
    pub(super) fn of(codec: AudioCodecId) -> Self {
        let (wanted_frames, needed_frames) = match codec {
            CODEC_ID_OPUS => (opus::PREROLL_FRAMES, opus::PREROLL_FRAMES),
            CODEC_ID_VORBIS => (PREROLL_FRAMES, 0),
            // Each block goes on from the one before.
            CODEC_ID_ADPCM_IMA_QT => (u64::MAX, 0),
            CODEC_ID_MP3 => (MPEG_PREROLL_FRAMES, MIN_MPEG_PREROLL_FRAMES),
            codec if is_lossy(codec) => (PREROLL_FRAMES, MIN_PREROLL_FRAMES),
            _ => (0, 0),
        };
        Self {
            wanted_frames,
            needed_frames,
        }
    }
}

/// Whether samples have no bits of their own.
pub(super) fn is_lossy(codec: AudioCodecId) -> bool {
    [
        CODEC_ID_MP1,
        CODEC_ID_MP2,
        CODEC_ID_MP3,
        CODEC_ID_AAC,
        CODEC_ID_OPUS,
        CODEC_ID_VORBIS,
    ]
    .contains(&codec)
}

/// Whether samples are stored as floating-point numbers, beyond full scale too.
pub(super) fn is_floating_point(codec: AudioCodecId) -> bool {
    [
        CODEC_ID_PCM_F32LE,
        CODEC_ID_PCM_F32LE_PLANAR,
        CODEC_ID_PCM_F32BE,
        CODEC_ID_PCM_F32BE_PLANAR,
        CODEC_ID_PCM_F64LE,
        CODEC_ID_PCM_F64LE_PLANAR,
        CODEC_ID_PCM_F64BE,
        CODEC_ID_PCM_F64BE_PLANAR,
    ]
    .contains(&codec)
}

/// The decoder for a stream.
///
/// # Errors
/// When there is none, or its parameters make no sense.
pub(super) fn make_decoder(params: &AudioCodecParameters) -> Result<Box<dyn AudioDecoder>, Error> {
    // Decoders make room for whole packets at once, as many frames as the container claims.
    if params.max_frames_per_packet > Some(MAX_PACKET_FRAMES) {
        return Err(Error::LimitError("its packets are too long"));
    }
    if params.codec == CODEC_ID_VORBIS {
        vorbis_setup::check(params.extra_data.as_deref().unwrap_or_default())?;
    }
    match params.codec {
        CODEC_ID_OPUS => Ok(Box::new(OpusDecoder::new(params)?)),
        CODEC_ID_FLAC if is_wide(params) => Ok(Box::new(WideFlac::new(params)?)),
        CODEC_ID_VORBIS if is_surround(params) => Ok(Box::new(SurroundVorbis::new(params)?)),
        _ => symphonia::default::get_codecs()
            .make_audio_decoder(params, &AudioDecoderOptions::default().gapless(true)),
    }
}
