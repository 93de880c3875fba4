//! What a user names, a file, folder or playlist, as a list of tracks.

use super::cue::{embedded_parts, is_cue, read_cue};
use super::playlist::{is_playlist, read_playlist};
use disk::extensions::{AUDIO_EXTENSIONS, has_extension};
use disk::reason::io_reason;
use disk::shown::shown;
use ignore::WalkBuilder;
use media::location::{Source, TrackLocation};
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// Tracks handed on at a time while a folder is read.
const BATCH: usize = 500;
/// Playlists within playlists.
const MAX_DEPTH: usize = 8;
/// Playlists that are read for one input.
const MAX_LISTS: usize = 1_000;

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
///
/// ```
/// let folder = tempfile::tempdir().unwrap();
/// std::fs::write(folder.path().join("2.mp3"), "").unwrap();
/// std::fs::write(folder.path().join("10.mp3"), "").unwrap();
/// let mut names = Vec::new();
/// library::inputs::expand_input(folder.path(), &mut |tracks| {
///     names.extend(tracks.into_iter().filter_map(|track| Some(track.path().file_name()?.to_owned())));
/// })
/// .unwrap();
/// assert_eq!(names, ["2.mp3", "10.mp3"]);
/// ```
pub fn expand_input(
    input: &Path,
    found: &mut dyn FnMut(Vec<TrackLocation>),
) -> Result<(), InputError> {
    expand_input_and_lists(input, found, &mut Vec::new())
}

/// As [`expand_input`]; playlists and cue sheets that were read, the input itself included, are added to
/// `lists`.
///
/// # Errors
/// As [`expand_input`].
pub fn expand_input_and_lists(
    input: &Path,
    found: &mut dyn FnMut(Vec<TrackLocation>),
    lists: &mut Vec<PathBuf>,
) -> Result<(), InputError> {
    let fail = |reason: &str| InputError(format!("{}: {reason}", shown(input)));
    if let source @ Source::Stream(_) = Source::named(input.to_owned()) {
        found(vec![source.into()]);
        return Ok(());
    }
    let metadata = input.metadata().map_err(|error| fail(&io_reason(&error)))?;
    if metadata.is_dir() {
        std::fs::read_dir(input).map_err(|error| fail(&io_reason(&error)))?;
        return match expand_folder(input, found, lists) {
            0 => Err(fail("no music in this folder")),
            _ => Ok(()),
        };
    }
    if is_cue(input) {
        lists.push(input.to_owned());
        found(read_cue(input).map_err(|reason| fail(&reason.to_string()))?);
        return Ok(());
    }
    if is_playlist(input) {
        let entries = read_playlist(input).map_err(|reason| fail(&reason.to_string()))?;
        let mut expansion = ListExpansion {
            found,
            lists,
            files: Vec::new(),
            count: 0,
            budget: MAX_LISTS,
        };
        expansion.lists.push(input.to_owned());
        expansion.expand(entries, &mut vec![identity(input)]);
        expansion.hand_on();
        return match expansion.count {
            0 => Err(fail("no tracks in this playlist")),
            _ => Ok(()),
        };
    }
    found(tracks_of(input.to_owned()));
    Ok(())
}

/// A playlist on its way to tracks.
struct ListExpansion<'a> {
    found: &'a mut dyn FnMut(Vec<TrackLocation>),
    lists: &'a mut Vec<PathBuf>,
    /// Tracks not handed on yet.
    files: Vec<TrackLocation>,
    count: usize,
    /// Lists that may still be read.
    budget: usize,
}

