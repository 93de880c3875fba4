//! How long a file is, as its headers tell.

use crate::summary::read_sound;
use std::path::Path;
use std::time::Duration;

/// A file's length as its headers tell, without decoding it. Does I/O.
pub fn read_duration(path: &Path) -> Option<Duration> {
    read_sound(path)?.duration
}
