//! The links of a chained Ogg file: groups of streams that begin together (RFC 3533, section 4).

use super::page::{PageHead, body, next_page};
use crate::decoder::window::Window;
use crate::error::MediaError;
use crate::track_bytes::TrackBytes;
use std::io;

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
    /// Compares the position of `page` with that before it, if no page is missing in between.
    fn look_for_jump(&mut self, page: &PageHead) {
        let is_next = self.last_sequence.map(|last| last.wrapping_add(1)) == Some(page.sequence);
        self.last_sequence = Some(page.sequence);
        // One may have begun on the page before.
        let packets = page.whole_packets() as i64 + 1;
        let before = self.last_told.filter(|_| is_next);
        let Some(position) = page.position.filter(|position| *position > 0) else {
            self.last_told = before.map(|(told, more)| (told, more + packets));
            return;
        };
        if let Some((told, more)) = before {
            let most = (packets + more) * self.codec.most_packet_frames();
            self.has_jump |= !(0..=most).contains(&position.saturating_sub(told));
        }
        self.last_told = Some((position, 0));
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
        if self.pages_to_next > 0 {
            self.pages_to_next -= 1;
        } else if page.whole_packets() >= needed {
            self.places.push(Place {
                at: page.at,
                position,
            });
            self.pages_to_next = INDEX_STEP - 1;
        }
    }
}

/// What was found in a file.
pub(super) struct Found {
    pub(super) links: Vec<Link>,
    /// Whether the last page is not all there.
    pub(super) is_cut: bool,
}

/// All links with sound. Of a pipe, only the one that begins at `start` is looked for.
///
/// # Errors
/// When the file cannot be read, or has no stream that can be played.
pub(super) fn find(bytes: &TrackBytes, start: u64) -> Result<Found, MediaError> {
    let file_end = bytes.len();
    let end = file_end.unwrap_or(u64::MAX);
    let mut window = Window::new(bytes.reopen()?);
    let mut links: Vec<Link> = Vec::new();
    let mut other = None;
    let (mut is_cut, mut at) = (false, start);
    // The group of first pages that is being read.
    let mut group: Option<Group> = None;
    while let Some(page) = next_page(&mut window, at, end)? {
        at = page.end();
        if at > end {
            is_cut = true;
            break;
        }
        if page.is_first {
            let group = group.get_or_insert_with(|| Group {
                start: page.at,
                serials: Vec::new(),
            });
            if group.serials.len() < MAX_STREAMS {
                let first = body(&mut window, &page)?.unwrap_or_default();
                group.serials.push((page.serial, first));
            }
            continue;
        }
        if let Some(group) = group.take() {
            if let Some(last) = links.last_mut() {
                last.end = last.end.min(group.start);
            }
            match group.link() {
                Ok(link) if links.len() < MAX_LINKS => links.push(link),
                Ok(_) => break,
                Err(error) => other = Some(error),
            }
            if file_end.is_none() && !links.is_empty() {
                break;
            }
        }
        // A link without sound ends the one before it too.
        if let Some(link) = links
            .last_mut()
            .filter(|link| link.serial == page.serial && page.at < link.end)
        {
            link.take(&page);
        }
    }
    // A file that ends with first pages has a last link without sound.
    if let (Some(group), Some(last)) = (group, links.last_mut()) {
        last.end = last.end.min(group.start);
    }
    match links.is_empty() {
        true => Err(other.unwrap_or(MediaError::NotAudio)),
        false => Ok(Found { links, is_cut }),
    }
}

/// First pages that stand together, with their packets.
struct Group {
    start: u64,
    serials: Vec<(u32, Vec<u8>)>,
}

impl Group {
    fn link(self) -> Result<Link, MediaError> {
        let (mut is_speex, mut is_video) = (false, false);
        for (serial, packet) in self.serials {
            let codec = match &packet[..] {
                [1, b'v', b'o', b'r', b'b', b'i', b's', ..] => OggCodec::Vorbis,
                [b'O', b'p', b'u', b's', b'H', b'e', b'a', b'd', ..] => OggCodec::Opus,
                [0x7F, b'F', b'L', b'A', b'C', ..] => OggCodec::Flac,
                other => {
                    is_speex |= other.starts_with(b"Speex   ");
                    is_video |= other.starts_with(b"\x80theora");
                    continue;
                }
            };
            return Ok(Link {
                start: self.start,
                end: u64::MAX,
                serial,
                codec,
                last_page: None,
                last_position: None,
                places: Vec::new(),
                has_end: false,
                has_jump: false,
                pages_to_next: 0,
                last_sequence: None,
                last_told: None,
            });
        }
        Err(match (is_speex, is_video) {
            (true, _) => MediaError::Unsupported("Speex".into()),
            (_, true) => MediaError::Unsupported("video without sound".into()),
            _ => MediaError::NotAudio,
        })
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
