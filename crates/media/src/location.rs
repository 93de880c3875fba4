//! Where a track is: a file or a stream, or a part of one. A value: nothing here touches the disk.

use super::tags::{FileTags, Tags};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
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

/// Where the bytes of a track come from.
///
/// ```
/// use media::location::Source;
/// assert_eq!(Source::named("song.flac".into()), Source::File("song.flac".into()));
/// assert!(matches!(Source::named("https://radio.example/live".into()), Source::Stream(_)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A file or a pipe.
    File(PathBuf),
    /// An address on the network.
    Stream(String),
}

impl Source {
    /// The source that a listener names: an address with a scheme, `file:` apart, or a path.
    pub fn named(name: PathBuf) -> Self {
        match name.to_str() {
            Some(address) if scheme_of(address).is_some() => Self::Stream(address.to_owned()),
            Some(_) | None => Self::File(name),
        }
    }

    /// The file's path, or the address as one: to show it, and to ask the disk, which then knows of none.
    pub fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Stream(address) => Path::new(address),
        }
    }

    /// The scheme of an address, as `https`; `None` for a file.
    pub fn scheme(&self) -> Option<&str> {
        match self {
            Self::File(_) => None,
            Self::Stream(address) => scheme_of(address),
        }
    }
}

/// The scheme in front of `://`; one letter is a drive of Windows.
fn scheme_of(address: &str) -> Option<&str> {
    let (scheme, _) = address.split_once("://")?;
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        && !scheme.eq_ignore_ascii_case("file");
    is_scheme.then_some(scheme)
}

/// A source, or a part of one. Cheap to clone.
///
/// ```
/// let location = media::location::TrackLocation::from("song.flac");
/// assert!(location.part.is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackLocation {
    /// The file or stream.
    pub source: Source,
    /// Which part; `None` for all of it.
    pub part: Option<Arc<TrackPart>>,
}

impl TrackLocation {
    /// A part of the file at `path`.
    pub fn of_part(path: PathBuf, part: TrackPart) -> Self {
        Self {
            source: Source::File(path),
            part: Some(Arc::new(part)),
        }
    }

    /// As [`Source::path`].
    pub fn path(&self) -> &Path {
        self.source.path()
    }
}

impl From<Source> for TrackLocation {
    fn from(source: Source) -> Self {
        Self { source, part: None }
    }
}

impl From<PathBuf> for TrackLocation {
    fn from(path: PathBuf) -> Self {
        Source::File(path).into()
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
