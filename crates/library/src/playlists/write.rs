//! Lists for other programs: M3U8, PLS and XSPF. Files beside the list or below it are named from there, so
//! that both can be moved together.

use super::entry::ListEntry;
use std::fmt::Write;
use std::path::{Component, Path};

/// A kind of playlist file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListFormat {
    /// M3U in UTF-8.
    M3u8,
    /// PLS.
    Pls,
    /// XSPF.
    Xspf,
}

impl ListFormat {
    /// The format that the extension of `path` stands for.
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "m3u" | "m3u8" => Self::M3u8,
            "pls" => Self::Pls,
            "xspf" => Self::Xspf,
            _ => return None,
        })
    }
}

/// The content of a list of `entries` that will lie in `folder`. Parts of files are named once, as files:
/// none of these formats can say more.
pub fn write_list(entries: &[ListEntry], folder: &Path, format: ListFormat) -> Vec<u8> {
    let mut files: Vec<&ListEntry> = Vec::with_capacity(entries.len());
    for entry in entries {
        let is_same_file = |last: &&&ListEntry| {
            last.path == entry.path && last.span.is_some() && entry.span.is_some()
        };
        if files.last().filter(is_same_file).is_none() {
            files.push(entry);
        }
    }
    match format {
        ListFormat::M3u8 => m3u8(&files, folder),
        ListFormat::Pls => pls(&files, folder),
        ListFormat::Xspf => xspf(&files, folder).into_bytes(),
    }
}

/// `path` as it is named from `folder`, in bytes; whole where it lies elsewhere.
fn named_from(path: &Path, folder: &Path) -> Vec<u8> {
    let relative = path.strip_prefix(folder).ok();
    let relative = relative.filter(|path| path.components().next().is_some());
    relative
        .unwrap_or(path)
        .as_os_str()
        .as_encoded_bytes()
        .to_vec()
}

/// Whether a line with this name would be read as something else, or as several.
fn is_unclear(name: &[u8]) -> bool {
    let has_break = name.iter().any(|byte| b"\n\r".contains(byte));
    let has_space = name.first().is_some_and(u8::is_ascii_whitespace)
        || name.last().is_some_and(u8::is_ascii_whitespace);
    let is_special = name.starts_with(b"#") || name.starts_with(b"\"") || name.starts_with(b"[");
    let has_mark = name.starts_with(b"\xEF\xBB\xBF");
    has_break || has_space || is_special || has_mark || name.contains(&b'%') || has_scheme(name)
}

/// Whether it begins like an address.
fn has_scheme(name: &[u8]) -> bool {
    let colon = name.iter().position(|byte| *byte == b':');
    colon.is_some_and(|at| {
        at > 1
            && name[..at]
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte))
    })
}

/// The name for a line of text. One that a line cannot hold is an address instead.
fn line_name(path: &Path, folder: &Path) -> Vec<u8> {
    let name = named_from(path, folder);
    match is_unclear(&name) {
        false => name,
        true if path.is_absolute() => address(path).into_bytes(),
        // Without knowing where it is there is no address: what can be read of it.
        true => name
            .into_iter()
            .filter(|byte| !b"\n\r".contains(byte))
            .collect(),
    }
}

fn one_line(text: &str) -> String {
    text.replace(|c: char| c.is_control(), " ")
        .trim()
        .to_owned()
}

fn m3u8(entries: &[&ListEntry], folder: &Path) -> Vec<u8> {
    let mut out = b"#EXTM3U\n".to_vec();
    for entry in entries {
        if let Some(title) = &entry.title {
            out.extend(format!("#EXTINF:-1,{}\n", one_line(title)).as_bytes());
        }
        out.extend(line_name(&entry.path, folder));
        out.push(b'\n');
    }
    out
}

fn pls(entries: &[&ListEntry], folder: &Path) -> Vec<u8> {
    let mut out = b"[playlist]\n".to_vec();
    for (number, entry) in (1_usize..).zip(entries) {
        out.extend(format!("File{number}=").as_bytes());
        out.extend(line_name(&entry.path, folder));
        out.push(b'\n');
        if let Some(title) = &entry.title {
            out.extend(format!("Title{number}={}\n", one_line(title)).as_bytes());
        }
    }
    out.extend(format!("NumberOfEntries={}\nVersion=2\n", entries.len()).as_bytes());
    out
}

fn xspf(entries: &[&ListEntry], folder: &Path) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <playlist version=\"1\" xmlns=\"http://xspf.org/ns/0/\">\n  <trackList>\n",
    );
    for entry in entries {
        let relative = entry.path.strip_prefix(folder).ok();
        let relative = relative.filter(|path| path.components().next().is_some());
        let location = match relative {
            Some(path) => percent_coded(path),
            None if entry.path.is_absolute() => address(&entry.path),
            None => percent_coded(&entry.path),
        };
        // Writing to a string does not fail.
        let _ = writeln!(
            out,
            "    <track>\n      <location>{}</location>",
            escaped(&location)
        );
        if let Some(title) = &entry.title {
            let _ = writeln!(out, "      <title>{}</title>", escaped(&one_line(title)));
        }
        out.push_str("    </track>\n");
    }
    out.push_str("  </trackList>\n</playlist>\n");
    out
}

fn address(path: &Path) -> String {
    format!("file://{}", percent_coded(path))
}

/// A path with slashes, and all but plain letters by their numbers (RFC 3986).
fn percent_coded(path: &Path) -> String {
    let mut out = String::new();
    for part in path.components() {
        match part {
            Component::RootDir => out.push('/'),
            part => {
                if !out.is_empty() && !out.ends_with('/') {
                    out.push('/');
                }
                for byte in part.as_os_str().as_encoded_bytes() {
                    match byte {
                        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                            out.push(char::from(*byte));
                        }
                        byte => {
                            let _ = write!(out, "%{byte:02X}");
                        }
                    }
                }
            }
        }
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
