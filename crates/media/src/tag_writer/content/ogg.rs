//! Ogg files with one stream of sound in them (RFC 3533).

use super::Parts;
use lofty::file::FileType;
use std::borrow::Cow;

const CONTINUED: u8 = 1;
const FIRST: u8 = 2;
const POLYNOMIAL: u32 = 0x04C1_1DB7;

/// The kind of the only stream, and its packets but for the comment.
pub(super) fn understand(bytes: &[u8]) -> Result<(FileType, Parts<'_>), String> {
    let table = sums();
    let (mut kind, mut serial, mut sequence) = (None, None, 0);
    let mut packets = Vec::new();
    let mut unfinished = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let page = Page::take(&mut rest, &table)?;
        if page.flags & FIRST != 0 && serial.is_some() {
            return Err("has several streams in it, of which only one would get the tags".into());
        }
        if *serial.get_or_insert(page.serial) != page.serial || page.sequence != sequence {
            return Err("has Ogg pages that do not follow each other".into());
        }
        sequence = sequence.wrapping_add(1);
        if (page.flags & CONTINUED == 0) != unfinished.is_empty() {
            return Err("has Ogg pages that do not follow each other".into());
        }
        let mut body = page.body;
        for lace in page.laces {
            let (part, behind) = body.split_at(usize::from(*lace));
            body = behind;
            unfinished.extend(part);
            if *lace < 255 {
                packets.push(std::mem::take(&mut unfinished));
            }
        }
        if kind.is_none()
            && let Some(first) = packets.first()
        {
            kind = Some(kind_of(first)?);
        }
    }
    packets.push(unfinished);
    let kind = kind.ok_or("has no sound that can be found")?;
    if packets.len() > 1 {
        packets.remove(1);
    }
    Ok((kind, packets.into_iter().map(Cow::Owned).collect()))
}

fn kind_of(packet: &[u8]) -> Result<FileType, String> {
    Ok(match packet {
        [1, b'v', b'o', b'r', b'b', b'i', b's', ..] => FileType::Vorbis,
        [b'O', b'p', b'u', b's', b'H', b'e', b'a', b'd', ..] => FileType::Opus,
        [b'S', b'p', b'e', b'e', b'x', b' ', ..] => FileType::Speex,
        [0x7F, b'F', b'L', b'A', b'C', ..] => {
            return Err("is FLAC in Ogg, whose tags cannot be written".into());
        }
        _ => return Err("is an Ogg file of a kind whose tags cannot be written".into()),
    })
}

struct Page<'a> {
    flags: u8,
    serial: u32,
    sequence: u32,
    laces: &'a [u8],
    body: &'a [u8],
}

impl<'a> Page<'a> {
    /// Takes the page that `rest` begins with.
    fn take(rest: &mut &'a [u8], table: &[u32; 256]) -> Result<Self, String> {
        let bytes = *rest;
        let take = || {
            let head: &[u8; 27] = bytes.first_chunk()?;
            let laces = bytes.get(27..27 + usize::from(head[26]))?;
            let start = 27 + laces.len();
            let length: usize = laces.iter().map(|lace| usize::from(*lace)).sum();
            let body = bytes.get(start..start + length)?;
            let number = |at: usize| {
                u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]])
            };
            let sum = bytes[..start + length]
                .iter()
                .enumerate()
                .fold(0_u32, |sum, (at, byte)| {
                    let byte = if (22..26).contains(&at) { 0 } else { *byte };
                    (sum << 8) ^ table[usize::from((sum >> 24) as u8 ^ byte)]
                });
            (head.starts_with(b"OggS\0") && sum == number(22)).then(|| Self {
                flags: head[5],
                serial: number(14),
                sequence: number(18),
                laces,
                body,
            })
        };
        let page = take().ok_or("has something in it that is no Ogg page, or a damaged one")?;
        *rest = &bytes[27 + page.laces.len() + page.body.len()..];
        Ok(page)
    }
}

/// The checksum of each byte.
fn sums() -> [u32; 256] {
    std::array::from_fn(|byte| {
        (0..8).fold((byte as u32) << 24, |sum, _| {
            let shifted = sum << 1;
            if sum >> 31 == 1 {
                shifted ^ POLYNOMIAL
            } else {
                shifted
            }
        })
    })
}
