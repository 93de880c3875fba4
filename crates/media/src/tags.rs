//! Tags and covers.

mod ape;
mod bytes;
mod chunks;
mod container;
mod ebml;
mod flac;
mod id3v1;
mod id3v2;
mod id3v2_frames;
mod matroska;
mod matroska_tags;
mod mp4;
mod ogg;
mod pictures;
mod riff;
mod set;
mod vorbis;

use super::decoder::TrackDecoder;
use super::location::can_be_read_again;
use super::seek_limit::SeekLimit;
use super::track_bytes::TrackBytes;
use bytes::FileBytes;
pub(super) use container::tag_free_span;
use lofty::config::{GlobalOptions, ParseOptions, apply_global_options};
use lofty::error::Result;
use lofty::file::{AudioFile, FileType};
use lofty::probe::Probe;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Pictures above this are not shown, and nothing a file declares makes more be allocated at once:
/// bytes.
const LARGEST_COVER_BYTES: u64 = 32 << 20;
/// Larger tags, or parts of one, are read up to here: bytes.
const LARGEST_TAG_BYTES: u64 = 40 << 20;
/// Entries of a table that a length is computed from, and bytes of anything else read for it. Room is
/// made for as many as a file claims to have.
const LONGEST_TABLE: usize = 1 << 20;
/// Pictures looked for beside a file that has none of its own.
const COVER_FILES: [&str; 6] = [
    "cover.jpg",
    "cover.png",
    "folder.jpg",
    "folder.png",
    "front.jpg",
    "front.png",
];

/// What a file says about itself; empty strings count as absent. Several values of one field are
/// parted by commas.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Tags {
    /// Name of the track.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who performs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artist: Option<String>,
    /// The release it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub album: Option<String>,
    /// Who the release is by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub album_artist: Option<String>,
    /// Who wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub composer: Option<String>,
    /// Number on its disc.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track_number: Option<u32>,
    /// Tracks on its disc.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track_total: Option<u32>,
    /// Number of its disc.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disc_number: Option<u32>,
    /// Discs of the release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disc_total: Option<u32>,
    /// Year or date, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Genre, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub genre: Option<String>,
}

impl Tags {
    /// Whether these are of the track that follows `before` on the same album.
    pub fn continue_album(&self, before: &Self) -> bool {
        let follows = |(number, before): (u32, u32)| before.checked_add(1) == Some(number);
        self.album.is_some()
            && self.album == before.album
            && self
                .track_number
                .zip(before.track_number)
                .is_some_and(follows)
    }
}

/// Tags, lyrics, cover and ReplayGain of one file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FileTags {
    /// Title, artist and so on.
    pub tags: Tags,
    /// The words, with or without time stamps.
    pub lyrics: Option<String>,
    /// The front cover's file bytes, embedded or beside the file.
    pub cover: Option<Arc<[u8]>>,
    /// ReplayGain fields by their lower-case names, as written but for a decimal comma, which is a point.
    pub replaygain: BTreeMap<&'static str, String>,
}

/// Reads what `path` says about itself; a file without readable tags gives empty ones, and so does what
/// is no regular file, such as a pipe. With `want_cover`, also the picture. Does I/O.
pub fn read_tags(path: &Path, want_cover: bool) -> FileTags {
    let mut found = match can_be_read_again(path).then(|| TrackBytes::open(path)) {
        Some(Ok(bytes)) => read_tags_of(bytes, want_cover),
        _ => FileTags::default(),
    };
    if want_cover && found.cover.is_none() {
        found.cover = path.parent().and_then(cover_beside);
    }
    found
}

/// As [`read_tags`], of a file that is open or in memory, and without pictures beside it.
pub fn read_tags_of(bytes: TrackBytes, want_cover: bool) -> FileTags {
    let mut sets = Vec::new();
    if let Some(mut file) = FileBytes::new(bytes) {
        sets = container::read(&mut file, want_cover);
    }
    set::merge(sets)
}

/// What the file is: by its content, else by its extension.
fn probe(path: &Path, options: ParseOptions) -> Result<Probe<SeekLimit<File>>> {
    let reader = SeekLimit::new(File::open(path)?);
    let probe = match FileType::from_path(path) {
        Some(kind) => Probe::with_file_type(reader, kind),
        None => Probe::new(reader),
    };
    Ok(probe.options(options).guess_file_type()?)
}

/// What a Vorbis comment says, from the vendor's name on, without pictures.
pub(super) fn read_vorbis_comment(comment: &[u8]) -> Tags {
    set::merge(vec![vorbis::read(comment, false)]).tags
}

/// A file's length as its headers tell, without decoding it. Does I/O.
pub fn read_duration(path: &Path) -> Option<Duration> {
    if !can_be_read_again(path) {
        return None;
    }
    apply_global_options(GlobalOptions::new().allocation_limit(LONGEST_TABLE));
    let options = ParseOptions::new().read_tags(false).read_cover_art(false);
    let probe = probe(path, options).ok()?;
    // Damaged headers of these make the tag reader panic, which would end the program.
    let is_safe = !matches!(probe.file_type(), Some(FileType::Opus | FileType::Speex));
    let file = is_safe.then(|| probe.read().ok()).flatten();
    let duration = file.map(|file| file.properties().duration());
    // Others, such as Matroska, CAF and DSD, it does not know, or takes for something else.
    duration
        .filter(|duration| !duration.is_zero())
        .or_else(|| TrackDecoder::open(path).ok()?.info().duration())
}

fn cover_beside(folder: &Path) -> Option<Arc<[u8]>> {
    let file = COVER_FILES
        .iter()
        .map(|name| folder.join(name))
        .find(|file| {
            file.metadata()
                .is_ok_and(|m| m.is_file() && m.len() <= LARGEST_COVER_BYTES)
        })?;
    std::fs::read(file).ok().map(Into::into)
}

#[cfg(test)]
#[path = "tags_tests.rs"]
mod tests;
