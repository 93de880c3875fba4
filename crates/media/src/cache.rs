//! Files that were played lately, kept in memory.

use super::containment::retire_on_panic;
use super::decoder::TrackDecoder;
use super::error::MediaError;
use super::head::DecodedHead;
use super::location::TrackLocation;
use super::track_bytes::TrackBytes;
use super::waveform::Waveform;
use super::waveform_store::WaveformStore;
use crossbeam::channel::{Receiver, Sender, TrySendError, bounded};
use lru::LruCache;
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// Bytes kept where nothing else is said.
pub const DEFAULT_BUDGET_BYTES: u64 = 64 << 20;
/// One file takes no more than this share of the budget; larger ones are left to the system's own
/// cache. They are not mapped into memory: a mapped file that is cut short while it plays would end
/// the program.
const MAX_SHARE: u64 = 8;
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

/// What is kept of a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Bytes(FileVersion),
    /// The head of it, or of the part of it between these times.
    Head(FileVersion, Part),
    Waveform(FileVersion, Part),
}

/// Where a part begins and ends.
type Part = Option<(Duration, Option<Duration>)>;

fn part_of(location: &TrackLocation) -> Part {
    let part = location.part.as_ref();
    part.map(|part| (part.start, part.end))
}

#[derive(Clone)]
enum Value {
    Bytes(Arc<[u8]>),
    Head(Arc<DecodedHead>),
    Waveform(Arc<Waveform>),
}

impl Value {
    fn bytes(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Head(head) => head.bytes(),
            Self::Waveform(waveform) => waveform.bytes(),
        }
    }
}

