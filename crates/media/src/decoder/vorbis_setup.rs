//! What a Vorbis setup header asks for, looked at before symphonia's decoder believes it.
//!
//! Two curves' points at one place make that decoder divide by zero, a code book whose root is rounded
//! up fails its own check, and code books that are small to write may be large to hold.

use symphonia::core::errors::{Error, Result};

/// The identification header in front (Vorbis I, section 4.2.2).
const IDENTIFICATION_BYTES: usize = 30;
const SETUP_MARK: &[u8] = b"\x05vorbis";
const BOOK_MARK: u32 = 0x56_4342;
/// Values in all code books together; encoders' have some ten thousand.
const MAX_VALUES: u64 = 1 << 21;

/// Refuses `headers`, identification and setup, where they would bring the decoder down.
///
/// # Errors
/// When they would.
pub(super) fn check(headers: &[u8]) -> Result<()> {
    check_setup(headers.get(IDENTIFICATION_BYTES..).unwrap_or_default())
}

fn check_setup(setup: &[u8]) -> Result<()> {
    let Some(body) = setup.strip_prefix(SETUP_MARK) else {
        return Ok(());
    };
    let mut bits = Bits { body, at: 0 };
    match is_sound(&mut bits) {
        Some(true) => Ok(()),
        Some(false) => Err(Error::DecodeError("its Vorbis setup header makes no sense")),
        None => Err(Error::DecodeError("its Vorbis setup header is cut short")),
    }
}

/// What tells the length of packets (sections 4.2.2 and 4.2.4).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Modes {
    /// Samples of the short window and of the long one.
    pub(super) windows: [u32; 2],
    /// Of each mode, whether its window is the long one.
    pub(super) modes: Vec<bool>,
}

impl Modes {
    /// The mode of a packet of sound, and how many bits tell it.
    fn mode_of(&self, packet: &[u8]) -> Option<(bool, u32)> {
        // A packet of headers, or an empty one, has no sound (section 4.3.1).
        let first = packet.first().filter(|first| *first & 1 == 0)?;
        let bits = usize::BITS - self.modes.len().saturating_sub(1).leading_zeros();
        let mode = usize::from(first >> 1) & ((1 << bits) - 1);
        Some((*self.modes.get(mode)?, bits))
    }

    /// Samples of the window of the packet that begins with these bytes; `None` where it has no sound.
    pub(super) fn window(&self, packet: &[u8]) -> Option<u32> {
        let (is_long, _) = self.mode_of(packet)?;
        Some(self.windows[usize::from(is_long)])
    }

    /// Frames between the middle of the packet's window and where the next one overlaps with it: some
    /// where that is a shorter one.
    pub(super) fn flat_frames(&self, packet: &[u8]) -> u32 {
        let Some((true, bits)) = self.mode_of(packet) else {
            return 0;
        };
        // Behind the kind of packet and the mode: whether the window before and the one behind are long.
        let at = 1 + bits + 1;
        let byte = packet.get(at as usize / 8).copied().unwrap_or_default();
        let is_next_long = byte >> (at % 8) & 1 != 0;
        let [short, long] = self.windows;
        if is_next_long {
            0
        } else {
            long.saturating_sub(short) / 4
        }
    }
}

/// Reads `headers`, identification and setup; `None` where they make no sense.
pub(super) fn modes(headers: &[u8]) -> Option<Modes> {
    let (identification, setup) = headers.split_at_checked(IDENTIFICATION_BYTES)?;
    let channels = u32::from(*identification.get(11)?);
    let sizes = *identification.get(28)?;
    let mut bits = Bits {
        body: setup.strip_prefix(SETUP_MARK)?,
        at: 0,
    };
    let bits = &mut bits;
    if !is_sound(bits)? {
        return None;
    }
    for _ in 0..=bits.take(6)? {
        skip_residue(bits)?;
    }
    for _ in 0..=bits.take(6)? {
        skip_mapping(bits, channels)?;
    }
    let mut modes = Vec::new();
    for _ in 0..=bits.take(6)? {
        modes.push(bits.flag()?);
        bits.skip(16 + 16 + 8)?;
    }
    Some(Modes {
        windows: [1 << (sizes & 15), 1 << (sizes >> 4)],
        modes,
    })
}

