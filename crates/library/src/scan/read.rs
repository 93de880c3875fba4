//! Files are read in parallel, and stored in batches.

use super::control::ScanControl;
use super::report::ScanReport;
use crate::cue::embedded_parts;
use crate::database::{Database, DatabaseError, FileRecord, FileStamp, TrackRecord};
use crate::model::SoundFacts;
use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, bounded, unbounded};
use media::containment::contained;
use media::location::{TrackLocation, TrackPart};
use media::summary::{FileSummary, read_summary};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Files stored in one transaction.
const BATCH: usize = 2_000;
/// Files a thread takes at a time.
const TURN: usize = 32;
/// Bytes in the middle of a file that its hash is of.
const HASHED_BYTES: u64 = 4_096;
/// How often an order to stop is looked for while files are slow.
const STOP_CHECK: Duration = Duration::from_millis(100);

/// A file to be read.
#[derive(Debug, Clone)]
pub(super) struct Work {
    pub(super) id: Option<i64>,
    pub(super) path: PathBuf,
    pub(super) stamp: FileStamp,
    /// What a sheet beside it cuts it into.
    pub(super) parts: Option<Vec<TrackLocation>>,
}

type ReadFile = (FileRecord, Option<String>);

/// Reads and stores all of `work`; says whether it came to its end. A file that cannot be read is stored
/// without tracks, and not read again before it changes.
///
/// # Errors
/// When the database cannot be written.
pub(super) fn read_all(
    database: &Arc<Database>,
    work: Vec<Work>,
    control: &Arc<ScanControl>,
    now: i64,
    report: &mut ScanReport,
) -> Result<bool, DatabaseError> {
    if work.is_empty() {
        return Ok(!control.is_stopped());
    }
    let (turns, orders) = unbounded::<Vec<Work>>();
    let mut work = work.into_iter().peekable();
    while work.peek().is_some() {
        // The receiver is right here.
        let _ = turns.send(work.by_ref().take(TURN).collect());
    }
    drop(turns);
    let (results, files) = bounded(BATCH);
    for number in 0..super::threads() {
        let (orders, results, control) = (orders.clone(), results.clone(), Arc::clone(control));
        let name = format!("scan-{number}");
        std::thread::Builder::new()
            .name(name.clone())
            .spawn(move || {
                while let Ok(turn) = orders.recv() {
                    if control.is_stopped() || !take_turn(&name, turn, &results) {
                        return;
                    }
                }
            })
            .map_err(|error| DatabaseError::Failed(error.to_string()))?;
    }
    drop(results);
    store_all(database, &files, control, now, report)
}

fn store_all(
    database: &Database,
    files: &Receiver<ReadFile>,
    control: &ScanControl,
    now: i64,
    report: &mut ScanReport,
) -> Result<bool, DatabaseError> {
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        let received = files.recv_timeout(STOP_CHECK);
        let is_end = match received {
            Ok((file, fault)) => {
                match fault {
                    Some(reason) => report.add_fault(file.path.clone(), reason),
                    None => report.read += 1,
                }
                control.add_read(1);
                batch.push(file);
                false
            }
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => true,
        };
        // A thread that waits for a disk is not waited for.
        let is_stopped = control.is_stopped();
        if batch.len() >= BATCH || (is_end || is_stopped) && !batch.is_empty() {
            database.store_files(std::mem::take(&mut batch), now)?;
        }
        if is_end || is_stopped {
            return Ok(!is_stopped);
        }
    }
}

/// Reads the files of one turn on a thread of their own: where a reader panics, that file is given up and
/// the others are gone on with. Says whether anybody still listens.
fn take_turn(name: &str, turn: Vec<Work>, results: &Sender<ReadFile>) -> bool {
    let mut rest = turn;
    while !rest.is_empty() {
        let (begun, done) = (
            Arc::new(std::sync::atomic::AtomicUsize::new(0)),
            results.clone(),
        );
        let (counter, batch) = (Arc::clone(&begun), rest.clone());
        let finished = contained(name, move || {
            for work in batch {
                counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                if done.send(read_file(&work)).is_err() {
                    return false;
                }
            }
            true
        });
        match finished {
            Ok(is_heard) => return is_heard,
            Err(panicked) => {
                let at = begun.load(std::sync::atomic::Ordering::Relaxed).max(1);
                let failed = rest.swap_remove(at - 1);
                rest = rest.split_off(at.min(rest.len() + 1) - 1);
                let record = record(&failed, Vec::new(), 0);
                if results.send((record, Some(panicked.to_string()))).is_err() {
                    return false;
                }
            }
        }
    }
    true
}

fn record(work: &Work, tracks: Vec<TrackRecord>, sound_hash: u64) -> FileRecord {
    FileRecord {
        id: work.id,
        path: work.path.clone(),
        stamp: work.stamp,
        sound_hash,
        is_cut: work.parts.is_some(),
        tracks,
    }
}

/// Does I/O.
fn read_file(work: &Work) -> ReadFile {
    let hash = sound_hash(&work.path, work.stamp.size).unwrap_or(0);
    match read_summary(&work.path) {
        Ok(summary) => {
            let parts = match &work.parts {
                Some(parts) => parts.clone(),
                None => embedded_parts(&work.path),
            };
            (record(work, tracks(&summary, &parts), hash), None)
        }
        Err(error) => (record(work, Vec::new(), hash), Some(error.to_string())),
    }
}

fn tracks(file: &FileSummary, parts: &[TrackLocation]) -> Vec<TrackRecord> {
    let sound = |duration| SoundFacts {
        duration,
        codec: Some(file.sound.codec.clone()),
        sample_rate_hz: Some(file.sound.sample_rate_hz),
        channels: Some(file.sound.channels),
        bits_per_sample: file.sound.bits_per_sample,
    };
    let whole = file.sound.duration;
    let parts: Vec<&Arc<TrackPart>> = parts.iter().filter_map(|part| part.part.as_ref()).collect();
    if parts.is_empty() {
        return vec![TrackRecord {
            part: 0,
            span: None,
            tags: file.tags.tags.clone(),
            sound: sound(whole),
        }];
    }
    let numbered = (1_u32..).zip(parts);
    let tracks = numbered.map(|(number, part)| TrackRecord {
        part: number,
        span: Some((part.start, part.end)),
        tags: part.over(file.tags.clone()).tags,
        sound: sound(
            part.end
                .or(whole)
                .and_then(|end| end.checked_sub(part.start)),
        ),
    });
    tracks.collect()
}

/// A hash (FNV-1a) of the bytes in the middle of the file at `path`, which has `size` bytes: of its sound,
/// wherever the file is. None where it cannot be read. Does I/O.
pub(super) fn sound_hash(path: &Path, size: u64) -> Option<u64> {
    let mut file = File::open(path).ok()?;
    file.seek(SeekFrom::Start(size / 2)).ok()?;
    let mut bytes = Vec::with_capacity(HASHED_BYTES as usize);
    file.take(HASHED_BYTES).read_to_end(&mut bytes).ok()?;
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    Some(hash)
}
