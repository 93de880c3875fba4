//! Tags and covers.

mod ape;
pub(crate) mod bytes;
mod chunks;
mod container;
mod ebml;
mod flac;
mod id3v1;
mod id3v2;
mod id3v2_frames;
mod matroska;
mod matroska_tags;
mod mp4;
mod ogg;
mod pictures;
mod riff;
mod set;
pub(crate) mod values;
mod vorbis;

use super::track_bytes::{TrackBytes, can_be_read_again};
use bytes::FileBytes;
pub(super) use container::tag_free_span;
use std::path::Path;
use std::sync::Arc;
use values::MAX_COVER_BYTES;
pub use values::{FileTags, Tags};

/// Pictures looked for beside a file that has none of its own.
const COVER_FILES: [&str; 6] = [
    "cover.jpg",
    "cover.png",
    "folder.jpg",
    "folder.png",
    "front.jpg",
    "front.png",
];

/// Reads what `path` says about itself; a file without readable tags gives empty ones, and so does what
/// is no regular file, such as a pipe. With `want_cover`, also the picture. Does I/O.
pub fn read_tags(path: &Path, want_cover: bool) -> FileTags {
    let mut found = match can_be_read_again(path).then(|| TrackBytes::open(path)) {
        Some(Ok(bytes)) => read_tags_of(bytes, want_cover),
        _ => FileTags::default(),
    };
    if want_cover && found.cover.is_none() {
        found.cover = path.parent().and_then(cover_beside);
    }
    found
}

/// As [`read_tags`], of a file that is open or in memory, and without pictures beside it.
pub fn read_tags_of(bytes: TrackBytes, want_cover: bool) -> FileTags {
    let mut sets = Vec::new();
    if let Some(mut file) = FileBytes::new(bytes) {
        sets = container::read(&mut file, want_cover);
    }
    set::merge(sets)
}

/// As [`read_tags_of`], of a file that is being read, without its cover.
pub(super) fn read_tags_in(file: &mut FileBytes) -> FileTags {
    set::merge(container::read(file, false))
}

/// What a Vorbis comment says, from the vendor's name on, without pictures.
pub(super) fn read_vorbis_comment(comment: &[u8]) -> Tags {
    set::merge(vec![vorbis::read(comment, false)]).tags
}

fn cover_beside(folder: &Path) -> Option<Arc<[u8]>> {
    let file = COVER_FILES
        .iter()
        .map(|name| folder.join(name))
        .find(|file| {
            file.metadata()
                .is_ok_and(|m| m.is_file() && m.len() <= MAX_COVER_BYTES)
        })?;
    std::fs::read(file).ok().map(Into::into)
}

#[cfg(test)]
#[path = "tags_tests.rs"]
mod tests;
