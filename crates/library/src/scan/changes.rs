//! What has changed since the last time: pure but for the hash of files that may have been moved.

use super::read::{Work, sound_hash};
use super::walk::Walked;
use crate::database::{FileStamp, FoundFile, KnownFile};
use crate::inputs::sheets_that_cut;
use media::location::TrackLocation;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// What is to be done.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Files that are there again or have another name.
    pub(super) moved: Vec<FoundFile>,
    /// Files that are gone.
    pub(super) gone: Vec<i64>,
    /// Files to be read.
    pub(super) work: Vec<Work>,
    /// Files of which nothing has changed.
    pub(super) unchanged: u64,
    /// Whether the folder is what it was, and not the empty place where it would be mounted.
    pub(super) is_mounted: bool,
}

/// Compares what was `walked` below a folder with what is known of it. `missing` are the files that were
/// gone before, wherever they were; `stored_device` is the one the folder was on.
pub(super) fn find_changes(
    walked: Walked,
    known: &HashMap<PathBuf, KnownFile>,
    known_sheets: &HashMap<PathBuf, (u64, i64)>,
    missing: &[(PathBuf, KnownFile)],
    stored_device: Option<u64>,
) -> Changes {
    let there: HashSet<&Path> = walked
        .files
        .iter()
        .map(|(path, _)| path.as_path())
        .collect();
    let lost = known
        .iter()
        .filter(|(path, file)| !file.is_missing && !there.contains(path.as_path()));
    let lost: Vec<(&PathBuf, &KnownFile)> = lost.collect();
    let devices: HashSet<u64> = walked.files.iter().map(|(_, stamp)| stamp.device).collect();
    if there.is_empty() && !lost.is_empty() && stored_device.is_some_and(|old| old != walked.device)
    {
        return Changes::default();
    }
    // A device may have another number than the last time; what was on the folder's own then is so still.
    let is_on_mounted = |file: &KnownFile| {
        devices.contains(&file.stamp.device)
            || file.stamp.device == walked.device
            || stored_device == Some(file.stamp.device)
    };
    let mut changes = Changes {
        is_mounted: true,
        ..Changes::default()
    };
    let lost: Vec<(&PathBuf, &KnownFile)> = lost
        .into_iter()
        .filter(|(_, file)| is_on_mounted(file))
        .collect();
    let was_missing = missing
        .iter()
        .filter(|(path, _)| !there.contains(path.as_path()))
        .map(|(path, file)| (path, file));
    let mut candidates = Candidates::new(lost.iter().copied().chain(was_missing));
    let cuts = changed_cuts(&walked, known, known_sheets);
    let claims = claims(&walked, known);
    let claimed: HashSet<i64> = claims.values().map(|file| file.id).collect();
    for (path, stamp) in walked.files {
        let folder_cuts = path.parent().and_then(|parent| cuts.get(parent));
        let parts = folder_cuts.and_then(|cuts| cuts.get(&path).cloned());
        let file = known.get(&path).filter(|file| !claimed.contains(&file.id));
        match claims.get(&path).copied().or(file) {
            Some(file) => {
                let has_moved = claims.contains_key(&path);
                // A disk that was mounted anew may have another number, and is the same all the same.
                let is_same = FileStamp {
                    device: file.stamp.device,
                    ..stamp
                } == file.stamp;
                let is_recut = match folder_cuts {
                    Some(cuts) => file.is_cut || cuts.contains_key(&path),
                    None => false,
                };
                if is_same && !is_recut {
                    changes.unchanged += 1;
                    if has_moved || file.is_missing || stamp.device != file.stamp.device {
                        changes.moved.push(FoundFile {
                            id: file.id,
                            path,
                            stamp,
                        });
                    }
                } else {
                    if has_moved {
                        let path = path.clone();
                        changes.moved.push(FoundFile {
                            id: file.id,
                            path,
                            stamp,
                        });
                    }
                    changes.work.push(Work {
                        id: Some(file.id),
                        path,
                        stamp,
                        parts,
                    });
                }
            }
            None => {
                let moved = candidates.take(&path, stamp);
                if let Some((id, is_same)) = moved {
                    changes.moved.push(FoundFile {
                        id,
                        path: path.clone(),
                        stamp,
                    });
                    if is_same && parts.is_none() {
                        changes.unchanged += 1;
                        continue;
                    }
                }
                let id = moved.map(|(id, _)| id);
                changes.work.push(Work {
                    id,
                    path,
                    stamp,
                    parts,
                });
            }
        }
    }
    let taken = &candidates.taken;
    let gone = lost.iter().map(|(_, file)| file.id);
    changes.gone = gone.filter(|id| !taken.contains(id)).collect();
    changes.gone.sort_unstable();
    changes
}

