//! Files and the tracks in them, as a scan finds them.

use super::paths::{of_bytes, range_below, to_bytes};
use super::rows::{index_again, index_track, nanoseconds};
use super::sort_key::sort_key;
use super::{Database, DatabaseError, Reader};
use crate::model::{SoundFacts, year_of};
use media::tags::Tags;
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What tells whether a file has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FileStamp {
    /// Bytes.
    pub size: u64,
    /// When it was last written, in nanoseconds since 1970.
    pub modified_ns: i64,
    /// Its number on its device; zero where the system has none.
    pub inode: u64,
    /// The device.
    pub device: u64,
}

/// A file the collection knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownFile {
    /// Its name in the database.
    pub id: i64,
    /// As it was when it was read.
    pub stamp: FileStamp,
    /// Of bytes in its middle.
    pub sound_hash: u64,
    /// Its tracks come from a cue sheet beside it.
    pub is_cut: bool,
    /// It was gone the last time.
    pub is_missing: bool,
}

/// A file that is there, under a name of its own or a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// Its name in the database.
    pub id: i64,
    /// Where it is now.
    pub path: PathBuf,
    /// As it is now.
    pub stamp: FileStamp,
}

/// A file that has been read.
#[derive(Debug, Clone, PartialEq)]
pub struct FileRecord {
    /// Its name in the database, if it is known.
    pub id: Option<i64>,
    /// Where it is.
    pub path: PathBuf,
    /// As it was when it was read.
    pub stamp: FileStamp,
    /// Of bytes in its middle.
    pub sound_hash: u64,
    /// Its tracks come from a cue sheet beside it.
    pub is_cut: bool,
    /// What is in it.
    pub tracks: Vec<TrackRecord>,
}

/// A track in a file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TrackRecord {
    /// 0 for a whole file, else the number of the part.
    pub part: u32,
    /// Where a part begins and ends.
    pub span: Option<(Duration, Option<Duration>)>,
    /// What it says about itself.
    pub tags: Tags,
    /// What its sound is.
    pub sound: SoundFacts,
}

impl Database {
    /// Stores files that have been read; what is known of their tracks besides, such as counts, stays.
    ///
    /// # Errors
    /// When they cannot be written; none of them is, then.
    pub fn store_files(&self, files: Vec<FileRecord>, now: i64) -> Result<(), DatabaseError> {
        self.writer.write(move |transaction| {
            for file in &files {
                store_file(transaction, file, now)?;
            }
            Ok(())
        })
    }

