//! Composes, plays, paints and encodes the bundled demo track.
//!
//! The track is the project's own work and is rebuilt bit for bit on any platform.

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

/// The files, as (path from the root of the project, contents). Takes seconds.
///
/// # Errors
/// When the track has become too large, in one line.
pub fn build() -> Result<Vec<(&'static str, Vec<u8>)>, String> {
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
        return Err(format!(
            "the demo track takes {size} bytes, more than the {SIZE_LIMIT_BYTES} allowed"
        ));
    }
    Ok(vec![("assets/demo.flac", track)])
}
