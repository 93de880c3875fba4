//! A collection of any size, without its files.

use super::Random;
use super::names::{Album, artists};
use library::database::{Database, FileRecord, FileStamp, TrackRecord};
use library::model::SoundFacts;
use media::tags::Tags;
use std::path::PathBuf;
use std::time::Duration;

/// Tracks of one album.
const ALBUM_TRACKS: usize = 20;
/// Files stored at a time.
const BATCH: usize = 1_000;

/// Files and tags of `count` tracks, 20 to an album: the same ones each time.
pub(crate) fn tracks(count: usize) -> Vec<(PathBuf, Tags)> {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let names = artists(&mut random, (count / ALBUM_TRACKS / 4).max(1));
    let mut found = Vec::with_capacity(count);
    for album_number in 0..count.div_ceil(ALBUM_TRACKS) {
        let album = Album::new(&mut random, &names, ALBUM_TRACKS as u32);
        for number in 1..=ALBUM_TRACKS.min(count - found.len()) {
            let tags = album.track(&mut random, &names, number as u32);
            let path = format!(
                "/music/{:03}/{album_number:05}/{number:02}.flac",
                album_number / 50
            );
            found.push((path.into(), tags));
        }
    }
    found
}

/// Puts them into `database`.
pub(crate) fn fill(database: &Database, tracks: &[(PathBuf, Tags)], now: i64) {
    for (batch, part) in tracks.chunks(BATCH).enumerate() {
        let files = part.iter().enumerate().map(|(at, (path, tags))| {
            let number = (batch * BATCH + at) as u64;
            FileRecord {
                id: None,
                path: path.clone(),
                stamp: FileStamp {
                    size: 30_000_000 + number,
                    modified_ns: 1_600_000_000_000_000_000 + number as i64,
                    inode: 1_000 + number,
                    device: 1,
                },
                sound_hash: number,
                is_cut: false,
                tracks: vec![TrackRecord {
                    part: 0,
                    span: None,
                    tags: tags.clone(),
                    sound: SoundFacts {
                        duration: Some(Duration::from_secs(120 + number % 300)),
                        codec: Some("FLAC".into()),
                        sample_rate_hz: Some(if number.is_multiple_of(9) {
                            96_000
                        } else {
                            44_100
                        }),
                        channels: Some(2),
                        bits_per_sample: Some(16),
                    },
                }],
            }
        });
        database
            .store_files(files.collect(), now)
            .expect("a batch is stored");
    }
}
