//! A track as `library search` prints it.

use disk::shown::shown_text;
use library::model::TrackRow;
use serde::Serialize;

/// The fields of a line; scripts rely on their names.
#[derive(Serialize)]
pub(super) struct FoundTrack {
    path: String,
    title: String,
    artist: Option<String>,
    album: Option<String>,
    album_artist: Option<String>,
    track: Option<u32>,
    disc: Option<u32>,
    year: Option<i32>,
    genre: Option<String>,
    duration_seconds: Option<f64>,
    /// Stars, 0 to 5, in halves.
    rating: Option<f64>,
    play_count: u32,
}

impl FoundTrack {
    pub(super) fn of(row: &TrackRow) -> Self {
        let tags = &row.tags;
        Self {
            path: row.path.display().to_string(),
            title: row.display_title(),
            artist: tags.artist.clone(),
            album: tags.album.clone(),
            album_artist: tags.album_artist.clone(),
            track: tags.track_number,
            disc: tags.disc_number,
            year: row.year,
            genre: tags.genre.clone(),
            duration_seconds: row.sound.duration.map(|length| length.as_secs_f64()),
            rating: row.history.rating.map(|halves| f64::from(halves) / 2.0),
            play_count: row.history.play_count,
        }
    }

    /// For reading.
    pub(super) fn line(&self) -> String {
        let parts = [Some(&self.title), self.artist.as_ref(), self.album.as_ref()];
        let names: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        let line = format!("{}\t{}", names.join(" — "), self.path);
        shown_text(&line.replace('\t', "  ")).into_owned()
    }
}
