//! Paths as the database keeps them: the bytes the system names a file by.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The bytes of `path`.
pub(super) fn to_bytes(path: &Path) -> Vec<u8> {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        path.as_os_str().as_bytes().to_vec()
    }
    #[cfg(not(unix))]
    {
        path.to_string_lossy().into_owned().into_bytes()
    }
}

/// The path that `bytes` are.
pub(super) fn of_bytes(bytes: Vec<u8>) -> PathBuf {
    #[cfg(unix)]
    let name = {
        use std::os::unix::ffi::OsStringExt;
        OsString::from_vec(bytes)
    };
    #[cfg(not(unix))]
    let name = OsString::from(String::from_utf8_lossy(&bytes).into_owned());
    name.into()
}

/// The bytes that the paths of everything below `folder` lie between: from the first on, before the second.
pub(super) fn range_below(folder: &Path) -> (Vec<u8>, Vec<u8>) {
    let mut start = to_bytes(folder);
    let separator = std::path::MAIN_SEPARATOR as u8;
    if start.last() != Some(&separator) {
        start.push(separator);
    }
    let mut end = start.clone();
    if let Some(last) = end.last_mut() {
        *last += 1;
    }
    (start, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_below_a_folder_lies_in_its_range() {
        let (start, end) = range_below(Path::new("/a/b"));
        let is_in =
            |path: &str| (&start[..]..&end[..]).contains(&to_bytes(Path::new(path)).as_slice());
        assert!(is_in("/a/b/c") && is_in("/a/b/\u{ff}/d"));
        assert!(!is_in("/a/bc") && !is_in("/a/b") && !is_in("/a/c"));
    }
}
