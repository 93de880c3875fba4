//! Which part of an MP4 track is to be heard: its edit list (ISO 14496-12, 8.6.6), or what iTunes
//! writes instead ("iTunSMPB").

use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// Boxes looked at on one level; real files have a few dozen.
const MAX_BOXES: usize = 4_096;

/// The part to be heard, in ticks of the track's own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) timescale_hz: u32,
    pub(super) start_ticks: u64,
    pub(super) length_ticks: Option<u64>,
    /// The list puts pieces together anew, which is not done: all of the track is played.
    pub(super) is_rearranged: bool,
}

#[derive(Debug, Clone, Copy)]
struct Box {
    kind: [u8; 4],
    /// Where its content begins and ends in the file.
    start: u64,
    end: u64,
}

impl Edit {
    /// Reads what is declared for the track `track_id`; `None` where nothing is.
    pub(super) fn read(file: impl Read + Seek, track_id: u32) -> Option<Self> {
        let mut file = BufReader::new(file);
        let length = file.seek(SeekFrom::End(0)).ok()?;
        let whole = Box {
            kind: *b"file",
            start: 0,
            end: length,
        };
        let moov = child(&mut file, whole, *b"moov")?;
        let mvhd = child(&mut file, moov, *b"mvhd")?;
        let movie_hz = clock(&mut file, mvhd)?.0;
        for trak in children(&mut file, moov).ok()? {
            if trak.kind != *b"trak" || id(&mut file, trak) != Some(track_id) {
                continue;
            }
            let mdia = child(&mut file, trak, *b"mdia")?;
            let mdhd = child(&mut file, mdia, *b"mdhd")?;
            let (timescale_hz, total) = clock(&mut file, mdhd)?;
            if let Some(edit) = itunes(&mut file, moov, timescale_hz) {
                return Some(edit);
            }
            let edts = child(&mut file, trak, *b"edts")?;
            let elst = child(&mut file, edts, *b"elst")?;
            let listed = edit_list(&mut file, elst, movie_hz, timescale_hz)?;
            let Listed::One {
                length: movie_ticks,
                start: start_ticks,
            } = listed
            else {
                return Some(Self {
                    timescale_hz,
                    start_ticks: 0,
                    length_ticks: None,
                    is_rearranged: true,
                });
            };
            let left = total.saturating_sub(start_ticks);
            // Movies count coarsely, often in milliseconds; the track's own length is exact.
            let tick = u64::from(timescale_hz.div_ceil(movie_hz));
            let listed = u128::from(movie_ticks) * u128::from(timescale_hz) / u128::from(movie_hz);
            let listed = u64::try_from(listed).unwrap_or(u64::MAX);
            let length_ticks = match (movie_ticks, left) {
                (_, 0) => None,
                (0, _) => Some(left),
                _ if listed.abs_diff(left) <= tick => Some(left),
                _ => Some(listed.min(left)),
            };
            return Some(Self {
                timescale_hz,
                start_ticks,
                length_ticks,
                is_rearranged: false,
            });
        }
        None
    }
}

fn children<R: Read + Seek>(file: &mut R, parent: Box) -> io::Result<Vec<Box>> {
    let mut found = Vec::new();
    let mut at = parent.start;
    while at + 8 <= parent.end && found.len() < MAX_BOXES {
        file.seek(SeekFrom::Start(at))?;
        let mut header = [0; 16];
        file.read_exact(&mut header[..8])?;
        let [s0, s1, s2, s3, k0, k1, k2, k3, ..] = header;
        let (size, head) = match u32::from_be_bytes([s0, s1, s2, s3]) {
            0 => (parent.end - at, 8),
            1 => {
                file.read_exact(&mut header[8..])?;
                let [.., l0, l1, l2, l3, l4, l5, l6, l7] = header;
                (u64::from_be_bytes([l0, l1, l2, l3, l4, l5, l6, l7]), 16)
            }
            size => (u64::from(size), 8),
        };
        let Some(end) = at.checked_add(size).filter(|_| size >= head) else {
            break;
        };
        found.push(Box {
            kind: [k0, k1, k2, k3],
            start: at + head,
            end: end.min(parent.end),
        });
        at = end;
    }
    Ok(found)
}

fn child<R: Read + Seek>(file: &mut R, parent: Box, kind: [u8; 4]) -> Option<Box> {
    let boxes = children(file, parent).ok()?;
    boxes.into_iter().find(|found| found.kind == kind)
}

