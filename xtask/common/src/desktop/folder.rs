//! A private folder that goes away with its owner.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// A socket's path may have 107 bytes; ours add up to 20 behind the folder.
const MAX_PATH: usize = 80;

/// A folder that only we may enter, removed with all its contents on drop.
pub(crate) struct PrivateFolder(PathBuf);

impl PrivateFolder {
    /// A new folder below the system's temporary one.
    pub(crate) fn create() -> Result<Self, Failure> {
        let mut base = std::env::temp_dir();
        if base.as_os_str().len() > MAX_PATH - 30 {
            base = PathBuf::from("/tmp");
        }
        for attempt in 0..100 {
            let path = base.join(format!("rusty-desktop-{}-{attempt}", std::process::id()));
            match DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Failure::file("create", &path, &error)),
            }
        }
        Err(Failure::new(format!(
            "no free folder name below {}",
            base.display()
        )))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// A new folder in it, private as well.
    pub(crate) fn subfolder(&self, name: &str) -> Result<PathBuf, Failure> {
        let path = self.0.join(name);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&path)
            .map_err(|error| Failure::file("create", &path, &error))?;
        Ok(path)
    }

    /// Writes a file in it, with the folders on the way.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        let path = self.0.join(name);
        if let Some((folder, _)) = name.rsplit_once('/') {
            self.subfolder(folder)?;
        }
        fs::write(&path, text).map_err(|error| Failure::file("write", &path, &error))
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("cannot remove {}: {error}", self.0.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn it_is_private_and_leaves_nothing_behind() {
        let folder = PrivateFolder::create().expect("a folder");
        folder.write("a/b/c.conf", "text").expect("a file");
        let path = folder.path().to_path_buf();
        let mode = fs::metadata(&path).expect("its mode").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        drop(folder);
        assert!(!path.exists());
    }
}
