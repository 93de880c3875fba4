//! Files of a list that are gone, found again by their names.

use super::entry::ListEntry;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What has become of a list's entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Relinked {
    /// The list with the files that were found.
    pub entries: Vec<ListEntry>,
    /// How many were found.
    pub found: usize,
    /// Places of those that are still gone.
    pub missing: Vec<usize>,
}

/// Looks for the files of `entries` that are not there among those of the same name in `named`, whose keys
/// are names in lower case: the one whose folders are most alike is taken. Asks the disk for each entry.
pub fn relink(entries: &[ListEntry], named: &HashMap<String, Vec<PathBuf>>) -> Relinked {
    let mut done = Relinked::default();
    for (at, entry) in entries.iter().enumerate() {
        let mut entry = entry.clone();
        if !entry.path.exists() {
            let name = entry.path.file_name();
            let name = name.map(|name| name.to_string_lossy().to_lowercase());
            let alike = name.and_then(|name| named.get(&name)).into_iter().flatten();
            match alike.max_by_key(|path| (common_end(path, &entry.path), std::cmp::Reverse(*path)))
            {
                Some(path) => {
                    entry.path.clone_from(path);
                    done.found += 1;
                }
                None => done.missing.push(at),
            }
        }
        done.entries.push(entry);
    }
    done
}

/// How many parts at the end of two paths are the same, whatever their case.
fn common_end(a: &Path, b: &Path) -> usize {
    let parts = |path: &Path| -> Vec<String> {
        let parts = path.components().rev();
        parts
            .map(|part| part.as_os_str().to_string_lossy().to_lowercase())
            .collect()
    };
    let pairs = parts(a).into_iter().zip(parts(b));
    pairs.take_while(|(a, b)| a == b).count()
}
