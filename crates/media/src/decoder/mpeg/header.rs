//! The head of an MPEG audio frame (ISO 11172-3, 2.4.1.3; ISO 13818-3 for the low rates; 2.5 by convention).

/// What a frame's head says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::decoder) struct FrameHeader {
    /// The bits that stay the same in a stream: version, layer and sampling rate.
    kind: u32,
    /// 1, 2 or 3.
    pub(in crate::decoder) layer: u8,
    /// Whether it is of MPEG-1, whose frames are longer.
    pub(super) is_mpeg1: bool,
    pub(in crate::decoder) sample_rate_hz: u32,
    pub(in crate::decoder) channels: u8,
    /// Bytes of the whole frame.
    pub(super) bytes: u64,
    kbits: u32,
    /// Whether a checksum of two bytes stands behind the head.
    pub(super) has_checksum: bool,
}

/// Bytes of a head.
pub(super) const HEADER_BYTES: usize = 4;

/// kbit/s by index, for MPEG-1 layers I, II, III, and the low rates' layers I, and II and III.
const BIT_RATES: [[u32; 14]; 5] = [
    [
        32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448,
    ],
    [
        32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384,
    ],
    [
        32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ],
    [
        32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256,
    ],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

impl FrameHeader {
    /// Reads the head that `bytes` begin with; `None` for what is none, or is of free format.
    pub(in crate::decoder) fn parse(bytes: &[u8]) -> Option<Self> {
        let word = u32::from_be_bytes(*bytes.first_chunk()?);
        let (version, layer) = (word >> 19 & 3, word >> 17 & 3);
        let (bit_rate, rate, padding) = (word >> 12 & 15, word >> 10 & 3, word >> 9 & 1);
        if word >> 21 != 0x7FF || version == 1 || layer == 0 || rate == 3 {
            return None;
        }
        let is_mpeg1 = version == 3;
        let layer = 4 - layer as u8;
        let table = match (is_mpeg1, layer) {
            (true, layer) => usize::from(layer) - 1,
            (false, 1) => 3,
            (false, _) => 4,
        };
        let kbits = *BIT_RATES[table].get((bit_rate as usize).checked_sub(1)?)?;
        let sample_rate_hz = [44_100, 48_000, 32_000][rate as usize]
            >> match version {
                3 => 0,
                2 => 1,
                _ => 2,
            };
        let bits = kbits * 1_000;
        let bytes = match (layer, is_mpeg1) {
            (1, _) => (12 * bits / sample_rate_hz + padding) * 4,
            (3, false) => 72 * bits / sample_rate_hz + padding,
            _ => 144 * bits / sample_rate_hz + padding,
        };
        Some(Self {
            kind: word & 0xFFFE_0C00,
            layer,
            is_mpeg1,
            sample_rate_hz,
            channels: if word >> 6 & 3 == 3 { 1 } else { 2 },
            bytes: u64::from(bytes),
            kbits,
            has_checksum: word >> 16 & 1 == 0,
        })
    }

    /// Whether both may be frames of one stream, whose channels may change.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.kind == other.kind
    }

    /// Whether one decoder can decode both.
    pub(super) fn fits(&self, other: &Self) -> bool {
        self.kind == other.kind && self.channels == other.channels
    }

    /// Whether it is of layer II at a low rate, or at a bit rate that its number of channels should not have
    /// (ISO 11172-3, section 2.4.2.3), though there are encoders that give it.
    pub(super) fn is_rare_layer2(&self) -> bool {
        let is_rare_bit_rate = match self.channels {
            1 => self.kbits >= 224,
            _ => [32, 48, 56, 80].contains(&self.kbits),
        };
        self.layer == 2 && (!self.is_mpeg1 || is_rare_bit_rate)
    }

    /// Frames of sound in it.
    pub(super) fn frames(&self) -> u64 {
        match (self.layer, self.is_mpeg1) {
            (1, _) => 384,
            (3, false) => 576,
            _ => 1_152,
        }
    }

    /// Bytes of layer III's side information, behind the head.
    pub(super) fn side_bytes(&self) -> usize {
        let side = match (self.is_mpeg1, self.channels) {
            (true, 1) | (false, 2) => 17,
            (true, _) => 32,
            (false, _) => 9,
        };
        side + if self.has_checksum { 2 } else { 0 }
    }
}
