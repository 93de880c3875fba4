//! The links of a chained Ogg file: groups of streams that begin together (RFC 3533, section 4).

use super::headless::{Lost, begins_headless, codec_of_comments, lend_heads};
use super::link::{Link, OggCodec};
use super::page::{PageHead, body, next_page, page_at};
use crate::decoder::window::Window;
use crate::error::MediaError;
use crate::track_bytes::TrackBytes;
use std::io;

/// Links looked for; more are left out.
const MAX_LINKS: usize = 4_096;
/// Streams of one link that are looked at.
const MAX_STREAMS: usize = 64;

/// What was found in a file.
pub(super) struct Found {
    pub(super) links: Vec<Link>,
    /// Whether the last page is not all there.
    pub(super) is_cut: bool,
    /// What cannot be played, a line each.
    pub(super) lost: Vec<String>,
}

/// All links with sound. Of a pipe, only the one that begins at `start` is looked for.
///
/// # Errors
/// When the file cannot be read, or has no stream that can be played.
pub(super) fn find(bytes: &TrackBytes, start: u64) -> Result<Found, MediaError> {
    let file_end = bytes.len();
    let end = file_end.unwrap_or(u64::MAX);
    let mut window = Window::new(bytes.reopen()?);
    let mut chain = Chain::default();
    let (mut is_cut, mut at) = (false, start);
    let mut has_page = false;
    // The group of first pages that is being read.
    let mut group: Option<Group> = None;
    while let Some(page) = next_page(&mut window, at, end)? {
        has_page = true;
        // First pages stand together.
        if page.is_first && page.at != at && group.take().is_some() {
            chain.break_off_at(page.at);
        }
        at = page.end();
        // What a broken page claims to hold may be the next link.
        if let Some(place) = page_within(&mut window, &page, end)? {
            group = None;
            chain.break_off_at(place);
            at = place;
            continue;
        }
        if at > end {
            is_cut = true;
            break;
        }
        if page.is_first {
            let group = group.get_or_insert_with(|| Group {
                start: page.at,
                streams: Vec::new(),
            });
            if group.streams.len() < MAX_STREAMS {
                let first = body(&mut window, &page)?;
                group.streams.push((page.serial, first));
            }
            continue;
        }
        if let Some(group) = group.take() {
            chain.end_at(group.start);
            let is_damaged = group.streams.iter().any(|(_, first)| first.is_none());
            chain.serials = group.streams.iter().map(|(serial, _)| *serial).collect();
            let start = group.start;
            match group.link() {
                Ok(link) => chain.links.push(link),
                Err(_) if is_damaged => chain.begin_headless(&mut window, start, &page)?,
                Err(error) => chain.other = Some(error),
            }
            if file_end.is_none() && !chain.links.is_empty() {
                break;
            }
        } else if begins_headless(chain.links.last(), &chain.serials, &page) {
            chain.end_at(page.at);
            chain.serials = vec![page.serial];
            chain.begin_headless(&mut window, page.at, &page)?;
        }
        if chain.links.len() > MAX_LINKS {
            chain.links.pop();
            break;
        }
        chain.take(&page);
    }
    let is_headed = group.as_ref().is_some_and(Group::has_sound);
    // A file that ends with first pages has a last link without sound.
    if let Some(group) = group {
        chain.end_at(group.start);
    }
    let Chain {
        mut links,
        mut lost,
        other,
        broken,
        ..
    } = chain;
    lend_heads(&mut links, &mut lost);
    if !links.is_empty() {
        let lost = lost.iter().map(|lost| lost.line(end));
        let lost = lost.chain(broken).collect();
        return Ok(Found {
            links,
            is_cut,
            lost,
        });
    }
    Err(match other {
        Some(error) => error,
        None if !lost.is_empty() => MediaError::Damaged("its first page is damaged".into()),
        None if is_headed || is_cut || !has_page => {
            MediaError::Damaged("it is cut short before its sound begins".into())
        }
        None => MediaError::NotAudio,
    })
}

/// Where the first whole page begins that lies within `page`, if that one is damaged: nothing but its head may be
/// left of it. A page with another one behind it, or the end of the file, is not looked into.
fn page_within(window: &mut Window, page: &PageHead, end: u64) -> io::Result<Option<u64>> {
    if page.end() == end || page_at(window, page.end())?.is_some() {
        return Ok(None);
    }
    if body(window, page)?.is_some() {
        return Ok(None);
    }
    let mut from = page.at + 1;
    while let Some(inner) = next_page(window, from, end.min(page.end()))? {
        if body(window, &inner)?.is_some() {
            return Ok(Some(inner.at));
        }
        from = inner.at + 1;
    }
    Ok(None)
}

