//! What becomes of tracks: heard, left, rated.

use super::paths::to_bytes;
use super::{Database, DatabaseError};
use crate::model::TrackId;
use rusqlite::params;
use std::path::Path;
use std::time::Duration;

/// How a playing of a track ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Long enough to count.
    Played,
    /// Left before that.
    Skipped,
}

impl Database {
    /// Counts a playing of the track in the file at `path` that begins at `start`. Says whether it is in
    /// the collection. `now` in seconds since 1970.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn count(
        &self,
        path: &Path,
        start: Option<Duration>,
        heard: Heard,
        now: i64,
    ) -> Result<bool, DatabaseError> {
        let (path, start) = (to_bytes(path), start.map(super::rows::nanoseconds));
        let sql = match heard {
            Heard::Played => {
                "UPDATE track SET play_count = play_count + 1, last_played = ?3
                 WHERE file_id = (SELECT id FROM file WHERE path = ?1) AND start_ns IS ?2"
            }
            Heard::Skipped => {
                "UPDATE track SET skip_count = skip_count + 1
                 WHERE file_id = (SELECT id FROM file WHERE path = ?1) AND start_ns IS ?2
                 AND ?3 IS NOT NULL"
            }
        };
        self.writer.write(move |transaction| {
            let mut update = transaction.prepare_cached(sql)?;
            Ok(update.execute(params![path, start, now])? > 0)
        })
    }

    /// Rates a track in half stars, at most 10; `None` takes the rating away.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn rate(&self, track: TrackId, rating: Option<u8>) -> Result<(), DatabaseError> {
        self.writer.write(move |transaction| {
            transaction
                .prepare_cached("UPDATE track SET rating = ?2 WHERE id = ?1")?
                .execute(params![track, rating.map(|rating| rating.min(10))])?;
            Ok(())
        })
    }
}
