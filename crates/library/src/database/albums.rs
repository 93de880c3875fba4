//! The albums of the collection.

use super::paths::of_bytes;
use super::{DatabaseError, Reader};
use crate::model::{AlbumRow, TrackId};
use crate::query::fold;
use std::collections::HashMap;
use std::path::PathBuf;

/// Who an album is by, when its tracks are by several.
const SEVERAL: &str = "Various artists";

impl Reader {
    /// All albums, by artist, year and name, with their tracks in order. An album is what has one name and one
    /// album artist; where no album artist is named, what has one name in one folder.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn albums(&self) -> Result<Vec<AlbumRow>, DatabaseError> {
        let mut select = self.connection.prepare_cached(
            "SELECT track.id, album, album_artist, artist, year, file.path FROM track
             JOIN file ON file.id = file_id WHERE album IS NOT NULL AND album <> ''
             ORDER BY sort_key, track.id",
        )?;
        let mut rows = select.query([])?;
        let mut albums: Vec<AlbumRow> = Vec::new();
        let mut known: HashMap<(String, Option<String>, Option<PathBuf>), usize> = HashMap::new();
        while let Some(row) = rows.next()? {
            let track: TrackId = row.get(0)?;
            let name: String = row.get(1)?;
            let album_artist: Option<String> = row.get(2)?;
            let artist: Option<String> = row.get(3)?;
            let path = of_bytes(row.get(5)?);
            let folder = match &album_artist {
                Some(_) => None,
                None => path.parent().map(std::path::Path::to_owned),
            };
            let key = (fold(&name), album_artist.as_deref().map(fold), folder);
            let at = *known.entry(key).or_insert(albums.len());
            if let Some(album) = albums.get_mut(at) {
                album.tracks.push(track);
                if album_artist.is_none() && album.artist != artist {
                    album.artist = Some(SEVERAL.to_owned());
                }
                continue;
            }
            albums.push(AlbumRow {
                name,
                artist: album_artist.or(artist),
                year: row.get(4)?,
                first_file: path,
                tracks: vec![track],
            });
        }
        Ok(albums)
    }
}
