//! The coded sound within containers: tags may move it, but not change it, and every size must be right.

use crate::ogg_pages;
use std::ops::Range;

type Parts<'a> = Result<Vec<&'a [u8]>, String>;

/// What a file that had `old` for its content is damaged by as `new`.
pub(crate) fn fault_of(old: &[u8], new: &[u8]) -> Result<(), String> {
    let is_mp4 = |data: &[u8]| data.get(4..8) == Some(b"ftyp");
    if old.get(..4) != new.get(..4) && !(is_mp4(old) && is_mp4(new)) {
        return Err(format!("it begins with {:?}", new.get(..4)));
    }
    match sound_of(old)? == sound_of(new)? {
        true => Ok(()),
        false => Err("the coded sound is not the same".to_owned()),
    }
}

fn sound_of(data: &[u8]) -> Parts<'_> {
    match data.get(..4) {
        Some(b"RIFF") => chunks(data, false, b"data"),
        Some(b"FORM") => chunks(data, true, b"SSND"),
        Some(b"riff") => wave64(data),
        Some(b"caff") => caf(data),
        Some(b"\x1aE\xdf\xa3") => clusters(data),
        Some(b"OggS") => ogg_pages::bodies(data),
        _ if data.get(4..8) == Some(b"ftyp") => mp4(data),
        _ => Ok(vec![data]),
    }
}

fn number(data: &[u8], at: Range<usize>, is_big: bool) -> Result<usize, String> {
    let bytes = data.get(at).ok_or("its structure ends too early")?;
    let fold = |n: usize, byte: &u8| n << 8 | usize::from(*byte);
    Ok(match is_big {
        true => bytes.iter().fold(0, fold),
        false => bytes.iter().rev().fold(0, fold),
    })
}

fn slice(data: &[u8], start: usize, length: usize) -> Result<&[u8], String> {
    let end = start
        .checked_add(length)
        .ok_or("a size beyond all bounds")?;
    data.get(start..end)
        .ok_or_else(|| format!("what is at byte {start} goes beyond the end"))
}

/// Chunks of RIFF and AIFF called `wanted`; the outer size must be the file's.
fn chunks<'a>(data: &'a [u8], is_big: bool, wanted: &[u8]) -> Parts<'a> {
    let end = number(data, 4..8, is_big)? + 8;
    if end != data.len() && end + 1 != data.len() {
        return Err(format!(
            "its size says {end} bytes, there are {}",
            data.len()
        ));
    }
    let (mut at, mut found) = (12, Vec::new());
    while at + 8 <= data.len() {
        let size = number(data, at + 4..at + 8, is_big)?;
        let body = slice(data, at + 8, size)?;
        if &data[at..at + 4] == wanted {
            found.push(body);
        }
        at += 8 + size + size % 2;
    }
    Ok(found)
}

fn wave64(data: &[u8]) -> Parts<'_> {
    if number(data, 16..24, false)? != data.len() {
        return Err("its size is not the file's".to_owned());
    }
    let (mut at, mut found) = (40, Vec::new());
    while at + 24 <= data.len() {
        let size = number(data, at + 16..at + 24, false)?;
        let body = slice(
            data,
            at + 24,
            size.checked_sub(24).ok_or("a chunk too small")?,
        )?;
        if &data[at..at + 4] == b"data" {
            found.push(body);
        }
        at += size.next_multiple_of(8);
    }
    Ok(found)
}

fn caf(data: &[u8]) -> Parts<'_> {
    let (mut at, mut found) = (8, Vec::new());
    while at + 12 <= data.len() {
        let size = match number(data, at + 4..at + 12, true)? {
            usize::MAX => data.len() - at - 12,
            size => size,
        };
        let body = slice(data, at + 12, size)?;
        if &data[at..at + 4] == b"data" {
            found.push(body);
        }
        at += 12 + size;
    }
    match at == data.len() {
        true => Ok(found),
        false => Err("there are bytes behind the last chunk".to_owned()),
    }
}

/// The first bytes of each chunk the offset tables of an MP4 file point to.
fn mp4(data: &[u8]) -> Parts<'_> {
    let mut found = Vec::new();
    let mut open: Vec<_> = std::iter::once(0..data.len()).collect();
    while let Some(range) = open.pop() {
        let mut at = range.start;
        while at + 8 <= range.end {
            let (size, head) = match number(data, at..at + 4, true)? {
                0 => (range.end - at, 8),
                1 => (number(data, at + 8..at + 16, true)?, 16),
                size => (size, 8),
            };
            if size < head || size > range.end - at {
                return Err(format!("the box at byte {at} goes beyond the end"));
            }
            let body = at + head..at + size;
            match &data[at + 4..at + 8] {
                b"moov" | b"trak" | b"mdia" | b"minf" | b"stbl" => open.push(body),
                b"stco" => offsets(data, body, 4, &mut found)?,
                b"co64" => offsets(data, body, 8, &mut found)?,
                _ => {}
            }
            at += size;
        }
    }
    Ok(found)
}

fn offsets<'a>(
    data: &'a [u8],
    body: Range<usize>,
    width: usize,
    found: &mut Vec<&'a [u8]>,
) -> Result<(), String> {
    let count = number(data, body.start + 4..body.start + 8, true)?;
    for entry in 0..count {
        let at = body.start + 8 + entry * width;
        let start = number(data, at..at + width, true)?;
        found.push(&data[start.min(data.len())..data.len().min(start + 32)]);
    }
    Ok(())
}

/// The clusters of a Matroska file.
fn clusters(data: &[u8]) -> Parts<'_> {
    let top = elements(data, 0..data.len())?;
    let segment = top
        .iter()
        .find(|(id, _)| *id == 0x1853_8067)
        .ok_or("there is no segment")?;
    let inner = elements(data, segment.1.clone())?;
    let clusters = inner.into_iter().filter(|(id, _)| *id == 0x1F43_B675);
    Ok(clusters.map(|(_, body)| &data[body]).collect())
}

fn elements(data: &[u8], range: Range<usize>) -> Result<Vec<(usize, Range<usize>)>, String> {
    let (mut at, mut found) = (range.start, Vec::new());
    while at < range.end {
        let width = |at: usize| {
            data.get(at)
                .map_or(8, |byte| byte.leading_zeros() as usize + 1)
                .min(8)
        };
        let id_width = width(at);
        let id = number(data, at..at + id_width, true)?;
        at += id_width;
        let size_width = width(at);
        let most = (1_usize << (7 * size_width)) - 1;
        let size = number(data, at..at + size_width, true)? & most;
        at += size_width;
        let end = if size == most { range.end } else { at + size };
        if end > range.end {
            return Err(format!("element {id:x} goes beyond the end"));
        }
        found.push((id, at..end));
        at = end;
    }
    Ok(found)
}
