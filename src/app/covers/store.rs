//! Thumbnails on disk: each picture once, however many files have it, and no more bytes than a budget.
//!
//! A file's note holds the name of its picture, or nothing where it has none. Both are named by hashes, so
//! what has been changed is not found and made anew.

use super::SIDE;
use super::picture::{Picture, decode, encode};
use disk::replace::replace_file;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;

/// What pictures and notes may take, in bytes.
const MAX_BYTES: u64 = 64 << 20;
/// Pictures written between two looks at the budget.
const WRITES_PER_LOOK: u32 = 64;

/// What is known of a file's cover.
pub(super) enum Known {
    /// Its picture.
    Picture(Picture),
    /// It has none.
    None,
    /// The file has to be looked at.
    Nothing,
}

/// The thumbnails in one folder.
pub(super) struct ThumbnailStore {
    folder: PathBuf,
    max_bytes: u64,
    writes: AtomicU32,
}

impl ThumbnailStore {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            max_bytes: MAX_BYTES,
            writes: AtomicU32::new(0),
        }
    }

    /// What is known of the cover of `file`, as it is now.
    pub(super) fn read(&self, file: &Path) -> Known {
        let note = self
            .note(file)
            .and_then(|note| fs::read_to_string(note).ok());
        match note.as_deref() {
            None => Known::Nothing,
            Some("") => Known::None,
            Some(name) => {
                let is_ours = name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
                let bytes = is_ours.then(|| fs::read(self.picture(name)).ok()).flatten();
                let picture = bytes.and_then(|bytes| decode(&bytes, SIDE));
                picture.map_or(Known::Nothing, Known::Picture)
            }
        }
    }

    /// Remembers the cover of `file`: its own bytes, and the thumbnail made of them. Where that fails it is made
    /// anew the next time.
    pub(super) fn write(&self, file: &Path, cover: Option<(&[u8], &Picture)>) {
        let Some(note) = self.note(file) else {
            return;
        };
        let mut name = String::new();
        if let Some((bytes, picture)) = cover {
            name = hashed(&bytes);
            let path = self.picture(&name);
            let is_stored = path.exists()
                || encode(picture).is_some_and(|file| replace_file(&path, &file).is_ok());
            if !is_stored {
                return;
            }
        }
        if replace_file(&note, name.as_bytes()).is_ok()
            && self
                .writes
                .fetch_add(1, Ordering::Relaxed)
                .is_multiple_of(WRITES_PER_LOOK)
        {
            self.keep_budget();
        }
    }

    /// The note of a file as it is now; none where it is not there.
    fn note(&self, file: &Path) -> Option<PathBuf> {
        let is = fs::metadata(file).ok()?;
        let beside = file.parent().and_then(|folder| fs::metadata(folder).ok());
        // A picture that is put beside the file changes the folder's time.
        let beside = beside.and_then(|folder| folder.modified().ok());
        let name = hashed(&(file, is.len(), is.modified().ok(), beside));
        Some(self.folder.join(format!("{name}.note")))
    }

    fn picture(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.thumbnail"))
    }

    /// The oldest go until the rest is a little under the budget.
    fn keep_budget(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return;
        };
        let mut files: Vec<(SystemTime, u64, PathBuf)> = entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let is = entry.metadata().ok()?;
                Some((is.modified().ok()?, is.len(), entry.path()))
            })
            .collect();
        let mut bytes: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
        if bytes <= self.max_bytes {
            return;
        }
        files.sort();
        for (_, size, path) in &files {
            if bytes <= self.max_bytes / 10 * 9 {
                break;
            }
            // One that cannot be removed goes another time.
            if fs::remove_file(path).is_ok() {
                bytes -= size;
            }
        }
    }
}

/// 128 bits, which no two keys share by chance, as 32 letters.
fn hashed(key: &impl Hash) -> String {
    let half = |seed: u64| {
        let mut hasher = DefaultHasher::new();
        (seed, key).hash(&mut hasher);
        hasher.finish()
    };
    format!("{:016x}{:016x}", half(0), half(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(shade: u8) -> Picture {
        Picture {
            size: [64, 64],
            rgba: [shade, 0, 200, 255].repeat(64 * 64),
        }
    }

    fn pictures(folder: &Path) -> usize {
        let names = fs::read_dir(folder).unwrap();
        let names = names.map(|entry| entry.unwrap().path());
        names
            .filter(|path| path.extension().unwrap() == "thumbnail")
            .count()
    }

    #[test]
    fn one_picture_of_many_files_is_kept_once_and_a_changed_file_is_looked_at_again() {
        let home = tempfile::tempdir().unwrap();
        let store = ThumbnailStore::new(&home.path().join("new"));
        let files = ["a", "b", "c"].map(|name| home.path().join(name));
        for file in &files {
            fs::write(file, b"x").unwrap();
        }
        for file in &files[..2] {
            assert!(matches!(store.read(file), Known::Nothing));
            store.write(file, Some((b"the same cover", &picture(9))));
        }
        store.write(&files[2], None);
        assert_eq!(pictures(&store.folder), 1);
        assert!(matches!(store.read(&files[1]), Known::Picture(found) if found.size == [64, 64]));
        assert!(matches!(store.read(&files[2]), Known::None));
        fs::write(&files[1], b"longer").unwrap();
        assert!(matches!(store.read(&files[1]), Known::Nothing));
        assert!(matches!(
            store.read(&home.path().join("gone")),
            Known::Nothing
        ));
    }

    #[test]
    fn thumbnails_stay_within_their_budget() {
        let home = tempfile::tempdir().unwrap();
        let mut store = ThumbnailStore::new(&home.path().join("new"));
        store.max_bytes = 20_000;
        for number in 0..200_u8 {
            let file = home.path().join(format!("{number}"));
            fs::write(&file, b"x").unwrap();
            store.write(&file, Some((&[number], &picture(number))));
        }
        store.keep_budget();
        let entries = fs::read_dir(&store.folder).unwrap();
        let bytes: u64 = entries
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .sum();
        assert!((1..=20_000).contains(&bytes), "{bytes}");
    }
}