/// Names that now belong to a file that was known under another one, whose old name is another file's by now:
/// two have changed their names, or one was put in the place of another.
fn claims<'a>(
    walked: &Walked,
    known: &'a HashMap<PathBuf, KnownFile>,
) -> HashMap<PathBuf, &'a KnownFile> {
    let number = |stamp: &FileStamp| (stamp.device, stamp.inode);
    let displaced = walked.files.iter().filter_map(|(path, stamp)| {
        let file = known.get(path)?;
        (stamp.inode != 0 && file.stamp.inode != stamp.inode).then_some(file)
    });
    let displaced: HashMap<(u64, u64), &KnownFile> =
        displaced.map(|file| (number(&file.stamp), file)).collect();
    if displaced.is_empty() {
        return HashMap::new();
    }
    let claims = walked.files.iter().filter_map(|(path, stamp)| {
        let file = *displaced.get(&number(stamp))?;
        (file.stamp == *stamp).then(|| (path.clone(), file))
    });
    claims.collect()
}

/// What the sheets in `folder` cut their files into.
fn cuts_in(folder: &Path) -> HashMap<PathBuf, Vec<TrackLocation>> {
    let mut cuts: HashMap<PathBuf, Vec<TrackLocation>> = HashMap::new();
    for (_, tracks) in sheets_that_cut(folder) {
        for track in tracks {
            cuts.entry(track.path().to_owned()).or_default().push(track);
        }
    }
    cuts
}

/// For each folder with a sheet that is new, changed or gone, what its sheets cut.
fn changed_cuts(
    walked: &Walked,
    known: &HashMap<PathBuf, KnownFile>,
    known_sheets: &HashMap<PathBuf, (u64, i64)>,
) -> HashMap<PathBuf, HashMap<PathBuf, Vec<TrackLocation>>> {
    let mut folders: HashSet<&Path> = HashSet::new();
    let now: HashMap<&Path, (u64, i64)> = walked
        .sheets
        .iter()
        .map(|(path, stamp)| (path.as_path(), (stamp.size, stamp.modified_ns)))
        .collect();
    let changed = now
        .iter()
        .filter(|(path, stamp)| known_sheets.get(**path) != Some(stamp));
    folders.extend(changed.filter_map(|(path, _)| path.parent()));
    let gone = known_sheets
        .keys()
        .filter(|path| !now.contains_key(path.as_path()));
    folders.extend(gone.filter_map(|path| path.parent()));
    // A file that has changed beside a sheet is cut anew.
    let sheet_folders: HashSet<&Path> = now.keys().filter_map(|path| path.parent()).collect();
    for (path, stamp) in &walked.files {
        let Some(parent) = path
            .parent()
            .filter(|parent| sheet_folders.contains(parent))
        else {
            continue;
        };
        let is_changed = known.get(path).is_none_or(|file| {
            file.stamp.size != stamp.size || file.stamp.modified_ns != stamp.modified_ns
        });
        if is_changed {
            folders.insert(parent);
        }
    }
    folders
        .into_iter()
        .map(|folder| (folder.to_owned(), cuts_in(folder)))
        .collect()
}

/// Files that are gone, and may be there under another name.
struct Candidates {
    by_number: HashMap<(u64, u64), KnownFile>,
    by_size: HashMap<u64, Vec<KnownFile>>,
    taken: HashSet<i64>,
}

impl Candidates {
    fn new<'a>(files: impl Iterator<Item = (&'a PathBuf, &'a KnownFile)>) -> Self {
        let mut this = Self {
            by_number: HashMap::new(),
            by_size: HashMap::new(),
            taken: HashSet::new(),
        };
        let mut files: Vec<&KnownFile> = files.map(|(_, file)| file).collect();
        files.sort_by_key(|file| file.id);
        for file in files {
            if file.stamp.inode != 0 {
                let number = (file.stamp.device, file.stamp.inode);
                this.by_number.insert(number, *file);
            }
            this.by_size.entry(file.stamp.size).or_default().push(*file);
        }
        this
    }

    /// The file that a new one is, and whether it is the same to the byte. Reads some of it where its
    /// size is that of one that is gone.
    fn take(&mut self, path: &Path, stamp: FileStamp) -> Option<(i64, bool)> {
        if self.by_size.is_empty() {
            return None;
        }
        let by_number = self.by_number.get(&(stamp.device, stamp.inode)).copied();
        if let Some(file) = by_number.filter(|file| !self.taken.contains(&file.id)) {
            // One that a sheet cuts is looked at again wherever it goes.
            let is_same = file.stamp.size == stamp.size
                && file.stamp.modified_ns == stamp.modified_ns
                && !file.is_cut;
            // A number is given to another file when the first is gone: the sound decides, unless all is as it was.
            if is_same || sound_hash(path, stamp.size) == Some(file.sound_hash) {
                self.taken.insert(file.id);
                return Some((file.id, is_same));
            }
        }
        let alike = self.by_size.get(&stamp.size)?;
        let hash = sound_hash(path, stamp.size)?;
        let file = alike
            .iter()
            .find(|file| file.sound_hash == hash && !self.taken.contains(&file.id))?;
        self.taken.insert(file.id);
        Some((file.id, false))
    }
}
