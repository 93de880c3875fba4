//! Kinds of elements in Matroska (RFC 9559), as far as they matter for finding packets.

pub(super) const EBML: u32 = 0x1A45_DFA3;
pub(super) const SEGMENT: u32 = 0x1853_8067;
pub(super) const INFO: u32 = 0x1549_A966;
pub(super) const TRACKS: u32 = 0x1654_AE6B;
pub(super) const CLUSTER: u32 = 0x1F43_B675;
pub(super) const SIMPLE_BLOCK: u32 = 0xA3;
pub(super) const BLOCK_GROUP: u32 = 0xA0;
pub(super) const BLOCK: u32 = 0xA1;
pub(super) const DISCARD_PADDING: u32 = 0x75A2;
/// Other children of a segment, and those that may stand anywhere: void and checksum.
pub(super) const ELSEWHERE: [u32; 5] = [
    0x114D_9B74,
    0x1C53_BB6B,
    0x1941_A469,
    0x1043_A770,
    0x1254_C367,
];

/// The first byte of a cluster's time.
pub(super) const TIMESTAMP: u8 = 0xE7;
/// A checksum: its first byte, and all its bytes.
pub(super) const CHECKSUM: u8 = 0xBF;
pub(super) const CHECKSUM_BYTES: usize = 6;
/// What stands in a cluster beside its blocks: time, place, size, silent tracks, void, checksum.
pub(super) const BESIDE_BLOCKS: [u32; 6] =
    [TIMESTAMP as u32, 0xA7, 0xAB, 0x5854, 0xEC, CHECKSUM as u32];
/// What is longer in a cluster, and of no known kind, was a block: bytes.
pub(super) const MAX_UNKNOWN_BYTES: u64 = 32;

/// Whether an identifier is one of those that end a cluster of unknown size.
pub(super) fn is_top_level(id: u32) -> bool {
    ELSEWHERE.contains(&id) || [EBML, SEGMENT, INFO, TRACKS].contains(&id)
}

/// Whether an element is of a kind that stands beside the clusters.
pub(super) fn is_level_one(id: u32) -> bool {
    is_top_level(id) || [0xEC, 0xBF].contains(&id)
}

/// Whether an element beside the clusters is of a kind that may be there: known, void or a checksum.
pub(super) fn is_sane(id: u32) -> bool {
    is_top_level(id) || [0xEC, 0xBF].contains(&id) || id > 0xFF
}
