//! What stands behind the sound of a file whose header does not say where the sound ends: chunks and tags, told
//! from samples by how unlikely it is that samples look like them.

use super::chunk::{Chunk, NEAR_BYTES, Style, has_a_size, is_known, is_placeholder, may_be_chunk};
use super::chunks::ChunkReader;
use std::io;

/// Bytes at the end of a file in which they are looked for.
const TAIL_BYTES: u64 = 4 << 20;
/// Bytes there in which the name of a known chunk is enough, if it has the size of one.
const NAME_BYTES: u64 = 64 << 10;
/// A size that is so little wrong still tells a chunk that is not known.
const OTHER_SLACK_BYTES: u64 = 16;
/// Chunks looked at in a row.
const MAX_CHUNKS: usize = 256;
/// Bytes of an ID3v1 tag.
const ID3V1_BYTES: u64 = 128;

impl ChunkReader<'_> {
    /// Whether chunks, or tags of other kinds, fill the file from `at` to its end.
    pub(super) fn is_rest_of_chunks(&mut self, at: u64) -> io::Result<bool> {
        let Some(end) = self.end else {
            return Ok(false);
        };
        // Behind an odd chunk there are two places where the next may begin.
        let mut places = vec![at];
        for _ in 0..MAX_CHUNKS {
            let Some(at) = places.pop() else {
                return Ok(false);
            };
            if at >= end || self.is_tag(at)? {
                return Ok(true);
            }
            let Some(chunk) = self.chunk_at(at)? else {
                continue;
            };
            let left = end.saturating_sub(chunk.start);
            // The padding of the last one may be missing.
            if chunk.declared_bytes == left || chunk.declared_bytes.saturating_add(1) == left {
                return Ok(true);
            }
            if chunk.declared_bytes < left {
                let [padded, unpadded] = self.style.next_places(&chunk);
                places.extend([unpadded, padded].into_iter().flatten());
            }
        }
        Ok(false)
    }

    /// Whether a tag that is no chunk begins at `at`.
    fn is_tag(&mut self, at: u64) -> io::Result<bool> {
        let left = self.end.unwrap_or(0).saturating_sub(at);
        let head = self.bytes.read_at(at, 10)?;
        Ok(match head[..] {
            [b'T', b'A', b'G', ..] => left == ID3V1_BYTES,
            // A version, and a size in bytes below 128.
            [b'I', b'D', b'3', 2..=4, _, _, s0, s1, s2, s3] => {
                let size = [s0, s1, s2, s3];
                let bytes = size.iter().fold(0, |sum, byte| sum << 7 | u64::from(*byte));
                size.iter().all(|byte| *byte < 0x80) && bytes <= left
            }
            _ => head.starts_with(b"APETAGEX"),
        })
    }

    /// A place a little before `declared_end` from which known chunks fill the file, or one begins that cannot be
    /// mistaken.
    pub(super) fn chunks_just_before(
        &mut self,
        content: u64,
        declared_end: u64,
    ) -> io::Result<Option<u64>> {
        let from = content.max(declared_end.saturating_sub(NEAR_BYTES));
        for place in from..declared_end {
            if let Some(chunk) = self.chunk_at(place)?.filter(is_known)
                && chunk.declared_bytes > 0
            {
                let content = self.bytes.read_at(chunk.start, 4)?;
                if has_signature(&chunk, &content)
                    || is_placeholder(self.style, chunk.declared_bytes)
                    || self.is_rest_of_chunks(place)?
                {
                    return Ok(Some(place));
                }
            }
        }
        Ok(None)
    }

    /// Where the sound that begins at `content` ends, which its header does not tell, though it would
    /// say `declared_end`.
    pub(super) fn sound_end(&mut self, content: u64, declared_end: u64) -> io::Result<u64> {
        let end = self.end.unwrap_or(content).max(content);
        let from = content.max(end.saturating_sub(TAIL_BYTES));
        let tail = self.bytes.read_at(from, (end - from) as usize)?;
        for (index, name) in tail.windows(4).enumerate() {
            // Names of chunks, and the marks of tags.
            if !name.iter().all(|byte| (0x20..0x7F).contains(byte)) && !name.starts_with(b"ID3") {
                continue;
            }
            let place = from + index as u64;
            if self.begins_behind(place, &tail[index..], declared_end)? {
                return self.best_of_name(place, &tail[index..], declared_end);
            }
        }
        let is_tag =
            end - content >= ID3V1_BYTES && self.bytes.read_at(end - ID3V1_BYTES, 3)? == *b"TAG";
        Ok(if is_tag { end - ID3V1_BYTES } else { end })
    }

    /// The last bytes of the sound may look like the first of a name: of the places from `place` on that share bytes
    /// with it, the one whose chunk is known and has a size that fits.
    fn best_of_name(&mut self, place: u64, rest: &[u8], declared: u64) -> io::Result<u64> {
        let end = place + rest.len() as u64;
        let rank = |chunk: Option<Chunk>| {
            chunk.map_or(0, |chunk| {
                let fits = chunk.declared_bytes <= end.saturating_sub(chunk.start);
                1 + 2 * u8::from(is_known(&chunk)) + u8::from(fits)
            })
        };
        let (mut best, mut best_rank) = (place, rank(self.style.chunk(rest, place)));
        for (later, rest) in (place + 1..).zip([1, 2, 3].map(|from| rest.get(from..))) {
            let rest = rest.unwrap_or_default();
            let its_rank = rank(self.style.chunk(rest, later));
            if its_rank > best_rank && self.begins_behind(later, rest, declared)? {
                (best, best_rank) = (later, its_rank);
            }
        }
        Ok(best)
    }

    /// Whether the rest of the file, which is `rest`, is no sound from `place` on.
    fn begins_behind(&mut self, place: u64, rest: &[u8], declared: u64) -> io::Result<bool> {
        if rest.starts_with(b"TAG") || rest.starts_with(b"ID3") || rest.starts_with(b"APET") {
            let is_other = !rest.starts_with(b"ID3 ");
            if is_other {
                return self.is_tag(place);
            }
        }
        let Some(chunk) = self.style.chunk(rest, place) else {
            return Ok(false);
        };
        // Sixteen bytes of an identifier are no chance.
        if self.style == Style::W64 {
            return Ok(true);
        }
        let left = rest.len() as u64 - self.style.head_bytes().min(rest.len() as u64);
        let fits = chunk.declared_bytes <= left;
        let off = chunk.declared_bytes.abs_diff(left);
        if is_known(&chunk) {
            let content = rest
                .get(self.style.head_bytes() as usize..)
                .unwrap_or_default();
            let is_near = place.abs_diff(declared) <= NEAR_BYTES;
            let is_possible = has_a_size(self.style, &chunk) && left <= NAME_BYTES
                || is_placeholder(self.style, chunk.declared_bytes);
            if is_near || is_possible || has_signature(&chunk, content) {
                return Ok(true);
            }
        } else if may_be_chunk(&chunk, place + rest.len() as u64)
            && off <= OTHER_SLACK_BYTES
            && (4..NAME_BYTES).contains(&left)
        {
            return Ok(true);
        }
        if !fits || chunk.declared_bytes == 0 {
            return Ok(false);
        }
        // Of those that nobody knows, the size must tell where a known one begins, or the file ends.
        for next in self.style.next_places(&chunk).into_iter().flatten() {
            if self.chunk_at(next)?.as_ref().is_some_and(is_known) {
                return Ok(true);
            }
        }
        self.is_rest_of_chunks(place)
    }
}

/// Whether `content` begins as that of `chunk` does.
fn has_signature(chunk: &Chunk, content: &[u8]) -> bool {
    match &chunk.id {
        b"LIST" => [b"INFO", b"adtl"]
            .iter()
            .any(|kind| content.starts_with(*kind)),
        b"id3 " | b"ID3 " => content.starts_with(b"ID3"),
        b"iXML" | b"axml" | b"_PMX" => content.starts_with(b"<"),
        _ => false,
    }
}
