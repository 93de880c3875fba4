//! XSPF playlists (xspf.org): tracks with locations, relative to `xml:base`.

use super::address::{Percent, file_address, resolve, scheme};
use crate::error::ListError;
use crate::find::Finder;
use crate::list_text::{self, Name};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::path::{Path, PathBuf};

/// Elements within each other; what is deeper is not looked at.
const MAX_DEPTH: usize = 32;
/// Folders a relative location is looked for in.
const MAX_FOLDERS: usize = 4;

/// Where relative locations start: folders, the likeliest first; none on the network.
type Base = Vec<PathBuf>;

/// An element that is open.
struct Element {
    name: Vec<u8>,
    base: Base,
}

/// The files of the playlist `bytes` in `folder`, in order: one of each track's locations, the first that
/// is there.
///
/// # Errors
/// When it is not XML, and nothing could be read up to the fault.
pub(super) fn parse(
    bytes: &[u8],
    folder: &Path,
    finder: &mut Finder,
) -> Result<Vec<PathBuf>, ListError> {
    let text = list_text::text(bytes, declared_encoding(bytes).as_deref());
    let mut reader = Reader::from_str(&text);
    let mut open: Vec<Element> = Vec::new();
    let (mut found, mut locations, mut location) = (Vec::new(), Vec::new(), None::<String>);
    let (mut too_deep, here) = (0_usize, vec![folder.to_owned()]);
    loop {
        match reader.read_event() {
            Err(error) if found.is_empty() => {
                return Err(ListError::Damaged(format!(
                    "not a valid XSPF playlist: {error}"
                )));
            }
            // What came before a fault is good.
            Err(_) | Ok(Event::Eof) => return Ok(found),
            Ok(Event::Start(_)) if open.len() >= MAX_DEPTH => too_deep += 1,
            Ok(Event::Start(tag)) => {
                let base = base_of(
                    &tag,
                    open.last().map_or(&[folder.to_owned()][..], |e| &e.base),
                );
                let name = tag.local_name().as_ref().to_vec();
                if is_location(&open, &name) {
                    location = Some(String::new());
                }
                open.push(Element { name, base });
            }
            Ok(Event::End(_)) if too_deep > 0 => too_deep -= 1,
            Ok(Event::End(_)) => {
                let Some(Element { name, base }) = open.pop() else {
                    continue;
                };
                if is_location(&open, &name) {
                    let text = location.take().unwrap_or_default();
                    // A file address needs no base.
                    let base = if scheme(text.trim()) == Some("file") {
                        &here
                    } else {
                        &base
                    };
                    locations.extend(resolve(&Name::from(text), base, Percent::Code, finder));
                } else if is_track(&open, &name) {
                    found.extend(one_of(&mut locations));
                }
            }
            Ok(event) => {
                if let Some(location) = &mut location {
                    append(location, &event);
                }
            }
        }
    }
}

/// XSPF: no more than one of a track's locations is played.
fn one_of(locations: &mut Vec<PathBuf>) -> Option<PathBuf> {
    let at = locations.iter().position(|path| path.exists()).unwrap_or(0);
    let chosen = locations.get(at).cloned();
    locations.clear();
    chosen
}

fn is_track(open: &[Element], name: &[u8]) -> bool {
    name == b"track"
        && open
            .last()
            .is_some_and(|parent| parent.name == b"trackList")
}

/// A location of a track itself, not one in an extension of it.
fn is_location(open: &[Element], name: &[u8]) -> bool {
    let parent = open.split_last();
    name == b"location" && parent.is_some_and(|(track, above)| is_track(above, &track.name))
}

/// Adds what an event says of a location's text.
fn append(location: &mut String, event: &Event) {
    match event {
        Event::Text(part) => location.extend(part.xml10_content().ok().as_deref()),
        Event::CData(part) => location.extend(part.xml10_content().ok().as_deref()),
        Event::GeneralRef(reference) => {
            let character = match reference.decode().as_deref() {
                Ok("amp") => Some('&'),
                Ok("lt") => Some('<'),
                Ok("gt") => Some('>'),
                Ok("quot") => Some('"'),
                Ok("apos") => Some('\''),
                _ => reference.resolve_char_ref().ok().flatten(),
            };
            location.extend(character);
        }
        _ => {}
    }
}

/// Where locations in the element start that `tag` opens within `outer`.
fn base_of(tag: &BytesStart, outer: &[PathBuf]) -> Base {
    let mut attributes = tag.attributes();
    let own = attributes
        .with_checks(false)
        .flatten()
        .filter(|attribute| attribute.key.as_ref() == b"xml:base")
        .find_map(|attribute| Some(attribute.unescape_value().ok()?.trim().to_owned()));
    let Some(own) = own.filter(|base| !base.is_empty()) else {
        return outer.to_owned();
    };
    let path = match scheme(&own) {
        Some("file") => file_address(&Name::from(own)).text,
        Some(_) => return Vec::new(),
        None => own,
    };
    // By RFC 3986 what follows the last slash does not count, but some mean a folder by it.
    let path = path.replace('\\', "/");
    let folder = path.rfind('/').map_or("", |at| &path[..=at]);
    let mut found = Base::new();
    for meant in [folder, path.as_str()] {
        for outer in outer {
            let at = match meant.is_empty() {
                true => Some(outer.clone()),
                false => super::address::folder(meant, outer),
            };
            found.extend(at.filter(|at| !found.contains(at)));
        }
    }
    found.truncate(MAX_FOLDERS);
    found
}

/// What the XML declaration says, which is ASCII in any encoding but UTF-16.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(200)];
    let head: String = head.iter().map(|byte| char::from(*byte)).collect();
    let declaration = head.split_once("?>")?.0;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value
        .chars()
        .next()
        .filter(|quote| "\"'".contains(*quote))?;
    Some(value[1..].split_once(quote)?.0.to_owned())
}
