//! Cue sheets: one file, or several, cut into tracks.

mod embedded;
mod sheet;

pub use embedded::embedded_parts;
use sheet::{Sheet, SheetTrack};

use super::error::ListError;
use super::find::{Finder, parts, readings};
use super::list_text::{self, Name};
use disk::extensions::{AUDIO_EXTENSIONS, CUE_EXTENSION, has_extension};
use media::location::{TrackLocation, TrackPart};
use std::path::{Path, PathBuf};

/// No sheet is read beyond this many bytes.
const MAX_BYTES: u64 = 4 << 20;

/// Whether `path` has a cue sheet's extension.
///
/// ```
/// assert!(library::cue::is_cue(std::path::Path::new("album.cue")));
/// ```
pub fn is_cue(path: &Path) -> bool {
    has_extension(path, &[CUE_EXTENSION])
}

/// The tracks of the sheet at `path`, in order. Does I/O.
///
/// # Errors
/// When it cannot be read, or names no track, in one line without its name.
pub fn read_cue(path: &Path) -> Result<Vec<TrackLocation>, ListError> {
    if path.metadata()?.len() > MAX_BYTES {
        return Err(ListError::TooLarge("cue sheet"));
    }
    let sheet = Sheet::parse(&list_text::lines(&std::fs::read(path)?));
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut finder = Finder::default();
    let files = sheet.files.iter();
    let files: Vec<PathBuf> = files
        .map(|name| find_file(folder, name, &mut finder))
        .collect();
    let tracks = sheet.tracks.iter();
    let found: Vec<TrackLocation> = tracks
        .filter_map(|track| {
            let file = files.get(track.file)?.clone();
            Some(TrackLocation::of_part(file, part(&sheet, track)))
        })
        .collect();
    if found.is_empty() {
        return Err(ListError::NoTracks);
    }
    Ok(found)
}

fn part(sheet: &Sheet, track: &SheetTrack) -> TrackPart {
    TrackPart {
        start: track.start,
        end: sheet.end(track),
        tags: sheet.tags(track),
        replaygain: sheet.replaygain(track),
    }
}

/// The file a sheet means: as named, in other letter case, or under another extension; below the sheet,
/// or else beside it, as sheets often name a file by where it once was, or in a folder beside it.
fn find_file(folder: &Path, name: &Name, finder: &mut Finder) -> PathBuf {
    let mut paths = readings(folder, name);
    if let Some(found) = paths.iter().find(|path| path.is_file()) {
        return found.clone();
    }
    let (parts, is_absolute) = parts(name);
    if let Some((file, folders)) = parts.split_last() {
        let wanted = converted(file);
        let named = if is_absolute {
            None
        } else {
            finder.folder_in_any_case(folder, folders)
        };
        for folder in named.iter().map(PathBuf::as_path).chain([folder]) {
            let found = finder.entry_named(folder, &wanted);
            if let Some(found) = found.filter(|path| path.is_file()) {
                return found;
            }
        }
        // The sheet of a set may lie above the folders of its discs.
        for folder in finder.folders_in(folder) {
            let found = finder.entry_named(&folder, &wanted);
            if let Some(found) = found.filter(|path| path.is_file()) {
                return found;
            }
        }
    }
    // The last reading has this system's separators.
    paths.pop().unwrap_or_else(|| folder.to_owned())
}

/// A file's name in lower case, and the names it may have since it was converted.
fn converted(file: &str) -> Vec<String> {
    let file = file.to_lowercase();
    let stem = Path::new(&file)
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned());
    // "Mr. Big" has no extension.
    let has_kind = has_extension(Path::new(&file), &AUDIO_EXTENSIONS);
    let stems = match has_kind {
        true => [stem, Some(file.clone())],
        false => [Some(file.clone()), stem],
    };
    let others = stems.iter().flatten().flat_map(|stem| {
        AUDIO_EXTENSIONS
            .iter()
            .map(move |extension| format!("{stem}.{extension}"))
    });
    std::iter::once(file).chain(others).collect()
}

#[cfg(test)]
#[path = "cue_tests.rs"]
mod tests;
