//! ReplayGain written into files, so that nothing else in them can be lost.

mod content;
mod error;
mod fields;
mod mpeg;
mod replacement;

use super::loudness::{Fingerprint, Level, fingerprint};
use super::tags::{FileTags, read_tags_of};
use super::track_bytes::TrackBytes;
use content::Content;
use disk::reason::io_reason;
pub use error::TagWriteError;
use replacement::Replacement;
use std::path::Path;

/// Files are rewritten in memory; larger ones are left alone.
const MAX_BYTES: u64 = 1 << 30;

/// Stores the gains and peaks of a track, and of its album where there is one, in the file at `path`
/// and returns whether anything had to be changed.
///
/// What the file is, is told by its content alone; a container whose own kind of tag cannot be written is
/// refused, and so is one that is damaged. A new file beside it is given the tags and read back by two
/// readers: other tags, pictures, the coded sound and every sample (`sound` is the [`Fingerprint`] the
/// gains were measured with) must be as before. Only then it takes the file's place, in one step, durably,
/// with the file's owner, mode, extended attributes and access lists. A link stays a link: what it leads to
/// is replaced. A file with several names (hard links) is refused, as only one of them would change. The
/// time of modification stays too, unless the size does: programs that look for changed files go by these
/// two. Does I/O and decodes the file.
///
/// # Errors
/// The file is then as it was, and nothing is left beside it.
pub fn write_replaygain(
    path: &Path,
    track: Level,
    album: Option<Level>,
    sound: Fingerprint,
) -> Result<bool, TagWriteError> {
    let path = &path.canonicalize()?;
    let metadata = path.metadata()?;
    if !metadata.is_file() {
        return Err(TagWriteError::NotAFile);
    }
    if metadata.permissions().readonly() {
        return Err(TagWriteError::ReadOnly);
    }
    if metadata.len() > MAX_BYTES {
        return Err(TagWriteError::TooLarge);
    }
    replacement::refuse_hard_links(&metadata)?;
    let bytes = std::fs::read(path)?;
    let content = Content::of(&bytes)?;
    let Some(new_bytes) = fields::with_gains(&bytes, content.kind, track, album)? else {
        return Ok(false);
    };
    let fault = |what: &str| Err(TagWriteError::WouldHarm(what.to_owned()));
    if Content::of(&new_bytes).as_ref() != Ok(&content) {
        return fault("more than its tags would be");
    }
    if tags_but_gains(path, &bytes) != tags_but_gains(path, &new_bytes) {
        return fault("its other tags would not be the same");
    }
    let copy = Replacement::beside(path, &new_bytes)
        .map_err(|error| format!("cannot be written beside: {}", io_reason(&error)))?;
    match fingerprint(copy.path()) {
        Ok(found) if found == sound => {}
        Ok(_) => return fault("its sound would not be the same"),
        Err(error) => return fault(&format!("it would be damaged: {error}")),
    }
    copy.take_place_of(path, &metadata)?;
    Ok(true)
}

/// What our own reader finds in a file, without its gains.
fn tags_but_gains(path: &Path, bytes: &[u8]) -> FileTags {
    let mut found = read_tags_of(TrackBytes::in_memory(path, bytes.into()), true);
    found.replaygain.clear();
    found
}
