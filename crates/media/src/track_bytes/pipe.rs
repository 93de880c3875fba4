//! What comes through a pipe, kept so that it can be read again.

use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tempfile::SpooledTempFile;

/// Bytes kept in memory; what is longer goes to a temporary file without a name.
const MEMORY_BYTES: usize = 16 << 20;
/// No more than this is kept of one pipe, a day of WAVE: it must not fill the disk.
const MAX_BYTES: u64 = 16 << 30;
/// Bytes taken from the pipe at a time.
const CHUNK_BYTES: usize = 1 << 16;

/// Pipes that have been opened, by device and number. A pipe gives its bytes once, so whoever opens it
/// again gets what is kept.
static OPENED: Mutex<BTreeMap<PipeKey, SharedSpool>> = Mutex::new(BTreeMap::new());

/// Device and number.
pub type PipeKey = (u64, u64);
type SharedSpool = Arc<Mutex<Spool>>;

#[derive(Debug)]
struct Spool {
    pipe: File,
    kept: SpooledTempFile,
    bytes: u64,
    has_ended: bool,
}

impl Spool {
    /// Reads on until `wanted` bytes are kept, or the pipe ends. Waits for whoever writes into it.
    fn fill_to(&mut self, wanted: u64) -> io::Result<()> {
        if self.bytes >= wanted || self.has_ended {
            return Ok(());
        }
        let mut chunk = [0; CHUNK_BYTES];
        while self.bytes < wanted && !self.has_ended {
            if self.bytes >= MAX_BYTES {
                return Err(io::Error::other("too much comes through the pipe"));
            }
            let count = match self.pipe.read(&mut chunk) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            self.has_ended = count == 0;
            self.kept.seek(SeekFrom::Start(self.bytes))?;
            self.kept.write_all(&chunk[..count])?;
            self.bytes += count as u64;
        }
        Ok(())
    }
}

/// A reader of a pipe, with a position of its own.
#[derive(Debug)]
pub(super) struct PipeReader {
    spool: SharedSpool,
    position: u64,
}

impl PipeReader {
    /// Opens the pipe at `path`, once however often it is asked for; `None` for what is no pipe.
    pub(super) fn at(path: &Path) -> io::Result<Option<Self>> {
        let metadata = std::fs::metadata(path)?;
        let Some(key) = pipe_key(&metadata) else {
            return Ok(None);
        };
        let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
        let spool = match opened.get(&key) {
            Some(spool) => Arc::clone(spool),
            None => {
                let spool = Arc::new(Mutex::new(Spool {
                    pipe: File::open(path)?,
                    kept: SpooledTempFile::new(MEMORY_BYTES),
                    bytes: 0,
                    has_ended: false,
                }));
                opened.insert(key, Arc::clone(&spool));
                spool
            }
        };
        Ok(Some(Self { spool, position: 0 }))
    }

    pub(super) fn reopen(&self) -> Self {
        Self {
            spool: Arc::clone(&self.spool),
            position: 0,
        }
    }

    /// Bytes in all, once the pipe has ended.
    pub(super) fn len(&self) -> Option<u64> {
        let spool = self.spool.lock().unwrap_or_else(PoisonError::into_inner);
        spool.has_ended.then_some(spool.bytes)
    }
}

impl Read for PipeReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut spool = self.spool.lock().unwrap_or_else(PoisonError::into_inner);
        spool.fill_to(self.position.saturating_add(1))?;
        let left = usize::try_from(spool.bytes.saturating_sub(self.position)).unwrap_or(usize::MAX);
        let wanted = left.min(buffer.len());
        spool.kept.seek(SeekFrom::Start(self.position))?;
        let count = spool.kept.read(&mut buffer[..wanted])?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for PipeReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => {
                let mut spool = self.spool.lock().unwrap_or_else(PoisonError::into_inner);
                spool.fill_to(u64::MAX)?;
                spool.bytes.checked_add_signed(by)
            }
        };
        self.position = place.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

/// Which pipe is at `path`; `None` for what is none. Does I/O, but opens nothing.
pub fn pipe_at(path: &Path) -> Option<PipeKey> {
    pipe_key(&std::fs::metadata(path).ok()?)
}

#[cfg(unix)]
fn pipe_key(metadata: &Metadata) -> Option<PipeKey> {
    use std::os::unix::fs::{FileTypeExt, MetadataExt};
    let kind = metadata.file_type();
    (kind.is_fifo() || kind.is_socket()).then(|| (metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn pipe_key(_metadata: &Metadata) -> Option<PipeKey> {
    None
}
