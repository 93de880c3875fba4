//! Looking for what has changed below the folders of the collection.
//!
//! Only files whose size, time or number has changed are read again. A file that was moved or renamed stays
//! the one it was; one that is gone is marked and not forgotten; a folder that is not mounted is left as it
//! is. Playing is not disturbed: the threads have low priority for processor and disk.

mod changes;
mod control;
mod folders;
mod priority;
mod read;
mod report;
mod walk;
mod watch;

pub use control::ScanControl;
pub use report::{ScanFault, ScanReport};
pub use watch::FolderWatch;

use crate::database::{Database, DatabaseError};
use changes::{Changes, find_changes};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Threads that walk folders and read files.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(2, |n| n.get().clamp(2, 8))
}

/// Brings the collection up to date with what is below `folders`, or below all of its folders where none
/// is named. Waits for it; `control` stops it from elsewhere, and counts. `now` in seconds since 1970.
///
/// # Errors
/// When the database cannot be read or written, or a named folder is not in the collection.
pub fn scan(
    database: &Arc<Database>,
    folders: &[PathBuf],
    control: &Arc<ScanControl>,
    now: i64,
) -> Result<ScanReport, DatabaseError> {
    let chosen = folders::chosen(&database.reader()?.folders()?, folders)?;
    let (database, control) = (Arc::clone(database), Arc::clone(control));
    // A thread of its own: low priority is not taken back.
    let thread = std::thread::Builder::new()
        .name("scan".into())
        .spawn(move || {
            priority::lower();
            run(&database, &chosen, &control, now)
        });
    let joined = thread.map(std::thread::JoinHandle::join);
    match joined {
        Ok(Ok(done)) => done,
        Ok(Err(_)) => Err(DatabaseError::Failed("the scan has failed".into())),
        Err(error) => Err(DatabaseError::Failed(error.to_string())),
    }
}

fn run(
    database: &Arc<Database>,
    folders: &[PathBuf],
    control: &Arc<ScanControl>,
    now: i64,
) -> Result<ScanReport, DatabaseError> {
    let mut report = ScanReport::default();
    for folder in folders {
        scan_folder(database, folder, control, now, &mut report)?;
    }
    report.was_stopped = control.is_stopped();
    Ok(report)
}

fn scan_folder(
    database: &Arc<Database>,
    folder: &Path,
    control: &Arc<ScanControl>,
    now: i64,
    report: &mut ScanReport,
) -> Result<(), DatabaseError> {
    let Some(walked) = walk::walk(folder, threads(), control) else {
        report.not_mounted.push(folder.to_owned());
        return Ok(());
    };
    // What was seen in half of a folder says nothing of what is gone.
    if control.is_stopped() {
        return Ok(());
    }
    let reader = database.reader()?;
    let stored_device = reader.folders()?;
    let stored_device = stored_device.iter().find(|known| known.path == folder);
    let stored_device = stored_device.and_then(|known| known.device);
    let known = reader.known_files(folder)?;
    let known_sheets = reader.known_sheets(folder)?;
    let missing = reader.missing_files()?;
    let found = walked.files.len();
    let sheets = walked.sheets.clone();
    let device = walked.device;
    let Changes {
        moved,
        gone,
        work,
        unchanged,
        is_mounted,
    } = find_changes(walked, &known, &known_sheets, &missing, stored_device);
    if !is_mounted {
        report.not_mounted.push(folder.to_owned());
        return Ok(());
    }
    report.found += found as u64;
    report.unchanged += unchanged;
    if !moved.is_empty() {
        database.move_files(moved)?;
    }
    if !gone.is_empty() {
        database.mark_missing(gone, now)?;
    }
    control.add_work(work.len() as u64);
    let is_all = read::read_all(database, work, control, now, report)?;
    if is_all {
        let is_known = |(path, stamp): &(PathBuf, crate::database::FileStamp)| {
            known_sheets.get(path) == Some(&(stamp.size, stamp.modified_ns))
        };
        if sheets.len() != known_sheets.len() || !sheets.iter().all(is_known) {
            database.store_sheets(folder, sheets)?;
        }
    }
    if stored_device != Some(device) {
        database.set_folder_device(folder, device)?;
    }
    report.missing += database.reader()?.missing_below(folder)?;
    Ok(())
}
