//! Elements of EBML (RFC 8794), as Matroska uses them.

use super::bytes::{FileBytes, be};

/// An element's number, with its marker bits, and where its content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) id: u32,
    pub(super) start: u64,
    /// Not behind the end of what it is in; there too where its size is not known.
    pub(super) end: u64,
    pub(super) is_sized: bool,
}

/// Bytes of a number, by its first byte, and its bits without the marker.
fn number(bytes: &[u8], most_bytes: usize) -> Option<(usize, u64)> {
    let first = *bytes.first()?;
    let length = first.leading_zeros() as usize + 1;
    if length > most_bytes {
        return None;
    }
    let value = be(bytes.get(..length)?);
    Some((length, value & !(1 << (7 * length))))
}

/// The element that `bytes` begin with, which are at `at` in something that goes to `end`.
fn parse(bytes: &[u8], at: u64, end: u64) -> Option<Element> {
    let (id_bytes, _) = number(bytes, 4)?;
    let id = be(&bytes[..id_bytes]) as u32;
    let (size_bytes, size) = number(&bytes[id_bytes..], 8)?;
    let is_sized = size != (1 << (7 * size_bytes)) - 1;
    let start = at + (id_bytes + size_bytes) as u64;
    let wanted = if is_sized {
        start.saturating_add(size)
    } else {
        end
    };
    (start <= end).then(|| Element {
        id,
        start,
        end: wanted.min(end),
        is_sized,
    })
}

/// The element at `at` of a file, inside of something that ends at `end`.
pub(super) fn element_at(file: &mut FileBytes, at: u64, end: u64) -> Option<Element> {
    let head = file.read(at, end.checked_sub(at)?.min(12));
    parse(&head, at, end)
}

/// The elements that `bytes` hold, in order, each with its content; `most` of them at most.
pub(super) fn elements(bytes: &[u8], most: usize) -> impl Iterator<Item = (u32, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let element = parse(bytes.get(at..)?, at as u64, bytes.len() as u64)?;
        at = element.end as usize;
        let content = bytes.get(element.start as usize..at)?;
        Some((element.id, content))
    })
    .take(most)
}
