//! Delay and discarded padding of a Matroska track (RFC 9559: CodecDelay, DiscardPadding).

use std::io::{self, BufReader, Read, Seek, SeekFrom};

const SEGMENT: u64 = 0x1853_8067;
const TRACKS: u64 = 0x1654_AE6B;
const TRACK_ENTRY: u64 = 0xAE;
const TRACK_NUMBER: u64 = 0xD7;
const CODEC_DELAY: u64 = 0x56AA;
const CLUSTER: u64 = 0x1F43_B675;
const TIMESTAMP: u64 = 0xE7;
const SIMPLE_BLOCK: u64 = 0xA3;
const BLOCK_GROUP: u64 = 0xA0;
const BLOCK: u64 = 0xA1;
const DISCARD_PADDING: u64 = 0x75A2;

/// Elements looked at in a file: many more than ten hours of music have.
const MOST_ELEMENTS: usize = 1 << 20;

/// What a track declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Delays {
    pub(super) codec_delay_ns: u64,
    /// Time of the track's first block, in segment ticks.
    pub(super) first_block_ticks: i64,
    pub(super) discard: Option<Discard>,
}

/// A block whose end is not to be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Discard {
    pub(super) block_ticks: i64,
    pub(super) ns: u64,
}

#[derive(Debug, Clone, Copy)]
struct Element {
    id: u64,
    /// Where its content begins and ends in the file; unknown sizes reach to the parent's end.
    start: u64,
    end: u64,
    is_sized: bool,
}

struct Walk<R> {
    file: R,
    elements_left: usize,
}

impl Delays {
    /// Reads what is declared for the track numbered `track`; `None` for files that cannot be followed.
    pub(super) fn read(file: impl Read + Seek, track: u64) -> Option<Self> {
        let mut walk = Walk {
            file: BufReader::new(file),
            elements_left: MOST_ELEMENTS,
        };
        let end = walk.file.seek(SeekFrom::End(0)).ok()?;
        let mut delays = Self::default();
        let mut at = 0;
        while let Some(element) = walk.element(at, end) {
            if element.id == SEGMENT {
                walk.segment(element, track, &mut delays)?;
                return Some(delays);
            }
            at = element.end;
        }
        None
    }
}

impl<R: Read + Seek> Walk<R> {
    fn element(&mut self, at: u64, end: u64) -> Option<Element> {
        self.elements_left = self.elements_left.checked_sub(1)?;
        if at >= end {
            return None;
        }
        self.file.seek(SeekFrom::Start(at)).ok()?;
        let (id, id_bytes, _) = self.number(false).ok()?;
        let (size, size_bytes, is_unknown) = self.number(true).ok()?;
        let start = at + id_bytes + size_bytes;
        let reach = if is_unknown { u64::MAX } else { size };
        Some(Element {
            id,
            start,
            end: start.saturating_add(reach).min(end),
            is_sized: !is_unknown,
        })
    }

