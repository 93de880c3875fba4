//! ReplayGain written into files, so that nothing else in them can be lost.

mod fields;

use super::error::MediaError;
use super::loudness::{Fingerprint, Level, fingerprint};
use lofty::probe::Probe;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Files are rewritten in memory; larger ones are left alone.
const LARGEST_BYTES: u64 = 1 << 30;

/// Stores the gains and peaks of a track, and of its album where there is one, in the file at `path`
/// and returns whether anything had to be changed.
///
/// A new file beside it is given the tags and read back: other tags, pictures and every sample
/// (`sound` is the [`Fingerprint`] the gains were measured with) must be as before. Only then it takes
/// the file's place, in one step. Does I/O and decodes the file.
///
/// # Errors
/// In words for the file's owner; the file is then as it was.
pub fn write_replaygain(
    path: &Path,
    track: Level,
    album: Option<Level>,
    sound: Fingerprint,
) -> Result<bool, String> {
    let in_words = |error: io::Error| MediaError::Io(error).to_string();
    // A link stays a link: what it leads to is replaced.
    let path = &path.canonicalize().map_err(in_words)?;
    let metadata = path.metadata().map_err(in_words)?;
    if metadata.permissions().readonly() {
        return Err("is read-only".into());
    }
    if metadata.len() > LARGEST_BYTES {
        return Err("is too large for its tags to be rewritten".into());
    }
    let kind = Probe::open(path).and_then(|probe| Ok(probe.guess_file_type()?.file_type()));
    let Ok(Some(kind)) = kind else {
        return Err("has no tags that can be written".into());
    };
    let bytes = std::fs::read(path).map_err(in_words)?;
    let Some(bytes) = fields::with_gains(&bytes, kind, track, album)? else {
        return Ok(false);
    };
    let copy = Replacement::beside(path, &bytes)
        .map_err(|error| format!("its folder cannot be written to: {}", in_words(error)))?;
    match fingerprint(&copy.0) {
        Ok(found) if found == sound => {}
        Ok(_) => return Err("was not changed, its sound would not be the same".into()),
        Err(error) => return Err(format!("was not changed, it would be damaged: {error}")),
    }
    copy.take_place_of(path, &metadata).map_err(in_words)?;
    Ok(true)
}

/// A file in the same folder as another, removed unless it has taken the other's place.
struct Replacement(PathBuf);

impl Replacement {
    fn beside(path: &Path, bytes: &[u8]) -> io::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!(".rusty-audio-{}-{count}.tmp", std::process::id());
        let copy = path.with_file_name(name);
        let mut file = File::create_new(&copy)?;
        let copy = Self(copy);
        file.write_all(bytes)?;
        Ok(copy)
    }

    fn take_place_of(self, path: &Path, metadata: &Metadata) -> io::Result<()> {
        let file = OpenOptions::new().read(true).write(true).open(&self.0)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, fchown};
            // Only root may give files away; anyone else already owns what they may replace, or
            // becomes the owner.
            let _ = fchown(&file, Some(metadata.uid()), Some(metadata.gid()));
        }
        file.set_permissions(metadata.permissions())?;
        file.sync_all()?;
        std::fs::rename(&self.0, path)?;
        // The new name is on the disk when the folder is; where that cannot be asked for, it is soon.
        if let Some(Ok(folder)) = path.parent().map(File::open) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        // After a successful rename there is nothing left to remove.
        let _ = std::fs::remove_file(&self.0);
    }
}
