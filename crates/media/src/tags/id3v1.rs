//! ID3v1 tags: the last 128 bytes of a file.

use super::bytes::to_zero;
use super::set::{Field, TagSet, Text};
use lofty::id3::v1::GENRES;

/// Bytes of a tag.
pub(super) const BYTES: u64 = 128;

/// Whether a tag begins here: the three letters stand in the mark of an APE tag too, with its version behind.
pub(super) fn is_tag(bytes: &[u8]) -> bool {
    let is_ape = bytes.starts_with(b"TAGEX\xD0\x07\0\0") || bytes.starts_with(b"TAGEX\xE8\x03\0\0");
    bytes.starts_with(b"TAG") && !is_ape
}

/// Title, artist and album of 30 bytes, a year of 4, a comment of 30 that may end in the track's number,
/// and the number of a genre; `None` for what is no such tag.
pub(super) fn read(bytes: &[u8]) -> Option<TagSet> {
    let rest = bytes
        .strip_prefix(b"TAG")
        .filter(|_| bytes.len() as u64 == BYTES && is_tag(bytes))?;
    let mut set = TagSet::default();
    for (field, from, to) in [
        (Field::Title, 0, 30),
        (Field::Artist, 30, 60),
        (Field::Album, 60, 90),
        (Field::Year, 90, 94),
    ] {
        set.push(field, Text::of(to_zero(&rest[from..to])));
    }
    if let [0, number] = rest[122..124]
        && number > 0
    {
        set.push(Field::TrackNumber, number.to_string());
    }
    if let Some(genre) = GENRES.get(usize::from(rest[124])) {
        set.push(Field::Genre, (*genre).to_owned());
    }
    Some(set)
}
