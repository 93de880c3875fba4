//! Sun and NeXT sound files: a header of six words, then the sound to the end.

use super::Layout;
use super::chunks::SoundBytes;
use super::samples::Coding;
use crate::error::MediaError;
use crate::track_bytes::TrackBytes;

/// The size that stands for "not known".
const UNKNOWN_BYTES: u32 = u32::MAX;
/// More text than any file has in front of its sound.
const MAX_HEADER_BYTES: u64 = 1 << 20;

/// Reads the header.
pub(super) fn read(bytes: &mut TrackBytes) -> Result<Layout, MediaError> {
    let head = bytes.read_at(4, 20)?;
    let mut words = head
        .as_chunks()
        .0
        .iter()
        .map(|word| u32::from_be_bytes(*word));
    let mut word = || {
        words
            .next()
            .ok_or(MediaError::Damaged("its header is cut short".into()))
    };
    let (start, size, encoding, sample_rate_hz, channels) =
        (word()?, word()?, word()?, word()?, word()?);
    let integer = |bytes| Coding::Integer {
        bytes,
        is_unsigned: false,
    };
    let coding = match encoding {
        1 => Coding::MuLaw,
        2..=5 => integer(encoding as usize - 1),
        6 => Coding::Float { bytes: 4 },
        7 => Coding::Float { bytes: 8 },
        27 => Coding::ALaw,
        other => return Err(MediaError::Unsupported(format!("AU of encoding {other}"))),
    };
    let start = u64::from(start).clamp(24, MAX_HEADER_BYTES);
    let there = bytes.len().map(|end| end.saturating_sub(start));
    let declared = Some(u64::from(size)).filter(|_| size != UNKNOWN_BYTES && size > 0);
    Ok(Layout {
        container: "au",
        coding,
        is_big_endian: true,
        sample_rate_hz,
        channels: u16::try_from(channels).unwrap_or(u16::MAX),
        bits: coding.bits(),
        start,
        sound: SoundBytes {
            promised: declared.filter(|declared| there.is_some_and(|there| *declared > there)),
            ..SoundBytes::of(there.or(declared))
        },
    })
}
