//! Where a track is: a file, or a part of one. A value: nothing here touches the disk.

use super::tags::{FileTags, Tags};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A part of a file, as a cue sheet cuts it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrackPart {
    /// Where it begins.
    pub start: Duration,
    /// Where it ends; `None` for the end of the file.
    pub end: Option<Duration>,
    /// What the sheet says about it.
    pub tags: Tags,
    /// ReplayGain fields of the sheet, named as in [`FileTags`].
    pub replaygain: BTreeMap<&'static str, String>,
}

/// A file, or a part of one. Cheap to clone.
///
/// ```
/// let location = media::location::TrackLocation::from("song.flac");
/// assert!(location.part.is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackLocation {
    /// The file.
    pub path: PathBuf,
    /// Which part; `None` for all of it.
    pub part: Option<Arc<TrackPart>>,
}

impl From<PathBuf> for TrackLocation {
    fn from(path: PathBuf) -> Self {
        Self { path, part: None }
    }
}

impl From<&str> for TrackLocation {
    fn from(path: &str) -> Self {
        PathBuf::from(path).into()
    }
}

impl TrackPart {
    /// The part's own fields in place of those of the whole `file`.
    pub fn over(&self, mut file: FileTags) -> FileTags {
        let whole = std::mem::take(&mut file.tags);
        let own = self.tags.clone();
        file.tags = Tags {
            // The file's title and number are those of the album, or of nothing.
            title: own.title,
            track_number: own.track_number,
            track_total: own.track_total.or(whole.track_total),
            artist: own.artist.or(whole.artist),
            album: own.album.or(whole.album),
            album_artist: own.album_artist.or(whole.album_artist),
            composer: own.composer.or(whole.composer),
            disc_number: own.disc_number.or(whole.disc_number),
            disc_total: own.disc_total.or(whole.disc_total),
            date: own.date.or(whole.date),
            genre: own.genre.or(whole.genre),
        };
        // A gain measured over the whole file is the album's.
        let album = |name: &'static str, of: &str| {
            let value = file.replaygain.get(name).or(file.replaygain.get(of));
            value.map(|value| (name, value.clone()))
        };
        let mut replaygain: BTreeMap<_, _> = [
            album("album_gain", "track_gain"),
            album("album_peak", "track_peak"),
        ]
        .into_iter()
        .flatten()
        .collect();
        replaygain.extend(self.replaygain.clone());
        file.replaygain = replaygain;
        file.lyrics = None;
        file
    }
}
