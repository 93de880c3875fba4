//! A file that takes another's place in one step, with everything that belongs to the other.

use super::error::TagWriteError;
use disk::reason::io_reason;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A file in the same folder as another, removed unless it has taken the other's place.
pub(super) struct Replacement(PathBuf);

impl Replacement {
    /// Writes `bytes` to a new file in the folder of `path`.
    pub(super) fn beside(path: &Path, bytes: &[u8]) -> io::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!(".rusty-audio-{}-{count}.tmp", std::process::id());
        let copy = path.with_file_name(name);
        let mut file = File::create_new(&copy)?;
        let copy = Self(copy);
        file.write_all(bytes)?;
        Ok(copy)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Gives it what belongs to the file at `path`, `metadata` and all, and then the file's place.
    ///
    /// # Errors
    /// In words for the file's owner; the file is then as it was.
    pub(super) fn take_place_of(
        self,
        path: &Path,
        metadata: &Metadata,
    ) -> Result<(), TagWriteError> {
        let file = OpenOptions::new().read(true).write(true).open(&self.0);
        let file = file?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, fchown};
            let own = file.metadata()?;
            let is_same = (own.uid(), own.gid()) == (metadata.uid(), metadata.gid());
            // Only root may give files away.
            if !is_same && fchown(&file, Some(metadata.uid()), Some(metadata.gid())).is_err() {
                return Err(TagWriteError::WouldHarm(
                    "it would have another owner".into(),
                ));
            }
            copy_attributes(path, &self.0).map_err(|error| {
                TagWriteError::WouldHarm(format!(
                    "its attributes would be lost: {}",
                    io_reason(&error)
                ))
            })?;
        }
        // Behind the owner, as a change of that takes bits of the mode away.
        file.set_permissions(metadata.permissions())?;
        let has_other_size = file.metadata()?.len() != metadata.len();
        if has_other_size && let Ok(time) = metadata.modified() {
            file.set_modified(time)?;
        }
        file.sync_all()?;
        let now = path.metadata()?;
        if now.len() != metadata.len() || now.modified().ok() != metadata.modified().ok() {
            return Err(TagWriteError::WouldHarm(
                "another program has just changed it".into(),
            ));
        }
        refuse_hard_links(&now)?;
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

/// An error for a file that has other names, which would stay with the old content.
#[cfg(unix)]
pub(super) fn refuse_hard_links(metadata: &Metadata) -> Result<(), TagWriteError> {
    use std::os::unix::fs::MetadataExt;
    match metadata.nlink() {
        0 | 1 => Ok(()),
        names => Err(TagWriteError::Refused(format!(
            "has {names} names (hard links), of which only one would be changed"
        ))),
    }
}

/// An error for a file that has other names, which would stay with the old content.
#[cfg(not(unix))]
pub(super) fn refuse_hard_links(_: &Metadata) -> Result<(), TagWriteError> {
    // The number of names is not to be had without calls of the system's own.
    Ok(())
}

/// Extended attributes, among which Linux keeps access lists. Those the system makes of the content or of
/// the place are left to it.
#[cfg(unix)]
fn copy_attributes(from: &Path, to: &Path) -> io::Result<()> {
    let names = match xattr::list(from) {
        Ok(names) => names,
        // Not every file system has some.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => return Ok(()),
        Err(error) => return Err(error),
    };
    for name in names {
        let is_made = ["security.ima", "security.evm"]
            .iter()
            .any(|made| name == *made);
        let Some(value) = xattr::get(from, &name)? else {
            continue;
        };
        if !is_made && xattr::get(to, &name)?.as_ref() != Some(&value) {
            xattr::set(to, &name, &value)?;
        }
    }
    Ok(())
}
