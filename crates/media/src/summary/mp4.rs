//! MP4: the index says how long the track is, and what of it is heard (ISO 14496-12).

use super::{SoundSummary, duration};
use crate::tags::bytes::{FileBytes, be, be_at, find};

/// Boxes looked at on one level.
const MAX_BOXES: usize = 256;
/// The largest index that is read here: bytes.
const MAX_INDEX_BYTES: u64 = 8 << 20;

/// The content of the boxes in `bytes` with their names, as far as they are whole.
fn boxes(bytes: &[u8]) -> Vec<([u8; 4], &[u8])> {
    let (mut found, mut at) = (Vec::new(), 0);
    while found.len() < MAX_BOXES {
        let Some(head) = bytes.get(at..at + 8) else {
            break;
        };
        let size = be(&head[..4]) as usize;
        let end = at.saturating_add(if size == 0 { bytes.len() - at } else { size });
        let Some(content) = bytes.get(at + 8..end) else {
            break;
        };
        found.push(([head[4], head[5], head[6], head[7]], content));
        at = end;
    }
    found
}

fn child<'a>(bytes: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes)
        .into_iter()
        .find(|(found, _)| found == name)
        .map(|(_, content)| content)
}

/// Reads a file with one sound track in one piece; all else is left to the decoder.
pub(super) fn read(file: &mut FileBytes) -> Option<SoundSummary> {
    let moov = index(file)?;
    let is_sound = |trak: &&[u8]| {
        let handler = child(trak, b"mdia").and_then(|mdia| child(mdia, b"hdlr"));
        handler.and_then(|handler| handler.get(8..12)) == Some(b"soun".as_slice())
    };
    let tracks = boxes(&moov).into_iter();
    let tracks = tracks.filter(|(name, _)| name == b"trak");
    let mut tracks = tracks.map(|(_, trak)| trak).filter(is_sound);
    let (Some(trak), None) = (tracks.next(), tracks.next()) else {
        return None;
    };
    // With fragments the index does not know the length.
    if child(&moov, b"mvex").is_some() {
        return None;
    }
    let mdia = child(trak, b"mdia")?;
    let (clock_hz, ticks) = clock(child(mdia, b"mdhd")?)?;
    let stbl = child(child(mdia, b"minf")?, b"stbl")?;
    let mut sound = sound(child(stbl, b"stsd")?)?;
    let heard = match itunes(&moov) {
        Some(frames) => frames,
        None => edited(trak, child(&moov, b"mvhd")?, clock_hz, ticks)?,
    };
    sound.duration = duration(heard, clock_hz);
    Some(sound)
}

/// The index without its head.
fn index(file: &mut FileBytes) -> Option<Vec<u8>> {
    let mut at = 0;
    for _ in 0..MAX_BOXES {
        let head: [u8; 8] = file.array(at)?;
        let (size, head_bytes) = match be(&head[..4]) {
            0 => (file.len() - at, 8),
            1 => (be(&file.array::<8>(at + 8)?), 16),
            size => (size, 8),
        };
        if size < head_bytes {
            return None;
        }
        let end = at.checked_add(size)?;
        if &head[4..] == b"moov" {
            if size > MAX_INDEX_BYTES {
                return None;
            }
            let moov = file.read(at + head_bytes, size - head_bytes);
            return (moov.len() as u64 == size - head_bytes).then_some(moov);
        }
        // Cut short: the decoder knows how much is there.
        if end > file.len() {
            return None;
        }
        at = end;
    }
    None
}

/// Ticks a second, and all of them.
fn clock(header: &[u8]) -> Option<(u32, u64)> {
    let (clock, ticks) = match header.first()? {
        0 => (be_at(header, 12, 4)?, be_at(header, 16, 4)?),
        _ => (be_at(header, 20, 4)?, be_at(header, 24, 8)?),
    };
    let clock = u32::try_from(clock).ok().filter(|hz| *hz > 0)?;
    Some((clock, ticks as u64))
}

fn sound(stsd: &[u8]) -> Option<SoundSummary> {
    let entries = boxes(stsd.get(8..)?);
    let [(name, entry)] = entries.as_slice() else {
        return None;
    };
    let codec = match name {
        b"mp4a" => is_aac(entry).then_some("AAC")?,
        b"alac" => "ALAC",
        _ => return None,
    };
    let (mut rate_hz, mut channels) = (be_at(entry, 24, 2)? as u32, be_at(entry, 16, 2)? as u32);
    let mut bits = None;
    if name == b"alac" {
        // ALACSpecificConfig, which the entry repeats coarsely.
        let config = child(entry.get(28..)?, b"alac")?.get(4..28)?;
        (bits, channels) = (Some(u32::from(config[5])), u32::from(config[9]));
        rate_hz = u32::try_from(be(&config[20..24])).ok()?;
    }
    Some(SoundSummary {
        codec: codec.into(),
        sample_rate_hz: rate_hz,
        channels,
        bits_per_sample: bits,
        duration: None,
    })
}

/// Whether the entry's descriptor says AAC-LC, whose rate and channels are those of the entry.
fn is_aac(entry: &[u8]) -> bool {
    let read = || {
        let esds = child(entry.get(28..)?, b"esds")?;
        // DecoderSpecificInfo (tag 5): the object type in its first five bits.
        let at = find(esds, &[0x05, 0x80, 0x80, 0x80]).map(|at| at + 5);
        let config = at.or_else(|| Some(esds.windows(2).position(|two| two == [5, 2])? + 2))?;
        let is_aac = find(esds, &[0x40, 0x15]).is_some() || find(esds, &[0x40, 0x14]).is_some();
        (is_aac && esds.get(config)? >> 3 == 2).then_some(())
    };
    read().is_some()
}

/// Frames heard, as iTunes writes it: " 00000000 DELAY PADDING LENGTH …", hexadecimal.
fn itunes(moov: &[u8]) -> Option<u64> {
    let at = find(moov, b"iTunSMPB")?;
    let rest = &moov[at..moov.len().min(at + 512)];
    let data = find(rest, b"data")?;
    let text = String::from_utf8_lossy(rest.get(data + 12..)?).into_owned();
    let mut words = text.split_whitespace().skip(3);
    let length = u64::from_str_radix(words.next()?.get(..16)?, 16).ok()?;
    Some(length).filter(|length| *length > 0)
}

/// Ticks heard by the track's edit list: all where there is none, none where it puts pieces together.
fn edited(trak: &[u8], mvhd: &[u8], clock_hz: u32, ticks: u64) -> Option<u64> {
    let Some(elst) = child(trak, b"edts").and_then(|edts| child(edts, b"elst")) else {
        return Some(ticks);
    };
    let (movie_hz, _) = clock(mvhd)?;
    if be_at(elst, 4, 4)? != 1 {
        return None;
    }
    let (length, start) = match elst.first()? {
        0 => (
            be_at(elst, 8, 4)? as u64,
            u64::try_from(be_at(elst, 12, 4)? as i32).ok()?,
        ),
        _ => (be_at(elst, 8, 8)? as u64, be_at(elst, 16, 8)? as u64),
    };
    let left = ticks.checked_sub(start)?;
    // Movies count coarsely, often in milliseconds; the track's own length is exact.
    let listed = u128::from(length) * u128::from(clock_hz) / u128::from(movie_hz);
    let listed = u64::try_from(listed).ok()?;
    let tick = u64::from(clock_hz.div_ceil(movie_hz));
    Some(match length {
        0 => left,
        _ if listed.abs_diff(left) <= tick => left,
        _ => listed.min(left),
    })
}
