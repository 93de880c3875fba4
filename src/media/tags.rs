//! Tags and covers.

use super::decoder::TrackDecoder;
use super::dsd_tags::find_id3;
use super::legacy_tags::repair;
use super::location::can_be_read_again;
use super::seek_limit::SeekLimit;
use super::track_bytes::TrackBytes;
use lofty::aac::AacFile;
use lofty::config::{GlobalOptions, ParseOptions, apply_global_options};
use lofty::error::Result;
use lofty::file::{AudioFile, FileType, TaggedFile, TaggedFileExt};
use lofty::iff::aiff::AiffFile;
use lofty::iff::wav::WavFile;
use lofty::mpeg::MpegFile;
use lofty::ogg::OpusFile;
use lofty::picture::PictureType;
use lofty::probe::Probe;
use lofty::tag::{ItemKey, Tag};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Cursor, Read, Seek};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Pictures above this are not shown, and nothing a file declares makes more be allocated at once:
/// bytes.
const LARGEST_COVER_BYTES: u64 = 32 << 20;
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
    /// ReplayGain fields as written, by their lower-case names.
    pub replaygain: BTreeMap<&'static str, String>,
}

/// Reads what `path` says about itself; a file without readable tags gives empty ones. With
/// `want_cover`, also the picture. Does I/O.
pub fn read_tags(path: &Path, want_cover: bool) -> FileTags {
    let mut found = FileTags::default();
    if !can_be_read_again(path) {
        return found;
    }
    if let Ok(file) = parse(path, want_cover, &mut found.replaygain) {
        // A later tag of a file fills what the primary one leaves out.
        let primary = file.primary_tag().into_iter();
        for tag in primary.chain(file.tags()) {
            fill(&mut found, tag);
        }
    }
    if want_cover && found.cover.is_none() {
        found.cover = path.parent().and_then(cover_beside);
    }
    found
}

/// The file's tags in their general form; of fields that form does not have, the gains of Opus go to
/// `replaygain`.
fn parse(
    path: &Path,
    want_cover: bool,
    replaygain: &mut BTreeMap<&'static str, String>,
) -> Result<TaggedFile> {
    // The limit is the thread's, so it is set again each time.
    apply_global_options(GlobalOptions::new().allocation_limit(LARGEST_COVER_BYTES as usize));
    let options = ParseOptions::new()
        .read_properties(false)
        .read_cover_art(want_cover);
    if let Ok(mut bytes) = TrackBytes::open(path)
        && let Some(tag) = find_id3(&mut bytes)?
    {
        return read_mpeg(&mut Cursor::new(tag), options);
    }
    let probe = probe(path, options)?;
    let kind = probe.file_type();
    if !matches!(
        kind,
        Some(FileType::Mpeg | FileType::Aac | FileType::Wav | FileType::Aiff | FileType::Opus)
    ) {
        return probe.read();
    }
    let mut reader = probe.into_inner();
    Ok(match kind {
        Some(FileType::Opus) => {
            let file = OpusFile::read_from(&mut reader, options)?;
            for (key, name) in [
                ("R128_TRACK_GAIN", "r128_track_gain"),
                ("R128_ALBUM_GAIN", "r128_album_gain"),
            ] {
                let value = file.vorbis_comments().get(key);
                replaygain.extend(value.map(|value| (name, value.trim().to_owned())));
            }
            file.into()
        }
        Some(FileType::Aac) => {
            let mut file = AacFile::read_from(&mut reader, options)?;
            let (mut version_2, mut version_1) = (file.remove_id3v2(), file.remove_id3v1());
            repair(version_2.as_mut(), version_1.as_mut());
            version_2.map(|tag| file.set_id3v2(tag));
            version_1.map(|tag| file.set_id3v1(tag));
            file.into()
        }
        Some(FileType::Wav) => {
            let mut file = WavFile::read_from(&mut reader, options)?;
            repair(file.id3v2_mut(), None);
            file.into()
        }
        Some(FileType::Aiff) => {
            let mut file = AiffFile::read_from(&mut reader, options)?;
            repair(file.id3v2_mut(), None);
            file.into()
        }
        _ => read_mpeg(&mut reader, options)?,
    })
}

