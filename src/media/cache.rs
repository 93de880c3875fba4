//! Files that were played lately, kept in memory.

use super::error::MediaError;
use super::track_bytes::TrackBytes;
use crossbeam::channel::{Sender, TrySendError, bounded};
use lru::LruCache;
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// Bytes kept where nothing else is said.
pub const DEFAULT_BUDGET_BYTES: u64 = 64 << 20;
/// One file takes no more than this share of the budget; larger ones are left to the system's own
/// cache. They are not mapped into memory: a mapped file that is cut short while it plays would end
/// the program.
const LARGEST_SHARE: u64 = 8;
/// Files waiting to be read.
const WAITING: usize = 16;

/// A file as it was: another length or time makes it another file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct FileVersion {
    path: PathBuf,
    bytes: u64,
    modified: Option<SystemTime>,
}

impl FileVersion {
    fn of(path: &Path, metadata: &Metadata) -> Self {
        Self {
            path: path.to_owned(),
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }
}

struct Kept {
    files: LruCache<FileVersion, Arc<[u8]>>,
    bytes: u64,
}

/// What a [`CachedAudioLoader`] has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CacheFigures {
    /// Files that were opened from memory.
    pub hits: u64,
    /// Files that were opened from the disk.
    pub misses: u64,
    /// Bytes held.
    pub bytes: u64,
}

/// Opens files from memory where they have been played before: the least recently used go first when
/// the budget is spent, and a file that has changed is read anew. Any thread may use it, but for the
/// audio callback: it locks, reads and allocates.
pub struct CachedAudioLoader {
    kept: Mutex<Kept>,
    budget_bytes: u64,
    hits: AtomicU64,
    misses: AtomicU64,
}

impl CachedAudioLoader {
    /// A loader that holds at most `budget_bytes`.
    pub fn new(budget_bytes: u64) -> Self {
        Self {
            kept: Mutex::new(Kept {
                files: LruCache::unbounded(),
                bytes: 0,
            }),
            budget_bytes,
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        }
    }

    /// Opens the file at `path`; of what is kept, only whether it is still the same file is asked of
    /// the disk.
    ///
    /// # Errors
    /// As [`TrackBytes::open`].
    pub fn open(&self, path: &Path) -> Result<TrackBytes, MediaError> {
        let version = FileVersion::of(path, &path.metadata()?);
        let found = self.lock().files.get(&version).cloned();
        match found {
            Some(bytes) => {
                self.hits.fetch_add(1, Ordering::Relaxed);
                Ok(TrackBytes::in_memory(path, bytes))
            }
            None => {
                self.misses.fetch_add(1, Ordering::Relaxed);
                TrackBytes::open(path)
            }
        }
    }

    /// Reads the file at `path` and keeps it, if it is small enough and not kept yet. A file that
    /// cannot be read, or changes meanwhile, is not kept.
    pub fn keep(&self, path: &Path) {
        let Ok(metadata) = path.metadata() else {
            return;
        };
        let version = FileVersion::of(path, &metadata);
        let is_small = version.bytes > 0 && version.bytes <= self.budget_bytes / LARGEST_SHARE;
        if !metadata.is_file() || !is_small || self.lock().files.contains(&version) {
            return;
        }
        let Some(bytes) = read_as(&version) else {
            return;
        };
        let mut kept = self.lock();
        kept.bytes += version.bytes;
        if let Some((old, _)) = kept.files.push(version, bytes.into()) {
            kept.bytes -= old.bytes;
        }
        while kept.bytes > self.budget_bytes {
            let Some((old, _)) = kept.files.pop_lru() else {
                break;
            };
            kept.bytes -= old.bytes;
        }
    }

    /// What it has done so far.
    pub fn figures(&self) -> CacheFigures {
        CacheFigures {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            bytes: self.lock().bytes,
        }
    }

    /// Starts a thread that keeps the files whose paths are sent to it. It ends with the sender.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start_keeper(self: &Arc<Self>) -> std::io::Result<Keeper> {
        let (paths, waiting) = bounded::<PathBuf>(WAITING);
        let loader = Arc::clone(self);
        std::thread::Builder::new()
            .name("cache".into())
            .spawn(move || waiting.iter().for_each(|path| loader.keep(&path)))?;
        Ok(Keeper { paths })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The whole file, if it is still `version` when it has been read.
fn read_as(version: &FileVersion) -> Option<Vec<u8>> {
    let file = File::open(&version.path).ok()?;
    let mut bytes = Vec::new();
    (&file)
        .take(version.bytes + 1)
        .read_to_end(&mut bytes)
        .ok()?;
    let now = FileVersion::of(&version.path, &file.metadata().ok()?);
    (bytes.len() as u64 == version.bytes && now == *version).then_some(bytes)
}

/// Hands files to the thread of [`CachedAudioLoader::start_keeper`].
pub struct Keeper {
    paths: Sender<PathBuf>,
}

impl Keeper {
    /// Has the file at `path` kept soon. Never waits: with too many waiting, this one is not kept.
    pub fn keep(&self, path: &Path) {
        match self.paths.try_send(path.to_owned()) {
            Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(loader: &CachedAudioLoader, path: &Path) -> Vec<u8> {
        let mut bytes = Vec::new();
        loader.open(path).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_kept_file_is_read_from_memory_until_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, b"first").unwrap();
        let loader = CachedAudioLoader::new(1_000);
        assert_eq!(content(&loader, &path), b"first");
        loader.keep(&path);
        assert_eq!(content(&loader, &path), b"first");
        let figures = loader.figures();
        assert_eq!((figures.hits, figures.misses, figures.bytes), (1, 1, 5));
        // As long as before: its time tells.
        std::fs::write(&path, b"other").unwrap();
        let later = SystemTime::now() + std::time::Duration::from_secs(5);
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(later)
            .unwrap();
        assert_eq!(content(&loader, &path), b"other");
        assert_eq!(loader.figures().misses, 2);
        // Kept bytes outlive the file, but a file that is gone is not played.
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(loader.open(&path), Err(MediaError::Io(_))));
    }

    #[test]
    fn the_budget_holds_and_the_least_used_goes() {
        let folder = tempfile::tempdir().unwrap();
        let path = |n: u32| folder.path().join(n.to_string());
        let loader = CachedAudioLoader::new(800);
        for n in 0..10 {
            std::fs::write(path(n), vec![n as u8; 100]).unwrap();
            loader.keep(&path(n));
            // The first stays in use.
            assert_eq!(content(&loader, &path(0)), [0; 100]);
        }
        assert_eq!(loader.figures().bytes, 800);
        let before = loader.figures();
        content(&loader, &path(9));
        content(&loader, &path(1));
        let after = loader.figures();
        assert_eq!(
            (after.hits - before.hits, after.misses - before.misses),
            (1, 1)
        );
        std::fs::write(path(20), vec![0; 101]).unwrap();
        loader.keep(&path(20));
        assert_eq!(loader.figures().bytes, 800, "too large for one file");
    }
}
