//! The file that a name in a playlist or cue sheet means: lists come from other systems, and files are
//! renamed and converted after they were written.

use super::list_text::Name;
use disk::text::decode_text;
use icu_normalizer::ComposingNormalizerBorrowed;
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Parts of a path that are looked at.
const MAX_PARTS: usize = 64;
/// Folders whose names are kept.
const MAX_FOLDERS: usize = 64;

/// The ways `name` can be read as a path from `folder`, the most literal first.
pub(super) fn readings(folder: &Path, name: &Name) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::with_capacity(4);
    let mut add = |path: PathBuf| {
        if !found.contains(&path) {
            found.push(path);
        }
    };
    let bytes = name.bytes.as_deref().and_then(os_string);
    for literal in bytes
        .iter()
        .map(OsString::as_os_str)
        .chain([OsStr::new(&name.text)])
    {
        add(folder.join(literal));
    }
    if name.text.contains('\\') {
        if let Some(turned) = name
            .bytes
            .as_deref()
            .and_then(|bytes| os_string(&turn(bytes)))
        {
            add(folder.join(turned));
        }
        add(folder.join(name.text.replace('\\', "/")));
    }
    found
}

/// The parts of `name` with backslashes for slashes, without drive, server and root; and whether it
/// was absolute, on this system or on Windows. For looking it up part by part.
pub(super) fn parts(name: &Name) -> (Vec<String>, bool) {
    let text = name.text.replace('\\', "/");
    let (rest, is_absolute) = match text.as_bytes() {
        [letter, b':' | b'|', ..] if letter.is_ascii_alphabetic() => (&text[2..], true),
        [b'/', ..] => (text.as_str(), true),
        _ => (text.as_str(), false),
    };
    let parts = rest.split('/').filter(|part| !matches!(*part, "" | "."));
    (
        parts.take(MAX_PARTS).map(str::to_owned).collect(),
        is_absolute,
    )
}

/// Names on disk by what they are compared by. Keeps what it has read of folders, so that it is for one list.
#[derive(Debug, Default)]
pub(super) struct Finder {
    folders: HashMap<PathBuf, HashMap<String, OsString>>,
}

impl Finder {
    /// The file or folder at `parts` below `folder`, in whatever letter case and encoding its names are
    /// on disk. Reads folders.
    pub(super) fn in_any_case(&mut self, folder: &Path, parts: &[String]) -> Option<PathBuf> {
        let (last, folders) = parts.split_last()?;
        let folder = self.folder_in_any_case(folder, folders)?;
        let direct = folder.join(last);
        if last == ".." || direct.exists() {
            return Some(direct);
        }
        self.entry_named(&folder, std::slice::from_ref(last))
    }

    /// The folder at `parts` below `folder`, likewise.
    pub(super) fn folder_in_any_case(
        &mut self,
        folder: &Path,
        parts: &[String],
    ) -> Option<PathBuf> {
        let mut at = folder.to_owned();
        for part in parts {
            let direct = at.join(part);
            at = if part == ".." || direct.is_dir() {
                direct
            } else {
                let found = self.entry_named(&at, std::slice::from_ref(part));
                found.filter(|path| path.is_dir())?
            };
        }
        Some(at)
    }

    /// The folders in `folder` by name, of many the first. Reads the folder.
    pub(super) fn folders_in(&mut self, folder: &Path) -> Vec<PathBuf> {
        let mut folders: Vec<PathBuf> = self
            .names(folder)
            .values()
            .map(|name| folder.join(name))
            .filter(|path| path.is_dir())
            .collect();
        folders.sort_unstable();
        folders.truncate(MAX_FOLDERS);
        folders
    }

    /// The entry of `folder` whose name, in any case and composed or decomposed, is the first of `wanted` that there
    /// is.
    pub(super) fn entry_named(&mut self, folder: &Path, wanted: &[String]) -> Option<PathBuf> {
        let names = self.names(folder);
        let name = wanted
            .iter()
            .find_map(|wanted| names.get(&folded(wanted)))?;
        Some(folder.join(name))
    }

