//! Playlist files: M3U, PLS and XSPF, told apart by content where the name is wrong.

mod address;
mod xspf;

use super::error::ListError;
use super::find::Finder;
use super::list_text::{self, Name};
use address::{Percent, resolve};
use disk::extensions::{PLAYLIST_EXTENSIONS, has_extension};
use std::path::{Path, PathBuf};

/// No playlist is read beyond this many bytes.
const MAX_BYTES: u64 = 64 << 20;

/// Whether `path` has a playlist's extension.
///
/// ```
/// use std::path::Path;
/// assert!(library::playlist::is_playlist(Path::new("list.M3U8")));
/// ```
pub fn is_playlist(path: &Path) -> bool {
    has_extension(path, &PLAYLIST_EXTENSIONS)
}

/// The entries of the playlist at `path`, in order; relative ones start at its folder. Addresses on
/// the network and empty entries are left out.
///
/// # Errors
/// When it cannot be read, in one line without its name.
pub fn read_playlist(path: &Path) -> Result<Vec<PathBuf>, ListError> {
    if path.metadata()?.len() > MAX_BYTES {
        return Err(ListError::TooLarge("playlist"));
    }
    let bytes = std::fs::read(path)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    parse(&bytes, path, folder)
}

fn parse(bytes: &[u8], path: &Path, folder: &Path) -> Result<Vec<PathBuf>, ListError> {
    let mut finder = Finder::default();
    let lines = list_text::lines(bytes);
    let first = lines.first().map_or("", |line| line.text.trim());
    let is_xml = first.starts_with("<?xml") || first.starts_with("<playlist");
    if is_xml || has_extension(path, &["xspf"]) {
        return xspf::parse(bytes, folder, &mut finder);
    }
    let is_m3u = first.starts_with("#EXTM3U");
    let is_pls = first.eq_ignore_ascii_case("[playlist]");
    let entries = match is_pls || (has_extension(path, &["pls"]) && !is_m3u) {
        true => pls_entries(&lines),
        false => m3u_entries(lines),
    };
    let folders = [folder.to_owned()];
    let resolved = entries.iter();
    Ok(resolved
        .filter_map(|entry| resolve(entry, &folders, Percent::Literal, &mut finder))
        .collect())
}

fn m3u_entries(lines: Vec<Name>) -> Vec<Name> {
    let is_entry = |line: &Name| !line.text.trim_start().starts_with('#');
    lines.into_iter().filter(is_entry).collect()
}

/// The values of `File1=`, `File2=` and so on, by number; the number of entries a list claims does not
/// matter.
fn pls_entries(lines: &[Name]) -> Vec<Name> {
    let numbered = lines.iter().filter_map(|line| {
        let (key, _) = line.text.split_once('=')?;
        let key = key.trim().to_ascii_lowercase();
        let digits = key.strip_prefix("file")?.trim();
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits
            .parse()
            .unwrap_or(if digits.is_empty() { 0 } else { u64::MAX });
        is_number.then(|| {
            let value = line.map(|bytes| {
                let equals = bytes.iter().position(|byte| *byte == b'=');
                equals.map_or(&[][..], |at| &bytes[at + 1..])
            });
            (number, value)
        })
    });
    let mut entries: Vec<(u64, Name)> = numbered.collect();
    entries.sort_by_key(|(number, _)| *number);
    entries.into_iter().map(|(_, value)| value).collect()
}

#[cfg(test)]
#[path = "playlist_tests.rs"]
mod tests;
