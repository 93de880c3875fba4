//! The bundled track.

use std::io;
use std::path::{Path, PathBuf};

/// The word that names the bundled track on a command line.
pub const DEMO_INPUT: &str = "demo";

static DEMO_FLAC: &[u8] = include_bytes!("../../../assets/demo.flac");

/// Puts the bundled track into `folder` as a file and gives its path; one that is there already and
/// complete is kept.
///
/// # Errors
/// When it cannot be written.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let path = library::demo::unpack_demo(folder.path())?;
/// assert!(path.is_file());
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn unpack_demo(folder: &Path) -> io::Result<PathBuf> {
    let path = folder.join("demo.flac");
    if !std::fs::read(&path).is_ok_and(|bytes| bytes == DEMO_FLAC) {
        std::fs::create_dir_all(folder)?;
        std::fs::write(&path, DEMO_FLAC)?;
    }
    Ok(path)
}
