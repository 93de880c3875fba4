//! The links of a chained Ogg file: groups of streams that begin together (RFC 3533, section 4).

use super::gap::MAX_GAP_FRAMES;
use super::headless::{Lost, begins_headless, codec_of_comments, lend_heads};
use super::page::{PageHead, body, next_page};
use crate::decoder::window::Window;
use crate::error::MediaError;
use crate::track_bytes::TrackBytes;
use std::io;
use std::sync::Arc;

/// Links looked for; more are left out.
const MAX_LINKS: usize = 4_096;
/// Pages between two remembered places.
const INDEX_STEP: u32 = 8;
/// Streams of one link that are looked at.
const MAX_STREAMS: usize = 64;

/// A codec of sound in Ogg, by its first packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OggCodec {
    Vorbis,
    Opus,
    Flac,
}

/// A page whose position is known, from which decoding can begin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) at: u64,
    pub(super) position: i64,
}

/// One link, as far as its sound is concerned.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) start: u64,
    /// Where the next one begins, or the file ends.
    pub(super) end: u64,
    pub(super) serial: u32,
    pub(super) codec: OggCodec,
    /// The last page with sound, and the position it says.
    pub(super) last_page: Option<u64>,
    pub(super) last_position: Option<i64>,
    pub(super) places: Vec<Place>,
    /// Whether a page says that it is the last.
    pub(super) has_end: bool,
    /// Whether positions jump from a page to the next one, so that they tell no place: the recording of a station
    /// may begin with a page of another count.
    pub(super) has_jump: bool,
    /// Its first packet, which says what the stream is.
    pub(super) head: Option<Arc<[u8]>>,
    /// Whether that is another link's, because its own is damaged.
    pub(super) has_lent_head: bool,
    walk: Walk,
}

/// What is known of the pages before.
#[derive(Debug, Clone, Default)]
struct Walk {
    pages_to_next: u32,
    /// The number of the page before, and the last position that one said, with the packets since.
    last_sequence: Option<u32>,
    last_told: Option<(i64, i64)>,
}

impl OggCodec {
    /// Frames that no packet has more of.
    fn most_packet_frames(self) -> i64 {
        match self {
            Self::Vorbis => 8_192,
            Self::Opus => 5_760,
            Self::Flac => 65_536,
        }
    }
}

impl Link {
    fn new(start: u64, serial: u32, codec: OggCodec, head: Option<Arc<[u8]>>) -> Self {
        Self {
            start,
            end: u64::MAX,
            serial,
            codec,
            last_page: None,
            last_position: None,
            places: Vec::new(),
            has_end: false,
            has_jump: false,
            head,
            has_lent_head: false,
            walk: Walk::default(),
        }
    }

    /// Compares the position of `page` with that before it.
    fn look_for_jump(&mut self, page: &PageHead) {
        let walk = &mut self.walk;
        let is_next = walk.last_sequence.map(|last| last.wrapping_add(1)) == Some(page.sequence);
        walk.last_sequence = Some(page.sequence);
        // One may have begun on the page before.
        let packets = page.whole_packets() as i64 + 1;
        let Some(position) = page.position.filter(|position| *position > 0) else {
            walk.last_told = walk.last_told.map(|(told, more)| (told, more + packets));
            return;
        };
        if let Some((told, more)) = walk.last_told {
            // Where pages are missing, silence comes in their place, within bounds.
            let missing = if is_next { 0 } else { MAX_GAP_FRAMES as i64 };
            let most = (packets + more) * self.codec.most_packet_frames() + missing;
            self.has_jump |= !(0..=most).contains(&position.saturating_sub(told));
        }
        walk.last_told = Some((position, 0));
    }

    fn take(&mut self, page: &PageHead) {
        self.last_page = Some(page.at);
        self.has_end |= page.is_last;
        self.look_for_jump(page);
        // Headers end at position 0, and are no place to begin decoding.
        self.last_position = page.position.filter(|position| *position > 0);
        let Some(position) = self.last_position else {
            return;
        };
        // The first packet after a jump only fills the decoder; those of FLAC stand alone.
        let needed = if self.codec == OggCodec::Flac { 1 } else { 2 };
        if self.walk.pages_to_next > 0 {
            self.walk.pages_to_next -= 1;
        } else if page.whole_packets() >= needed {
            self.places.push(Place {
                at: page.at,
                position,
            });
            self.walk.pages_to_next = INDEX_STEP - 1;
        }
    }
}

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
        at = page.end();
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
        ..
    } = chain;
    lend_heads(&mut links, &mut lost);
    if !links.is_empty() {
        let lost = lost.iter().map(|lost| lost.line(end)).collect();
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

/// The links found so far.
#[derive(Default)]
struct Chain {
    links: Vec<Link>,
    lost: Vec<Lost>,
    /// The streams of the last link.
    serials: Vec<u32>,
    /// Why a link cannot be played that is none of sound.
    other: Option<MediaError>,
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
