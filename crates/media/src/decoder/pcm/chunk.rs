//! The head of a chunk, in each of the ways that containers write it, and which kinds there are.

/// Chunks that programs put behind the sound.
const KNOWN: [[u8; 4]; 44] = [
    *b"LIST", *b"id3 ", *b"ID3 ", *b"bext", *b"iXML", *b"cue ", *b"smpl", *b"NAME", *b"AUTH",
    *b"ANNO", *b"(c) ", *b"info", *b"pakt", *b"free", *b"MARK", *b"COMT", *b"INST", *b"APPL",
    *b"AESD", *b"MIDI", *b"JUNK", *b"fact", *b"PEAK", *b"plst", *b"DISP", *b"inst", *b"acid",
    *b"strc", *b"cart", *b"axml", *b"chna", *b"levl", *b"umid", *b"uuid", *b"chan", *b"kuki",
    *b"midi", *b"junk", *b"PAD ", *b"FLLR", *b"_PMX", *b"minf", *b"LGWV", *b"afsp",
];
/// So far before the end by the header, chunks that fill the file are looked for; so near it, the name of a known one
/// is enough.
pub(super) const NEAR_BYTES: u64 = 64;
/// Sizes of 32 bits from here on stand for "not known": recorders and programs that write to a pipe leave such, and
/// no header of 32 bits counts that far in earnest.
const PLACEHOLDER_BYTES: u64 = 0x7FFF_0000;
/// Sizes of 64 bits that stand for "not known": single values, as real ones may be as large.
const LONG_PLACEHOLDERS: [u64; 4] = [0x7FFF_F000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF];
/// No chunk but that of the sound is as long: bytes.
const MAX_OTHER_BYTES: u64 = 1 << 24;
/// The last 12 bytes of the identifiers of Sony Wave64 chunks: of `riff`, and of all others.
const W64_TAILS: [[u8; 12]; 2] = [
    [
        0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6, 0x28, 0xDB, 0x04, 0xC1, 0x00, 0x00,
    ],
    [
        0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1, 0x00, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A,
    ],
];

/// How a container writes the heads of its chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// RIFF and RF64.
    Little,
    /// RIFX, AIFF and AIFF-C.
    Big,
    /// Core Audio Format: 64-bit sizes, no padding.
    Caf,
    /// Sony Wave64: identifiers of 16 bytes, sizes of 64 bits that count the head too.
    W64,
}

/// A chunk: where its content begins, and how long its head says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) id: [u8; 4],
    pub(super) start: u64,
    pub(super) declared_bytes: u64,
}

impl Style {
    pub(super) const fn head_bytes(self) -> u64 {
        match self {
            Self::Little | Self::Big => 8,
            Self::Caf => 12,
            Self::W64 => 24,
        }
    }

    /// The chunk whose head is `head`; `None` if this is none.
    pub(super) fn chunk(self, head: &[u8], at: u64) -> Option<Chunk> {
        let id: [u8; 4] = *head.first_chunk()?;
        let start = at + self.head_bytes();
        let declared_bytes = match self {
            Self::Little => u64::from(u32::from_le_bytes(head.get(4..8)?.try_into().ok()?)),
            Self::Big => u64::from(u32::from_be_bytes(head.get(4..8)?.try_into().ok()?)),
            // -1 for what reaches to the end.
            Self::Caf => u64::from_be_bytes(head.get(4..12)?.try_into().ok()?),
            Self::W64 => {
                let tail: [u8; 12] = head.get(4..16)?.try_into().ok()?;
                let all = u64::from_le_bytes(head.get(16..24)?.try_into().ok()?);
                if !W64_TAILS.contains(&tail) {
                    return None;
                }
                all.saturating_sub(self.head_bytes())
            }
        };
        let is_name = id.iter().all(|byte| (0x20..0x7F).contains(byte));
        is_name.then_some(Chunk {
            id,
            start,
            declared_bytes,
        })
    }

    /// Where the next chunk may begin: with the padding the format asks for, and without.
    pub(super) fn next_places(self, chunk: &Chunk) -> [Option<u64>; 2] {
        let end = chunk.start.checked_add(chunk.declared_bytes);
        let padded = match self {
            Self::Caf => end,
            Self::W64 => end.map(|end| end.saturating_add(7) & !7),
            Self::Little | Self::Big => end.map(|end| end.saturating_add(end % 2)),
        };
        [padded, end.filter(|_| end != padded)]
    }
}

/// Whether a size stands for "not known", other than 0.
pub(super) fn is_placeholder(style: Style, bytes: u64) -> bool {
    match style {
        Style::Little | Style::Big => bytes >= PLACEHOLDER_BYTES,
        Style::Caf | Style::W64 => {
            bytes >= i64::MAX as u64 >> 1 || LONG_PLACEHOLDERS.contains(&bytes)
        }
    }
}

/// Whether a chunk of a known kind has a size that such a chunk may have, right or wrong; few samples look so.
pub(super) fn has_a_size(style: Style, chunk: &Chunk) -> bool {
    chunk.declared_bytes < MAX_OTHER_BYTES || is_placeholder(style, chunk.declared_bytes)
}

/// Whether it is of a kind that programs put behind the sound.
pub(super) fn is_known(chunk: &Chunk) -> bool {
    KNOWN.contains(&chunk.id)
}

/// Whether one that nobody knows, where the header expects one, may have a wrong size: its name has letters, and
/// its size is not beyond all reason.
pub(super) fn may_be_chunk(chunk: &Chunk, end: u64) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b' ';
    let left = end.saturating_sub(chunk.start);
    chunk.id.iter().all(is_name) && chunk.declared_bytes / 2 <= left.max(NEAR_BYTES)
}