fn read_mpeg(reader: &mut (impl Read + Seek), options: ParseOptions) -> Result<TaggedFile> {
    let mut file = MpegFile::read_from(reader, options)?;
    let (mut version_2, mut version_1) = (file.remove_id3v2(), file.remove_id3v1());
    repair(version_2.as_mut(), version_1.as_mut());
    version_2.map(|tag| file.set_id3v2(tag));
    version_1.map(|tag| file.set_id3v1(tag));
    Ok(file.into())
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

/// Takes from `tag` what is not yet known.
fn fill(found: &mut FileTags, tag: &Tag) {
    let texts = |key| {
        let mut seen = BTreeSet::new();
        let values = tag.get_strings(key).map(str::trim);
        let values = values.filter(|value| !value.is_empty() && seen.insert(*value));
        let values: Vec<&str> = values.collect();
        (!values.is_empty()).then(|| values.join(", "))
    };
    let any_of = |keys: &[ItemKey]| keys.iter().find_map(|key| texts(*key));
    let tags = &mut found.tags;
    for (field, keys) in [
        (&mut tags.title, &[ItemKey::TrackTitle][..]),
        (&mut tags.artist, &[ItemKey::TrackArtist]),
        (&mut tags.album, &[ItemKey::AlbumTitle]),
        (&mut tags.album_artist, &[ItemKey::AlbumArtist]),
        (&mut tags.composer, &[ItemKey::Composer]),
        (&mut tags.genre, &[ItemKey::Genre]),
        (&mut found.lyrics, &[ItemKey::Lyrics, ItemKey::UnsyncLyrics]),
    ] {
        *field = field.take().or_else(|| any_of(keys));
    }
    let date = [ItemKey::RecordingDate, ItemKey::Year, ItemKey::ReleaseDate];
    let date = date.into_iter().filter_map(|key| tag.get_string(key));
    let date = date.map(str::trim).find(|date| !date.is_empty());
    tags.date = tags.date.take().or_else(|| date.map(str::to_owned));
    // "3/12" is both a number and a total where a format has no field for the latter.
    let number = |key, part| {
        tag.get_string(key)?
            .split('/')
            .nth(part)?
            .trim()
            .parse()
            .ok()
    };
    for (field, total, key, total_key) in [
        (
            &mut tags.track_number,
            &mut tags.track_total,
            ItemKey::TrackNumber,
            ItemKey::TrackTotal,
        ),
        (
            &mut tags.disc_number,
            &mut tags.disc_total,
            ItemKey::DiscNumber,
            ItemKey::DiscTotal,
        ),
    ] {
        *field = field.or_else(|| number(key, 0));
        *total = total.or_else(|| number(total_key, 0).or_else(|| number(key, 1)));
    }
    for (key, name) in [
        (ItemKey::ReplayGainTrackGain, "track_gain"),
        (ItemKey::ReplayGainTrackPeak, "track_peak"),
        (ItemKey::ReplayGainAlbumGain, "album_gain"),
        (ItemKey::ReplayGainAlbumPeak, "album_peak"),
    ] {
        if let Some(value) = tag.get_string(key) {
            let value = || value.trim().to_owned();
            found.replaygain.entry(name).or_insert_with(value);
        }
    }
    if found.cover.is_none() {
        let pictures = tag.pictures();
        let front = pictures
            .iter()
            .find(|p| p.pic_type() == PictureType::CoverFront);
        found.cover = front
            .or(pictures.first())
            .map(lofty::picture::Picture::data)
            .filter(|data| !data.is_empty() && data.len() as u64 <= LARGEST_COVER_BYTES)
            .map(Into::into);
    }
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
