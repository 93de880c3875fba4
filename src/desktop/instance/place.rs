//! Where the running program is found: a socket and a lock in a folder of the user's own.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

/// The names by which starts with one data folder find each other.
#[derive(Debug, Clone)]
pub struct InstancePlace {
    folder: PathBuf,
    stem: String,
}

impl InstancePlace {
    /// The place of the program whose data lie in `data_dir`; programs with other data do not meet.
    ///
    /// # Errors
    /// When there is no folder for it that belongs to the user alone.
    pub fn of(data_dir: &Path) -> io::Result<Self> {
        let mut hasher = DefaultHasher::new();
        let whole = std::path::absolute(data_dir)?;
        whole
            .canonicalize()
            .unwrap_or(whole)
            .as_os_str()
            .hash(&mut hasher);
        Ok(Self {
            folder: own_folder()?,
            stem: format!("{:016x}", hasher.finish()),
        })
    }

    /// The socket's file.
    pub(super) fn socket(&self) -> PathBuf {
        self.folder.join(format!("{}.sock", self.stem))
    }

    /// The file that the running program holds locked; the system lets go of it however the program ends.
    pub(super) fn open_lock(&self) -> io::Result<File> {
        File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.folder.join(format!("{}.lock", self.stem)))
    }
}

/// The session's runtime folder, or one of the user's in the folder for temporary files. Made if missing.
fn own_folder() -> io::Result<PathBuf> {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let folder = match runtime.filter(|folder| folder.is_absolute() && folder.is_dir()) {
        Some(runtime) => runtime.join("rusty-audio"),
        None => std::env::temp_dir().join(temporary_name()),
    };
    make_own(&folder)?;
    Ok(folder)
}

#[cfg(unix)]
fn temporary_name() -> String {
    format!("rusty-audio-{}", rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
fn temporary_name() -> String {
    "rusty-audio".to_owned()
}

/// Makes a folder that nobody else may enter; one that is there must be such.
#[cfg(unix)]
fn make_own(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let found = fs::symlink_metadata(folder)?;
    let is_own = found.is_dir()
        && found.uid() == rustix::process::geteuid().as_raw()
        && found.permissions().mode() & 0o077 == 0;
    match is_own {
        true => Ok(()),
        false => Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!("{} is not a folder of this user alone", folder.display()),
        )),
    }
}

#[cfg(not(unix))]
fn make_own(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}
