//! What symphonia calls things, in words for listeners.

use crate::error::MediaError;
use std::time::Duration;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{self as codecs, CODEC_ID_AAC};
use symphonia::core::errors::Error;
use symphonia::core::formats::FormatReader;

pub(super) fn probe_error(error: Error) -> MediaError {
    match error {
        Error::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => MediaError::NotAudio,
        Error::IoError(e) => MediaError::Io(e),
        Error::Unsupported(_) => MediaError::NotAudio,
        error => decode_error(error),
    }
}

pub(super) fn decode_error(error: Error) -> MediaError {
    match error {
        Error::IoError(error) => MediaError::Io(error),
        Error::DecodeError(reason) | Error::LimitError(reason) => {
            MediaError::Damaged(reason.into())
        }
        Error::Unsupported(what) => MediaError::Unsupported(what.into()),
        other => MediaError::Damaged(other.to_string()),
    }
}

pub(super) fn codec_error(params: &AudioCodecParameters, error: Error) -> MediaError {
    let known = [
        (codecs::CODEC_ID_WMA, "WMA"),
        (codecs::CODEC_ID_WAVPACK, "WavPack"),
        (codecs::CODEC_ID_MONKEYS_AUDIO, "Monkey's Audio"),
        (codecs::CODEC_ID_AC3, "AC-3"),
        (codecs::CODEC_ID_EAC3, "E-AC-3"),
        (codecs::CODEC_ID_DCA, "DTS"),
        (codecs::CODEC_ID_TRUEHD, "TrueHD"),
        (codecs::CODEC_ID_SPEEX, "Speex"),
        (codecs::CODEC_ID_MUSEPACK, "Musepack"),
        (codecs::CODEC_ID_TTA, "True Audio (TTA)"),
    ];
    match known.iter().find(|(id, _)| *id == params.codec) {
        Some((_, name)) => MediaError::Unsupported((*name).into()),
        None => match error {
            Error::Unsupported(_) => MediaError::Unsupported("this codec".into()),
            error => decode_error(error),
        },
    }
}

/// The length that the container gives for the file as a whole.
pub(super) fn rough_duration(format: &dyn FormatReader) -> Option<Duration> {
    let info = format.media_info();
    let nanoseconds = info.time_base?.calc_duration(info.duration?)?.as_nanos();
    u64::try_from(nanoseconds).ok().map(Duration::from_nanos)
}

/// A codec's name. High-efficiency AAC has its upper octave in an extension that is not decoded.
pub(super) fn codec_name(short_name: &str, params: &AudioCodecParameters) -> String {
    match short_name {
        "aac" if is_he_aac(params) => "HE-AAC, core only".into(),
        "vorbis" => "Vorbis".into(),
        "opus" => "Opus".into(),
        name if name.starts_with("pcm") => "PCM".into(),
        name if name.starts_with("adpcm") => "ADPCM".into(),
        name => name.to_uppercase(),
    }
}

pub(super) fn container_name(short_name: &str) -> String {
    match short_name {
        "isomp4" => "mp4".into(),
        name => name.to_lowercase(),
    }
}

/// Whether an AudioSpecificConfig (ISO 14496-3, 1.6.2.1) declares spectral band replication.
fn is_he_aac(params: &AudioCodecParameters) -> bool {
    let Some(&[first, second, ref more @ ..]) = params.extra_data.as_deref() else {
        return false;
    };
    let is_explicit = [5, 29].contains(&(first >> 3));
    // Behind a plain configuration: an 11-bit sync word, then object type 5.
    let next = u16::from_be_bytes([
        more.first().copied().unwrap_or(0),
        more.get(1).copied().unwrap_or(0),
    ]);
    // The flag behind it may say that there is none.
    let is_present = more.get(2).is_some_and(|flags| flags & 0x80 != 0);
    let has_extension = second & 0b111 == 0 && next == (0x2B7 << 5) | 5 && is_present;
    params.codec == CODEC_ID_AAC && (is_explicit || has_extension)
}
