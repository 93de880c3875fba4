//! How many frames a packet holds, by its first bytes.

use super::super::adpcm::AdpcmBlocks;
use super::super::vorbis_setup::{self, Modes};
use super::adpcm;
use ::wavpack::PacketDecoder;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_ALAC, CODEC_ID_FLAC, CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3,
    CODEC_ID_OPUS, CODEC_ID_VORBIS, CODEC_ID_WAVPACK,
};

/// First bytes of a packet that are looked at.
pub(super) const HEAD_BYTES: usize = 16;
/// Frames of an AAC packet before spectral band replication.
pub(super) const AAC_FRAMES: u32 = 1024;
/// The longest Opus packet: 120 ms at 48 kHz.
const MAX_OPUS_FRAMES: u32 = 5_760;
/// More than any WavPack block has.
const MAX_WAVPACK_FRAMES: u32 = 1 << 18;

/// How a codec tells the length of its packets.
#[derive(Debug)]
pub(super) enum Lengths {
    /// All are alike.
    Fixed(u32),
    /// Samples of fixed size.
    Pcm {
        frame_bytes: u32,
    },
    Opus {
        /// Frames of the packet before.
        before: u32,
    },
    Flac,
    WavPack,
    Mpeg,
    /// Of this many frames, unless a packet says that it has fewer.
    Alac(u32),
    /// Blocks of one length.
    Blocks(AdpcmBlocks),
    Vorbis {
        modes: Modes,
        /// The window of the packet before.
        before: Option<u32>,
    },
}

impl Lengths {
    /// Those of the codec that `params` describe; `None` where it is not known how they are told.
    pub(super) fn of(params: &AudioCodecParameters) -> Option<Self> {
        let extra = params.extra_data.as_deref().unwrap_or_default();
        if let Some(blocks) = adpcm::blocks(params) {
            return Some(Self::Blocks(blocks));
        }
        Some(match params.codec {
            CODEC_ID_AAC => {
                let config = rusty_aac::config::parse(extra);
                let frames = config.map_or(0, |config| config.frame_length as u32);
                Self::Fixed(if frames == 0 { AAC_FRAMES } else { frames })
            }
            CODEC_ID_MP1 | CODEC_ID_MP2 | CODEC_ID_MP3 => Self::Mpeg,
            CODEC_ID_OPUS => Self::Opus { before: 0 },
            CODEC_ID_FLAC => Self::Flac,
            CODEC_ID_WAVPACK => Self::WavPack,
            CODEC_ID_ALAC => {
                let &[f0, f1, f2, f3, ..] = extra else {
                    return None;
                };
                Self::Alac(u32::from_be_bytes([f0, f1, f2, f3]))
            }
            CODEC_ID_VORBIS => Self::Vorbis {
                modes: vorbis_setup::modes(extra)?,
                before: None,
            },
            _ => return None,
        })
    }

    /// Frames of the packet of `bytes` that begins with `head`, which comes behind the one asked for last.
    pub(super) fn frames(&mut self, head: &[u8], bytes: u64) -> u32 {
        match self {
            Self::Fixed(frames) => *frames,
            Self::Pcm { frame_bytes } => {
                u32::try_from(bytes / u64::from((*frame_bytes).max(1))).unwrap_or(u32::MAX)
            }
            // A hole in the file is as long as what stood there, most likely.
            Self::Opus { before } if *before > 0 && head.iter().all(|byte| *byte == 0) => *before,
            Self::Opus { before } => {
                *before = opus(head);
                *before
            }
            Self::Blocks(blocks) => u32::try_from(blocks.frames_of(bytes)).unwrap_or(u32::MAX),
            Self::Flac => flac(head).unwrap_or(0),
            Self::WavPack => PacketDecoder::frames(head).min(MAX_WAVPACK_FRAMES),
            Self::Mpeg => mpeg(head).unwrap_or(0),
            Self::Alac(frames) => alac(head).filter(|n| n < frames).unwrap_or(*frames),
            Self::Vorbis { modes, before } => {
                let Some(window) = modes.window(head) else {
                    return 0;
                };
                let before = before.replace(window);
                before.map_or(0, |before| (before + window) / 4)
            }
        }
    }
}

/// RFC 6716, section 3.1.
fn opus(head: &[u8]) -> u32 {
    let Some(toc) = head.first() else {
        return 0;
    };
    let frame = match toc >> 3 {
        config @ 0..12 => [480, 960, 1_920, 2_880][usize::from(config & 3)],
        config @ 12..16 => [480, 960][usize::from(config & 1)],
        config => 120 << (config & 3),
    };
    let count = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u32::from(head.get(1).copied().unwrap_or(0) & 0x3F),
    };
    let frames = frame * count;
    if frames > MAX_OPUS_FRAMES { 0 } else { frames }
}

/// RFC 9639, section 9.1.1.
fn flac(head: &[u8]) -> Option<u32> {
    let &[0xFF, second, sizes, _, number, ref rest @ ..] = head else {
        return None;
    };
    if second >> 1 != 0b111_1100 {
        return None;
    }
    // The coded number has as many bytes as it has leading ones, or one.
    let more = number.leading_ones().saturating_sub(1) as usize;
    let behind = rest.get(more..).unwrap_or_default();
    Some(match sizes >> 4 {
        0 => return None,
        1 => 192,
        code @ 2..=5 => 576 << (code - 2),
        6 => u32::from(*behind.first()?) + 1,
        7 => u32::from(u16::from_be_bytes([*behind.first()?, *behind.get(1)?])) + 1,
        code => 256 << (code - 8),
    })
}