    fn names(&mut self, folder: &Path) -> &HashMap<String, OsString> {
        if self.folders.len() > MAX_FOLDERS {
            self.folders.clear();
        }
        self.folders
            .entry(folder.to_owned())
            .or_insert_with(|| names_in(folder))
    }
}

fn names_in(folder: &Path) -> HashMap<String, OsString> {
    let is_here = folder.as_os_str().is_empty();
    let entries = std::fs::read_dir(if is_here { Path::new(".") } else { folder });
    let mut names: Vec<OsString> = entries
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.file_name())
        .collect();
    // Of names that differ in case only, the first counts.
    names.sort_unstable_by(|a, b| b.cmp(a));
    let key = |name: &OsString| match name.to_str() {
        Some(text) => folded(text),
        None => folded(&decode_text(name.as_encoded_bytes())),
    };
    names.into_iter().map(|name| (key(&name), name)).collect()
}

/// What names are compared by: lower case, with letters and their accents in one character where there is such. Disks
/// of one system keep them apart, and lists are written on another.
fn folded(name: &str) -> String {
    let composer = ComposingNormalizerBorrowed::new_nfc();
    composer.normalize(&name.to_lowercase()).into_owned()
}

fn turn(bytes: &[u8]) -> Vec<u8> {
    let turned = bytes
        .iter()
        .map(|byte| if *byte == b'\\' { b'/' } else { *byte });
    turned.collect()
}

/// A name of these bytes, where the system can have it.
#[cfg(unix)]
pub(super) fn os_string(bytes: &[u8]) -> Option<OsString> {
    use std::os::unix::ffi::OsStrExt;
    Some(OsStr::from_bytes(bytes).to_owned())
}

/// A name of these bytes, where the system can have it.
#[cfg(not(unix))]
pub(super) fn os_string(bytes: &[u8]) -> Option<OsString> {
    Some(OsString::from(std::str::from_utf8(bytes).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_in_any_case() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("Disc 1/Ä")).unwrap();
        let file = folder.path().join("Disc 1/Ä/Track.FLAC");
        std::fs::write(&file, b"x").unwrap();
        let mut finder = Finder::default();
        for name in [
            "disc 1\\ä\\TRACK.flac",
            "DISC 1/Ä/track.Flac",
            "./disc 1//Ä/Track.FLAC",
        ] {
            let (parts, is_absolute) = parts(&Name::from(name.to_owned()));
            assert!(!is_absolute);
            assert_eq!(
                finder.in_any_case(folder.path(), &parts),
                Some(file.clone()),
                "{name}"
            );
        }
        assert_eq!(finder.in_any_case(folder.path(), &[]), None);
        assert_eq!(
            finder.in_any_case(folder.path(), &["disc 2".into(), "x".into()]),
            None
        );
    }

    #[test]
    fn accents_are_one_character_or_two() {
        let folder = tempfile::tempdir().unwrap();
        let composed = "B\u{E9}la/\u{C5}ngstr\u{F6}m \u{1E69}.flac";
        let decomposed = "Be\u{301}la/A\u{30A}ngstro\u{308}m s\u{323}\u{307}.flac";
        for (on_disk, wanted) in [(composed, decomposed), (decomposed, composed)] {
            let file = folder.path().join(on_disk);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, b"x").unwrap();
            for wanted in [wanted.to_owned(), wanted.to_uppercase()] {
                let (parts, _) = parts(&Name::from(wanted.clone()));
                let found = Finder::default().in_any_case(folder.path(), &parts);
                assert_eq!(found, Some(file.clone()), "{wanted}");
            }
            std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
        }
    }

    #[test]
    fn roots_are_taken_off() {
        for name in [
            "C:\\Music\\x.wav",
            "c:/Music/x.wav",
            "\\\\Music\\x.wav",
            "D|/Music/x.wav",
            "/Music/x.wav",
        ] {
            let want = vec!["Music".to_owned(), "x.wav".to_owned()];
            assert_eq!(parts(&Name::from(name.to_owned())), (want, true), "{name}");
        }
    }
}
