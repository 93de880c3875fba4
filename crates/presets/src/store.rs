//! The listener's own presets: a folder of files in Equalizer APO's text, one for each, named after
//! the preset. Case does not tell names apart, as some file systems would not either.
//!
//! Control side; every function touches the disk.

use super::{PresetError, PresetFormat, ReadPreset, read_preset, write_preset};
use disk::replace::replace_file;
use dsp::equalizer::EqualizerSettings;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of presets inside the settings' folder.
pub const FOLDER_NAME: &str = "presets";

const EXTENSION: &str = "txt";
/// What most file systems take, less room for the extension.
const MAX_STEM_BYTES: usize = 240;

/// The names of the presets in `folder`, sorted; none when there is no folder yet.
///
/// # Errors
/// When the folder cannot be read, in one line.
pub fn list(folder: &Path) -> Result<Vec<String>, PresetError> {
    Ok(entries(folder)?.into_iter().map(|(name, _)| name).collect())
}

/// Whether `a` and `b` name the same preset.
///
/// ```
/// assert!(presets::store::is_same_name("My Bass ", "my bass"));
/// ```
pub fn is_same_name(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// Keeps `settings` as `name` in `folder`, in the place of a preset of that name. The file appears
/// whole or not at all.
///
/// # Errors
/// When the name or the settings cannot be kept, or the file cannot be written; in one line.
pub fn save(folder: &Path, name: &str, settings: &EqualizerSettings) -> Result<(), PresetError> {
    let path = match find(folder, name)? {
        Some(path) => path,
        None => folder.join(file_name(name)?),
    };
    let content = write_preset(settings, PresetFormat::Parametric, name)?;
    Ok(replace_file(&path, &content)?)
}

/// Reads the preset called `name`.
///
/// # Errors
/// When there is none or it cannot be read, in one line.
pub fn load(folder: &Path, name: &str) -> Result<ReadPreset, PresetError> {
    let path = existing(folder, name)?;
    read_preset(&path).map(|preset| ReadPreset {
        name: name_of(&path),
        ..preset
    })
}

/// Gives the preset called `from` the name `to`.
///
/// # Errors
/// When there is none, another is called `to`, or the name cannot be kept; in one line.
pub fn rename(folder: &Path, from: &str, to: &str) -> Result<(), PresetError> {
    let path = existing(folder, from)?;
    let fresh = folder.join(file_name(to)?);
    match find(folder, to)? {
        Some(other) if other != path => Err(PresetError::Taken(to.to_owned())),
        Some(_) | None => Ok(std::fs::rename(path, fresh)?),
    }
}

/// Removes the preset called `name`.
///
/// # Errors
/// When there is none or it cannot be removed, in one line.
pub fn delete(folder: &Path, name: &str) -> Result<(), PresetError> {
    Ok(std::fs::remove_file(existing(folder, name)?)?)
}

fn entries(folder: &Path) -> Result<Vec<(String, PathBuf)>, PresetError> {
    let listing = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listing => listing?,
    };
    let mut entries: Vec<(String, PathBuf)> = listing
        .filter_map(Result::ok)
        .filter_map(|entry| Some((name_of(&entry.path())?, entry.path())))
        .collect();
    entries.sort_by_cached_key(|(name, path)| (name.to_lowercase(), path.clone()));
    Ok(entries)
}

fn find(folder: &Path, name: &str) -> Result<Option<PathBuf>, PresetError> {
    let mut entries = entries(folder)?.into_iter();
    let found = entries.find(|(known, _)| is_same_name(known, name));
    Ok(found.map(|(_, path)| path))
}

fn existing(folder: &Path, name: &str) -> Result<PathBuf, PresetError> {
    find(folder, name)?.ok_or_else(|| PresetError::Missing(name.trim().to_owned()))
}

/// The preset's name behind a file's; none for files of other kinds.
fn name_of(path: &Path) -> Option<String> {
    let is_preset = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case(EXTENSION));
    is_preset
        .then(|| unescape(path.file_stem()?.to_str()?))
        .flatten()
}

/// The file's name for a preset called `name`.
fn file_name(name: &str) -> Result<String, PresetError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(PresetError::Nameless);
    }
    let stem = escape(name);
    match stem.len() <= MAX_STEM_BYTES {
        true => Ok(format!("{stem}.{EXTENSION}")),
        false => Err(PresetError::NameTooLong),
    }
}

/// `name` as any file system takes it: letters and digits of every script stay, everything else but
/// a few harmless signs becomes `%` and its UTF-8 bytes.
fn escape(name: &str) -> String {
    let mut out = String::new();
    for (at, letter) in name.char_indices() {
        let is_safe = letter.is_alphanumeric() || " -_(),+&'!.".contains(letter);
        // A dot in front hides a file; names such as CON and COM1 are Windows' own.
        let is_first = at == 0 && (letter == '.' || is_reserved(name));
        if is_safe && !is_first {
            out.push(letter);
            continue;
        }
        for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn is_reserved(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or("")
        .trim()
        .to_ascii_uppercase();
    let is_port = |port: &str| {
        let number = stem
            .strip_prefix(port)
            .map(|rest| rest.chars().collect::<Vec<_>>());
        matches!(number.as_deref(), Some(['0'..='9' | '¹' | '²' | '³']))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || is_port("COM") || is_port("LPT")
}

/// What [`escape`] was given; a `%` that starts no byte stays one. None for what is no text.
fn unescape(stem: &str) -> Option<String> {
    let bytes = stem.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digits = bytes
            .get(at + 1..at + 3)
            .and_then(|d| std::str::from_utf8(d).ok());
        let escaped = digits
            .filter(|d| byte == b'%' && d.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|d| u8::from_str_radix(d, 16).ok());
        out.push(escaped.unwrap_or(byte));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
