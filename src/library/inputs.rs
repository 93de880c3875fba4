//! What a user names, a file, folder or playlist, as a list of tracks.

use super::playlist::{is_playlist, read_playlist};
use crate::media::error::MediaError;
use ignore::WalkBuilder;
use std::path::{Path, PathBuf};

/// Extensions of files a folder is searched for, in lower case. A file named outright is tried
/// whatever its extension.
pub const AUDIO_EXTENSIONS: [&str; 29] = [
    "aac", "aif", "aifc", "aiff", "alac", "ape", "caf", "dff", "dsf", "flac", "m4a", "m4b", "m4r",
    "mka", "mkv", "mp1", "mp2", "mp3", "mp4", "oga", "ogg", "ogx", "opus", "rf64", "w64", "wav",
    "wave", "webm", "wv",
];
/// Tracks handed on at a time while a folder is read.
const BATCH: usize = 500;

/// An input that yields nothing, and why, in one line that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputError(pub String);

impl std::fmt::Display for InputError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Finds the tracks of one input, in a natural order, handing them to `found` in batches as they come.
/// Does I/O, perhaps for long.
///
/// # Errors
/// When the input is not there, cannot be read, or has no track in it.
pub fn expand_input(input: &Path, found: &mut dyn FnMut(Vec<PathBuf>)) -> Result<(), InputError> {
    let fail = |reason: &str| InputError(format!("{}: {reason}", input.display()));
    let metadata = input
        .metadata()
        .map_err(|error| fail(&MediaError::Io(error).to_string()))?;
    if metadata.is_dir() {
        std::fs::read_dir(input).map_err(|error| fail(&MediaError::Io(error).to_string()))?;
        return match expand_folder(input, found) {
            0 => Err(fail("no music in this folder")),
            _ => Ok(()),
        };
    }
    if is_playlist(input) {
        let entries = read_playlist(input).map_err(|reason| fail(&reason))?;
        if entries.is_empty() {
            return Err(fail("no tracks in this playlist"));
        }
        // A list may name folders, but not further lists: those could name each other.
        let (mut files, mut count) = (Vec::new(), 0);
        for entry in entries {
            if entry.is_dir() {
                found(std::mem::take(&mut files));
                count += expand_folder(&entry, found);
            } else if !is_playlist(&entry) {
                count += 1;
                files.push(entry);
            }
        }
        found(files);
        return if count == 0 {
            Err(fail("no tracks in this playlist"))
        } else {
            Ok(())
        };
    }
    found(vec![input.to_owned()]);
    Ok(())
}

/// All tracks below `folder`, each folder's own in the order a person would number them.
fn expand_folder(folder: &Path, found: &mut dyn FnMut(Vec<PathBuf>)) -> usize {
    let walk = WalkBuilder::new(folder)
        .standard_filters(false)
        .follow_links(true)
        .sort_by_file_name(|a, b| natural_key(a).cmp(&natural_key(b)))
        .build();
    let (mut batch, mut count) = (Vec::new(), 0);
    for entry in walk.flatten() {
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        if is_hidden || !entry.file_type().is_some_and(|kind| kind.is_file()) {
            continue;
        }
        let extension = entry
            .path()
            .extension()
            .and_then(|e| e.to_str())
            .map(str::to_lowercase);
        if extension.is_some_and(|e| AUDIO_EXTENSIONS.contains(&e.as_str())) {
            count += 1;
            batch.push(entry.into_path());
            // The first goes at once, so that it can start to play.
            if count == 1 || batch.len() == BATCH {
                found(std::mem::take(&mut batch));
            }
        }
    }
    if !batch.is_empty() {
        found(batch);
    }
    count
}

/// A key by which "2 b" comes before "10 a", and case does not matter.
fn natural_key(name: &std::ffi::OsStr) -> Vec<(u64, String)> {
    let name = name.to_string_lossy().to_lowercase();
    let mut key = Vec::new();
    let mut rest = name.as_str();
    while !rest.is_empty() {
        let text_end = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (text, number) = rest.split_at(text_end);
        let number_end = number
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(number.len());
        // Text in front of its number, so that numbers are compared where the text is equal.
        key.push((0, text.to_owned()));
        key.push((
            number[..number_end].parse().unwrap_or(u64::MAX),
            String::new(),
        ));
        rest = &number[number_end..];
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(input: &Path) -> Result<Vec<PathBuf>, InputError> {
        let mut all = Vec::new();
        expand_input(input, &mut |batch| all.extend(batch)).map(|()| all)
    }

    #[test]
    fn folders_are_read_in_natural_order_without_other_files() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "10 z.flac",
            "2 b.MP3",
            "notes.txt",
            ".hidden.flac",
            "disc 1/1 a.ogg",
        ] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, b"x").unwrap();
        }
        let names: Vec<_> = expand(folder.path())
            .unwrap()
            .iter()
            .map(|p| {
                p.strip_prefix(folder.path())
                    .unwrap()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        assert_eq!(names, ["2 b.MP3", "10 z.flac", "disc 1/1 a.ogg"]);
    }

    #[test]
    fn what_yields_nothing_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let message = |path: &Path| expand(path).unwrap_err().to_string();
        assert!(message(folder.path()).ends_with(": no music in this folder"));
        assert!(message(&folder.path().join("no.flac")).ends_with("no.flac: no such file"));
        let list = folder.path().join("self.m3u");
        std::fs::write(&list, "self.m3u\n").unwrap();
        assert!(message(&list).ends_with(": no tracks in this playlist"));
    }
}