/// The first bytes of a box's content, at most 4 KiB.
fn content<R: Read + Seek>(file: &mut R, of: Box) -> Option<Vec<u8>> {
    file.seek(SeekFrom::Start(of.start)).ok()?;
    let mut bytes = Vec::new();
    let length = (of.end - of.start).min(4_096);
    file.take(length).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn be(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let bytes = bytes.get(at..at + width)?;
    Some(bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)))
}

/// Ticks a second, never zero, and duration, of `mvhd` or `mdhd`.
fn clock<R: Read + Seek>(file: &mut R, header: Box) -> Option<(u32, u64)> {
    let bytes = content(file, header)?;
    let (timescale, duration) = match bytes.first()? {
        0 => (be(&bytes, 12, 4)?, be(&bytes, 16, 4)?),
        _ => (be(&bytes, 20, 4)?, be(&bytes, 24, 8)?),
    };
    let timescale = u32::try_from(timescale).ok().filter(|hz| *hz > 0)?;
    Some((timescale, duration))
}

fn id<R: Read + Seek>(file: &mut R, trak: Box) -> Option<u32> {
    let tkhd = child(file, trak, *b"tkhd")?;
    let bytes = content(file, tkhd)?;
    let at = if *bytes.first()? == 0 { 12 } else { 20 };
    u32::try_from(be(&bytes, at, 4)?).ok()
}

/// What the edits that are not pauses come to.
enum Listed {
    /// Length in movie ticks and start in track ticks.
    One {
        length: u64,
        start: u64,
    },
    Rearranged,
}

fn edit_list<R: Read + Seek>(
    file: &mut R,
    elst: Box,
    movie_hz: u32,
    timescale_hz: u32,
) -> Option<Listed> {
    let bytes = content(file, elst)?;
    let is_long = *bytes.first()? == 1;
    let count = be(&bytes, 4, 4)? as usize;
    let entry = if is_long { 20 } else { 12 };
    let mut sounding = Vec::new();
    for at in (8..bytes.len()).step_by(entry).take(count) {
        let (length, start, pause) = if is_long {
            (be(&bytes, at, 8)?, be(&bytes, at + 8, 8)?, u64::MAX)
        } else {
            let pause = u64::from(u32::MAX);
            (be(&bytes, at, 4)?, be(&bytes, at + 4, 4)?, pause)
        };
        if start != pause {
            sounding.push((length, start));
        }
    }
    let (&(mut length, start), rest) = sounding.split_first()?;
    for (more, next_start) in rest {
        // Pieces that follow each other in the track too are one; others are put together anew.
        let ticks = |movie: u64| u128::from(movie) * u128::from(timescale_hz);
        let end = u128::from(start) + ticks(length) / u128::from(movie_hz);
        let tolerance = u64::from(timescale_hz.div_ceil(movie_hz));
        if end.abs_diff(u128::from(*next_start)) > u128::from(tolerance) {
            return Some(Listed::Rearranged);
        }
        length = length.saturating_add(*more);
    }
    Some(Listed::One { length, start })
}

/// `moov/udta/meta/ilst/----` named iTunSMPB: " 00000000 DELAY PADDING LENGTH …", hexadecimal.
fn itunes<R: Read + Seek>(file: &mut R, moov: Box, timescale_hz: u32) -> Option<Edit> {
    let udta = child(file, moov, *b"udta")?;
    let meta = child(file, udta, *b"meta")?;
    let inner = Box {
        start: (meta.start + 4).min(meta.end),
        ..meta
    };
    let ilst = child(file, inner, *b"ilst")?;
    for item in children(file, ilst).ok()? {
        if item.kind != *b"----" {
            continue;
        }
        let name = child(file, item, *b"name").and_then(|name| content(file, name));
        if name.is_none_or(|name| name.get(4..) != Some(b"iTunSMPB")) {
            continue;
        }
        let data = child(file, item, *b"data").and_then(|data| content(file, data))?;
        let text = String::from_utf8_lossy(data.get(8..)?).into_owned();
        let mut words = text.split_whitespace().skip(1);
        let mut number = || u64::from_str_radix(words.next()?, 16).ok();
        let (delay, _padding, length) = (number()?, number()?, number()?);
        return Some(Edit {
            timescale_hz,
            start_ticks: delay,
            length_ticks: Some(length).filter(|length| *length > 0),
            is_rearranged: false,
        });
    }
    None
}
