//! What a file's headers tell, read in one go and without a decoder: tags, length, what the sound is. For
//! looking at many files; what plays is opened by [`crate::decoder`].

mod flac;
mod mp4;
mod mpeg;
mod ogg;
mod wave;

use crate::decoder::TrackDecoder;
use crate::error::MediaError;
use crate::tags::bytes::FileBytes;
use crate::tags::{FileTags, read_tags_in};
use crate::track_bytes::{TrackBytes, can_be_read_again};
use std::path::Path;
use std::time::Duration;

/// How MP4 files begin, behind a size.
const MP4_BOXES: [&[u8; 4]; 6] = [b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide"];
/// Rates beyond which a header is not believed.
const SAMPLE_RATES_HZ: std::ops::RangeInclusive<u32> = 100..=3_072_000;

/// What the sound of a file is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SoundSummary {
    /// Codec as users call it.
    pub codec: String,
    /// Frames a second.
    pub sample_rate_hz: u32,
    /// Channels to a frame.
    pub channels: u32,
    /// Bits per sample, for codecs that have such.
    pub bits_per_sample: Option<u32>,
    /// Length, where known.
    pub duration: Option<Duration>,
}

/// What a file says about itself and its sound.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FileSummary {
    /// Tags, and the cover if it was asked for.
    pub tags: FileTags,
    /// The sound.
    pub sound: SoundSummary,
}

/// Reads the headers of the file at `path`; a decoder is opened only where they do not tell the length
/// exactly. Does I/O.
///
/// # Errors
/// When it cannot be read, or has no sound that can be decoded.
pub fn read_summary(path: &Path) -> Result<FileSummary, MediaError> {
    let bytes = TrackBytes::open(path)?;
    if bytes.len() == Some(0) {
        return Err(MediaError::Empty);
    }
    let (tags, sound) = match FileBytes::new(bytes) {
        Some(mut file) => (read_tags_in(&mut file), of_headers(&mut file)),
        None => return Err(MediaError::NotAudio),
    };
    let sound = match sound {
        Some(sound) => sound,
        None => of_decoder(path)?,
    };
    Ok(FileSummary { tags, sound })
}

/// As [`read_summary`], without tags; none for what is no regular file or has no sound.
pub fn read_sound(path: &Path) -> Option<SoundSummary> {
    if !can_be_read_again(path) {
        return None;
    }
    let mut file = FileBytes::new(TrackBytes::open(path).ok()?)?;
    of_headers(&mut file).or_else(|| of_decoder(path).ok())
}

fn of_decoder(path: &Path) -> Result<SoundSummary, MediaError> {
    let decoder = TrackDecoder::open(path)?;
    let info = decoder.info();
    Ok(SoundSummary {
        codec: info.codec.clone(),
        sample_rate_hz: info.sample_rate_hz,
        channels: u32::try_from(info.channels).unwrap_or(u32::MAX),
        bits_per_sample: info.bits_per_sample,
        duration: info.duration(),
    })
}

/// What the headers tell, where they tell all of it.
fn of_headers(file: &mut FileBytes) -> Option<SoundSummary> {
    let head = file.read(0, 16);
    let found = match &head[..] {
        [b'f', b'L', b'a', b'C', ..] => flac::read(file, 0),
        [b'O', b'g', b'g', b'S', ..] => ogg::read(file),
        [b'R', b'I', b'F', b'F', ..] => wave::read(file),
        [_, _, _, _, name @ ..] if MP4_BOXES.iter().any(|known| name.starts_with(*known)) => {
            mp4::read(file)
        }
        [b'I', b'D', b'3', ..] | [0xFF, 0xE0..=0xFF, ..] => mpeg::read(file),
        _ => None,
    };
    found.filter(|sound| SAMPLE_RATES_HZ.contains(&sound.sample_rate_hz) && sound.channels > 0)
}

/// How long `frames` are at `rate_hz`.
fn duration(frames: u64, rate_hz: u32) -> Option<Duration> {
    let nanoseconds = u128::from(frames) * 1_000_000_000 / u128::from(rate_hz.max(1));
    Some(Duration::from_nanos(u64::try_from(nanoseconds).ok()?))
}
