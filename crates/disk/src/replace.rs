//! One write of a small file: whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use tempfile::Builder;

/// Puts a file with `content` in the place of `path`, in one step: whoever opens it finds the old
/// content or the new one, also after a crash or a power cut. Missing folders are made; where `path`
/// is a link, the file it leads to is replaced. Permissions stay. Blocks until the disk has it.
///
/// # Errors
/// Where the folder cannot be written to. The old file is untouched then.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("new/settings.json");
/// disk::replace::replace_file(&path, b"{}")?;
/// assert_eq!(std::fs::read(&path)?, b"{}");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn replace_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let mut builder = Builder::new();
    builder.prefix(".rusty-audio-").suffix(".new");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As an ordinary new file, which the user's mask narrows.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut fresh = builder.tempfile_in(folder)?;
    fresh.write_all(content)?;
    if let Ok(metadata) = target.metadata() {
        fresh.as_file().set_permissions(metadata.permissions())?;
    }
    fresh.as_file().sync_all()?;
    fresh.persist(&target).map_err(|error| error.error)?;
    sync_folder(folder);
    Ok(())
}

/// The new name lasts once the folder is on the disk. Some file systems cannot do that, and the
/// content is safe without it.
fn sync_folder(folder: &Path) {
    if cfg!(unix) {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    }

    #[test]
    fn nothing_is_left_beside_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        for content in ["first", "second, longer", ""] {
            replace_file(&path, content.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
            assert_eq!(names(folder.path()), ["a.json"]);
        }
    }

    #[test]
    fn a_file_that_cannot_be_replaced_stays() {
        let folder = tempfile::tempdir().unwrap();
        // A folder is in the way: no rename onto it.
        let path = folder.path().join("taken");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("inside"), "kept").unwrap();
        assert!(replace_file(&path, b"new").is_err());
        assert_eq!(names(folder.path()), ["taken"]);
        assert_eq!(fs::read_to_string(path.join("inside")).unwrap(), "kept");
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o600)).unwrap();
        symlink(&real, &link).unwrap();
        replace_file(&link, b"new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        let mode = real.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
