//! Matroska and WebM files (RFC 9559): the track that is played, and where its packets are. What is not
//! needed for that, such as chapters, tags and attachments, is stepped over unread.

use super::ebml::{Element, Reader, elements, float, unsigned};
use super::index::PacketIndex;
use super::lacing::{Block, MAX_HEAD_BYTES};
use super::lengths::{HEAD_BYTES, Lengths};
use super::matroska_ids::{
    BESIDE_BLOCKS, BLOCK, BLOCK_GROUP, CHECKSUM, CHECKSUM_BYTES, CLUSTER, DISCARD_PADDING,
    ELSEWHERE, INFO, MAX_UNKNOWN_BYTES, SEGMENT, SIMPLE_BLOCK, TIMESTAMP, TRACKS, is_level_one,
    is_sane, is_top_level,
};
use super::matroska_track::{Coding, Track};
use super::stream::{Cut, Heard, Span, Stream, Wrapping};
use crate::decoder::opus::OpusHead;
use crate::error::MediaError;
use crate::track_bytes::TrackBytes;
use std::io::{self, Read, Seek};
use symphonia::core::codecs::audio::well_known::{CODEC_ID_OPUS, CODEC_ID_VORBIS};

/// The largest description of tracks, or of the file, that is read: bytes.
const MAX_HEADER_BYTES: u64 = 1 << 24;
/// Elements looked at in a file: many more than ten hours of music have.
const MAX_ELEMENTS: u32 = 1 << 23;
const NANOSECONDS: u64 = 1_000_000_000;

/// Finds the track of `file` that is to be played.
///
/// # Errors
/// When the file cannot be read, or its sound is missing or not supported.
pub(super) fn read(file: &mut TrackBytes) -> Result<Stream, MediaError> {
    let mut walk = Walk {
        reader: Reader::new(file)?,
        duration: None,
        tick_ns: 1_000_000,
        chosen: None,
        warnings: Vec::new(),
        index: PacketIndex::default(),
        is_cut: false,
        elements_left: MAX_ELEMENTS,
    };
    walk.file()?;
    let Some((track, coding)) = walk.chosen else {
        return Err(if walk.is_cut {
            MediaError::Damaged("cut short before its tracks are described".into())
        } else {
            MediaError::NotAudio
        });
    };
    let params = coding.params;
    let pre_skip = (params.codec == CODEC_ID_OPUS)
        .then(|| OpusHead::of(&params).ok())
        .flatten()
        .map(|head| Span {
            ticks: head.pre_skip_frames.into(),
            hz: 48_000,
        });
    let said = Span {
        ticks: track.codec_delay_ns,
        hz: NANOSECONDS,
    };
    // Vorbis has nothing in front; Opus says it itself, to the frame.
    let delay = match params.codec {
        CODEC_ID_VORBIS => Span::default(),
        _ => pre_skip.unwrap_or(said),
    };
    let cut = walk.is_cut.then(|| {
        let nanoseconds = walk.duration.map(|ticks| ticks * walk.tick_ns as f64);
        match nanoseconds.filter(|ns| ns.is_finite() && *ns > 0.0) {
            Some(ns) => Cut::About(Span {
                ticks: ns as u64,
                hz: NANOSECONDS,
            }),
            None => Cut::Somewhere,
        }
    });
    Ok(Stream {
        container: "matroska",
        params,
        index: walk.index,
        wrapping: coding.wrapping,
        heard: Heard {
            delay,
            length: None,
        },
        warnings: walk.warnings,
        cut,
    })
}

/// The file on its way from the first byte to the last.
struct Walk<R> {
    reader: Reader<R>,
    /// The length that the file gives, in its ticks.
    duration: Option<f64>,
    tick_ns: u64,
    chosen: Option<(Track, Coding)>,
    warnings: Vec<String>,
    index: PacketIndex,
    is_cut: bool,
    elements_left: u32,
}

impl<R: Read + Seek> Walk<R> {
    /// The next element, if no more than the allowed number were read.
    fn next(&mut self) -> io::Result<Option<Element>> {
        match self.elements_left.checked_sub(1) {
            Some(left) => self.elements_left = left,
            None => return Ok(None),
        }
        self.reader.element()
    }

    fn file(&mut self) -> Result<(), MediaError> {
        while let Some(element) = self.next()? {
            match (element.id, element.end()) {
                (SEGMENT, end) => return self.segment(end),
                (_, Some(end)) if end <= self.reader.length() => self.reader.go_to(end)?,
                _ => break,
            }
        }
        // A header that makes no sense: the segment may still be found.
        self.reader.go_to(0)?;
        if self.reader.search(SEGMENT.to_be_bytes())?
            && let Some(segment) = self.next()?
        {
            return self.segment(segment.end());
        }
        Ok(())
    }

