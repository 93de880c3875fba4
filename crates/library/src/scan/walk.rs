//! What is below a folder.

use super::control::ScanControl;
use crate::cue::is_cue;
use crate::database::FileStamp;
use disk::extensions::{AUDIO_EXTENSIONS, has_extension};
use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Files and sheets with what tells whether they have changed.
#[derive(Debug, Default)]
pub(super) struct Walked {
    pub(super) files: Vec<(PathBuf, FileStamp)>,
    pub(super) sheets: Vec<(PathBuf, FileStamp)>,
    /// The device the folder itself is on.
    pub(super) device: u64,
}

/// What there is of a file's stamp on this system.
pub(super) fn stamp(metadata: &Metadata) -> FileStamp {
    #[cfg(unix)]
    let (inode, device) = {
        use std::os::unix::fs::MetadataExt;
        (metadata.ino(), metadata.dev())
    };
    #[cfg(not(unix))]
    let (inode, device) = (0, 0);
    let modified = metadata.modified().ok();
    let since = modified.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    FileStamp {
        size: metadata.len(),
        modified_ns: since.map_or(0, |time| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)),
        inode,
        device,
    }
}

/// Music and cue sheets below `folder`, in no order; none where it is not there. Hidden files and folders
/// are left out. Does I/O, on `threads` threads.
pub(super) fn walk(folder: &Path, threads: usize, control: &ScanControl) -> Option<Walked> {
    let metadata = folder.metadata().ok().filter(Metadata::is_dir)?;
    let all = Mutex::new(Walked {
        device: stamp(&metadata).device,
        ..Walked::default()
    });
    WalkBuilder::new(folder)
        .standard_filters(false)
        .hidden(true)
        .follow_links(true)
        .threads(threads)
        .build_parallel()
        .visit(&mut Visitors { all: &all, control });
    let mut all = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    all.files.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    all.sheets.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    Some(all)
}

struct Visitors<'a> {
    all: &'a Mutex<Walked>,
    control: &'a ScanControl,
}

struct Visitor<'a> {
    all: &'a Mutex<Walked>,
    control: &'a ScanControl,
    own: Walked,
}

impl<'a> ParallelVisitorBuilder<'a> for Visitors<'a> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'a> {
        Box::new(Visitor {
            all: self.all,
            control: self.control,
            own: Walked::default(),
        })
    }
}

impl ParallelVisitor for Visitor<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        if self.control.is_stopped() {
            return WalkState::Quit;
        }
        // A folder that may not be read hides what is in it.
        let Ok(entry) = entry else {
            return WalkState::Continue;
        };
        if !entry.file_type().is_some_and(|kind| kind.is_file()) {
            return WalkState::Continue;
        }
        let is_music = has_extension(entry.path(), &AUDIO_EXTENSIONS);
        if !is_music && !is_cue(entry.path()) {
            return WalkState::Continue;
        }
        if let Ok(metadata) = entry.metadata() {
            let found = (entry.into_path(), stamp(&metadata));
            if is_music {
                self.control.add_found(1);
                self.own.files.push(found);
            } else {
                self.own.sheets.push(found);
            }
        }
        WalkState::Continue
    }
}

impl Drop for Visitor<'_> {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.files.append(&mut self.own.files);
        all.sheets.append(&mut self.own.sheets);
    }
}
