//! Tracks as rows, and their words in the index.

use super::paths::of_bytes;
use super::{DatabaseError, Reader};
use crate::model::{SoundFacts, TrackHistory, TrackId, TrackRow};
use crate::query::index_words;
use media::tags::Tags;
use rusqlite::{Row, Transaction, params};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What [`read_row`] reads, in its order.
pub(super) const COLUMNS: &str =
    "track.id, file.path, start_ns, end_ns, title, artist, album_artist, album, composer,
     genre, track_number, track_total, disc_number, disc_total, date, year, duration_ns, codec,
     sample_rate_hz, channels, bits_per_sample, rating, play_count, skip_count, last_played, added,
     missing_since IS NOT NULL";

/// A length as it is stored.
pub(super) fn nanoseconds(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}

/// A length as it was stored.
pub(super) fn duration(nanoseconds: i64) -> Duration {
    Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(0))
}

/// One row of [`COLUMNS`].
pub(super) fn read_row(row: &Row<'_>) -> rusqlite::Result<TrackRow> {
    let time = |at| -> rusqlite::Result<Option<Duration>> {
        Ok(row.get::<_, Option<i64>>(at)?.map(duration))
    };
    let start = time(2)?;
    let end = time(3)?;
    Ok(TrackRow {
        id: row.get(0)?,
        path: of_bytes(row.get(1)?),
        part: start.map(|start| (start, end)),
        tags: Tags {
            title: row.get(4)?,
            artist: row.get(5)?,
            album_artist: row.get(6)?,
            album: row.get(7)?,
            composer: row.get(8)?,
            genre: row.get(9)?,
            track_number: row.get(10)?,
            track_total: row.get(11)?,
            disc_number: row.get(12)?,
            disc_total: row.get(13)?,
            date: row.get(14)?,
        },
        year: row.get(15)?,
        sound: SoundFacts {
            duration: time(16)?,
            codec: row.get(17)?,
            sample_rate_hz: row.get(18)?,
            channels: row.get(19)?,
            bits_per_sample: row.get(20)?,
        },
        history: TrackHistory {
            rating: row.get(21)?,
            play_count: row.get(22)?,
            skip_count: row.get(23)?,
            last_played: row.get(24)?,
            added: row.get(25)?,
        },
        is_missing: row.get(26)?,
    })
}

/// Puts the words of a track that is stored into the index anew: its file has another name.
pub(super) fn index_again(transaction: &Transaction<'_>, track: i64) -> Result<(), DatabaseError> {
    let mut select = transaction.prepare_cached(
        "SELECT title, artist, album_artist, album, composer, genre, file.path FROM track
         JOIN file ON file.id = file_id WHERE track.id = ?1",
    )?;
    let (tags, path) = select.query_row([track], |row| {
        let tags = Tags {
            title: row.get(0)?,
            artist: row.get(1)?,
            album_artist: row.get(2)?,
            album: row.get(3)?,
            composer: row.get(4)?,
            genre: row.get(5)?,
            ..Tags::default()
        };
        Ok((tags, of_bytes(row.get(6)?)))
    })?;
    index_track(transaction, track, &tags, &path)
}

/// Puts the words of a track in the file at `path` into the index, in place of those it had.
pub(super) fn index_track(
    transaction: &Transaction<'_>,
    track: i64,
    tags: &Tags,
    path: &Path,
) -> Result<(), DatabaseError> {
    let words = |text: &Option<String>| text.as_deref().map(index_words);
    let (artist, album_artist) = (words(&tags.artist), words(&tags.album_artist));
    let (album, composer, genre) = (
        words(&tags.album),
        words(&tags.composer),
        words(&tags.genre),
    );
    // A file without a title is found by its name.
    let stem = || {
        path.file_stem()
            .map(|stem| index_words(&stem.to_string_lossy()))
    };
    let title = words(&tags.title).or_else(stem);
    let folder = path
        .parent()
        .map(|folder| index_words(&folder.to_string_lossy()));
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO search
             (rowid, title, artist, album_artist, album, composer, genre, folder)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            track,
            title,
            artist,
            album_artist,
            album,
            composer,
            genre,
            folder
        ])?;
    Ok(())
}

impl Reader {
    /// The rows of `tracks`, in that order; those that are no longer there are left out.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn rows(&self, tracks: &[TrackId]) -> Result<Vec<TrackRow>, DatabaseError> {
        let mut select = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM track JOIN file ON file.id = file_id WHERE track.id = ?1"
        ))?;
        let mut found = Vec::with_capacity(tracks.len());
        for track in tracks {
            let row = select.query_map([track], read_row)?.next().transpose()?;
            found.extend(row);
        }
        Ok(found)
    }

    /// The rows of the tracks in the file at `path`, in its order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn rows_in_file(&self, path: &Path) -> Result<Vec<TrackRow>, DatabaseError> {
        let mut select = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM track JOIN file ON file.id = file_id
             WHERE file.path = ?1 ORDER BY part"
        ))?;
        let rows = select.query_map([super::paths::to_bytes(path)], read_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Hands every track to `take`, one after the other, in the order of their files' names, until it
    /// says to stop. Only one is in memory at a time.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn each_row(
        &self,
        take: &mut dyn FnMut(TrackRow) -> std::ops::ControlFlow<()>,
    ) -> Result<(), DatabaseError> {
        let mut select = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM file JOIN track ON file.id = file_id
             ORDER BY file.path, part"
        ))?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            if take(read_row(row)?).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The files that are there of each of `names`, which are in lower case: for finding what a list names
    /// under another folder.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn files_named(
        &self,
        names: &HashSet<String>,
    ) -> Result<HashMap<String, Vec<PathBuf>>, DatabaseError> {
        let mut select = self
            .connection
            .prepare_cached("SELECT path FROM file WHERE missing_since IS NULL ORDER BY path")?;
        let mut rows = select.query([])?;
        let mut found: HashMap<String, Vec<PathBuf>> = HashMap::new();
        while let Some(row) = rows.next()? {
            let path = of_bytes(row.get(0)?);
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().to_lowercase());
            if let Some(name) = name.filter(|name| names.contains(name)) {
                found.entry(name).or_default().push(path);
            }
        }
        Ok(found)
    }
}
