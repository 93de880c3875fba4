//! ID3v2 tags, versions 2.2 to 2.4 (id3.org), read so that a wrong frame hides no other.
//!
//! A reader of our own, because the library used for writing gives up on the whole tag where a listener
//! would still see most of it: at a UTF-16 text without its mark or of odd length, invalid UTF-8, an
//! unknown encoding byte, a comment, lyrics, rating or ownership frame that is too short, a compressed
//! frame, a data length of plain bytes, or a plain frame size in version 2.4 (which iTunes wrote).
//! It is stricter than the format only in the last of these; all others are wrong and common.

use super::bytes::{be, be_at};
use super::id3v2_frames::{FrameReader, is_shown};
use super::set::TagSet;
use flate2::read::ZlibDecoder;
use std::borrow::Cow;
use std::io::Read;

/// Bytes of a tag's header, and of its footer.
pub(super) const HEADER_BYTES: usize = 10;
/// Frames looked at in one tag.
const MAX_FRAMES: usize = 4_096;
/// All that the compressed frames of one tag may unpack to.
const MAX_UNPACKED_BYTES: u64 = 40 << 20;

const TAG_UNSYNCHRONISED: u8 = 0x80;
const TAG_EXTENDED: u8 = 0x40;
const TAG_FOOTER: u8 = 0x10;

/// The first ten bytes of a tag, or those of its footer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    version: u8,
    flags: u8,
    /// Without header and footer.
    body_bytes: u64,
}

impl Header {
    /// Understands a header that begins with `mark`: "ID3", or "3DI" for a footer.
    pub(super) fn parse(bytes: &[u8], mark: &[u8; 3]) -> Option<Self> {
        let [m0, m1, m2, version, revision, flags, size @ ..] =
            bytes.first_chunk::<HEADER_BYTES>()?;
        let is_header = [*m0, *m1, *m2] == *mark && *version != 0xFF && *revision != 0xFF;
        is_header.then(|| Self {
            version: *version,
            flags: *flags,
            body_bytes: u64::from(synchsafe(*size).unwrap_or(u32::from_be_bytes(*size))),
        })
    }

    /// Bytes of the whole tag.
    pub(super) fn total_bytes(self) -> u64 {
        let footer = self.version >= 4 && self.flags & TAG_FOOTER != 0;
        self.body_bytes + HEADER_BYTES as u64 * (1 + u64::from(footer))
    }
}

/// Four bytes of seven bits.
fn synchsafe(bytes: [u8; 4]) -> Option<u32> {
    let is_safe = bytes.iter().all(|byte| *byte < 0x80);
    is_safe.then(|| bytes.iter().fold(0, |n, byte| n << 7 | u32::from(*byte)))
}

/// What is in the tag that begins with `bytes`; they may end before it does.
pub(super) fn read(bytes: &[u8], want_cover: bool) -> TagSet {
    let empty = TagSet::default();
    let Some(header) = Header::parse(bytes, b"ID3") else {
        return empty;
    };
    // In version 2.2 the second flag is a compression that was never defined.
    let is_known = matches!(header.version, 2..=4)
        && !(header.version == 2 && header.flags & TAG_EXTENDED != 0);
    if !is_known {
        return empty;
    }
    let body = &bytes[HEADER_BYTES..];
    let length = usize::try_from(header.body_bytes).unwrap_or(usize::MAX);
    let body = body.get(..length).unwrap_or(body);
    let is_unsynchronised = header.flags & TAG_UNSYNCHRONISED != 0;
    let body = if is_unsynchronised && header.version < 4 {
        resynchronised(body)
    } else {
        Cow::Borrowed(body)
    };
    let mut frames = Frames {
        version: header.version,
        is_unsynchronised,
        at: 0,
        body: &body,
        unpacked_left: MAX_UNPACKED_BYTES,
    };
    if header.flags & TAG_EXTENDED != 0 {
        frames.skip_extended_header();
    }
    let mut reader = FrameReader::new(want_cover);
    for _ in 0..MAX_FRAMES {
        let Some(frame) = frames.next_frame() else {
            break;
        };
        if is_shown(frame.id)
            && let Some(content) = frames.content(&frame)
        {
            reader.read(frame.id, &content, frame.is_whole);
        }
    }
    reader.finish()
}

