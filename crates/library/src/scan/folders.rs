//! Which folders are scanned.

use crate::database::{DatabaseError, FolderRecord};
use disk::shown::shown;
use std::path::PathBuf;

/// The folders to scan, none of which lies in another: those of `known` that are `wanted`, or that a
/// wanted one lies in; all, where none is wanted.
///
/// # Errors
/// When a wanted folder is not in the collection.
pub(super) fn chosen(
    known: &[FolderRecord],
    wanted: &[PathBuf],
) -> Result<Vec<PathBuf>, DatabaseError> {
    let mut found: Vec<PathBuf> = Vec::new();
    if wanted.is_empty() {
        found.extend(known.iter().map(|folder| folder.path.clone()));
    }
    for wanted in wanted {
        let folder = known.iter().find(|folder| wanted.starts_with(&folder.path));
        let Some(folder) = folder else {
            return Err(DatabaseError::Unknown(format!(
                "{}: not a folder of the library",
                shown(wanted)
            )));
        };
        found.push(folder.path.clone());
    }
    found.sort();
    // What lies in a folder comes behind it.
    found.dedup_by(|inner, outer| inner.starts_with(&*outer));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_within_folders_are_scanned_once() {
        let known: Vec<FolderRecord> = ["/m", "/m/a", "/n", "/m2"]
            .map(|path| FolderRecord {
                path: path.into(),
                device: None,
            })
            .to_vec();
        let all = chosen(&known, &[]).unwrap();
        assert_eq!(all, [PathBuf::from("/m"), "/m2".into(), "/n".into()]);
        let one = chosen(&known, &["/n/x".into()]).unwrap();
        assert_eq!(one, [PathBuf::from("/n")]);
        let error = chosen(&known, &["/else".into()]).unwrap_err();
        assert_eq!(error.to_string(), "/else: not a folder of the library");
    }
}
