//! One line of an export.

use crate::database::{ImportedTrack, ListKind, ListRecord, SortOrder, TrackRecord};
use crate::model::{ListId, SoundFacts, TrackHistory, TrackRow};
use crate::playlists::{ListEntry, path_text};
use media::tags::Tags;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

/// What stands on a line.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Line {
    /// A folder of the collection.
    Folder {
        #[serde(with = "path_text")]
        path: PathBuf,
    },
    /// A track.
    Track(Box<TrackLine>),
    /// A list, behind the folder it is in.
    List(ListLine),
}

#[derive(Serialize, Deserialize)]
pub(super) struct TrackLine {
    #[serde(with = "path_text")]
    path: PathBuf,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    start_seconds: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end_seconds: Option<f64>,
    #[serde(default)]
    tags: TagLine,
    #[serde(default)]
    sound: SoundLine,
    #[serde(default)]
    rating: Option<f64>,
    #[serde(default)]
    play_count: u32,
    #[serde(default)]
    skip_count: u32,
    #[serde(default)]
    last_played: Option<i64>,
    #[serde(default)]
    added: i64,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct TagLine {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    artist: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    album: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    album_artist: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    composer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    track_number: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    track_total: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disc_number: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disc_total: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    genre: Option<String>,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct SoundLine {
    duration_seconds: Option<f64>,
    codec: Option<String>,
    sample_rate: Option<u32>,
    channels: Option<u32>,
    bits_per_sample: Option<u32>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct ListLine {
    pub(super) id: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) parent: Option<i64>,
    pub(super) name: String,
    /// "tracks", "folder" or "smart".
    list: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    query: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order: Option<SortOrder>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    most: Option<u32>,
    #[serde(default)]
    pub(super) entries: Vec<ListEntry>,
}

/// Seconds as a length; none for what is none.
fn length(seconds: f64) -> Option<Duration> {
    let nanoseconds = (seconds * 1e9).round();
    let is_one = nanoseconds.is_finite() && (0.0..1e18).contains(&nanoseconds);
    is_one.then(|| Duration::from_nanos(nanoseconds as u64))
}

impl TrackLine {
    pub(super) fn of(row: &TrackRow) -> Self {
        let tags = row.tags.clone();
        let history = row.history;
        Self {
            path: row.path.clone(),
            start_seconds: row.part.map(|(start, _)| start.as_secs_f64()),
            end_seconds: row
                .part
                .and_then(|(_, end)| end)
                .map(|end| end.as_secs_f64()),
            tags: TagLine {
                title: tags.title,
                artist: tags.artist,
                album: tags.album,
                album_artist: tags.album_artist,
                composer: tags.composer,
                track_number: tags.track_number,
                track_total: tags.track_total,
                disc_number: tags.disc_number,
                disc_total: tags.disc_total,
                date: tags.date,
                genre: tags.genre,
            },
            sound: SoundLine {
                duration_seconds: row.sound.duration.map(|length| length.as_secs_f64()),
                codec: row.sound.codec.clone(),
                sample_rate: row.sound.sample_rate_hz,
                channels: row.sound.channels,
                bits_per_sample: row.sound.bits_per_sample,
            },
            rating: history.rating.map(|halves| f64::from(halves) / 2.0),
            play_count: history.play_count,
            skip_count: history.skip_count,
            last_played: history.last_played,
            added: history.added,
        }
    }
}

impl From<TrackLine> for ImportedTrack {
    fn from(line: TrackLine) -> Self {
        let (tags, sound) = (line.tags, line.sound);
        let start = line.start_seconds.and_then(length);
        Self {
            path: line.path,
            record: TrackRecord {
                part: 0,
                span: start.map(|start| (start, line.end_seconds.and_then(length))),
                tags: Tags {
                    title: tags.title,
                    artist: tags.artist,
                    album: tags.album,
                    album_artist: tags.album_artist,
                    composer: tags.composer,
                    track_number: tags.track_number,
                    track_total: tags.track_total,
                    disc_number: tags.disc_number,
                    disc_total: tags.disc_total,
                    date: tags.date,
                    genre: tags.genre,
                },
                sound: SoundFacts {
                    duration: sound.duration_seconds.and_then(length),
                    codec: sound.codec,
                    sample_rate_hz: sound.sample_rate,
                    channels: sound.channels,
                    bits_per_sample: sound.bits_per_sample,
                },
            },
            history: TrackHistory {
                rating: line
                    .rating
                    .map(|stars| (stars * 2.0).round().clamp(0.0, 10.0) as u8),
                play_count: line.play_count,
                skip_count: line.skip_count,
                last_played: line.last_played,
                added: line.added,
            },
        }
    }
}

impl ListLine {
    pub(super) fn of(
        list: &ListRecord,
        numbers: &HashMap<ListId, i64>,
        entries: Vec<ListEntry>,
    ) -> Self {
        let number = |id: ListId| numbers.get(&id).copied();
        let (kind, query, order, most) = match &list.kind {
            ListKind::Tracks => ("tracks", None, None, None),
            ListKind::Folder => ("folder", None, None, None),
            ListKind::Smart { query, order, most } => {
                ("smart", Some(query.clone()), Some(*order), *most)
            }
        };
        Self {
            id: number(list.id).unwrap_or_default(),
            parent: list.parent.and_then(number),
            name: list.name.clone(),
            list: kind.to_owned(),
            query,
            order,
            most,
            entries,
        }
    }

    pub(super) fn kind(&self) -> ListKind {
        match self.list.as_str() {
            "folder" => ListKind::Folder,
            "smart" => ListKind::Smart {
                query: self.query.clone().unwrap_or_default(),
                order: self.order.unwrap_or_default(),
                most: self.most,
            },
            _ => ListKind::Tracks,
        }
    }
}
