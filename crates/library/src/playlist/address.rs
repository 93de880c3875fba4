//! What an entry of a playlist means: a path in this system's way or in Windows', or a file address
//! (RFC 8089).

use crate::find::{Finder, parts, readings};
use crate::list_text::Name;
use std::path::{Path, PathBuf};

/// How percent signs in an entry are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Percent {
    /// As part of a name, unless only the decoded name is there.
    Literal,
    /// As codes, unless only the literal name is there.
    Code,
}

/// The path an entry means, looked for from each of `folders` in turn; where nothing is there, the most
/// likely one. None for an empty entry, an address on the network, and the root of the file system.
pub(super) fn resolve(
    entry: &Name,
    folders: &[PathBuf],
    percent: Percent,
    finder: &mut Finder,
) -> Option<PathBuf> {
    let inner = unquoted(entry);
    let named = names(&inner.trimmed(), percent)?;
    // Spaces around a name may be part of it.
    for spaced in [entry, &inner] {
        if *spaced != inner.trimmed()
            && let Some(found) = there(&names(spaced, percent)?, folders)
        {
            return Some(found);
        }
    }
    if let Some(found) = there(&named, folders) {
        return Some(found);
    }
    for folder in folders {
        for name in &named {
            let (parts, is_absolute) = parts(name);
            // An absolute path of another system: what lies at its end may lie beside the list.
            let starts = if is_absolute { parts.len() } else { 1 };
            let mut ends = (0..starts).filter_map(|at| parts.get(at..));
            if let Some(found) = ends.find_map(|parts| finder.in_any_case(folder, parts)) {
                return Some(found);
            }
        }
    }
    let folder = folders.first()?;
    named.first().map(|name| folder.join(&name.text))
}

/// The names that `entry` may stand for, the likeliest first; none for what names no file.
fn names(entry: &Name, percent: Percent) -> Option<Vec<Name>> {
    let (name, percent) = match scheme(&entry.text) {
        Some("file") => (file_address(entry), Percent::Code),
        Some(_) => return None,
        None => (entry.clone(), percent),
    };
    let is_empty = name.text.trim_matches(['/', '\\', ' ']).is_empty();
    (!is_empty).then(|| meanings(&name, percent))
}

/// The first of the paths that `names` may mean at which something is.
fn there(names: &[Name], folders: &[PathBuf]) -> Option<PathBuf> {
    let paths = folders
        .iter()
        .flat_map(|folder| names.iter().flat_map(|name| readings(folder, name)));
    paths.into_iter().find(|path| path.exists())
}

/// The scheme of an address on the network or of a file, in lower case. A drive's letter is none.
pub(super) fn scheme(text: &str) -> Option<&'static str> {
    let (scheme, rest) = text.split_once(':')?;
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    match scheme.eq_ignore_ascii_case("file") {
        true if is_scheme => Some("file"),
        _ => (is_scheme && rest.starts_with("//")).then_some("other"),
    }
}

/// The path in a file address, its percent codes as they are: without the scheme and an empty host or
/// `localhost`. Another host becomes the first part of the path.
pub(super) fn file_address(address: &Name) -> Name {
    address.map(|bytes| {
        let rest = bytes.get("file:".len()..).unwrap_or_default();
        let is_slash = |at: usize| rest.get(at).is_some_and(|byte| b"/\\".contains(byte));
        if !(is_slash(0) && is_slash(1)) {
            return before_drive(rest);
        }
        let host = &rest[2..];
        let end = host
            .iter()
            .position(|byte| b"/\\".contains(byte))
            .unwrap_or(host.len());
        match host[..end].eq_ignore_ascii_case(b"localhost") {
            true => before_drive(&host[end..]),
            false => before_drive(host),
        }
    })
}

/// `/C:/Music` without the slash that stands in front of a drive.
fn before_drive(path: &[u8]) -> &[u8] {
    match path {
        [b'/' | b'\\', letter, b':' | b'|', ..] if letter.is_ascii_alphabetic() => &path[1..],
        _ => path,
    }
}

/// The names an entry may stand for, the likeliest first.
fn meanings(name: &Name, percent: Percent) -> Vec<Name> {
    let decoded = decoded(name);
    let mut found = match (percent, decoded) {
        (_, None) => vec![name.clone()],
        (Percent::Literal, Some(decoded)) => vec![name.clone(), decoded],
        (Percent::Code, Some(decoded)) => vec![decoded, name.clone()],
    };
    // A query or a fragment of an address; many writers leave these signs in names as they are.
    if percent == Percent::Code && name.text.contains(['?', '#']) {
        let path = name.map(|bytes| {
            let end = bytes.iter().position(|byte| b"?#".contains(byte));
            &bytes[..end.unwrap_or(bytes.len())]
        });
        found.push(self::decoded(&path).unwrap_or(path));
    }
    found.retain(|name| !name.text.trim().is_empty());
    found
}

/// `name` with its percent codes as the bytes they stand for; none where there is none.
fn decoded(name: &Name) -> Option<Name> {
    let bytes = name.bytes.as_deref().unwrap_or(name.text.as_bytes());
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digit = |at: usize| char::from(*bytes.get(at)?).to_digit(16);
        match digit(at + 1).zip(digit(at + 2)).filter(|_| *byte == b'%') {
            Some((high, low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    (out.len() < bytes.len()).then(|| Name::of_bytes(out))
}

/// An entry without the quotes around it.
fn unquoted(entry: &Name) -> Name {
    entry.map(|bytes| match bytes.trim_ascii() {
        [b'"', inner @ .., b'"'] => inner,
        whole => whole,
    })
}

/// The folder an address without scheme means from `outer`: decoded, or literal where only that is there.
pub(super) fn folder(address: &str, outer: &Path) -> Option<PathBuf> {
    let named = meanings(&Name::from(address.to_owned()), Percent::Code);
    let paths: Vec<PathBuf> = named
        .iter()
        .flat_map(|name| readings(outer, name))
        .collect();
    let there = paths.iter().find(|path| path.is_dir()).cloned();
    there.or_else(|| paths.into_iter().next())
}