    /// A variable-length number, its bytes, and whether all its bits are set, which means unknown.
    fn number(&mut self, without_marker: bool) -> io::Result<(u64, u64, bool)> {
        let mut byte = [0];
        self.file.read_exact(&mut byte)?;
        let length = byte[0].leading_zeros() + 1;
        if length > 8 {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mask = if without_marker {
            0xFF_u64 >> length
        } else {
            0xFF
        };
        let mut value = u64::from(byte[0]) & mask;
        for _ in 1..length {
            self.file.read_exact(&mut byte)?;
            value = value << 8 | u64::from(byte[0]);
        }
        let all_ones = (1 << (7 * length)) - 1;
        Ok((
            value,
            u64::from(length),
            without_marker && value == all_ones,
        ))
    }

    fn integer(&mut self, element: Element) -> Option<u64> {
        self.file.seek(SeekFrom::Start(element.start)).ok()?;
        let mut value = 0;
        for _ in element.start..element.end.min(element.start + 8) {
            let mut byte = [0];
            self.file.read_exact(&mut byte).ok()?;
            value = value << 8 | u64::from(byte[0]);
        }
        Some(value)
    }

    fn segment(&mut self, segment: Element, track: u64, delays: &mut Delays) -> Option<()> {
        let mut at = segment.start;
        let mut is_first = true;
        let mut last = None;
        while let Some(element) = self.element(at, segment.end) {
            at = element.end;
            match element.id {
                TRACKS => self.tracks(element, track, delays)?,
                CLUSTER => {
                    if is_first || !element.is_sized {
                        self.cluster(element, track, delays, &mut is_first)?;
                    }
                    last = Some(element);
                }
                _ => {}
            }
        }
        let last = last.filter(|last| last.is_sized)?;
        self.cluster(last, track, delays, &mut false)
    }

    fn tracks(&mut self, tracks: Element, track: u64, delays: &mut Delays) -> Option<()> {
        let mut at = tracks.start;
        while let Some(entry) = self.element(at, tracks.end) {
            at = entry.end;
            if entry.id != TRACK_ENTRY {
                continue;
            }
            let (mut number, mut delay_ns, mut inside) = (0, 0, entry.start);
            while let Some(field) = self.element(inside, entry.end) {
                inside = field.end;
                match field.id {
                    TRACK_NUMBER => number = self.integer(field)?,
                    CODEC_DELAY => delay_ns = self.integer(field)?,
                    _ => {}
                }
            }
            if number == track {
                delays.codec_delay_ns = delay_ns;
            }
        }
        Some(())
    }

    fn cluster(
        &mut self,
        cluster: Element,
        track: u64,
        delays: &mut Delays,
        is_first: &mut bool,
    ) -> Option<()> {
        let (mut at, mut cluster_ticks) = (cluster.start, 0);
        while let Some(element) = self.element(at, cluster.end) {
            at = element.end;
            let (block, discard_ns) = match element.id {
                // Inside one of unknown size, the next begins where a child is expected.
                TIMESTAMP => {
                    cluster_ticks = i64::try_from(self.integer(element)?).ok()?;
                    continue;
                }
                CLUSTER => {
                    at = element.start;
                    continue;
                }
                SIMPLE_BLOCK => (Some(element), None),
                BLOCK_GROUP => self.group(element)?,
                _ => continue,
            };
            let Some((number, relative)) = block.and_then(|block| self.block(block)) else {
                continue;
            };
            if number != track {
                continue;
            }
            let ticks = cluster_ticks.saturating_add(relative);
            if std::mem::take(is_first) {
                delays.first_block_ticks = ticks;
            }
            delays.discard = discard_ns
                .map(|ns| Discard {
                    block_ticks: ticks,
                    ns,
                })
                .or(delays.discard);
        }
        Some(())
    }

    fn group(&mut self, group: Element) -> Option<(Option<Element>, Option<u64>)> {
        let (mut block, mut discard_ns, mut at) = (None, None, group.start);
        while let Some(field) = self.element(at, group.end) {
            at = field.end;
            match field.id {
                BLOCK => block = Some(field),
                // Signed; what is negative would add sound, which nobody writes.
                DISCARD_PADDING => {
                    let bits = 64 - 8 * (field.end - field.start).clamp(1, 8) as u32;
                    let value = (self.integer(field)? << bits) as i64 >> bits;
                    discard_ns = u64::try_from(value).ok();
                }
                _ => {}
            }
        }
        Some((block, discard_ns))
    }

    /// The track a block belongs to, and its time after its cluster's.
    fn block(&mut self, block: Element) -> Option<(u64, i64)> {
        self.file.seek(SeekFrom::Start(block.start)).ok()?;
        let (number, _, _) = self.number(true).ok()?;
        let mut time = [0; 2];
        self.file.read_exact(&mut time).ok()?;
        Some((number, i64::from(i16::from_be_bytes(time))))
    }
}
