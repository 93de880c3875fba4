//! ReplayGain written into files, so that nothing else in them can be lost.

mod content;
mod fields;
mod mpeg;
mod replacement;

use super::error::MediaError;
use super::loudness::{Fingerprint, Level, fingerprint};
use super::tags::{FileTags, read_tags_of};
use super::track_bytes::TrackBytes;
use content::Content;
use replacement::Replacement;
use std::io;
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
/// In words for the file's owner; the file is then as it was, and nothing is left beside it.
pub fn write_replaygain(
    path: &Path,
    track: Level,
    album: Option<Level>,
    sound: Fingerprint,
) -> Result<bool, String> {
    let in_words = |error: io::Error| MediaError::Io(error).to_string();
    let path = &path.canonicalize().map_err(in_words)?;
    let metadata = path.metadata().map_err(in_words)?;
    if !metadata.is_file() {
        return Err("is no regular file".into());
    }
    if metadata.permissions().readonly() {
        return Err("is read-only".into());
    }
    if metadata.len() > MAX_BYTES {
        return Err("is too large for its tags to be rewritten".into());
    }
    replacement::refuse_hard_links(&metadata)?;
    let bytes = std::fs::read(path).map_err(in_words)?;
    let content = Content::of(&bytes)?;
    let Some(new_bytes) = fields::with_gains(&bytes, content.kind, track, album)? else {
        return Ok(false);
    };
    let fault = |what: &str| Err(format!("was not changed, {what}"));
    if Content::of(&new_bytes).as_ref() != Ok(&content) {
        return fault("more than its tags would be");
    }
    if tags_but_gains(path, &bytes) != tags_but_gains(path, &new_bytes) {
        return fault("its other tags would not be the same");
    }
    let copy = Replacement::beside(path, &new_bytes)
        .map_err(|error| format!("cannot be written beside: {}", in_words(error)))?;
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