    fn segment(&mut self, end: Option<u64>) -> Result<(), MediaError> {
        let length = self.reader.length();
        self.is_cut = end.is_some_and(|end| end > length);
        let end = end.unwrap_or(length).min(length);
        while self.reader.position() < end {
            let at = self.reader.position();
            let Some(element) = self.next()? else {
                if self.elements_left == 0 || !self.find_cluster(at + 1)? {
                    break;
                }
                continue;
            };
            let inside = element.end().filter(|end| *end <= length);
            match element.id {
                CLUSTER => self.cluster(element.end())?,
                // A cluster whose kind is damaged.
                id if !is_level_one(id) && self.begins_cluster(element)? => {
                    self.reader.go_to(element.start)?;
                    self.cluster(element.end())?;
                    MediaError::warn_of_damage(&mut self.warnings);
                    continue;
                }
                INFO if inside.is_some() => self.info(element)?,
                TRACKS if inside.is_some() => self.tracks(element)?,
                id if inside.is_some() && is_sane(id) => {
                    if !is_level_one(id) && element.size > Some(MAX_UNKNOWN_BYTES) {
                        MediaError::warn_of_loss(&mut self.warnings);
                    }
                }
                // It ends with the file.
                id if self.is_cut && ELSEWHERE.contains(&id) => break,
                _ => {
                    if !self.find_cluster(at + 1)? {
                        break;
                    }
                    continue;
                }
            }
            if element.id != CLUSTER
                && let Some(next) = inside
            {
                self.reader.go_to(next)?;
            }
        }
        Ok(())
    }

    /// Whether what `element` holds begins as a cluster does, with its time.
    fn begins_cluster(&mut self, element: Element) -> io::Result<bool> {
        self.reader.go_to(element.start)?;
        let head = self.reader.take(2 + CHECKSUM_BYTES as u64)?;
        // A checksum may come first.
        let head = match &head[..] {
            [CHECKSUM, 0x84, ..] => head.get(CHECKSUM_BYTES..).unwrap_or_default(),
            head => head,
        };
        Ok(matches!(*head, [TIMESTAMP, size, ..] if (0x81..=0x88).contains(&size)))
    }

    /// Goes to the next cluster from `at` on, behind damage, which is said once.
    fn find_cluster(&mut self, at: u64) -> io::Result<bool> {
        MediaError::warn_of_loss(&mut self.warnings);
        self.reader.go_to(at)?;
        self.reader.search(CLUSTER.to_be_bytes())
    }

    fn info(&mut self, element: Element) -> io::Result<()> {
        let size = element.size.unwrap_or(0).min(MAX_HEADER_BYTES);
        let content = self.reader.take(size)?;
        for (id, content) in elements(&content) {
            match id {
                0x2A_D7B1 => self.tick_ns = unsigned(content).max(1),
                0x4489 => self.duration = float(content),
                _ => {}
            }
        }
        Ok(())
    }

    /// Chooses of the tracks that can be played: enabled before disabled, default before others.
    fn tracks(&mut self, element: Element) -> Result<(), MediaError> {
        if self.chosen.is_some() {
            return Ok(());
        }
        let size = element.size.unwrap_or(0).min(MAX_HEADER_BYTES);
        let content = self.reader.take(size)?;
        let entries = elements(&content).filter(|(id, _)| *id == 0xAE);
        let mut tracks: Vec<Track> = entries
            .filter_map(|(_, entry)| Track::read(entry))
            .collect();
        let rank = |track: &Track| (!track.is_enabled, !track.is_default);
        // The first of those that are alike.
        let best = |tracks: &[Track], test: &dyn Fn(&Track) -> bool| {
            let tracks = tracks.iter().enumerate().filter(|(_, track)| test(track));
            tracks
                .min_by_key(|(_, track)| rank(track))
                .map(|(number, _)| number)
        };
        let Some(default) = best(&tracks, &|_| true) else {
            return Err(MediaError::NotAudio);
        };
        let chosen = best(&tracks, &|track| track.coding.is_ok()).unwrap_or(default);
        if let (true, Err(name)) = (chosen != default, &tracks[default].coding) {
            self.warnings.push(format!(
                "its default track, {name}, is not supported: another one is played"
            ));
        }
        let mut track = tracks.swap_remove(chosen);
        let coding = std::mem::replace(&mut track.coding, Err(String::new()));
        let coding = coding.map_err(MediaError::Unsupported)?;
        self.chosen = Some((track, coding));
        Ok(())
    }

