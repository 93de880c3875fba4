//! WavPack blocks as Matroska holds them (Matroska codec specifications, A_WAVPACK4): without most of their headers.

use crate::MAX_CHANNELS;
use crate::block::BlockDecoder;
use crate::block::custom_rate_hz;
use crate::header::BlockHeader;

/// What a packet was decoded to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decoded {
    /// Channels to a frame.
    pub channels: usize,
    /// `None` where only the container tells.
    pub rate_hz: Option<u32>,
    /// Bits of a sample.
    pub bits: u32,
}

/// A decoder of packets, each of which holds the blocks of one stretch of time.
#[derive(Debug, Default)]
pub struct PacketDecoder {
    version: u16,
    decoder: BlockDecoder,
    plane_pairs: Vec<(usize, Vec<[f32; 2]>)>,
}

impl PacketDecoder {
    /// For a track with these private data, which are the version of the blocks.
    pub fn new(private: &[u8]) -> Self {
        let version = private.first_chunk().copied().map(u16::from_le_bytes);
        Self {
            version: version.unwrap_or(0x403),
            ..Self::default()
        }
    }

    /// The frames of the packet that begins with `head`.
    pub fn frames(head: &[u8]) -> u32 {
        head.first_chunk().copied().map_or(0, u32::from_le_bytes)
    }

    /// Whether a packet holds DSD, which is not decoded.
    pub fn is_dsd(packet: &[u8]) -> bool {
        let flags = packet.get(4..).and_then(word);
        flags.is_some_and(|(flags, _)| BlockHeader::of_parts(1, flags, 0, 0, 0).is_dsd())
    }

    /// Replaces `samples` by the interleaved samples of a packet; `None` if it is damaged.
    pub fn decode(&mut self, packet: &[u8], samples: &mut Vec<f32>) -> Option<Decoded> {
        samples.clear();
        self.plane_pairs.clear();
        let (frames, mut rest) = word(packet)?;
        let (mut channels, mut first) = (0, None);
        loop {
            let (flags, behind) = word(rest)?;
            let (crc, behind) = word(behind)?;
            let mut header = BlockHeader::of_parts(frames, flags, crc, behind.len(), self.version);
            // Sizes are there where there are several blocks.
            let body = if header.is_initial() && header.is_final() {
                rest = &[];
                behind
            } else {
                let (size, behind) = word(behind)?;
                let (body, more) = behind.split_at_checked(size as usize)?;
                rest = more;
                body
            };
            header.body_bytes = body.len();
            if header.is_dsd() || header.frames != frames as usize {
                return None;
            }
            if first.is_none() {
                let rate_hz = header.sample_rate_hz().or_else(|| custom_rate_hz(body));
                first = Some((rate_hz, header.bits()));
            }
            let mut pairs = Vec::with_capacity(header.frames);
            self.decoder
                .decode(&header, body, |_, frame| pairs.push(frame))?;
            channels += header.channels();
            self.plane_pairs.push((header.channels(), pairs));
            if header.is_final() || rest.is_empty() {
                break;
            }
            if channels >= MAX_CHANNELS {
                return None;
            }
        }
        for n in 0..frames as usize {
            for (width, pairs) in &self.plane_pairs {
                samples.extend_from_slice(&pairs.get(n)?[..*width]);
            }
        }
        let (rate_hz, bits) = first?;
        Some(Decoded {
            channels,
            rate_hz,
            bits,
        })
    }
}

/// A number of four bytes, and what is behind it.
fn word(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (word, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*word), rest))
}