/// ISO 11172-3, section 2.4.2.3, and 13818-3 for the lower rates.
fn mpeg(head: &[u8]) -> Option<u32> {
    let &[0xFF, second, ..] = head else {
        return None;
    };
    let is_full_rate = second >> 3 & 0b11 == 0b11;
    match second >> 1 & 0b11 {
        0b11 => Some(384),
        0b10 => Some(1_152),
        0b01 if is_full_rate => Some(1_152),
        0b01 => Some(576),
        _ => None,
    }
}

/// The layer of the MPEG audio frame that begins with `head`: 1, 2 or 3.
pub(super) fn mpeg_layer(head: &[u8]) -> Option<u8> {
    match *head {
        [0xFF, second, ..] if second >= 0xE0 => match second >> 1 & 0b11 {
            0 => None,
            bits => Some(4 - bits),
        },
        _ => None,
    }
}

/// The frames that a packet says it has, if fewer than all: 3 bits of kind, 4 of instance, 12 unused, the
/// flag, 3 bits of other things, then the number.
fn alac(head: &[u8]) -> Option<u32> {
    let &[_, _, third, n0, n1, n2, n3, ..] = head else {
        return None;
    };
    let has_count = third & 0x10 != 0;
    let count = u64::from(third & 1) << 32 | u64::from(u32::from_be_bytes([n0, n1, n2, n3]));
    has_count.then_some((count >> 1) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opus_packets_tell_their_length() {
        // Configuration 1 of SILK is 20 ms, 16 of CELT 2.5 ms, 31 of CELT 20 ms.
        assert_eq!(opus(&[1 << 3]), 960);
        assert_eq!(opus(&[16 << 3]), 120);
        assert_eq!(opus(&[31 << 3 | 1]), 1_920);
        assert_eq!(opus(&[31 << 3 | 3, 6]), 5_760);
        assert_eq!(opus(&[31 << 3 | 3, 7]), 0);
        assert_eq!(opus(&[3 << 3]), 2_880);
        assert_eq!(opus(&[13 << 3]), 960);
        assert_eq!(opus(&[]), 0);
    }

    #[test]
    fn flac_frames_tell_their_length() {
        assert_eq!(flac(&[0xFF, 0xF8, 0xC9, 0xA8, 0, 0]), Some(4_096));
        assert_eq!(flac(&[0xFF, 0xF8, 0x69, 0xA8, 0, 9, 0]), Some(10));
        assert_eq!(flac(&[0xFF, 0xF9, 0x79, 0xA8, 0xC2, 0x80, 1, 0]), Some(257));
        assert_eq!(flac(&[0xFF, 0xF8, 0x29, 0xA8, 0, 0]), Some(576));
        assert_eq!(flac(&[0xFF, 0xE8, 0x29, 0xA8, 0, 0]), None);
    }

    #[test]
    fn mpeg_frames_tell_their_length_and_layer() {
        assert_eq!(mpeg(&[0xFF, 0xFB, 0x90, 0]), Some(1_152));
        assert_eq!(mpeg(&[0xFF, 0xF3, 0x90, 0]), Some(576));
        assert_eq!(mpeg(&[0xFF, 0xFD, 0x90, 0]), Some(1_152));
        assert_eq!(mpeg(&[0xFF, 0xFF, 0x90, 0]), Some(384));
        assert_eq!(mpeg_layer(&[0xFF, 0xFD]), Some(2));
        assert_eq!(mpeg_layer(&[0xFF, 0xFB]), Some(3));
        assert_eq!(mpeg_layer(&[0xFF, 0xFF]), Some(1));
        assert_eq!(mpeg_layer(&[0x0F, 0xFB]), None);
    }

    #[test]
    fn alac_packets_may_say_that_they_are_shorter() {
        // A pair of channels, the flag, then 1,000 in 32 bits.
        let bits: u64 = 1 << 61 | 1 << 44 | 1_000 << 9;
        assert_eq!(alac(&bits.to_be_bytes()), Some(1_000));
        assert_eq!(alac(&(1_u64 << 61).to_be_bytes()), None);
        let mut lengths = Lengths::Alac(4_096);
        assert_eq!(lengths.frames(&bits.to_be_bytes(), 8), 1_000);
        assert_eq!(lengths.frames(&[0; 8], 8), 4_096);
    }

    #[test]
    fn vorbis_packets_last_from_the_middle_of_a_window_to_that_of_the_next() {
        let mut lengths = Lengths::Vorbis {
            modes: Modes {
                windows: [256, 2_048],
                modes: vec![false, true],
            },
            before: None,
        };
        let said: Vec<u32> = [2, 2, 0, 0, 2, 1]
            .iter()
            .map(|first| lengths.frames(&[*first], 100))
            .collect();
        assert_eq!(said, [0, 1_024, 576, 128, 576, 0]);
    }
}
