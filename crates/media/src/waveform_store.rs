//! Waveforms on the disk, one small file each, so that no track is looked through twice.

use super::waveform::Waveform;
use disk::replace::replace_file;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Files kept; the oldest go when there are more.
const MAX_FILES: usize = 4_096;

/// The place of one waveform.
pub(super) struct WaveformStore {
    path: PathBuf,
}

impl WaveformStore {
    /// The place in `folder` for the waveform of what `key` names.
    pub(super) fn new(folder: &Path, key: &impl Hash) -> Self {
        // Starting from two values: 128 bits, which no two tracks share by chance.
        let half = |seed: u64| {
            let mut hasher = DefaultHasher::new();
            (seed, key).hash(&mut hasher);
            hasher.finish()
        };
        Self {
            path: folder.join(format!("{:016x}{:016x}.wave", half(0), half(1))),
        }
    }

    /// What is stored there, if it can be read.
    pub(super) fn read(&self) -> Option<Waveform> {
        let file = File::open(&self.path).ok()?;
        Waveform::read(&mut BufReader::new(file)).ok()
    }

    /// Stores it: under another name first, so that nobody reads half of it. Where that fails it is drawn up
    /// anew the next time, and nothing is lost.
    pub(super) fn write(&self, waveform: &Waveform) {
        let mut content = Vec::new();
        let stored = waveform
            .write(&mut content)
            .and_then(|()| replace_file(&self.path, &content));
        if let (Ok(()), Some(folder)) = (stored, self.path.parent()) {
            forget_oldest(folder);
        }
    }
}

fn forget_oldest(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut files: Vec<(SystemTime, PathBuf)> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.metadata().ok()?.modified().ok()?, entry.path()))
        })
        .collect();
    let surplus = files.len().saturating_sub(MAX_FILES);
    if surplus > 0 {
        files.sort();
        for (_, path) in &files[..surplus] {
            // One that cannot be removed goes another time.
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::waveform::WaveformBucket;

    #[test]
    fn what_is_stored_is_found_under_its_own_key_only() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("new");
        let waveform = Waveform {
            buckets: vec![
                WaveformBucket {
                    lowest: -3,
                    highest: 5,
                    rms: 2,
                };
                10
            ],
        };
        let store = WaveformStore::new(&folder, &"one");
        assert_eq!(store.read(), None);
        store.write(&waveform);
        assert_eq!(store.read(), Some(waveform));
        assert_eq!(WaveformStore::new(&folder, &"two").read(), None);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::write(&store.path, b"something else").unwrap();
        assert_eq!(store.read(), None);
    }
}
