//! Tracks of MP4, Matroska, ADTS and LOAS: what comes out of their packets, what is chosen, cut, or called by its name.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

mod codecs;
mod containers;
mod damage;
#[path = "../encoders/mod.rs"]
mod encoders;
mod kinds;

use encoders::run;
use media::decoder::{StreamInfo, TrackDecoder};
use std::path::{Path, PathBuf};

fn decode(path: &Path) -> Result<(Vec<f32>, StreamInfo), String> {
    let mut decoder = TrackDecoder::open(path).map_err(|error| error.to_string())?;
    let info = decoder.info().clone();
    let mut all = Vec::new();
    while let Some(frames) = decoder.next_frames().map_err(|error| error.to_string())? {
        all.extend_from_slice(frames);
    }
    Ok((all, info))
}

/// A file of real encoders' making that is kept here.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

/// Runs ffmpeg on `source` with these arguments.
fn ffmpeg(source: &Path, arguments: &str, file: &str) -> PathBuf {
    let out = source.with_file_name(file);
    let mut words = vec!["-v", "error", "-y", "-i", source.to_str().unwrap()];
    words.extend(arguments.split(' '));
    words.push(out.to_str().unwrap());
    run("ffmpeg", &words);
    out
}
