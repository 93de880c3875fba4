//! The header every WavPack block begins with ("WavPack 4 & 5 Binary File / Block Format").

/// Bytes of a header.
pub const HEADER_BYTES: usize = 32;
/// Largest block, and most samples of a channel in one, that a decoder must take.
const MAX_BLOCK_BYTES: u32 = 1 << 20;
const MAX_BLOCK_SAMPLES: u32 = 0x2_FFFF;
const VERSIONS: std::ops::RangeInclusive<u16> = 0x402..=0x410;
const SAMPLE_RATES_HZ: [u32; 15] = [
    6_000, 8_000, 9_600, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000,
    88_200, 96_000, 192_000,
];

const MONO: u32 = 1 << 2;
const HYBRID: u32 = 1 << 3;
const JOINT_STEREO: u32 = 1 << 4;
const FLOAT: u32 = 1 << 7;
const EXTENDED_INTEGER: u32 = 1 << 8;
const HYBRID_BITRATE: u32 = 1 << 9;
const HYBRID_BALANCE: u32 = 1 << 10;
const INITIAL: u32 = 1 << 11;
const FINAL: u32 = 1 << 12;
const FALSE_STEREO: u32 = 1 << 30;
const DSD: u32 = 1 << 31;

/// One block's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockHeader {
    /// Bytes of the block that follow the header.
    pub body_bytes: usize,
    pub(crate) version: u16,
    /// Frames of the whole file, where the encoder knew them.
    pub total_frames: Option<u64>,
    /// Number of the block's first frame in the file.
    pub index: u64,
    /// Frames in this block; 0 for one without sound.
    pub frames: usize,
    /// Checksum of the decoded samples.
    pub(crate) crc: u32,
    flags: u32,
}

impl BlockHeader {
    /// Reads a header; `None` where there is none, or one no decoder must take.
    pub fn parse(bytes: &[u8; HEADER_BYTES]) -> Option<Self> {
        let word = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        let version = u16::from_le_bytes([bytes[8], bytes[9]]);
        let block_bytes = word(4).checked_add(8)?;
        let frames = word(20);
        let is_valid = bytes.starts_with(b"wvpk")
            && block_bytes.is_multiple_of(2)
            && (HEADER_BYTES as u32..=MAX_BLOCK_BYTES).contains(&block_bytes)
            && VERSIONS.contains(&version)
            && frames <= MAX_BLOCK_SAMPLES;
        let (index_high, total_high) = (u64::from(bytes[10]), u64::from(bytes[11]));
        // All ones mean "unknown", so that the upper part counts multiples of one less than 2^32.
        let total_frames = Some(word(12))
            .filter(|low| *low != u32::MAX)
            .map(|low| u64::from(low) + total_high * u64::from(u32::MAX));
        is_valid.then(|| Self {
            body_bytes: block_bytes as usize - HEADER_BYTES,
            version,
            total_frames,
            index: u64::from(word(16)) | index_high << 32,
            frames: frames as usize,
            crc: word(28),
            flags: word(24),
        })
    }

    /// The header of a block that stands in another container, which has it in pieces.
    pub(crate) fn of_parts(
        frames: u32,
        flags: u32,
        crc: u32,
        body_bytes: usize,
        version: u16,
    ) -> Self {
        Self {
            body_bytes,
            version,
            total_frames: None,
            index: 0,
            frames: frames.min(MAX_BLOCK_SAMPLES) as usize,
            crc,
            flags,
        }
    }

    /// Bits of a sample, without those that are always zero.
    pub fn bits(&self) -> u32 {
        if self.is_float() {
            32
        } else {
            (8 * self.sample_bytes()).saturating_sub(self.shift())
        }
    }

    fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    /// Channels a listener gets of this block.
    pub fn channels(&self) -> usize {
        if self.has(MONO) { 1 } else { 2 }
    }

    /// Channels that are coded: one where both are the same.
    pub(crate) fn coded_channels(&self) -> usize {
        if self.has(MONO | FALSE_STEREO) { 1 } else { 2 }
    }

    pub(crate) fn is_hybrid(&self) -> bool {
        self.has(HYBRID)
    }

    pub(crate) fn is_joint_stereo(&self) -> bool {
        self.has(JOINT_STEREO)
    }

    pub(crate) fn is_float(&self) -> bool {
        self.has(FLOAT)
    }

    pub(crate) fn is_extended_integer(&self) -> bool {
        self.has(EXTENDED_INTEGER)
    }

    pub(crate) fn has_hybrid_bitrate(&self) -> bool {
        self.has(HYBRID_BITRATE)
    }

    pub(crate) fn has_hybrid_balance(&self) -> bool {
        self.has(HYBRID_BALANCE)
    }

    /// Whether this is the first of the blocks that hold one stretch of time.
    pub fn is_initial(&self) -> bool {
        self.has(INITIAL)
    }

    /// Whether this is the last of the blocks that hold one stretch of time.
    pub fn is_final(&self) -> bool {
        self.has(FINAL)
    }

    /// Whether it holds bits of a pulse-density stream, which this decoder does not know.
    pub fn is_dsd(&self) -> bool {
        self.has(DSD)
    }

    /// Bytes of a sample as the encoder got it, 1 to 4; full scale is theirs.
    pub(crate) fn sample_bytes(&self) -> u32 {
        (self.flags & 3) + 1
    }

    /// Zero bits below each sample that are not coded.
    pub(crate) fn shift(&self) -> u32 {
        self.flags >> 13 & 0x1F
    }

    /// Frames a second; `None` where the block's metadata tells it.
    pub fn sample_rate_hz(&self) -> Option<u32> {
        SAMPLE_RATES_HZ
            .get((self.flags >> 23 & 0xF) as usize)
            .copied()
    }
}
