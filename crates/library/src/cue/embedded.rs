//! Cue sheets inside FLAC files: a CUESHEET comment, or the CUESHEET block (RFC 9639, section 8.7).

use super::part;
use super::sheet::Sheet;
use crate::list_text;
use media::location::{TrackLocation, TrackPart};
use media::track_bytes::can_be_read_again;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::Duration;

const STREAMINFO: u8 = 0;
const COMMENT: u8 = 4;
const CUESHEET: u8 = 5;
/// Metadata blocks looked at; real files have a handful.
const MAX_BLOCKS: usize = 128;
/// Tags in front of the stream that are stepped over.
const MAX_TAGS: usize = 8;
/// Bytes of a block that is read.
const MAX_BYTES: u64 = 4 << 20;

/// The tracks a FLAC file is cut into by its own sheet; none where it has no sheet, or one of a single
/// track. Does I/O.
pub fn embedded_parts(path: &Path) -> Vec<TrackLocation> {
    let is_flac = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("flac"));
    let parts = if is_flac && can_be_read_again(path) {
        read(path).unwrap_or_default()
    } else {
        Vec::new()
    };
    if parts.len() < 2 {
        return Vec::new();
    }
    let located = parts.into_iter();
    located
        .map(|part| TrackLocation::of_part(path.to_owned(), part))
        .collect()
}

fn read(path: &Path) -> Option<Vec<TrackPart>> {
    let mut file = BufReader::new(File::open(path).ok()?);
    skip_tags(&mut file)?;
    let mut rate_hz = 0;
    let mut by_block = None;
    for _ in 0..MAX_BLOCKS {
        let mut head = [0; 4];
        file.read_exact(&mut head).ok()?;
        let length = u64::from(u32::from_be_bytes([0, head[1], head[2], head[3]]));
        let kind = head[0] & 0x7F;
        if [STREAMINFO, COMMENT, CUESHEET].contains(&kind) && length <= MAX_BYTES {
            let mut block = Vec::new();
            file.by_ref().take(length).read_to_end(&mut block).ok()?;
            match kind {
                STREAMINFO => rate_hz = be(block.get(10..13)?) >> 4,
                COMMENT => {
                    if let Some(parts) = comment(&block).as_deref().map(by_text) {
                        return Some(parts);
                    }
                }
                _ => by_block = positions(&block, rate_hz),
            }
        } else {
            file.seek(SeekFrom::Current(i64::try_from(length).ok()?))
                .ok()?;
        }
        if head[0] & 0x80 != 0 {
            break;
        }
    }
    by_block
}

/// Goes behind the mark of FLAC, and so behind the ID3v2 tags that some programs put in front of it.
fn skip_tags(file: &mut BufReader<File>) -> Option<()> {
    for _ in 0..MAX_TAGS {
        let mut mark = [0; 4];
        file.read_exact(&mut mark).ok()?;
        if &mark == b"fLaC" {
            return Some(());
        }
        let mut head = [0; 6];
        file.read_exact(&mut head).ok()?;
        let [_, flags, size @ ..] = head;
        if !mark.starts_with(b"ID3") || size.iter().any(|byte| *byte > 0x7F) {
            return None;
        }
        let size = size.iter().fold(0, |n, byte| n << 7 | i64::from(*byte));
        // A footer is as long as a header.
        let footer = if flags & 0x10 != 0 { 10 } else { 0 };
        file.seek(SeekFrom::Current(size + footer)).ok()?;
    }
    None
}

fn by_text(text: &str) -> Vec<TrackPart> {
    let mut sheet = Sheet::parse(&list_text::lines(text.as_bytes()));
    // Whatever files it names, it is about this one.
    sheet.join_files();
    let tracks = sheet.tracks.iter();
    tracks.map(|track| part(&sheet, track)).collect()
}

/// The CUESHEET field of a Vorbis comment block.
fn comment(block: &[u8]) -> Option<String> {
    let length = |at: usize| -> Option<usize> {
        let bytes = block.get(at..at + 4)?;
        Some(
            bytes
                .iter()
                .rev()
                .fold(0, |n, byte| n << 8 | usize::from(*byte)),
        )
    };
    let mut at = length(0)?.checked_add(4)?;
    let count = length(at)?;
    at += 4;
    for _ in 0..count {
        let size = length(at)?;
        let field = block.get(at + 4..(at + 4).checked_add(size)?)?;
        at += 4 + size;
        let name = b"CUESHEET=";
        if field.len() > name.len() && field[..name.len()].eq_ignore_ascii_case(name) {
            return Some(String::from_utf8_lossy(&field[name.len()..]).into_owned());
        }
    }
    None
}

/// Tracks of a CUESHEET block, which has positions but no names.
fn positions(block: &[u8], rate_hz: u64) -> Option<Vec<TrackPart>> {
    let count = usize::from(*block.get(395)?);
    let mut at = 396;
    let mut starts = Vec::new();
    for _ in 0..count {
        let track = block.get(at..at + 36)?;
        let (offset, number) = (be(&track[..8]), track[8]);
        let is_audio = track[21] & 0x80 == 0;
        let indices = usize::from(track[35]);
        let list = block.get(at + 36..at + 36 + indices * 12)?;
        at += 36 + indices * 12;
        let first = list.chunks_exact(12).find(|index| index[8] == 1);
        let start = offset + first.map_or(0, |index| be(&index[..8]));
        // The lead-out is the end of the last one.
        let is_lead_out = [170, 255].contains(&number);
        if is_audio || is_lead_out {
            starts.push((start, number, is_lead_out));
        }
    }
    let time = |frames: u64| {
        let rest = u128::from(frames % rate_hz) * 1_000_000_000;
        let nanoseconds = rest.div_ceil(u128::from(rate_hz)) as u32;
        Duration::new(frames / rate_hz, nanoseconds)
    };
    if rate_hz == 0 {
        return None;
    }
    let tracks = starts
        .iter()
        .enumerate()
        .filter(|(_, (_, _, is_out))| !is_out);
    let parts = tracks.map(|(index, (start, number, _))| {
        let next = starts.get(index + 1).filter(|(_, _, is_out)| !is_out);
        let mut part = TrackPart {
            start: time(*start),
            end: next.map(|(next, _, _)| time(*next)),
            ..TrackPart::default()
        };
        part.tags.track_number = Some(u32::from(*number));
        part
    });
    Some(parts.collect())
}

fn be(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte))
}