/// Section 8.6.1.
fn skip_residue(bits: &mut Bits) -> Option<()> {
    bits.skip(16 + 24 + 24 + 24)?;
    let classes = bits.take(6)? + 1;
    bits.skip(8)?;
    let mut books = 0;
    for _ in 0..classes {
        let low = bits.take(3)?;
        let high = if bits.flag()? { bits.take(5)? } else { 0 };
        books += low.count_ones() + high.count_ones();
    }
    bits.skip(u64::from(books) * 8)
}

/// Section 4.2.4.
fn skip_mapping(bits: &mut Bits, channels: u32) -> Option<()> {
    bits.skip(16)?;
    let submaps = if bits.flag()? { bits.take(4)? + 1 } else { 1 };
    if bits.flag()? {
        let steps = bits.take(8)? + 1;
        let channel_bits = u32::BITS - channels.saturating_sub(1).leading_zeros();
        bits.skip(u64::from(steps) * u64::from(channel_bits) * 2)?;
    }
    bits.skip(2)?;
    if submaps > 1 {
        bits.skip(u64::from(channels) * 4)?;
    }
    bits.skip(u64::from(submaps) * (8 + 8 + 8))
}

/// Bits, lowest first (section 2.1).
struct Bits<'a> {
    body: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for bit in 0..count {
            let byte = self.body.get(self.at / 8)?;
            value |= u32::from(byte >> (self.at % 8) & 1) << bit;
            self.at += 1;
        }
        Some(value)
    }

    fn flag(&mut self) -> Option<bool> {
        Some(self.take(1)? == 1)
    }

    fn skip(&mut self, count: u64) -> Option<()> {
        let at = self.at.checked_add(usize::try_from(count).ok()?)?;
        self.at = Some(at).filter(|at| *at <= self.body.len() * 8)?;
        Some(())
    }
}

/// Reads as far as the floors; `None` where the header ends first.
fn is_sound(bits: &mut Bits) -> Option<bool> {
    let mut values_left = MAX_VALUES;
    for _ in 0..=bits.take(8)? {
        match book_values(bits)?.and_then(|values| values_left.checked_sub(values)) {
            Some(left) => values_left = left,
            None => return Some(false),
        }
    }
    let transforms = bits.take(6)? + 1;
    bits.skip(u64::from(transforms) * 16)?;
    for _ in 0..=bits.take(6)? {
        let is_sound = match bits.take(16)? {
            0 => {
                bits.skip(8 + 16 + 16 + 6 + 8)?;
                let books = bits.take(4)? + 1;
                bits.skip(u64::from(books) * 8)?;
                true
            }
            1 => has_distinct_points(bits)?,
            // The decoder itself refuses these.
            _ => return Some(true),
        };
        if !is_sound {
            return Some(false);
        }
    }
    Some(true)
}

/// Values of a code book (section 3.2.1) once it is unpacked; `Some(None)` for one that makes no sense.
fn book_values(bits: &mut Bits) -> Option<Option<u64>> {
    let mark = bits.take(24)?;
    let (dimensions, entries) = (bits.take(16)?, bits.take(24)?);
    if mark != BOOK_MARK || dimensions == 0 {
        return Some(None);
    }
    let is_ordered = bits.flag()?;
    if is_ordered {
        let mut entry = 0;
        bits.skip(5)?;
        while entry < entries {
            entry += bits.take(u32::BITS - (entries - entry).leading_zeros())?;
        }
        if entry > entries {
            return Some(None);
        }
    } else {
        let is_sparse = bits.flag()?;
        for _ in 0..entries {
            if !is_sparse || bits.flag()? {
                bits.skip(5)?;
            }
        }
    }
    let values = u64::from(entries) * u64::from(dimensions);
    let listed = match bits.take(4)? {
        0 => return Some(Some(u64::from(entries))),
        1 => match root(entries, dimensions) {
            Some(root) => u64::from(root),
            None => return Some(None),
        },
        2 => values,
        _ => return Some(None),
    };
    bits.skip(32 + 32)?;
    let value_bits = bits.take(4)? + 1;
    bits.skip(1)?;
    bits.skip(listed.saturating_mul(value_bits.into()))?;
    Some(Some(values))
}