impl ListExpansion<'_> {
    /// The tracks of a list's entries. `open` are the lists being read, which are not read again within
    /// themselves.
    fn expand(&mut self, entries: Vec<PathBuf>, open: &mut Vec<PathBuf>) {
        for entry in entries {
            if entry.is_dir() {
                self.hand_on();
                self.count += expand_folder(&entry, self.found, self.lists);
            } else if is_playlist(&entry) && entry.exists() {
                self.expand_list(&entry, open);
            } else {
                let sheet = if is_cue(&entry) {
                    read_cue(&entry).ok()
                } else {
                    None
                };
                let tracks = match sheet {
                    Some(tracks) => {
                        self.lists.push(entry);
                        tracks
                    }
                    None => tracks_of(entry),
                };
                self.count += tracks.len();
                self.files.extend(tracks);
                if self.files.len() >= BATCH {
                    self.hand_on();
                }
            }
        }
    }

    fn expand_list(&mut self, list: &Path, open: &mut Vec<PathBuf>) {
        let identity = identity(list);
        if self.budget == 0 || open.len() >= MAX_DEPTH || open.contains(&identity) {
            return;
        }
        self.budget -= 1;
        if let Ok(entries) = read_playlist(list) {
            self.lists.push(list.to_owned());
            open.push(identity);
            self.expand(entries, open);
            open.pop();
        }
    }

    fn hand_on(&mut self) {
        if !self.files.is_empty() {
            (self.found)(std::mem::take(&mut self.files));
        }
    }
}

/// The path that identifies a file, by whatever links it is named.
fn identity(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
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
fn expand_folder(
    folder: &Path,
    found: &mut dyn FnMut(Vec<TrackLocation>),
    lists: &mut Vec<PathBuf>,
) -> usize {
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
        if has_extension(entry.path(), &AUDIO_EXTENSIONS) {
            let tracks = match sheets.tracks_at(entry.path(), lists) {
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
    fn tracks_at(&mut self, file: &Path, lists: &mut Vec<PathBuf>) -> Option<Vec<TrackLocation>> {
        let folder = file.parent()?;
        if self.folder != folder {
            self.folder = folder.to_owned();
            self.tracks = sheets_of(folder, lists);
        }
        self.tracks.get_mut(file).map(std::mem::take)
    }
}

fn sheets_of(folder: &Path, lists: &mut Vec<PathBuf>) -> HashMap<PathBuf, Vec<TrackLocation>> {
    let mut standing = HashMap::new();
    for (sheet, tracks) in sheets_that_cut(folder) {
        lists.push(sheet);
        let files = tracks.iter().map(|track| track.path().to_owned());
        standing.extend(files.map(|file| (file, Vec::new())));
        let first = tracks[0].path().to_owned();
        standing.insert(first, tracks);
    }
    standing
}

/// The cue sheets in `folder` that cut files into tracks, each with its tracks, at least one; no file is cut
/// by two. Does I/O.
pub(crate) fn sheets_that_cut(folder: &Path) -> Vec<(PathBuf, Vec<TrackLocation>)> {
    let mut cut: BTreeSet<PathBuf> = BTreeSet::new();
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut sheets: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| is_cue(path))
        .collect();
    sheets.sort();
    let mut found = Vec::new();
    for sheet in sheets {
        let Ok(tracks) = read_cue(&sheet) else {
            continue;
        };
        let files: BTreeSet<PathBuf> = tracks.iter().map(|track| track.path().to_owned()).collect();
        let is_new = files.is_disjoint(&cut);
        // One file a track is what the folder shows anyway.
        if !is_new || files.len() == tracks.len() || !files.iter().all(|file| file.is_file()) {
            continue;
        }
        cut.extend(files);
        found.push((sheet, tracks));
    }
    found
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
        let mut take =
            |batch: Vec<TrackLocation>| all.extend(batch.into_iter().map(|t| t.path().to_owned()));
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

    #[test]
    fn an_address_is_a_stream_and_no_missing_file() {
        let mut found = Vec::new();
        let mut take = |batch: Vec<TrackLocation>| found.extend(batch);
        expand_input(Path::new("https://radio.example/live"), &mut take).unwrap();
        assert_eq!(
            found,
            [Source::Stream("https://radio.example/live".into()).into()]
        );
        let opened = media::open::Opener::default().open(&found[0]);
        let said = opened.err().unwrap().to_string();
        assert_eq!(said, "sound over https is not supported");
    }
}
