//! The comments of the first sound in an Ogg file (RFC 3533).

use super::bytes::{FileBytes, find, le};
use super::pictures::read_block;
use super::set::TagSet;
use super::values::MAX_TAG_BYTES;
use super::vorbis;
use std::collections::BTreeMap;

/// Pages looked at: a comment with a large picture takes some hundred.
const MAX_PAGES: usize = 4_096;
/// Streams side by side.
const MAX_STREAMS: usize = 16;
/// Header packets of FLAC in Ogg.
const MAX_PACKETS: usize = 64;
/// How far the next page is looked for behind a damaged one.
const SEARCHED_BYTES: u64 = 128 << 10;
const CONTINUED: u8 = 1;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Codec {
    Vorbis,
    Opus,
    Flac,
    Speex,
    Other,
}

impl Codec {
    fn of(packet: &[u8]) -> Self {
        match packet {
            [1, b'v', b'o', b'r', b'b', b'i', b's', ..] => Self::Vorbis,
            [b'O', b'p', b'u', b's', b'H', b'e', b'a', b'd', ..] => Self::Opus,
            [0x7F, b'F', b'L', b'A', b'C', ..] => Self::Flac,
            [b'S', b'p', b'e', b'e', b'x', b' ', ..] => Self::Speex,
            _ => Self::Other,
        }
    }
}

/// A stream's packets up to now.
struct Stream {
    codec: Option<Codec>,
    packets: usize,
    unfinished: Vec<u8>,
    sets: Vec<TagSet>,
    is_done: bool,
}

/// What the first stream of sound says about itself.
pub(super) fn read(file: &mut FileBytes, start: u64, want_cover: bool) -> Vec<TagSet> {
    let mut streams: BTreeMap<u64, Stream> = BTreeMap::new();
    let mut order = Vec::new();
    let mut at = start;
    let mut taken = 0;
    for _ in 0..MAX_PAGES {
        let Some(page) = Page::read(file, at) else {
            // Another page may follow some damage.
            let ahead = file.read(at + 1, SEARCHED_BYTES);
            let Some(next) = find(&ahead, b"OggS") else {
                break;
            };
            at += 1 + next as u64;
            continue;
        };
        at = page.end;
        taken += page.body.len() as u64;
        if taken > MAX_TAG_BYTES || streams.len() > MAX_STREAMS {
            break;
        }
        let stream = streams.entry(page.serial).or_insert_with(|| {
            order.push(page.serial);
            Stream {
                codec: None,
                packets: 0,
                unfinished: Vec::new(),
                sets: Vec::new(),
                is_done: false,
            }
        });
        if page.flags & CONTINUED == 0 {
            stream.unfinished.clear();
        }
        let mut body = page.body.as_slice();
        for lace in page.laces {
            let (part, rest) = body.split_at(body.len().min(usize::from(lace)));
            body = rest;
            if !stream.is_done {
                stream.unfinished.extend(part);
                if lace < 255 {
                    let packet = std::mem::take(&mut stream.unfinished);
                    stream.take_packet(&packet, want_cover);
                }
            }
        }
        // Sound comes before pictures that move; what is only such has no tags of interest.
        let first = order.iter().filter_map(|serial| streams.get(serial));
        let mut first = first.filter(|stream| stream.codec != Some(Codec::Other));
        if first.next().is_some_and(|stream| stream.is_done) {
            break;
        }
    }
    let mut sets = Vec::new();
    for serial in order {
        if let Some(mut stream) = streams.remove(&serial)
            && sets.is_empty()
        {
            // A comment that breaks off is still good in front.
            let rest = std::mem::take(&mut stream.unfinished);
            if !stream.is_done && stream.packets > 0 {
                stream.take_packet(&rest, want_cover);
            }
            sets = stream.sets;
        }
    }
    sets
}

impl Stream {
    fn take_packet(&mut self, packet: &[u8], want_cover: bool) {
        let Some(codec) = self.codec else {
            let codec = Codec::of(packet);
            self.codec = Some(codec);
            self.is_done = codec == Codec::Other;
            self.packets = 1;
            return;
        };
        self.packets += 1;
        self.is_done = true;
        let comment = match codec {
            Codec::Vorbis => packet.strip_prefix(b"\x03vorbis"),
            Codec::Opus => packet.strip_prefix(b"OpusTags"),
            Codec::Speex => Some(packet),
            Codec::Flac => {
                // Metadata blocks, one to a packet, up to the last or the first frame.
                let [kind, _, _, _, block @ ..] = packet else {
                    return;
                };
                let is_last = kind & 0x80 != 0;
                self.is_done = is_last || self.packets > MAX_PACKETS;
                match kind & 0x7F {
                    4 => Some(block),
                    6 if want_cover => {
                        let mut set = TagSet::default();
                        read_block(block, &mut set);
                        self.sets.push(set);
                        None
                    }
                    _ => None,
                }
            }
            Codec::Other => None,
        };
        if let Some(comment) = comment {
            self.sets.push(vorbis::read(comment, want_cover));
        }
    }
}

struct Page {
    serial: u64,
    flags: u8,
    laces: Vec<u8>,
    body: Vec<u8>,
    end: u64,
}

impl Page {
    fn read(file: &mut FileBytes, at: u64) -> Option<Self> {
        let head = file.array::<27>(at)?;
        if !head.starts_with(b"OggS\0") {
            return None;
        }
        let count = u64::from(head[26]);
        let laces = file.read(at + 27, count);
        let length: u64 = laces.iter().map(|lace| u64::from(*lace)).sum();
        let start = at + 27 + count;
        Some(Self {
            serial: le(&head[14..18]),
            flags: head[5],
            laces,
            body: file.read(start, length),
            end: start + length,
        })
    }
}