    /// Reads a cluster's blocks, up to its end or to the next cluster where it does not say its end.
    fn cluster(&mut self, end: Option<u64>) -> io::Result<()> {
        let length = self.reader.length();
        let end_here = end.unwrap_or(length).min(length);
        while self.reader.position() < end_here {
            let at = self.reader.position();
            let Some(element) = self.next()? else {
                break;
            };
            if element.id == CLUSTER || is_top_level(element.id) {
                return self.reader.go_to(at);
            }
            let Some(next) = element.end() else {
                break;
            };
            if next > end_here && end_here < length {
                // Longer than its cluster: one of the two is wrong, and the next cluster is elsewhere.
                break;
            }
            match element.id {
                SIMPLE_BLOCK => self.block(element, None)?,
                BLOCK_GROUP => self.group(element)?,
                id if BESIDE_BLOCKS.contains(&id) => {}
                _ if next > element.start + MAX_UNKNOWN_BYTES => {
                    MediaError::warn_of_loss(&mut self.warnings);
                }
                _ => {}
            }
            if next > length {
                self.is_cut = true;
                return self.reader.go_to(length);
            }
            self.reader.go_to(next)?;
        }
        match end {
            Some(end) if end <= length && self.reader.position() >= end => Ok(()),
            Some(end) if end > length => {
                self.is_cut = true;
                self.reader.go_to(length)
            }
            _ if self.reader.position() >= length => Ok(()),
            // Damage: its end may be where the head says, if a cluster begins there.
            _ => {
                let from = self.reader.position();
                self.find_cluster(from).map(|_| ())
            }
        }
    }

    fn group(&mut self, group: Element) -> io::Result<()> {
        let end = group.end().unwrap_or(0).min(self.reader.length());
        let (mut block, mut discard_ns) = (None, None);
        while self.reader.position() < end {
            let Some(element) = self.next()? else {
                break;
            };
            let Some(next) = element.end() else {
                break;
            };
            match element.id {
                BLOCK => block = Some(element),
                DISCARD_PADDING => {
                    let content = self.reader.take(element.size.unwrap_or(0).min(8))?;
                    // Signed; what is negative would add sound, which nobody writes.
                    let unused = 64 - 8 * content.len().clamp(1, 8) as u32;
                    let value = (unsigned(&content) << unused).cast_signed() >> unused;
                    discard_ns = u64::try_from(value).ok();
                }
                _ => {}
            }
            self.reader.go_to(next)?;
        }
        match block {
            Some(block) => self.block(block, discard_ns),
            None => {
                MediaError::warn_of_loss(&mut self.warnings);
                Ok(())
            }
        }
    }

    /// Adds the packets of a block, those that are whole.
    fn block(&mut self, block: Element, discard_ns: Option<u64>) -> io::Result<()> {
        let Some((track, coding)) = &mut self.chosen else {
            return Ok(());
        };
        let size = block.size.unwrap_or(0);
        self.reader.go_to(block.start)?;
        // Enough for a block without lacing, and for the first bytes of its packet.
        let mut head = self.reader.take(size.min(HEAD_BYTES as u64 * 2))?;
        let is_laced = head
            .get(..4)
            .is_some_and(|head| head[0] & 0x80 == 0 || head[3] & 0b110 != 0);
        if is_laced {
            let more = self
                .reader
                .take(size.min(MAX_HEAD_BYTES) - head.len() as u64)?;
            head.extend(more);
        }
        let Some(found) = Block::read(&head, size).filter(|found| found.track == track.number)
        else {
            return Ok(());
        };
        for (start, bytes) in found.frames {
            let offset = block.start + start;
            if offset + bytes > self.reader.length() {
                self.is_cut = true;
                break;
            }
            let needs_no_head = matches!(
                coding.lengths,
                Lengths::Fixed(_) | Lengths::Pcm { .. } | Lengths::Blocks(_)
            );
            let mut first = match &coding.wrapping {
                Wrapping::Prefix(prefix) => prefix.iter().copied().take(HEAD_BYTES).collect(),
                _ => Vec::new(),
            };
            if !needs_no_head || coding.wrapping == Wrapping::Zlib {
                let missing = HEAD_BYTES.saturating_sub(first.len()) as u64;
                let wanted = if coding.wrapping == Wrapping::Zlib {
                    bytes.min(super::index::MAX_PACKET_BYTES)
                } else {
                    missing.min(bytes)
                };
                let from = start as usize;
                match head.get(from..from + wanted as usize) {
                    Some(bytes) => first.extend(bytes),
                    None => {
                        self.reader.go_to(offset)?;
                        first.extend(self.reader.take(wanted)?);
                    }
                }
            }
            let mut bytes_inside = bytes;
            match &coding.wrapping {
                Wrapping::Zlib => {
                    first = super::unpack(&first);
                    bytes_inside = first.len() as u64;
                    first.truncate(HEAD_BYTES);
                }
                Wrapping::Prefix(prefix) => bytes_inside += prefix.len() as u64,
                _ => {}
            }
            let frames = coding.lengths.frames(&first, bytes_inside);
            self.index.push(offset, bytes, frames);
        }
        if let Some(ns) = discard_ns {
            let span = Span {
                ticks: ns,
                hz: NANOSECONDS,
            };
            let rate_hz = match coding.params.codec {
                CODEC_ID_OPUS => 48_000,
                _ => coding.params.sample_rate.unwrap_or(0),
            };
            self.index.shorten_last(span.frames(rate_hz));
        }
        Ok(())
    }
}
