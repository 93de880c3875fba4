//! Tags as other programs wrote them, with faults: what is good in them is read all the same. The tags are
//! made here byte by byte from the formats' specifications, so that each fault is the only one.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

mod comments;
mod containers;
mod id3;
mod make;
mod matroska;
mod mutants;

use media::tags::{FileTags, read_tags_of};
use media::track_bytes::TrackBytes;
use std::path::Path;

/// What is found in a file of these bytes.
fn read(file: &[u8]) -> FileTags {
    let bytes = TrackBytes::in_memory(Path::new("a"), file.into());
    read_tags_of(bytes, true)
}

/// Title, artist and album, with empty ones for none.
fn three(file: &[u8]) -> [String; 3] {
    let tags = read(file).tags;
    [tags.title, tags.artist, tags.album].map(Option::unwrap_or_default)
}

#[track_caller]
fn assert_three(name: &str, file: &[u8], wanted: [&str; 3]) {
    assert_eq!(three(file), wanted, "{name}");
}
