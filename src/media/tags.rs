//! Tags and covers.

use lofty::config::ParseOptions;
use lofty::file::{AudioFile, TaggedFileExt};
use lofty::picture::PictureType;
use lofty::probe::Probe;
use lofty::tag::{Accessor, ItemKey};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Pictures above this are not shown: bytes.
const LARGEST_COVER_BYTES: u64 = 32 << 20;
/// Pictures looked for beside a file that has none of its own.
const COVER_FILES: [&str; 6] = [
    "cover.jpg",
    "cover.png",
    "folder.jpg",
    "folder.png",
    "front.jpg",
    "front.png",
];

/// What a file says about itself; empty strings count as absent.
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
    /// Number on its disc.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track_number: Option<u32>,
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

/// Tags, cover and ReplayGain of one file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FileTags {
    /// Title, artist and so on.
    pub tags: Tags,
    /// The front cover's file bytes, embedded or beside the file.
    pub cover: Option<Arc<[u8]>>,
    /// ReplayGain fields as written, by their lower-case names.
    pub replaygain: BTreeMap<&'static str, String>,
}

/// Reads what `path` says about itself; a file without readable tags gives empty ones. With
/// `want_cover`, also the picture. Does I/O.
pub fn read_tags(path: &Path, want_cover: bool) -> FileTags {
    let mut found = FileTags::default();
    let options = ParseOptions::new()
        .read_properties(false)
        .read_cover_art(want_cover);
    let parsed = Probe::open(path)
        .map(|probe| probe.options(options))
        .and_then(|probe| Ok(probe.guess_file_type()?))
        .and_then(Probe::read);
    if let Ok(file) = parsed {
        // A later tag of a file fills what the primary one leaves out.
        let primary = file.primary_tag().into_iter();
        for tag in primary.chain(file.tags()) {
            let text = |value: Option<std::borrow::Cow<'_, str>>| {
                value.map(|v| v.trim().to_owned()).filter(|v| !v.is_empty())
            };
            let tags = &mut found.tags;
            tags.title = tags.title.take().or_else(|| text(tag.title()));
            tags.artist = tags.artist.take().or_else(|| text(tag.artist()));
            tags.album = tags.album.take().or_else(|| text(tag.album()));
            tags.genre = tags.genre.take().or_else(|| text(tag.genre()));
            tags.track_number = tags.track_number.or_else(|| tag.track());
            let date = [ItemKey::RecordingDate, ItemKey::Year, ItemKey::ReleaseDate];
            let date = date.into_iter().find_map(|key| tag.get_string(key));
            tags.date = tags.date.take().or_else(|| text(date.map(Into::into)));
            for (key, name) in [
                (ItemKey::ReplayGainTrackGain, "track_gain"),
                (ItemKey::ReplayGainTrackPeak, "track_peak"),
                (ItemKey::ReplayGainAlbumGain, "album_gain"),
                (ItemKey::ReplayGainAlbumPeak, "album_peak"),
            ] {
                if let Some(value) = tag.get_string(key) {
                    found
                        .replaygain
                        .entry(name)
                        .or_insert_with(|| value.trim().to_owned());
                }
            }
            if found.cover.is_none() {
                let pictures = tag.pictures();
                let front = pictures
                    .iter()
                    .find(|p| p.pic_type() == PictureType::CoverFront);
                let picture = front.or(pictures.first());
                found.cover = picture
                    .map(lofty::picture::Picture::data)
                    .filter(|data| !data.is_empty() && data.len() as u64 <= LARGEST_COVER_BYTES)
                    .map(Into::into);
            }
        }
    }
    if want_cover && found.cover.is_none() {
        found.cover = path.parent().and_then(cover_beside);
    }
    found
}

/// A file's length as its headers tell, without decoding it. Does I/O.
pub fn read_duration(path: &Path) -> Option<Duration> {
    let file = Probe::open(path)
        .ok()?
        .guess_file_type()
        .ok()?
        .read()
        .ok()?;
    Some(file.properties().duration()).filter(|duration| !duration.is_zero())
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
mod tests {
    use super::*;

    #[test]
    fn an_album_goes_on_with_its_next_number() {
        let tags = |album: Option<&str>, track_number| Tags {
            album: album.map(Into::into),
            track_number,
            ..Tags::default()
        };
        let second = tags(Some("A"), Some(2));
        assert!(tags(Some("A"), Some(3)).continue_album(&second));
        for other in [
            tags(Some("A"), Some(4)),
            tags(Some("A"), None),
            tags(Some("B"), Some(3)),
            tags(None, Some(3)),
        ] {
            assert!(!other.continue_album(&second), "{other:?}");
        }
        let unnamed = tags(None, Some(2));
        assert!(!tags(None, Some(3)).continue_album(&unnamed));
    }
}
