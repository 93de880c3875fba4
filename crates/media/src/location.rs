//! Where a track is: a file, or a part of one.

use super::cache::CachedAudioLoader;
use super::decoder::TrackDecoder;
use super::error::MediaError;
use super::tags::{FileTags, Tags, read_duration, read_tags};
use super::track_bytes::TrackBytes;
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

/// A file, or a part of one. Cheap to clone.
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

/// Whether there is a regular file at `path`, which can be read as often as one likes: what comes through
/// a pipe can be read once, by whoever plays it. Does I/O, but opens nothing.
pub fn can_be_read_again(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file())
}

impl TrackLocation {
    /// Opens it for decoding. Does I/O.
    ///
    /// # Errors
    /// As [`TrackDecoder::open`].
    pub fn open(&self) -> Result<TrackDecoder, MediaError> {
        self.decode(TrackBytes::open(&self.path)?)
    }

    /// Opens it for decoding, from memory where `loader` has it, or its head. Does I/O.
    ///
    /// # Errors
    /// As [`TrackDecoder::open`].
    pub fn open_through(
        &self,
        loader: &Arc<CachedAudioLoader>,
    ) -> Result<TrackDecoder, MediaError> {
        match loader.head(self)? {
            Some(head) => {
                let (location, loader) = (self.clone(), Arc::clone(loader));
                let open = Box::new(move || location.decode(loader.open(&location.path)?));
                let part = self.part.as_deref().cloned();
                Ok(TrackDecoder::with_head(self.path.clone(), part, head, open))
            }
            None => self.decode(loader.open(&self.path)?),
        }
    }

    /// Decodes it from its file's `bytes`.
    pub(super) fn decode(&self, bytes: TrackBytes) -> Result<TrackDecoder, MediaError> {
        let decoder = TrackDecoder::decode(bytes)?;
        match &self.part {
            Some(part) => decoder.into_part(part),
            None => Ok(decoder),
        }
    }

    /// What the sheet says about it, and the file where the sheet says nothing. Does I/O.
    pub fn read_tags(&self, want_cover: bool) -> FileTags {
        let file = read_tags(&self.path, want_cover);
        match &self.part {
            Some(part) => part.over(file),
            None => file,
        }
    }

    /// Its length as headers tell, without decoding. Does I/O.
    pub fn read_duration(&self) -> Option<Duration> {
        let Some(part) = &self.part else {
            return read_duration(&self.path);
        };
        let end = part.end.or_else(|| read_duration(&self.path))?;
        end.checked_sub(part.start)
    }
}

impl TrackPart {
    /// The part's own fields in place of those of the whole `file`.
    pub(super) fn over(&self, mut file: FileTags) -> FileTags {
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