/// The links found so far.
#[derive(Default)]
struct Chain {
    links: Vec<Link>,
    lost: Vec<Lost>,
    /// The streams of the last link.
    serials: Vec<u32>,
    /// Why a link cannot be played that is none of sound.
    other: Option<MediaError>,
    /// A line for a link that breaks off within a page.
    broken: Option<String>,
}

impl Chain {
    /// Ends the last link, as another begins.
    fn end_at(&mut self, at: u64) {
        if let Some(last) = self.links.last_mut() {
            last.end = last.end.min(at);
        }
        if let Some(last) = self.lost.last_mut() {
            last.end = last.end.min(at);
        }
    }

    /// The last link breaks off, and a whole page begins at `at`, perhaps of the next one.
    fn break_off_at(&mut self, at: u64) {
        if self
            .links
            .last()
            .is_some_and(|last| last.last_page.is_none())
        {
            self.links.pop();
        }
        self.broken.get_or_insert_with(|| {
            format!("cut short: a stream within it breaks off before byte {at}")
        });
    }

    /// Begins a link at `start` whose first page is damaged; `page` is the one behind that.
    fn begin_headless(
        &mut self,
        window: &mut Window,
        start: u64,
        page: &PageHead,
    ) -> io::Result<()> {
        match codec_of_comments(window, page)? {
            Some(codec) => self.links.push(Link::new(start, page.serial, codec, None)),
            None if self.lost.len() < MAX_LINKS => self.lost.push(Lost::new(start, page.serial)),
            None => {}
        }
        Ok(())
    }

    fn take(&mut self, page: &PageHead) {
        let link = self.links.last_mut();
        // A link without sound ends the one before it too.
        if let Some(link) = link.filter(|link| link.serial == page.serial && page.at < link.end) {
            return link.take(page);
        }
        let lost = self.lost.last_mut();
        if let Some(lost) = lost.filter(|lost| lost.serial == page.serial && page.at < lost.end) {
            lost.take(page);
        }
    }
}

/// First pages that stand together, with their packets, as far as they are undamaged.
struct Group {
    start: u64,
    streams: Vec<(u32, Option<Vec<u8>>)>,
}

impl Group {
    fn has_sound(&self) -> bool {
        let first = self.streams.iter().flat_map(|(_, first)| first);
        first
            .into_iter()
            .any(|first| codec_of_head(first).is_some())
    }

    fn link(self) -> Result<Link, MediaError> {
        let (mut is_speex, mut is_video) = (false, false);
        for (serial, first) in self.streams {
            let first = first.unwrap_or_default();
            if let Some(codec) = codec_of_head(&first) {
                return Ok(Link::new(self.start, serial, codec, Some(first.into())));
            }
            is_speex |= first.starts_with(b"Speex   ");
            is_video |= first.starts_with(b"\x80theora");
        }
        Err(match (is_speex, is_video) {
            (true, _) => MediaError::Unsupported("Speex".into()),
            (_, true) => MediaError::Unsupported("video without sound".into()),
            _ => MediaError::NotAudio,
        })
    }
}

fn codec_of_head(packet: &[u8]) -> Option<OggCodec> {
    match packet {
        [1, b'v', b'o', b'r', b'b', b'i', b's', ..] => Some(OggCodec::Vorbis),
        [b'O', b'p', b'u', b's', b'H', b'e', b'a', b'd', ..] => Some(OggCodec::Opus),
        [0x7F, b'F', b'L', b'A', b'C', ..] => Some(OggCodec::Flac),
        _ => None,
    }
}

/// The number of the stream of sound that begins at `at`, and its codec; for pipes.
///
/// # Errors
/// As [`find`].
pub(super) fn link_at(bytes: &TrackBytes, at: u64) -> Result<Option<Link>, MediaError> {
    match find(bytes, at) {
        Ok(found) => Ok(found.links.into_iter().next()),
        Err(MediaError::Io(error)) if error.kind() != io::ErrorKind::UnexpectedEof => {
            Err(error.into())
        }
        Err(_) => Ok(None),
    }
}
