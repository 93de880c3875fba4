//! Chunks of a file, read by what is there: a size that a header gives is never believed over the file's
//! own end, nor over a chunk that plainly begins elsewhere.

pub(super) use super::chunk::{Chunk, Style};
use super::chunk::{is_known, is_placeholder, may_be_chunk};
use crate::track_bytes::TrackBytes;
use std::io;

/// Chunks looked at; real files have a few dozen.
const MAX_CHUNKS: usize = 4_096;
/// Bytes searched for the next known chunk behind one whose size cannot be right.
const SEARCH_BYTES: usize = 1 << 20;
/// What is shorter than this behind the end that two headers agree on is no sound.
const JUNK_BYTES: u64 = 1_024;

/// Reads chunks of one file.
pub(super) struct ChunkReader<'a> {
    pub(super) bytes: &'a mut TrackBytes,
    pub(super) style: Style,
    /// The file's length; `None` for a pipe.
    pub(super) end: Option<u64>,
}

impl<'a> ChunkReader<'a> {
    pub(super) fn new(bytes: &'a mut TrackBytes, style: Style) -> Self {
        let end = bytes.len();
        Self { bytes, style, end }
    }

    pub(super) fn chunk_at(&mut self, at: u64) -> io::Result<Option<Chunk>> {
        if self.end.is_some_and(|end| at >= end) {
            return Ok(None);
        }
        let head = self.bytes.read_at(at, self.style.head_bytes() as usize)?;
        Ok(self.style.chunk(&head, at))
    }

    /// All chunks from `at` on. Behind one whose size cannot be right, the next of the names in `known` is
    /// looked for. The walk ends with a chunk named `last`, if there is nothing behind it that could be one.
    pub(super) fn walk(
        &mut self,
        at: u64,
        known: &[[u8; 4]],
        last: [u8; 4],
    ) -> io::Result<Vec<Chunk>> {
        let mut found = Vec::new();
        let mut next = self.chunk_at(at)?;
        if next.is_none() {
            next = self.search(at, known)?;
        }
        while let Some(chunk) = next.take().filter(|_| found.len() < MAX_CHUNKS) {
            found.push(chunk);
            // Behind the sound of a pipe there is nothing that could be needed, and no end in sight.
            if chunk.id == last && self.end.is_none() {
                break;
            }
            next = self.behind(&chunk, known)?;
            let leads_astray = next.is_none_or(|next| !self.is_likely(&next, known));
            if leads_astray && chunk.id != last && !self.ends_at(&chunk) {
                next = self.search(chunk.start, known)?.or(next);
            }
        }
        Ok(found)
    }

    /// The chunk behind `chunk`, with padding between or, as some programs write, without: a known one at best,
    /// else one that fits into the file.
    fn behind(&mut self, chunk: &Chunk, known: &[[u8; 4]]) -> io::Result<Option<Chunk>> {
        let mut best: Option<(u8, Chunk)> = None;
        for place in self.style.next_places(chunk).into_iter().flatten() {
            let Some(found) = self.chunk_at(place)? else {
                continue;
            };
            let rank = 2 * u8::from(known.contains(&found.id)) + u8::from(self.fits(&found));
            if best.as_ref().is_none_or(|(best, _)| rank > *best) {
                best = Some((rank, found));
            }
        }
        Ok(best.map(|(_, chunk)| chunk))
    }

    fn fits(&self, chunk: &Chunk) -> bool {
        self.end
            .is_none_or(|end| chunk.declared_bytes <= end.saturating_sub(chunk.start))
    }

    /// Whether it is one of those that are looked for, or of a known kind, or at least fits into the file. Other bytes
    /// that look like a name stand where a wrong size leads.
    fn is_likely(&self, chunk: &Chunk, known: &[[u8; 4]]) -> bool {
        known.contains(&chunk.id) || is_known(chunk) || self.fits(chunk)
    }

    fn ends_at(&self, chunk: &Chunk) -> bool {
        let ends = self.style.next_places(chunk);
        ends.into_iter()
            .flatten()
            .any(|place| Some(place) == self.end)
    }

