//! What a user names, a file, folder or playlist, as a list of tracks.

use super::cue::{embedded_parts, is_cue, read_cue};
use super::playlist::{is_playlist, read_playlist};
use crate::media::error::MediaError;
use crate::media::location::TrackLocation;
use ignore::WalkBuilder;
use std::collections::{BTreeSet, HashMap};
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
pub fn expand_input(
    input: &Path,
    found: &mut dyn FnMut(Vec<TrackLocation>),
) -> Result<(), InputError> {
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
    if is_cue(input) {
        found(read_cue(input).map_err(|reason| fail(&reason))?);
        return Ok(());
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
            } else if is_cue(&entry) {
                let tracks = read_cue(&entry).unwrap_or_default();
                count += tracks.len();
                files.extend(tracks);
            } else if !is_playlist(&entry) {
                count += 1;
                files.extend(tracks_of(entry));
            }
        }
        found(files);
        return if count == 0 {
            Err(fail("no tracks in this playlist"))
        } else {
            Ok(())
        };
    }
    found(tracks_of(input.to_owned()));
    Ok(())
}

/// A file, or the tracks its own cue sheet cuts it into.
fn tracks_of(file: PathBuf) -> Vec<TrackLocation> {
    let parts = embedded_parts(&file);
    if parts.is_empty() {
        vec![file.into()]
    } else {
        parts
    }
}

/// All tracks below `folder`, each folder's own in the order a person would number them.
fn expand_folder(folder: &Path, found: &mut dyn FnMut(Vec<TrackLocation>)) -> usize {
    let walk = WalkBuilder::new(folder)
        .standard_filters(false)
        .follow_links(true)
        .sort_by_file_name(|a, b| natural_key(a).cmp(&natural_key(b)))
        .build();
    let (mut batch, mut count) = (Vec::new(), 0);
    let mut sheets = FolderSheets::default();
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
            let tracks = match sheets.tracks_at(entry.path()) {
                Some(tracks) => tracks,
                None => tracks_of(entry.into_path()),
            };
            let is_first = count == 0 && !tracks.is_empty();
            count += tracks.len();
            batch.extend(tracks);
            // The first goes at once, so that it can start to play.
            if is_first || batch.len() >= BATCH {
                found(std::mem::take(&mut batch));
            }
        }
    }
    if !batch.is_empty() {
        found(batch);
    }
    count
}

/// The cue sheets of the folder being walked, for the files they cut into several tracks.
#[derive(Default)]
struct FolderSheets {
    folder: PathBuf,
    /// What stands for each such file; nothing for all but the first of a sheet.
    tracks: HashMap<PathBuf, Vec<TrackLocation>>,
}

impl FolderSheets {
    /// What to play in place of `file`, if a sheet beside it says.
    fn tracks_at(&mut self, file: &Path) -> Option<Vec<TrackLocation>> {
        let folder = file.parent()?;
        if self.folder != folder {
            self.folder = folder.to_owned();
            self.tracks = sheets_of(folder);
        }
        self.tracks.get_mut(file).map(std::mem::take)
    }
}

fn sheets_of(folder: &Path) -> HashMap<PathBuf, Vec<TrackLocation>> {
    let mut standing = HashMap::new();
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut sheets: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| is_cue(path))
        .collect();
    sheets.sort();
    for tracks in sheets.iter().filter_map(|sheet| read_cue(sheet).ok()) {
        let files: BTreeSet<PathBuf> = tracks.iter().map(|track| track.path.clone()).collect();
        let is_new = files.iter().all(|file| !standing.contains_key(file));
        // One file a track is what the folder shows anyway.
        if !is_new || files.len() == tracks.len() || !files.iter().all(|file| file.is_file()) {
            continue;
        }
        standing.extend(files.into_iter().map(|file| (file, Vec::new())));
        let first = tracks[0].path.clone();
        standing.insert(first, tracks);
    }
    standing
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
        let mut take = |batch: Vec<TrackLocation>| all.extend(batch.into_iter().map(|t| t.path));
        expand_input(input, &mut take).map(|()| all)
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