    /// Files that are there again, or under a new name; their tracks, and entries of lists, go with them.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn move_files(&self, files: Vec<FoundFile>) -> Result<(), DatabaseError> {
        self.writer.write(move |transaction| {
            // Two may have changed names: first all get one that no file has.
            let mut old = Vec::with_capacity(files.len());
            for file in &files {
                let path: Option<Vec<u8>> = transaction
                    .prepare_cached("SELECT path FROM file WHERE id = ?1")?
                    .query_row([file.id], |row| row.get(0))
                    .optional()?;
                old.push(path);
                let unused = [b"\0", file.id.to_string().as_bytes()].concat();
                transaction
                    .prepare_cached("UPDATE file SET path = ?2 WHERE id = ?1")?
                    .execute(params![file.id, unused])?;
            }
            for (file, old) in files.iter().zip(old) {
                let Some(old) = old else {
                    continue;
                };
                let (new, stamp) = (to_bytes(&file.path), file.stamp);
                // What was known of the new name before was another file.
                transaction
                    .prepare_cached("DELETE FROM file WHERE path = ?1")?
                    .execute([&new])?;
                transaction
                    .prepare_cached(
                        "UPDATE file SET path = ?2, size = ?3, modified_ns = ?4, inode = ?5,
                         device = ?6, missing_since = NULL WHERE id = ?1",
                    )?
                    .execute(params![
                        file.id,
                        new,
                        stamp.size as i64,
                        stamp.modified_ns,
                        stamp.inode as i64,
                        stamp.device as i64
                    ])?;
                if old == new {
                    continue;
                }
                transaction
                    .prepare_cached("UPDATE list_entry SET path = ?2 WHERE path = ?1")?
                    .execute(params![old, new])?;
                let mut tracks =
                    transaction.prepare_cached("SELECT id FROM track WHERE file_id = ?1")?;
                let tracks = tracks.query_map([file.id], |row| row.get::<_, i64>(0))?;
                for track in tracks.collect::<rusqlite::Result<Vec<_>>>()? {
                    index_again(transaction, track)?;
                }
            }
            Ok(())
        })
    }

    /// Marks files as gone since `now`; nothing about them is forgotten.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn mark_missing(&self, files: Vec<i64>, now: i64) -> Result<(), DatabaseError> {
        self.writer.write(move |transaction| {
            let mut update = transaction.prepare_cached(
                "UPDATE file SET missing_since = ?2 WHERE id = ?1 AND missing_since IS NULL",
            )?;
            for file in files {
                update.execute([file, now])?;
            }
            Ok(())
        })
    }

    /// Remembers the cue sheets below `folder` as they were read.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn store_sheets(
        &self,
        folder: &Path,
        sheets: Vec<(PathBuf, FileStamp)>,
    ) -> Result<(), DatabaseError> {
        let (start, end) = range_below(folder);
        self.writer.write(move |transaction| {
            transaction.execute(
                "DELETE FROM sheet WHERE path >= ?1 AND path < ?2",
                params![start, end],
            )?;
            let mut insert =
                transaction.prepare_cached("INSERT OR REPLACE INTO sheet VALUES (?1, ?2, ?3)")?;
            for (path, stamp) in sheets {
                insert.execute(params![
                    to_bytes(&path),
                    stamp.size as i64,
                    stamp.modified_ns
                ])?;
            }
            Ok(())
        })
    }
}

impl Reader {
    /// The files below `folder`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn known_files(&self, folder: &Path) -> Result<HashMap<PathBuf, KnownFile>, DatabaseError> {
        let (start, end) = range_below(folder);
        let mut select = self.connection.prepare_cached(
            "SELECT path, id, size, modified_ns, inode, device, sound_hash, is_cut,
             missing_since IS NOT NULL FROM file WHERE path >= ?1 AND path < ?2",
        )?;
        let files = select.query_map(params![start, end], known_file)?;
        Ok(files.collect::<rusqlite::Result<_>>()?)
    }

    /// The files that are gone, wherever they were.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn missing_files(&self) -> Result<Vec<(PathBuf, KnownFile)>, DatabaseError> {
        let mut select = self.connection.prepare_cached(
            "SELECT path, id, size, modified_ns, inode, device, sound_hash, is_cut,
             missing_since IS NOT NULL FROM file WHERE missing_since IS NOT NULL ORDER BY id",
        )?;
        let files = select.query_map([], known_file)?;
        Ok(files.collect::<rusqlite::Result<_>>()?)
    }

    /// The cue sheets below `folder` as they were when they were read: size and time.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn known_sheets(
        &self,
        folder: &Path,
    ) -> Result<HashMap<PathBuf, (u64, i64)>, DatabaseError> {
        let (start, end) = range_below(folder);
        let mut select = self.connection.prepare_cached(
            "SELECT path, size, modified_ns FROM sheet WHERE path >= ?1 AND path < ?2",
        )?;
        let sheets = select.query_map(params![start, end], |row| {
            let stamp = (row.get::<_, i64>(1)? as u64, row.get(2)?);
            Ok((of_bytes(row.get(0)?), stamp))
        })?;
        Ok(sheets.collect::<rusqlite::Result<_>>()?)
    }
}

