//! The picture of what plays, as a file that other programs can show.

use disk::replace::replace_file;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// Pictures that are kept: one may still be looked at when the next track plays.
const MAX_FILES: usize = 8;

/// Pictures in a folder of the user's cache.
pub(in crate::desktop) struct CoverFiles {
    folder: PathBuf,
    last: Mutex<Option<(Arc<[u8]>, PathBuf)>>,
}

impl CoverFiles {
    /// Pictures in `folder`, which is made when there is one.
    pub(in crate::desktop) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            last: Mutex::new(None),
        }
    }

    /// The file of `picture`, which is written first if it is not there. Does I/O. None where it cannot be
    /// written, or is no picture.
    pub(in crate::desktop) fn path_of(&self, picture: &Arc<[u8]>) -> Option<PathBuf> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, path)) = last.as_ref()
            && Arc::ptr_eq(known, picture)
        {
            return Some(path.clone());
        }
        let mut hasher = DefaultHasher::new();
        picture.hash(&mut hasher);
        let extension = extension(picture)?;
        let path = self
            .folder
            .join(format!("{:016x}.{extension}", hasher.finish()));
        if !path.is_file() {
            fs::create_dir_all(&self.folder).ok()?;
            replace_file(&path, picture).ok()?;
            self.forget_old();
        }
        *last = Some((Arc::clone(picture), path.clone()));
        Some(path)
    }

    /// Takes away the oldest beyond [`MAX_FILES`].
    fn forget_old(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return;
        };
        let time = |path: &Path| {
            let modified = fs::metadata(path).and_then(|facts| facts.modified());
            modified.unwrap_or(SystemTime::UNIX_EPOCH)
        };
        let mut files: Vec<_> = entries
            .flatten()
            .map(|entry| (time(&entry.path()), entry.path()))
            .collect();
        files.sort();
        let excess = files.len().saturating_sub(MAX_FILES);
        for (_, path) in files.into_iter().take(excess) {
            // The next time, then.
            let _ = fs::remove_file(path);
        }
    }
}

/// What a picture's file is called behind the dot, by its first bytes.
fn extension(picture: &[u8]) -> Option<&'static str> {
    match picture {
        [0x89, b'P', b'N', b'G', ..] => Some("png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("jpg"),
        [b'G', b'I', b'F', b'8', ..] => Some("gif"),
        [b'B', b'M', ..] => Some("bmp"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("webp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_written_once_and_few_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let covers = CoverFiles::new(folder.path().join("covers"));
        let picture = |n: u8| Arc::<[u8]>::from([0xFF, 0xD8, 0xFF, n].as_slice());
        let first = covers.path_of(&picture(0)).unwrap();
        assert_eq!(fs::read(&first).unwrap(), [0xFF, 0xD8, 0xFF, 0]);
        assert_eq!(covers.path_of(&picture(0)).unwrap(), first);
        for n in 1..20 {
            assert!(covers.path_of(&picture(n)).unwrap().is_file());
        }
        let kept = fs::read_dir(folder.path().join("covers")).unwrap().count();
        assert_eq!(kept, MAX_FILES);
        assert_eq!(covers.path_of(&Arc::from(b"text".as_slice())), None);
    }
}