/// The root that symphonia takes, unless its own check of it would fail.
fn root(entries: u32, dimensions: u32) -> Option<u32> {
    let root = (entries as f32).powf(1.0 / dimensions as f32).floor() as u32;
    let is_not_above = root.checked_pow(dimensions)? <= entries;
    let is_largest = (root + 1).checked_pow(dimensions)? > entries;
    (is_not_above && is_largest).then_some(root)
}

/// Whether the points of a floor of type 1 (section 7.2.2) are all at places of their own.
fn has_distinct_points(bits: &mut Bits) -> Option<bool> {
    let mut partitions = Vec::new();
    for _ in 0..bits.take(5)? {
        partitions.push(bits.take(4)? as usize);
    }
    let classes = partitions.iter().max().map_or(0, |most| most + 1);
    let mut dimensions = [0; 16];
    for dimensions in &mut dimensions[..classes] {
        *dimensions = bits.take(3)? + 1;
        let subclass_bits = bits.take(2)?;
        bits.skip(if subclass_bits > 0 { 8 } else { 0 })?;
        bits.skip(8 << subclass_bits)?;
    }
    bits.skip(2)?;
    let range_bits = bits.take(4)?;
    let mut places = vec![0, 1 << range_bits];
    for class in partitions {
        for _ in 0..dimensions[class] {
            places.push(bits.take(range_bits)?);
        }
    }
    let count = places.len();
    places.sort_unstable();
    places.dedup();
    Some(places.len() == count)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Headers of numbers, each with its bits.
    fn headers(numbers: &[(u32, u32)]) -> Vec<u8> {
        let mut bytes = vec![0; IDENTIFICATION_BYTES];
        bytes.extend(SETUP_MARK);
        let bits = numbers
            .iter()
            .flat_map(|(value, count)| (0..*count).map(move |bit| value >> bit & 1 == 1));
        let bits: Vec<bool> = bits.collect();
        let byte = |eight: &[bool]| eight.iter().rev().fold(0, |n, bit| n << 1 | u8::from(*bit));
        bytes.extend(bits.chunks(8).map(byte));
        bytes
    }

    fn said(numbers: &[(u32, u32)]) -> Option<String> {
        check(&headers(numbers))
            .err()
            .map(|error| error.to_string())
    }

    /// A plain code book of two entries, and no transform.
    const BOOK: [(u32, u32); 8] = [
        (0, 8),
        (BOOK_MARK, 24),
        (1, 16),
        (2, 24),
        (0, 2),
        (0, 10),
        (0, 4),
        (0, 6 + 16),
    ];

    #[test]
    fn points_of_a_floor_must_differ() {
        let floor = |first, second| {
            let floor = [
                (0, 6),
                (1, 16),
                (1, 5),
                (0, 4),
                (1, 3),
                (0, 2 + 8),
                (0, 2),
                (7, 4),
                (first, 7),
                (second, 7),
            ];
            said(&[&BOOK[..], &floor].concat())
        };
        assert_eq!(floor(3, 100), None);
        let reason = "malformed stream: its Vorbis setup header makes no sense";
        for (first, second) in [(3, 3), (0, 3), (3, 0)] {
            assert_eq!(floor(first, second).as_deref(), Some(reason));
        }
    }

    #[test]
    fn books_must_not_grow_without_end() {
        // Ordered, so that a hundred thousand entries take a few bits; 256 of them.
        let book = [
            (BOOK_MARK, 24),
            (32, 16),
            (1 << 17, 24),
            (1, 1),
            (16, 5),
            (1 << 17, 18),
            (1, 4),
            (0, 32),
            (0, 32),
            (0, 4 + 1 + 1),
        ];
        let many = [vec![(255, 8)], book.repeat(256)].concat();
        let reason = "malformed stream: its Vorbis setup header makes no sense";
        assert_eq!(said(&many).as_deref(), Some(reason));
    }

    #[test]
    fn roots_are_taken_only_where_symphonia_agrees() {
        assert_eq!(root(81, 4), Some(3));
        assert_eq!(root(80, 4), Some(2));
        // Rounded up; and with no room for the next higher power.
        assert_eq!(root(1_953_124, 3), None);
        assert_eq!(root(1, 65_535), None);
    }

    #[test]
    fn a_header_that_ends_early_is_refused() {
        let reason = "malformed stream: its Vorbis setup header is cut short";
        assert_eq!(said(&BOOK[..5]).as_deref(), Some(reason));
        assert!(check(b"").is_ok());
    }
}