/// Stores one file, and gives its name.
pub(super) fn store_file(
    transaction: &Transaction<'_>,
    file: &FileRecord,
    now: i64,
) -> Result<i64, DatabaseError> {
    let stamp = file.stamp;
    let file_id: i64 = transaction
        .prepare_cached(
            "INSERT INTO file (path, size, modified_ns, inode, device, sound_hash, is_cut)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (path) DO UPDATE SET size = ?2, modified_ns = ?3, inode = ?4,
             device = ?5, sound_hash = ?6, is_cut = ?7, missing_since = NULL
             RETURNING id",
        )?
        .query_row(
            params![
                to_bytes(&file.path),
                stamp.size as i64,
                stamp.modified_ns,
                stamp.inode as i64,
                stamp.device as i64,
                file.sound_hash as i64,
                file.is_cut
            ],
            |row| row.get(0),
        )?;
    if file.id.is_some() {
        let parts: Vec<u32> = file.tracks.iter().map(|track| track.part).collect();
        let mut select =
            transaction.prepare_cached("SELECT id, part FROM track WHERE file_id = ?1")?;
        let known = select.query_map([file_id], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, u32>(1)?))
        })?;
        for (track, part) in known.collect::<rusqlite::Result<Vec<_>>>()? {
            if !parts.contains(&part) {
                transaction
                    .prepare_cached("DELETE FROM track WHERE id = ?1")?
                    .execute([track])?;
            }
        }
    }
    for track in &file.tracks {
        let id = store_track(transaction, file_id, track, now)?;
        index_track(transaction, id, &track.tags, &file.path)?;
    }
    Ok(file_id)
}

/// Stores one track of a file, and gives its name.
pub(super) fn store_track(
    transaction: &Transaction<'_>,
    file_id: i64,
    track: &TrackRecord,
    now: i64,
) -> Result<i64, DatabaseError> {
    let (tags, sound) = (&track.tags, &track.sound);
    let start = track.span.map(|(start, _)| nanoseconds(start));
    let end = track.span.and_then(|(_, end)| end).map(nanoseconds);
    let mut upsert = transaction.prepare_cached(
        "INSERT INTO track (file_id, part, start_ns, end_ns, title, artist, album_artist, album,
         composer, genre, track_number, track_total, disc_number, disc_total, date, year,
         duration_ns, codec, sample_rate_hz, channels, bits_per_sample, added, sort_key)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
         ?19, ?20, ?21, ?22, ?23)
         ON CONFLICT (file_id, part) DO UPDATE SET start_ns = ?3, end_ns = ?4, title = ?5,
         artist = ?6, album_artist = ?7, album = ?8, composer = ?9, genre = ?10,
         track_number = ?11, track_total = ?12, disc_number = ?13, disc_total = ?14, date = ?15,
         year = ?16, duration_ns = ?17, codec = ?18, sample_rate_hz = ?19, channels = ?20,
         bits_per_sample = ?21, sort_key = ?23
         RETURNING id",
    )?;
    let id = upsert.query_row(
        params![
            file_id,
            track.part,
            start,
            end,
            tags.title,
            tags.artist,
            tags.album_artist,
            tags.album,
            tags.composer,
            tags.genre,
            tags.track_number,
            tags.track_total,
            tags.disc_number,
            tags.disc_total,
            tags.date,
            tags.date.as_deref().and_then(year_of),
            sound.duration.map(nanoseconds),
            sound.codec,
            sound.sample_rate_hz,
            sound.channels,
            sound.bits_per_sample,
            now,
            sort_key(tags)
        ],
        |row| row.get(0),
    )?;
    Ok(id)
}

/// A row of path, number, stamp, hash, and whether the file is cut and missing.
fn known_file(row: &rusqlite::Row<'_>) -> rusqlite::Result<(PathBuf, KnownFile)> {
    let number = |at| row.get::<_, i64>(at).map(|number| number as u64);
    let known = KnownFile {
        id: row.get(1)?,
        stamp: FileStamp {
            size: number(2)?,
            modified_ns: row.get(3)?,
            inode: number(4)?,
            device: number(5)?,
        },
        sound_hash: number(6)?,
        is_cut: row.get(7)?,
        is_missing: row.get(8)?,
    };
    Ok((of_bytes(row.get(0)?), known))
}