struct Kept {
    values: LruCache<Key, Value>,
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
                values: LruCache::unbounded(),
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
        match self.bytes_of(version) {
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

    fn bytes_of(&self, version: FileVersion) -> Option<Arc<[u8]>> {
        match self.lock().values.get(&Key::Bytes(version)) {
            Some(Value::Bytes(bytes)) => Some(Arc::clone(bytes)),
            _ => None,
        }
    }

    /// The head of a track, if it has been prepared and its file is still the same.
    ///
    /// # Errors
    /// When there is no such file.
    pub fn head(&self, location: &TrackLocation) -> Result<Option<Arc<DecodedHead>>, MediaError> {
        let version = FileVersion::of(location.path(), &location.path().metadata()?);
        let found = self
            .lock()
            .values
            .get(&Key::Head(version, part_of(location)))
            .cloned();
        Ok(match found {
            Some(Value::Head(head)) => {
                self.hits.fetch_add(1, Ordering::Relaxed);
                Some(head)
            }
            _ => None,
        })
    }

    /// Decodes the head of a track and keeps it, if it can be played and is not kept yet.
    pub fn prepare(&self, location: &TrackLocation) {
        let Some(before) = version_now(location) else {
            return;
        };
        let key = Key::Head(before.clone(), part_of(location));
        if self.lock().values.contains(&key) {
            return;
        }
        let Some(head) = self.decoder(location, &before).and_then(DecodedHead::of) else {
            return;
        };
        let is_small = head.bytes() <= self.budget_bytes / MAX_SHARE;
        if is_small && version_now(location) == Some(before) {
            self.put(key, Value::Head(Arc::new(head)));
        }
    }

    /// The waveform of a track: kept, stored in `folder`, or drawn up now and then kept and stored. `None`
    /// when it cannot be decoded, or `is_wanted` says no before it is done.
    pub fn waveform(
        &self,
        location: &TrackLocation,
        folder: &Path,
        is_wanted: impl FnMut() -> bool,
    ) -> Option<Arc<Waveform>> {
        let version = version_now(location)?;
        let key = Key::Waveform(version.clone(), part_of(location));
        if let Some(Value::Waveform(waveform)) = self.lock().values.get(&key) {
            return Some(Arc::clone(waveform));
        }
        let store = WaveformStore::new(folder, &key);
        let waveform = match store.read() {
            Some(waveform) => waveform,
            None => {
                let waveform = Waveform::of(self.decoder(location, &version)?, is_wanted)?;
                if version_now(location)? != version {
                    return None;
                }
                store.write(&waveform);
                waveform
            }
        };
        let waveform = Arc::new(waveform);
        self.put(key, Value::Waveform(Arc::clone(&waveform)));
        Some(waveform)
    }

    /// A decoder for a track of this version, which counts neither as a hit nor as a miss.
    fn decoder(&self, location: &TrackLocation, version: &FileVersion) -> Option<TrackDecoder> {
        let bytes = match self.bytes_of(version.clone()) {
            Some(bytes) => TrackBytes::in_memory(location.path(), bytes),
            None => TrackBytes::open(location.path()).ok()?,
        };
        TrackDecoder::decode_track(bytes, location).ok()
    }

    /// Reads the file at `path` and keeps it, if it is small enough and not kept yet. A file that
    /// cannot be read, or changes meanwhile, is not kept.
    pub fn keep(&self, path: &Path) {
        let Ok(metadata) = path.metadata() else {
            return;
        };
        let version = FileVersion::of(path, &metadata);
        let is_small = version.bytes > 0 && version.bytes <= self.budget_bytes / MAX_SHARE;
        if !metadata.is_file() || !is_small || self.is_kept(&version) {
            return;
        }
        let Some(bytes) = read_as(&version) else {
            return;
        };
        self.put(Key::Bytes(version), Value::Bytes(bytes.into()));
    }

    fn is_kept(&self, version: &FileVersion) -> bool {
        let key = Key::Bytes(version.clone());
        self.lock().values.contains(&key)
    }

    fn put(&self, key: Key, value: Value) {
        let mut kept = self.lock();
        kept.bytes += value.bytes();
        if let Some((_, old)) = kept.values.push(key, value) {
            kept.bytes -= old.bytes();
        }
        while kept.bytes > self.budget_bytes {
            let Some((_, old)) = kept.values.pop_lru() else {
                break;
            };
            kept.bytes -= old.bytes();
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

    /// Starts a thread that keeps and prepares what is sent to it. It ends with the sender.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start_keeper(self: &Arc<Self>) -> std::io::Result<Keeper> {
        let (requests, waiting) = bounded::<Request>(WAITING);
        self.spawn_keeper(waiting)?;
        Ok(Keeper { requests })
    }

    fn spawn_keeper(self: &Arc<Self>, waiting: Receiver<Request>) -> std::io::Result<()> {
        let loader = Arc::clone(self);
        std::thread::Builder::new()
            .name("cache".into())
            .spawn(move || {
                let (again, rest) = (Arc::clone(&loader), waiting.clone());
                // Another goes on with the next; without it, files are read from the disk each time.
                retire_on_panic(move |_| drop(again.spawn_keeper(rest)));
                waiting.iter().for_each(|request| match request {
                    Request::Keep(path) => loader.keep(&path),
                    Request::Prepare(location) => loader.prepare(&location),
                });
            })?;
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `None` also for a pipe, which only whoever plays it may open.
fn version_now(location: &TrackLocation) -> Option<FileVersion> {
    let metadata = location.path().metadata().ok()?;
    metadata
        .is_file()
        .then(|| FileVersion::of(location.path(), &metadata))
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
    requests: Sender<Request>,
}

enum Request {
    Keep(PathBuf),
    Prepare(TrackLocation),
}

impl Keeper {
    /// Has the file at `path` kept soon. Never waits: with too many waiting, this one is not kept.
    pub fn keep(&self, path: &Path) {
        self.request(Request::Keep(path.to_owned()));
    }

    /// Has the head of a track decoded soon; likewise.
    pub fn prepare(&self, location: TrackLocation) {
        self.request(Request::Prepare(location));
    }

    fn request(&self, request: Request) {
        match self.requests.try_send(request) {
            Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
        }
    }
}

#[cfg(test)]
#[path = "cache_tests.rs"]
mod tests;
