//! `cargo xtask demo-track`: composes, plays, paints and encodes the bundled demo track.
//!
//! The track and the icon are the project's own work and are rebuilt bit for bit on any platform.

mod canvas;
mod cover;
mod drums;
mod filters;
mod flac;
mod instruments;
mod mix;
mod oscillators;
mod png;
mod score;
mod space;

use std::fs;
use std::path::Path;

use crate::failure::Failure;

/// Most bytes the bundled track may take.
const SIZE_LIMIT_BYTES: usize = 1_500_000;

/// Samples in an encoded block: a quarter of a sixteenth note, so that no hit falls inside a block.
const BLOCK_FRAMES: usize = score::SIXTEENTH_FRAMES / 4;

const TAGS: [(&str, &str); 8] = [
    ("TITLE", "Amber Hour"),
    ("ARTIST", "Rusty Audio"),
    ("ALBUM", "Rusty Audio Demo"),
    ("DATE", "2026"),
    ("GENRE", "Electronic"),
    ("TRACKNUMBER", "1"),
    ("TRACKTOTAL", "1"),
    ("LICENSE", "MIT OR Apache-2.0"),
];

/// The files this command makes, as (path from the root of the project, contents).
fn build() -> Result<Vec<(&'static str, Vec<u8>)>, Failure> {
    let samples = mix::render();
    let cover = cover::cover_png();
    let metadata = flac::Metadata {
        tags: &TAGS,
        cover_png: &cover,
        cover_pixels: cover::COVER_PIXELS as u32,
    };
    let track = flac::encode(&samples, BLOCK_FRAMES, &metadata);
    if track.len() > SIZE_LIMIT_BYTES {
        let size = track.len();
        return Err(Failure::new(format!(
            "the demo track takes {size} bytes, more than the {SIZE_LIMIT_BYTES} allowed"
        )));
    }
    Ok(vec![
        ("assets/demo.flac", track),
        ("assets/icon.png", cover::icon_png()),
    ])
}

/// Writes the files below `root`.
pub(crate) fn write(root: &Path) -> Result<(), Failure> {
    for (name, contents) in build()? {
        let path = root.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| {
                Failure::new(format!("cannot create {}: {error}", folder.display()))
            })?;
        }
        fs::write(&path, &contents).map_err(|error| Failure::file("write", &path, &error))?;
        println!("{name}: {} bytes", contents.len());
    }
    Ok(())
}

/// Fails unless the files below `root` are byte for byte what this code makes.
pub(crate) fn check(root: &Path) -> Result<(), Failure> {
    for (name, contents) in build()? {
        let path = root.join(name);
        let stored = fs::read(&path).map_err(|error| Failure::file("read", &path, &error))?;
        if stored != contents {
            let first = stored.iter().zip(&contents).position(|(a, b)| a != b);
            let place = first.unwrap_or(stored.len().min(contents.len()));
            return Err(Failure::new(format!(
                "{name} differs from what its synthesizer makes, from byte {place} on; \
                 `cargo xtask demo-track` writes it anew"
            )));
        }
        println!("{name}: as made ({} bytes)", contents.len());
    }
    Ok(())
}
