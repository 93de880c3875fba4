//! What stands behind the last frame of a FLAC file, and where that ends.

use super::frame::{FrameHeader, StreamInfoBlock, checksum_16};
use crate::decoder::codecs::make_decoder;
use crate::decoder::window::Window;
use std::io;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_FLAC;
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, Timestamp};

/// Bytes searched for the last frame, where its length is not bounded by the header: twice the longest frame of
/// eight channels.
const MAX_SEARCH_BYTES: usize = 4 << 20;
/// The least that is searched: junk may lie behind the frames.
const MIN_SEARCH_BYTES: usize = 256 << 10;
/// Tags behind one another.
const MAX_TAGS: usize = 8;
/// Bytes of an APE tag's foot, and of its head.
const APE_FOOT_BYTES: u64 = 32;
/// Bytes of an item in an APE tag as far as they are looked at: size, flags, two letters of its key.
const APE_ITEM_BYTES: usize = 10;

/// Where the frames end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LastFrame {
    /// The byte behind the last whole frame.
    pub(super) end: u64,
    /// The number of the frame of sound behind its last.
    pub(super) frames_end: u64,
}

/// `end` without the tags in front of it: ID3v1, APE, Lyrics3, ID3v2 with a foot.
pub(in crate::decoder) fn without_tags(
    window: &mut Window,
    start: u64,
    mut end: u64,
) -> io::Result<u64> {
    for _ in 0..MAX_TAGS {
        let room = end.saturating_sub(start);
        let Some(bytes) = tag_bytes(window, end, room)?.filter(|bytes| *bytes <= room) else {
            break;
        };
        end -= bytes;
    }
    Ok(end)
}

fn tag_bytes(window: &mut Window, end: u64, room: u64) -> io::Result<Option<u64>> {
    let mut at = |back: u64, count: usize| -> io::Result<Vec<u8>> {
        Ok(match back <= room {
            true => window.get(end - back, count)?.to_vec(),
            false => Vec::new(),
        })
    };
    // The letters stand in the mark of an APE tag too.
    if at(128, 3)? == *b"TAG" && at(131, 8)? != *b"APETAGEX" {
        return Ok(Some(128));
    }
    let ape = at(32, 32)?;
    if ape.starts_with(b"APETAGEX")
        && let Some(size) = ape.get(12..16).and_then(|size| size.try_into().ok())
    {
        let size = u64::from(u32::from_le_bytes(size));
        // Neither size nor flag is believed without what must stand there: the sound does, otherwise.
        if at(size + APE_FOOT_BYTES, 8)? == *b"APETAGEX" {
            return Ok(Some(size + APE_FOOT_BYTES));
        }
        let is_right = begins_ape_item(&at(size, APE_ITEM_BYTES)?, size);
        return Ok(Some(if is_right { size } else { APE_FOOT_BYTES }));
    }
    let lyrics = at(15, 15)?;
    if lyrics.ends_with(b"LYRICS200")
        && let Some(size) = std::str::from_utf8(&lyrics[..6])
            .ok()
            .and_then(|digits| digits.parse::<u64>().ok())
    {
        return Ok(Some(size + 15));
    }
    let foot = at(10, 10)?;
    if let [b'3', b'D', b'I', _, _, _, sizes @ ..] = &foot[..] {
        let size = sizes
            .iter()
            .fold(0, |size, byte| size << 7 | u64::from(byte & 0x7F));
        return Ok(Some(size + 20));
    }
    Ok(None)
}

/// Whether `bytes` begin as an item of an APE tag of `size` bytes does: its size, flags, and a key of two letters or
/// more.
fn begins_ape_item(bytes: &[u8], size: u64) -> bool {
    let Some((length, rest)) = bytes.split_first_chunk() else {
        return false;
    };
    let key = rest.get(4..).unwrap_or_default();
    let is_letter = |byte: &u8| (0x20..0x7F).contains(byte);
    u64::from(u32::from_le_bytes(*length)) < size && key.len() >= 2 && key.iter().all(is_letter)
}

/// The last whole frame before `end`; `None` where none is found.
pub(super) fn last_frame(
    window: &mut Window,
    start: u64,
    end: u64,
    stream: &StreamInfoBlock,
) -> io::Result<Option<LastFrame>> {
    let bound = stream
        .max_frame_bytes()
        .map(|bytes| bytes.saturating_mul(3) + MIN_SEARCH_BYTES);
    let most = bound.unwrap_or(MAX_SEARCH_BYTES).min(MAX_SEARCH_BYTES) as u64;
    let end = end.max(start);
    let from = end.saturating_sub(most).max(start);
    let piece = window.get(from, (end - from) as usize)?.to_vec();
    let headers = (0..piece.len()).rev().filter(|index| piece[*index] == 0xFF);
    let mut behind = piece.len();
    let mut is_last = true;
    for index in headers {
        let Some(header) = FrameHeader::parse(&piece[index..], stream) else {
            continue;
        };
        let found = match is_last {
            // What follows its end is not known: anything may. A sum is right by chance once in 65,536 bytes.
            true => ends(&piece[index..], header.bytes)
                .into_iter()
                .find(|end| decodes(&piece[index..index + end], stream, header.frames)),
            false => {
                let sum = piece[index..behind]
                    .iter()
                    .fold(0, |sum, byte| checksum_16(sum, *byte));
                (sum == 0).then_some(behind - index)
            }
        };
        if let Some(length) = found {
            return Ok(Some(LastFrame {
                end: from + (index + length) as u64,
                frames_end: header.first_frame + header.frames,
            }));
        }
        is_last = false;
        behind = index;
    }
    Ok(None)
}

/// The beginnings of `bytes` whose checksum is right, by their lengths.
fn ends(bytes: &[u8], head_bytes: usize) -> Vec<usize> {
    let (mut sum, mut zeros, mut found) = (0, 0, Vec::new());
    for (index, byte) in bytes.iter().enumerate() {
        sum = checksum_16(sum, *byte);
        zeros = if sum == 0 { zeros + 1 } else { 0 };
        // A head, a subframe and two bytes of sum. Zeros behind leave it at 0; one may be its own second byte.
        if (1..=2).contains(&zeros) && index + 1 >= head_bytes + 4 {
            found.push(index + 1);
        }
    }
    found
}

/// Whether a frame can be decoded to as many frames of sound as it says.
pub(super) fn decodes(frame: &[u8], stream: &StreamInfoBlock, frames: u64) -> bool {
    let mut params = AudioCodecParameters::new();
    params
        .for_codec(CODEC_ID_FLAC)
        .with_extra_data(stream.for_decoder().into());
    let packet = Packet::new(0, Timestamp::from(0), Duration::from(frames), frame);
    let decoder = make_decoder(&params);
    decoder.is_ok_and(|mut decoder| {
        let decoded = decoder.decode(&packet);
        decoded.is_ok_and(|buffer| buffer.frames() as u64 == frames)
    })
}
