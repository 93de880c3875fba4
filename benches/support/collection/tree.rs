//! A tree of real small files: ffmpeg makes one of each kind, and each file is a copy with tags of its own.

use super::Random;
use super::names::{Album, artists};
use lofty::config::WriteOptions;
use lofty::file::{AudioFile, TaggedFileExt};
use lofty::tag::{Accessor, ItemKey, Tag};
use media::tags::Tags;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The kinds: extension, and ffmpeg's encoder with its options.
pub(crate) const KINDS: [(&str, &[&str]); 5] = [
    ("mp3", &["-c:a", "libmp3lame", "-b:a", "64k"]),
    ("flac", &["-c:a", "flac"]),
    ("ogg", &["-c:a", "libvorbis", "-q:a", "0"]),
    ("m4a", &["-c:a", "aac", "-b:a", "48k"]),
    ("opus", &["-c:a", "libopus", "-b:a", "32k"]),
];
/// Files of one album, which are of one kind.
const ALBUM_FILES: usize = 10;

/// One file of each kind, without tags, in `folder`; their lengths differ. None where ffmpeg is missing.
fn templates(folder: &Path) -> Option<Vec<PathBuf>> {
    let mut made = Vec::new();
    for (number, (extension, encoder)) in KINDS.iter().enumerate() {
        let path = folder.join(format!("template.{extension}"));
        let seconds = format!("{}.{}", 1, 2 + number);
        let source = format!(
            "sine=frequency={}:sample_rate=48000:duration={seconds}",
            300 + 50 * number
        );
        let status = Command::new("ffmpeg")
            .args(["-v", "error", "-y", "-f", "lavfi", "-i", &source])
            .args(["-ac", "2", "-map_metadata", "-1", "-fflags", "+bitexact"])
            .args(*encoder)
            .arg(&path)
            .status();
        if !status.ok()?.success() {
            return None;
        }
        made.push(path);
    }
    Some(made)
}

/// Makes `count` files below `folder`, ten to an album, and says what they say of themselves; none where
/// ffmpeg is missing.
pub(crate) fn make(folder: &Path, count: usize) -> Option<Vec<(PathBuf, Tags)>> {
    let work = tempfile::tempdir().ok()?;
    let templates = templates(work.path())?;
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let names = artists(&mut random, (count / 40).max(1));
    let mut made = Vec::with_capacity(count);
    for album_number in 0..count.div_ceil(ALBUM_FILES) {
        let template = &templates[album_number % templates.len()];
        let extension = template.extension()?.to_str()?;
        let album = Album::new(&mut random, &names, ALBUM_FILES as u32);
        let home = folder.join(format!("{:03}/{album_number:05}", album_number / 40));
        std::fs::create_dir_all(&home).ok()?;
        for number in 1..=ALBUM_FILES.min(count - made.len()) {
            let tags = album.track(&mut random, &names, number as u32);
            let path = home.join(format!("{number:02} track.{extension}"));
            std::fs::copy(template, &path).ok()?;
            write_tags(&path, &tags)?;
            made.push((path, tags));
        }
    }
    Some(made)
}

fn write_tags(path: &Path, tags: &Tags) -> Option<()> {
    let mut file = lofty::read_from_path(path).ok()?;
    let mut tag = Tag::new(file.primary_tag_type());
    for (text, key) in [
        (&tags.title, ItemKey::TrackTitle),
        (&tags.artist, ItemKey::TrackArtist),
        (&tags.album, ItemKey::AlbumTitle),
        (&tags.album_artist, ItemKey::AlbumArtist),
        (&tags.composer, ItemKey::Composer),
        (&tags.genre, ItemKey::Genre),
        (&tags.date, ItemKey::RecordingDate),
    ] {
        if let Some(text) = text {
            tag.insert_text(key, text.clone());
        }
    }
    if let Some(number) = tags.track_number {
        tag.set_track(number);
    }
    if let Some(total) = tags.track_total {
        tag.set_track_total(total);
    }
    if let Some(disc) = tags.disc_number {
        tag.set_disk(disc);
    }
    file.insert_tag(tag);
    file.save_to_path(path, WriteOptions::default()).ok()
}