struct Frame<'a> {
    /// Of version 2.2 with a space behind.
    id: [u8; 4],
    flags: u8,
    bytes: &'a [u8],
    /// Whether as many bytes are there as it says.
    is_whole: bool,
}

struct Frames<'a> {
    version: u8,
    is_unsynchronised: bool,
    at: usize,
    body: &'a [u8],
    unpacked_left: u64,
}

impl<'a> Frames<'a> {
    fn head_bytes(&self) -> usize {
        if self.version == 2 { 6 } else { 10 }
    }

    fn id_at(&self, at: usize) -> Option<[u8; 4]> {
        let length = if self.version == 2 { 3 } else { 4 };
        let name = self.body.get(at..at + length)?;
        let is_name = name[0].is_ascii_uppercase()
            && name[..3].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            // Names of version 2.2 were carried over into 2.3 by some programs.
            && name.get(3).is_none_or(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, 0 | b' '));
        is_name.then_some(match name {
            [a, b, c, 0] | [a, b, c] => [*a, *b, *c, b' '],
            [a, b, c, d, ..] => [*a, *b, *c, *d],
            _ => *b"    ",
        })
    }

    /// Lengths the frame at `at` may mean, the likelier first.
    fn lengths_at(&self, at: usize) -> Option<Vec<usize>> {
        if self.version == 2 {
            return Some(vec![be_at(self.body, at + 3, 3)?]);
        }
        let bytes: [u8; 4] = self.body.get(at + 4..at + 8)?.try_into().ok()?;
        let plain = Some(u32::from_be_bytes(bytes));
        let both = match self.version {
            3 => [plain, synchsafe(bytes)],
            _ => [synchsafe(bytes), plain],
        };
        Some(both.into_iter().flatten().map(|n| n as usize).collect())
    }

    /// Whether a frame, padding or nothing at all begins at `at`.
    fn is_boundary(&self, at: usize) -> bool {
        self.body.get(at..).is_some_and(|rest| {
            rest.len() < self.head_bytes()
                || rest[0] == 0
                || rest.starts_with(b"3DI")
                || self.id_at(at).is_some()
        })
    }

    /// Where, from `from` on, a frame begins that is one of those shown, as far as can be told.
    fn next_shown(&self, from: usize) -> Option<usize> {
        let last = self.body.len().checked_sub(self.head_bytes())?;
        (from..last).find(|at| {
            self.id_at(*at).is_some_and(is_shown)
                && self.lengths_at(*at).is_some_and(|lengths| {
                    let start = at + self.head_bytes();
                    let is_there = |length: &usize| {
                        *length > 0
                            && start
                                .checked_add(*length)
                                .is_some_and(|end| self.is_boundary(end))
                    };
                    lengths.iter().any(is_there)
                })
        })
    }

    fn next_frame(&mut self) -> Option<Frame<'a>> {
        let rest = self.body.get(self.at..)?;
        if rest.len() <= self.head_bytes() {
            return None;
        }
        // Padding ends a tag; behind a frame with too small a size there may still be some.
        if self.id_at(self.at).is_none() {
            self.at = self.next_shown(self.at)?;
        }
        let (id, lengths) = (self.id_at(self.at)?, self.lengths_at(self.at)?);
        let flags = if self.version == 2 {
            0
        } else {
            *self.body.get(self.at + 9)?
        };
        let start = self.at + self.head_bytes();
        let end_of = |length: &usize| start.checked_add(*length);
        let good = lengths
            .iter()
            .filter_map(end_of)
            .find(|end| self.is_boundary(*end));
        let (end, is_whole) = good.map_or_else(
            || {
                let claimed = lengths.first().and_then(end_of);
                let claimed = claimed.filter(|end| *end <= self.body.len());
                let next = self.next_shown(start).unwrap_or(self.body.len());
                let end = claimed.map_or(next, |claimed| claimed.min(next));
                (end, claimed == Some(end))
            },
            |end| (end, true),
        );
        self.at = end;
        Some(Frame {
            id,
            flags,
            bytes: self.body.get(start..end)?,
            is_whole,
        })
    }

    fn skip_extended_header(&mut self) {
        let length = be(self.body.get(..4).unwrap_or_default()) as u32;
        let length = match self.version {
            // It does not count the bytes of its own size.
            3 => (length as usize).saturating_add(4),
            _ => synchsafe(length.to_be_bytes()).unwrap_or(length) as usize,
        };
        // Some programs set the flag and write none, or count otherwise.
        let is_right = length >= 6 && self.is_boundary(length);
        if is_right {
            self.at = length;
        }
    }

    /// A frame's bytes as they were before compression and unsynchronisation; `None` for what is
    /// encrypted, or cannot be had.
    fn content(&mut self, frame: &Frame<'a>) -> Option<Cow<'a, [u8]>> {
        let mut bytes = Cow::Borrowed(frame.bytes);
        let skip = |bytes: Cow<'a, [u8]>, count: usize| match bytes {
            Cow::Borrowed(bytes) => bytes.get(count..).map(Cow::Borrowed),
            Cow::Owned(bytes) => bytes.get(count..).map(|bytes| Cow::Owned(bytes.to_vec())),
        };
        let flags = frame.flags;
        let (compressed, encrypted, grouped) = match self.version {
            2 => return Some(bytes),
            3 => (0x80, 0x40, 0x20),
            _ => (0x08, 0x04, 0x40),
        };
        if flags & encrypted != 0 {
            return None;
        }
        if self.version == 3 {
            let extra =
                4 * usize::from(flags & compressed != 0) + usize::from(flags & grouped != 0);
            bytes = skip(bytes, extra)?;
        } else {
            let has_length = flags & 0x01 != 0 || flags & compressed != 0;
            bytes = skip(bytes, usize::from(flags & grouped != 0))?;
            let whole = bytes.clone();
            if has_length {
                bytes = skip(bytes, 4)?;
            }
            if flags & 0x02 != 0 || self.is_unsynchronised {
                bytes = match bytes {
                    Cow::Borrowed(bytes) => resynchronised(bytes),
                    owned @ Cow::Owned(_) => owned,
                };
            }
            if flags & compressed != 0 {
                // The length in front was left out by some.
                return self.unpacked(&bytes).or_else(|| self.unpacked(&whole));
            }
        }
        if flags & compressed != 0 {
            return self.unpacked(&bytes);
        }
        Some(bytes)
    }

    fn unpacked(&mut self, bytes: &[u8]) -> Option<Cow<'a, [u8]>> {
        let mut found = Vec::new();
        let mut source = ZlibDecoder::new(bytes).take(self.unpacked_left);
        // What is damaged at its end is still good in front.
        let _ = source.read_to_end(&mut found);
        self.unpacked_left -= found.len() as u64;
        (!found.is_empty()).then_some(Cow::Owned(found))
    }
}

/// Takes out the zeros put behind 0xFF. Bytes in which a sync mark is left were never unsynchronised,
/// whatever a flag says, and stay as they are.
fn resynchronised(bytes: &[u8]) -> Cow<'_, [u8]> {
    let is_plain = |pair: &[u8]| pair[0] == 0xFF && pair[1] >= 0xE0;
    if !bytes.contains(&0xFF) || bytes.windows(2).any(is_plain) {
        return Cow::Borrowed(bytes);
    }
    let mut found = Vec::with_capacity(bytes.len());
    let mut was_ff = false;
    for byte in bytes {
        if !(was_ff && *byte == 0) {
            found.push(*byte);
        }
        was_ff = *byte == 0xFF;
    }
    Cow::Owned(found)
}
