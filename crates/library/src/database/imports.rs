//! Tracks from an export: what was known of them elsewhere is known here.

use super::paths::to_bytes;
use super::{Database, DatabaseError, FileRecord, FileStamp, TrackRecord};
use crate::model::TrackHistory;
use rusqlite::{OptionalExtension, Transaction, params};
use std::path::PathBuf;

/// A track from an export.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedTrack {
    /// Its file.
    pub path: PathBuf,
    /// What it says about itself.
    pub record: TrackRecord,
    /// What became of it.
    pub history: TrackHistory,
}

impl Database {
    /// Takes tracks over. Of those that are known, the higher counts, the later times and the rating of the
    /// export count; others come in with what the export says of them, until a scan reads their files.
    ///
    /// # Errors
    /// When they cannot be written; none of them is, then.
    pub fn import_tracks(&self, tracks: Vec<ImportedTrack>) -> Result<(), DatabaseError> {
        self.writer.write(move |transaction| {
            for track in &tracks {
                let known = find(transaction, track)?;
                let id = match known {
                    Some(id) => id,
                    None => bring_in(transaction, track)?,
                };
                let history = track.history;
                let added = if known.is_some() {
                    "min(added, ?6)"
                } else {
                    "?6"
                };
                transaction
                    .prepare_cached(&format!(
                        "UPDATE track SET rating = coalesce(?2, rating),
                         play_count = max(play_count, ?3), skip_count = max(skip_count, ?4),
                         last_played = nullif(max(coalesce(last_played, 0), coalesce(?5, 0)), 0),
                         added = {added} WHERE id = ?1"
                    ))?
                    .execute(params![
                        id,
                        history.rating,
                        history.play_count,
                        history.skip_count,
                        history.last_played,
                        history.added
                    ])?;
            }
            Ok(())
        })
    }
}

fn find(
    transaction: &Transaction<'_>,
    track: &ImportedTrack,
) -> Result<Option<i64>, DatabaseError> {
    let start = track
        .record
        .span
        .map(|(start, _)| super::rows::nanoseconds(start));
    Ok(transaction
        .prepare_cached(
            "SELECT track.id FROM file JOIN track ON file.id = file_id
             WHERE path = ?1 AND start_ns IS ?2",
        )?
        .query_row(params![to_bytes(&track.path), start], |row| row.get(0))
        .optional()?)
}

fn bring_in(transaction: &Transaction<'_>, track: &ImportedTrack) -> Result<i64, DatabaseError> {
    let path = to_bytes(&track.path);
    let known: Option<i64> = transaction
        .prepare_cached("SELECT id FROM file WHERE path = ?1")?
        .query_row([&path], |row| row.get(0))
        .optional()?;
    let file = match known {
        Some(file) => file,
        None => {
            // Without a stamp: the next scan reads it.
            let file = FileRecord {
                id: None,
                path: track.path.clone(),
                stamp: FileStamp::default(),
                sound_hash: 0,
                is_cut: track.record.span.is_some(),
                tracks: Vec::new(),
            };
            super::files::store_file(transaction, &file, track.history.added)?
        }
    };
    let next: u32 = transaction
        .prepare_cached("SELECT coalesce(max(part), 0) + 1 FROM track WHERE file_id = ?1")?
        .query_row([file], |row| row.get(0))?;
    let record = TrackRecord {
        part: if track.record.span.is_some() { next } else { 0 },
        ..track.record.clone()
    };
    let id = super::files::store_track(transaction, file, &record, track.history.added)?;
    super::rows::index_track(transaction, id, &record.tags, &track.path)?;
    Ok(id)
}
