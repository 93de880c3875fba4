//! How long a file is, as its headers tell.

use crate::decoder::TrackDecoder;
use crate::seek_limit::SeekLimit;
use crate::track_bytes::can_be_read_again;
use lofty::config::{GlobalOptions, ParseOptions, apply_global_options};
use lofty::error::Result;
use lofty::file::{AudioFile, FileType};
use lofty::probe::Probe;
use std::fs::File;
use std::path::Path;
use std::time::Duration;

/// Entries of a table that a length is computed from, and bytes of anything else read for it. Room is
/// made for as many as a file claims to have.
const MAX_TABLE: usize = 1 << 20;

/// A file's length as its headers tell, without decoding it. Does I/O.
pub fn read_duration(path: &Path) -> Option<Duration> {
    if !can_be_read_again(path) {
        return None;
    }
    apply_global_options(GlobalOptions::new().allocation_limit(MAX_TABLE));
    let options = ParseOptions::new().read_tags(false).read_cover_art(false);
    let probe = probe(path, options).ok()?;
    // Damaged headers of these make the tag reader panic, which would end the program.
    let is_safe = !matches!(probe.file_type(), Some(FileType::Opus | FileType::Speex));
    let file = is_safe.then(|| probe.read().ok()).flatten();
    let duration = file.map(|file| file.properties().duration());
    // Others, such as Matroska, CAF and DSD, it does not know, or takes for something else.
    duration
        .filter(|duration| !duration.is_zero())
        .or_else(|| TrackDecoder::open(path).ok()?.info().duration())
}

/// What the file is: by its content, else by its extension.
fn probe(path: &Path, options: ParseOptions) -> Result<Probe<SeekLimit<File>>> {
    let reader = SeekLimit::new(File::open(path)?);
    let probe = match FileType::from_path(path) {
        Some(kind) => Probe::with_file_type(reader, kind),
        None => Probe::new(reader),
    };
    Ok(probe.options(options).guess_file_type()?)
}
