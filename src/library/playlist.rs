//! Playlist files: M3U, PLS and XSPF.

use crate::media::text::decode_text;
use std::path::{Path, PathBuf};

/// Extensions of playlists, in lower case.
pub const PLAYLIST_EXTENSIONS: [&str; 4] = ["m3u", "m3u8", "pls", "xspf"];
/// No playlist is read beyond this many bytes.
const LARGEST_BYTES: u64 = 64 << 20;

/// Whether `path` has a playlist's extension.
pub fn is_playlist(path: &Path) -> bool {
    let extension = path
        .extension()
        .and_then(|e| e.to_str())
        .map(str::to_lowercase);
    extension.is_some_and(|extension| PLAYLIST_EXTENSIONS.contains(&extension.as_str()))
}

/// The entries of the playlist at `path`, in order; relative ones start at its folder. Addresses on
/// the network are left out.
///
/// # Errors
/// When it cannot be read, in one line without its name.
pub fn read_playlist(path: &Path) -> Result<Vec<PathBuf>, String> {
    let size = path
        .metadata()
        .map_err(|error| crate::media::error::MediaError::Io(error).to_string())?;
    if size.len() > LARGEST_BYTES {
        return Err("too large for a playlist".into());
    }
    let bytes = std::fs::read(path)
        .map_err(|error| crate::media::error::MediaError::Io(error).to_string())?;
    let text = decode_text(&bytes);
    let folder = path.parent().unwrap_or(Path::new(""));
    let extension = path
        .extension()
        .and_then(|e| e.to_str())
        .map(str::to_lowercase);
    let locations = match extension.as_deref() {
        Some("pls") => parse_pls(&text),
        Some("xspf") => parse_xspf(&text)?,
        _ => parse_m3u(&text),
    };
    Ok(locations
        .iter()
        .filter_map(|location| resolve(location, folder))
        .collect())
}

fn parse_m3u(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

fn parse_pls(text: &str) -> Vec<String> {
    let mut entries: Vec<(u32, String)> = text
        .lines()
        .filter_map(|line| {
            let (key, value) = line.split_once('=')?;
            let number = key
                .trim()
                .to_lowercase()
                .strip_prefix("file")?
                .parse()
                .ok()?;
            Some((number, value.trim().to_owned()))
        })
        .collect();
    entries.sort_by_key(|(number, _)| *number);
    entries.into_iter().map(|(_, value)| value).collect()
}

fn parse_xspf(text: &str) -> Result<Vec<String>, String> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut locations, mut location, mut is_track) = (Vec::new(), None::<String>, false);
    loop {
        match reader.read_event() {
            Err(error) => return Err(format!("not a valid XSPF playlist: {error}")),
            Ok(Event::Eof) => return Ok(locations),
            Ok(Event::Start(tag)) => match tag.local_name().as_ref() {
                b"track" => is_track = true,
                b"location" if is_track => location = Some(String::new()),
                _ => {}
            },
            Ok(Event::Text(part)) => {
                if let (Some(location), Ok(part)) = (&mut location, part.xml10_content()) {
                    location.push_str(&part);
                }
            }
            Ok(Event::GeneralRef(reference)) => {
                if let (Some(location), Ok(name)) = (&mut location, reference.decode()) {
                    let character = match name.as_ref() {
                        "amp" => Some('&'),
                        "lt" => Some('<'),
                        "gt" => Some('>'),
                        "quot" => Some('"'),
                        "apos" => Some('\''),
                        _ => reference.resolve_char_ref().ok().flatten(),
                    };
                    location.extend(character);
                }
            }
            Ok(Event::End(tag)) => match tag.local_name().as_ref() {
                b"track" => is_track = false,
                b"location" => locations.extend(location.take().map(|l| l.trim().to_owned())),
                _ => {}
            },
            Ok(_) => {}
        }
    }
}

/// A path from an entry: a file address, an absolute path, or one relative to `folder`.
fn resolve(location: &str, folder: &Path) -> Option<PathBuf> {
    if let Some(rest) = location.strip_prefix("file:") {
        let rest = rest
            .strip_prefix("//localhost")
            .or(rest.strip_prefix("//"))
            .unwrap_or(rest);
        let decoded = percent_decode(rest);
        // "/C:/Music" of a Windows address.
        let is_drive = decoded.as_bytes().get(2) == Some(&b':');
        return Some(PathBuf::from(if is_drive {
            &decoded[1..]
        } else {
            &decoded
        }));
    }
    if location.contains("://") {
        return None;
    }
    let direct = folder.join(location);
    if direct.exists() {
        return Some(direct);
    }
    // XSPF escapes relative paths too, and lists from Windows have backslashes.
    let decoded = folder.join(percent_decode(location).replace('\\', "/"));
    Some(if decoded.exists() { decoded } else { direct })
}

fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(code.unwrap_or(bytes[at]));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &[u8]) -> Vec<PathBuf> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ä b.flac"), b"x").unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let strip = |p: PathBuf| p.strip_prefix(folder.path()).map(Into::into).unwrap_or(p);
        read_playlist(&path)
            .unwrap()
            .into_iter()
            .map(strip)
            .collect()
    }

    #[test]
    fn every_kind_is_read_in_order() {
        let m3u =
            "\u{feff}#EXTM3U\r\n#EXTINF:1,x\r\nä b.flac\r\n\r\nhttp://radio/x\r\n/abs/c.mp3\r\n";
        assert_eq!(
            read("l.m3u8", m3u.as_bytes()),
            [Path::new("ä b.flac"), Path::new("/abs/c.mp3")]
        );
        let pls = b"[playlist]\nFile2=b.mp3\nTitle1=x\nFile1=a.mp3\nNumberOfEntries=2\n";
        assert_eq!(read("l.pls", pls), [Path::new("a.mp3"), Path::new("b.mp3")]);
        let xspf =
            b"<?xml version='1.0'?><playlist xmlns='http://xspf.org/ns/0/'><trackList><track>\
            <location>file:///music/a%20&amp;%20b.flac</location></track><track><location>\
            %C3%A4%20b.flac</location></track></trackList></playlist>";
        assert_eq!(
            read("l.xspf", xspf),
            [Path::new("/music/a & b.flac"), Path::new("ä b.flac")]
        );
    }

    #[test]
    fn old_encodings_are_recognised() {
        assert_eq!(read("l.m3u", b"caf\xe9.mp3\n"), [Path::new("café.mp3")]);
        let cyrillic = b"\xca\xe8\xed\xee - \xc3\xf0\xf3\xef\xef\xe0 \xea\xf0\xee\xe2\xe8.mp3";
        assert_eq!(
            read("l.m3u", cyrillic),
            [Path::new("Кино - Группа крови.mp3")]
        );
    }

    #[test]
    fn broken_lists_say_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("l.xspf");
        std::fs::write(&path, "<playlist><trackList></wrong>").unwrap();
        assert!(read_playlist(&path).unwrap_err().contains("XSPF"));
        assert_eq!(
            read_playlist(&folder.path().join("no.m3u")).unwrap_err(),
            "no such file"
        );
    }
}
