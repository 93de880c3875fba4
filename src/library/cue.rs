//! Cue sheets: one file, or several, cut into tracks.

mod embedded;
mod sheet;

pub use embedded::embedded_parts;
use sheet::{Sheet, SheetTrack};

use crate::media::location::{TrackLocation, TrackPart};
use crate::media::text::decode_text;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// No sheet is read beyond this many bytes.
const LARGEST_BYTES: u64 = 4 << 20;
/// Extensions under which a sheet's file may have been compressed since.
const OTHER_EXTENSIONS: [&str; 8] = ["flac", "wv", "ape", "m4a", "wav", "tak", "mp3", "ogg"];

/// Whether `path` has a cue sheet's extension.
pub fn is_cue(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str());
    extension.is_some_and(|extension| extension.eq_ignore_ascii_case("cue"))
}

/// The tracks of the sheet at `path`, in order. Does I/O.
///
/// # Errors
/// When it cannot be read, or names no track, in one line without its name.
pub fn read_cue(path: &Path) -> Result<Vec<TrackLocation>, String> {
    let io = |error| crate::media::error::MediaError::Io(error).to_string();
    if path.metadata().map_err(io)?.len() > LARGEST_BYTES {
        return Err("too large for a cue sheet".into());
    }
    let text = decode_text(&std::fs::read(path).map_err(io)?);
    let sheet = Sheet::parse(&text);
    let folder = path.parent().unwrap_or(Path::new(""));
    let tracks = sheet.tracks.iter().enumerate();
    let found: Vec<TrackLocation> = tracks
        .map(|(index, track)| TrackLocation {
            path: find_file(folder, &sheet.files[track.file]),
            part: Some(Arc::new(part(&sheet, index, track))),
        })
        .collect();
    if found.is_empty() {
        return Err("no tracks in this cue sheet".into());
    }
    Ok(found)
}

fn part(sheet: &Sheet, index: usize, track: &SheetTrack) -> TrackPart {
    let next = sheet.tracks.get(index + 1);
    TrackPart {
        start: track.start,
        end: next
            .filter(|next| next.file == track.file)
            .map(|next| next.start),
        tags: sheet.tags(track),
        replaygain: sheet.replaygain(track),
    }
}

/// The file a sheet means: as named, in other letter case, or under another extension.
fn find_file(folder: &Path, name: &str) -> PathBuf {
    let named = folder.join(name.replace('\\', "/"));
    if named.is_file() {
        return named;
    }
    // Sheets often name a file by where it once was.
    let Some(base) = named.file_name().map(Path::new) else {
        return named;
    };
    let beside = folder.join(base);
    let other_kinds = OTHER_EXTENSIONS.map(|extension| beside.with_extension(extension));
    let candidates = std::iter::once(beside).chain(other_kinds);
    let wanted: Vec<String> = candidates
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().to_lowercase()))
        .collect();
    let Ok(entries) = std::fs::read_dir(folder) else {
        return named;
    };
    let ranked = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().to_string_lossy().to_lowercase();
        let rank = wanted.iter().position(|wanted| *wanted == name)?;
        Some((rank, entry.path()))
    });
    ranked.min().map_or(named, |(_, path)| path)
}

#[cfg(test)]
#[path = "cue_tests.rs"]
mod tests;
