//! The file a command writes: never an input, and there only when it is whole.

use super::Failure;
use disk::reason::io_reason;
use disk::shown::shown;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

/// Links to follow where the last one leads to nothing yet.
const MAX_LINKS: usize = 40;

/// The unfinished file of this process, removed when it is interrupted.
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Where a result goes: beside its target until it is whole, or straight into what is no regular file.
pub(super) struct OutputFile {
    /// As named, for messages.
    target: PathBuf,
    /// Where the finished file is moved to; none where it is written directly.
    place: Option<PathBuf>,
    /// Tells it from others of this process: a thread that has failed may come to its end late.
    number: u32,
}

impl OutputFile {
    /// Finds out where `target` is and refuses what cannot be written, or is one of `inputs`, by whatever
    /// name. Writes nothing.
    ///
    /// # Errors
    /// One line that names the target.
    pub(super) fn plan<'a>(
        target: &Path,
        inputs: impl IntoIterator<Item = &'a Path>,
    ) -> Result<Self, Failure> {
        let fail = |reason: &str| Failure::from(format!("{}: {reason}", shown(target)));
        let io = |error: io::Error| fail(&io_reason(&error));
        let has_name = target.file_name().is_some() && !ends_in_separator(target);
        let place = match target.metadata() {
            Ok(metadata) if metadata.is_dir() => return Err(fail("is a folder")),
            Ok(metadata) => {
                if inputs.into_iter().any(|input| is_same_file(target, input)) {
                    return Err(fail("is one of the inputs; it was left as it is"));
                }
                if is_written_directly(target, &metadata) {
                    None
                } else {
                    // A file that must not be written must not be replaced either.
                    OpenOptions::new().write(true).open(target).map_err(io)?;
                    Some(target.canonicalize().map_err(io)?)
                }
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io(error)),
            Err(_) if !has_name => return Err(fail("is no name for a file")),
            Err(_) => Some(behind_links(target).map_err(io)?),
        };
        if let Some(folder) = place.as_deref().and_then(Path::parent) {
            let here = folder.as_os_str().is_empty();
            if !here && !folder.is_dir() {
                return Err(fail("there is no such folder"));
            }
        }
        static PLANNED: AtomicU32 = AtomicU32::new(0);
        Ok(Self {
            target: target.to_owned(),
            place,
            number: PLANNED.fetch_add(1, Ordering::Relaxed),
        })
    }

    /// Opens the file to write to.
    ///
    /// # Errors
    /// One line that names the target.
    pub(super) fn open(&self) -> Result<File, Failure> {
        let Some(place) = &self.place else {
            let opened = OpenOptions::new().write(true).open(&self.target);
            return opened.map_err(|error| self.failure(&error));
        };
        let mut unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.fresh(place);
        // What a process of the same number has left is no one's.
        let _ = std::fs::remove_file(&path);
        let file = File::create_new(&path).map_err(|error| self.failure(&error))?;
        *unfinished = Some(path);
        Ok(file)
    }

    /// Puts the finished file, closed by now, in its place.
    ///
    /// # Errors
    /// One line that names the target; nothing is left behind.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let mut unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
        let (Some(place), Some(path)) = (&self.place, unfinished.as_ref()) else {
            return Ok(());
        };
        if let Ok(metadata) = place.metadata() {
            // Who may read the old file may read the new one.
            let _ = std::fs::set_permissions(path, metadata.permissions());
        }
        std::fs::rename(path, place).map_err(|error| self.failure(&error))?;
        *unfinished = None;
        Ok(())
    }

    /// Beside `place`, hidden and without an extension of music, so that no folder takes it for any.
    fn fresh(&self, place: &Path) -> PathBuf {
        let (process, number) = (std::process::id(), self.number);
        place.with_file_name(format!(".rusty-audio-{process}-{number}.tmp"))
    }

    /// The line for an error while writing.
    pub(super) fn failure(&self, error: &io::Error) -> Failure {
        format!("{}: {}", shown(&self.target), io_reason(error)).into()
    }
}

impl Drop for OutputFile {
    fn drop(&mut self) {
        let mut unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
        let own = self.place.as_deref().map(|place| self.fresh(place));
        if own.is_some() && *unfinished == own {
            discard(&mut unfinished);
        }
    }
}

/// Removes the file that was being written, if there is one.
pub(super) fn discard_unfinished() {
    discard(&mut UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner));
}

fn discard(unfinished: &mut Option<PathBuf>) {
    if let Some(path) = unfinished.take() {
        let _ = std::fs::remove_file(path);
    }
}

/// From now on an interrupted process removes its unfinished file, says so in one line and exits with
/// 130.
///
/// # Errors
/// When the system refuses the thread that waits for signals.
pub(super) fn discard_when_interrupted() -> Result<(), Failure> {
    static IS_SET: AtomicBool = AtomicBool::new(false);
    if IS_SET.swap(true, Ordering::AcqRel) {
        return Ok(());
    }
    let handler = || {
        let mut unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = unfinished.take() {
            let _ = std::fs::remove_file(path);
        }
        eprintln!("interrupted: nothing was written");
        // The lock is still held: no other thread can begin a file now.
        std::process::exit(130);
    };
    // A file beyond the size a shell allows is an error as on a full disk, not the program's end.
    #[cfg(target_os = "linux")]
    // SAFETY: the signal is ignored; no handler of ours runs for it.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
    ctrlc::set_handler(handler).map_err(|error| Failure::from(error.to_string()))
}

/// Devices, pipes and the files behind descriptors: nothing can be put in their place.
fn is_written_directly(target: &Path, metadata: &std::fs::Metadata) -> bool {
    let is_special = |folder: &str| cfg!(unix) && target.starts_with(folder);
    !metadata.is_file() || is_special("/dev") && !is_special("/dev/shm") || is_special("/proc")
}

/// The path to create for `target`, which is not there: where its links lead.
fn behind_links(target: &Path) -> io::Result<PathBuf> {
    let mut path = target.to_owned();
    for _ in 0..MAX_LINKS {
        match path.read_link() {
            Ok(next) => path = path.parent().unwrap_or(Path::new("")).join(next),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

fn ends_in_separator(path: &Path) -> bool {
    let bytes = path.as_os_str().as_encoded_bytes();
    bytes
        .last()
        .is_some_and(|byte| std::path::is_separator(char::from(*byte)))
}

/// Whether both names are names of one file. Opens neither on Unix: a pipe would wait.
#[cfg(unix)]
fn is_same_file(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |path: &Path| path.metadata().map(|m| (m.dev(), m.ino())).ok();
    identity(a).is_some_and(|a| identity(b) == Some(a))
}

/// Whether both names are names of one file.
#[cfg(not(unix))]
fn is_same_file(a: &Path, b: &Path) -> bool {
    same_file::is_same_file(a, b).unwrap_or(false)
}

#[cfg(test)]
#[path = "output_file_tests.rs"]
mod tests;
