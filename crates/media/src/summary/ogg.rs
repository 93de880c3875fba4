//! Vorbis, Opus and FLAC in Ogg: the first page says what it is, the last one where it ends (RFC 3533).

use super::{SoundSummary, duration};
use crate::tags::bytes::{FileBytes, le};

/// Pages in front of the first with sound: comments with a large picture take some hundred.
const MAX_PAGES: usize = 4_096;
/// Where the last page is looked for: near the end, then as far from it as a page may be long.
const TAILS: [u64; 2] = [4_096, 66_000];
/// Frames of the longest Opus packet.
const MAX_OPUS_FRAMES: u64 = 5_760;
/// Of Opus, whatever its header says: positions count these.
const OPUS_RATE_HZ: u32 = 48_000;
/// A page on which no packet ends.
const NO_POSITION: u64 = u64::MAX;

/// What the first packet says.
struct Head {
    sound: SoundSummary,
    /// Frames in front that are not heard.
    skipped: u64,
    /// The most that a packet can hold.
    max_packet_frames: u64,
    /// Packets of headers behind the first.
    headers: usize,
}

/// What a page says of itself.
struct Page {
    position: u64,
    serial: u64,
    /// Packets that end on it.
    packets: usize,
    end: u64,
}

/// Reads a file of one stream; none where there are several, or it does not begin at its beginning.
pub(super) fn read(file: &mut FileBytes) -> Option<SoundSummary> {
    let first = page(file, 0)?;
    let laces = le(&file.read(26, 1));
    let body = file.read(27 + laces, 64);
    let head = head(&body)?;
    let begun = first_sound(file, &first, head.headers)?;
    // Positions of a recording that was begun in the middle do not count from its first frame.
    if begun.position > head.max_packet_frames * (begun.packets as u64 + 1) {
        return None;
    }
    let end = last_position(file, first.serial)?;
    let frames = end.checked_sub(head.skipped)?;
    let mut sound = head.sound;
    sound.duration = duration(frames, sound.sample_rate_hz);
    Some(sound)
}

fn head(packet: &[u8]) -> Option<Head> {
    match packet {
        [1, b'v', b'o', b'r', b'b', b'i', b's', ..] => {
            let rate_hz = u32::try_from(le(packet.get(12..16)?)).ok()?;
            let blocks = packet.get(28)?;
            Some(Head {
                sound: SoundSummary {
                    codec: "Vorbis".into(),
                    sample_rate_hz: rate_hz,
                    channels: u32::from(packet[11]),
                    ..SoundSummary::default()
                },
                skipped: 0,
                max_packet_frames: 1 << (blocks >> 4),
                headers: 2,
            })
        }
        [b'O', b'p', b'u', b's', b'H', b'e', b'a', b'd', ..] => Some(Head {
            sound: SoundSummary {
                codec: "Opus".into(),
                sample_rate_hz: OPUS_RATE_HZ,
                channels: u32::from(*packet.get(9)?),
                ..SoundSummary::default()
            },
            skipped: le(packet.get(10..12)?),
            max_packet_frames: MAX_OPUS_FRAMES,
            headers: 1,
        }),
        _ => None,
    }
}

/// The page on which the first packets with sound end.
fn first_sound(file: &mut FileBytes, first: &Page, headers: usize) -> Option<Page> {
    let (mut at, mut left) = (first.end, headers);
    for _ in 0..MAX_PAGES {
        let page = page(file, at)?;
        // Another stream beside it.
        if page.serial != first.serial {
            return None;
        }
        if left == 0 && page.packets > 0 {
            return Some(page);
        }
        at = page.end;
        // The headers end with a page.
        left = left.checked_sub(page.packets)?;
    }
    None
}

fn page(file: &mut FileBytes, at: u64) -> Option<Page> {
    let head: [u8; 27] = file.array(at)?;
    if !head.starts_with(b"OggS\0") {
        return None;
    }
    let count = u64::from(head[26]);
    let laces = file.read(at + 27, count);
    Some(Page {
        position: le(&head[6..14]),
        serial: le(&head[14..18]),
        packets: laces.iter().filter(|lace| **lace < 255).count(),
        end: at + 27 + count + laces.iter().map(|lace| u64::from(*lace)).sum::<u64>(),
    })
}

/// The position of the last page, which must be whole, the last thing in the file, and of the stream.
fn last_position(file: &mut FileBytes, serial: u64) -> Option<u64> {
    let length = file.len();
    for tail in TAILS {
        let start = length.saturating_sub(tail);
        let bytes = file.read(start, length - start);
        let marks = bytes.windows(5).enumerate().rev();
        for (at, _) in marks.filter(|(_, mark)| *mark == b"OggS\0") {
            let Some(page) = page(file, start + at as u64) else {
                continue;
            };
            // A mark within a page is none, and a file that was cut ends within one.
            if page.end != length || page.serial != serial {
                return None;
            }
            if page.position != NO_POSITION {
                return Some(page.position);
            }
        }
    }
    None
}
