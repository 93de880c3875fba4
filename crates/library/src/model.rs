//! What the collection says of its tracks.

use media::location::{TrackLocation, TrackPart};
use media::tags::Tags;
use std::path::PathBuf;
use std::time::Duration;

/// Names a track of the collection for as long as the collection lasts, wherever its file moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TrackId(pub i64);

/// Names a list of the collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct ListId(pub i64);

/// What the sound of a track is, as its file's headers tell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SoundFacts {
    /// Length, where known.
    pub duration: Option<Duration>,
    /// Codec as users call it.
    pub codec: Option<String>,
    /// Frames a second.
    pub sample_rate_hz: Option<u32>,
    /// Channels to a frame.
    pub channels: Option<u32>,
    /// Bits per sample, for codecs that have such.
    pub bits_per_sample: Option<u32>,
}

/// What has become of a track in the collection. Times are seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TrackHistory {
    /// Half stars, 0 to 10.
    pub rating: Option<u8>,
    /// How often it was heard.
    pub play_count: u32,
    /// How often it was left before that.
    pub skip_count: u32,
    /// When it was last heard.
    pub last_played: Option<i64>,
    /// When it came into the collection.
    pub added: i64,
}

/// A track as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackRow {
    /// Its name.
    pub id: TrackId,
    /// Its file.
    pub path: PathBuf,
    /// Where in the file it begins and ends, if it is a part.
    pub part: Option<(Duration, Option<Duration>)>,
    /// Title, artist and so on.
    pub tags: Tags,
    /// The year of its date.
    pub year: Option<i32>,
    /// What the sound is.
    pub sound: SoundFacts,
    /// Counts and rating.
    pub history: TrackHistory,
    /// Whether its file was gone when it was last looked for.
    pub is_missing: bool,
}

/// An album as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlbumRow {
    /// Its name.
    pub name: String,
    /// Who it is by.
    pub artist: Option<String>,
    /// The year of its first track.
    pub year: Option<i32>,
    /// The file of its first track, which has its cover or lies beside it.
    pub first_file: PathBuf,
    /// Its tracks, in order.
    pub tracks: Vec<TrackId>,
}

impl TrackRow {
    /// The title, or the file's name without its extension.
    pub fn display_title(&self) -> String {
        let stem = || self.path.file_stem().unwrap_or(self.path.as_os_str());
        let title = self.tags.title.clone();
        title.unwrap_or_else(|| stem().to_string_lossy().into_owned())
    }

    /// Where to play it from.
    pub fn location(&self) -> TrackLocation {
        match self.part {
            None => self.path.clone().into(),
            Some((start, end)) => {
                let part = TrackPart {
                    start,
                    end,
                    tags: self.tags.clone(),
                    ..TrackPart::default()
                };
                TrackLocation::of_part(self.path.clone(), part)
            }
        }
    }
}

/// The year a date names: four digits in a row, wherever they stand.
///
/// ```
/// assert_eq!(library::model::year_of("1997-05-28"), Some(1997));
/// assert_eq!(library::model::year_of("28.05.1997"), Some(1997));
/// assert_eq!(library::model::year_of("97"), None);
/// ```
pub fn year_of(date: &str) -> Option<i32> {
    let runs = date.split(|c: char| !c.is_ascii_digit());
    let mut years = runs.filter(|run| run.len() == 4 || run.len() == 8);
    years.next()?.get(..4)?.parse().ok()
}