    /// The first chunk behind `from` that has one of these names and fits into the file.
    fn search(&mut self, from: u64, known: &[[u8; 4]]) -> io::Result<Option<Chunk>> {
        let text = self.bytes.read_at(from, SEARCH_BYTES)?;
        for (index, name) in text.windows(4).enumerate() {
            if known.iter().any(|id| id == name)
                && let Some(chunk) = self.chunk_at(from + index as u64)?
            {
                return Ok(Some(chunk));
            }
        }
        Ok(None)
    }

    /// How many bytes of sound the chunk `data` holds, and how many its file promises where some are missing.
    /// `content` is where the sound begins in the chunk; `outer_end` where the file as a whole ends by its first
    /// header. No bytes are given for a pipe whose header does not tell.
    pub(super) fn sound_bytes(
        &mut self,
        data: &Chunk,
        content: u64,
        outer_end: Option<u64>,
    ) -> io::Result<SoundBytes> {
        let skipped = content - data.start;
        let declared = data.declared_bytes.saturating_sub(skipped);
        let is_placeholder = is_placeholder(self.style, data.declared_bytes);
        let Some(end) = self.end else {
            let known = declared > 0 && !is_placeholder;
            return Ok(SoundBytes::of(known.then_some(declared)));
        };
        let left = end.saturating_sub(content);
        let declared_end = content.saturating_add(declared);
        if declared > left {
            let there = self.sound_end(content, declared_end)? - content;
            // Where something stands behind the sound, the file was not cut.
            let is_cut = there == left && !is_placeholder;
            return Ok(SoundBytes {
                promised: is_cut.then_some(declared),
                is_guessed: true,
                ..SoundBytes::of(Some(there))
            });
        }
        // Chunks that fill the file from a place before that end are none of the sound.
        if let Some(place) = self.chunks_just_before(content, declared_end)? {
            return Ok(SoundBytes {
                is_guessed: true,
                ..SoundBytes::of(Some(place - content))
            });
        }
        // A header that agrees with that of the file, or says where the file ends, is right about its own end.
        let are_agreed = outer_end.is_some_and(|outer| outer.abs_diff(declared_end) <= 1);
        let [padded, unpadded] = self.style.next_places(data);
        for place in [padded, unpadded].into_iter().flatten() {
            let behind = self.chunk_at(place)?.filter(|_| declared > 0);
            // Some program's own chunk may have a wrong size where those of sound and file are right.
            let is_chunk = behind.is_some_and(|chunk| {
                let is_right = outer_end == Some(end) || are_agreed;
                is_known(&chunk) || is_right && may_be_chunk(&chunk, end)
            });
            if is_chunk || self.is_rest_of_chunks(place)? {
                // No padding has sound in it.
                let between = self
                    .bytes
                    .read_at(declared_end, place.saturating_sub(declared_end) as usize)?;
                let is_padding = self.style != Style::W64 || between.iter().all(|byte| *byte == 0);
                let there = if is_padding {
                    declared
                } else {
                    place - content
                };
                return Ok(SoundBytes {
                    behind: Some(place),
                    ..SoundBytes::of(Some(there))
                });
            }
        }
        let rest = end - declared_end;
        if declared > 0 && are_agreed && (rest < JUNK_BYTES || self.is_silent(declared_end)?) {
            return Ok(SoundBytes::of(Some(declared)));
        }
        Ok(SoundBytes {
            is_guessed: true,
            ..SoundBytes::of(Some(self.sound_end(content, declared_end)? - content))
        })
    }

    /// Whether only zeros stand behind `at`, as far as is looked.
    fn is_silent(&mut self, at: u64) -> io::Result<bool> {
        let bytes = self.bytes.read_at(at, SEARCH_BYTES)?;
        Ok(bytes.iter().all(|byte| *byte == 0))
    }
}

/// What is there of a file's sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SoundBytes {
    /// `None`: to the end of the pipe.
    pub(super) there: Option<u64>,
    /// What its header promises, where that is more.
    pub(super) promised: Option<u64>,
    /// Whether the end was not found by the header, so that padding may be counted in.
    pub(super) is_guessed: bool,
    /// Where a chunk begins behind it, or the file ends, if that is where the header says.
    pub(super) behind: Option<u64>,
}

impl SoundBytes {
    /// As many as a header says, or there are to the end of a pipe.
    pub(super) fn of(there: Option<u64>) -> Self {
        Self {
            there,
            promised: None,
            is_guessed: false,
            behind: None,
        }
    }
}
