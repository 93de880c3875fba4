//! MP3 in free format: frames of one bit rate that their headers do not name, so that only the distance
//! from one frame to the next tells their length. By `nanomp3`; symphonia refuses them.

use super::flac::without_tags;
use super::window::Window;
use crate::decoder::source::{FrameSource, StreamInfo};
use crate::error::MediaError;
use crate::track_bytes::{Piece, TrackBytes};
use nanomp3::{Error, Reader};
use std::io;

/// Of 640 kbit/s, with half as much again.
const MAX_FRAME_BYTES: usize = 8_192;
/// ID3v2 tags in front that are stepped over.
const MAX_TAGS: usize = 8;
/// Bytes behind the last frame in which others are looked for.
const SEARCH_BYTES: usize = 1 << 20;
/// So far ahead, decoding is quicker than looking for every frame of the file.
const NEAR_SECONDS: u64 = 10;

/// An open file. The whole file is read once for the places of its frames: with the first seek, or when it
/// is opened if no tag tells its length.
pub(super) struct FreeFormatMp3 {
    reader: Reader<TrackBytes, f32>,
    info: StreamInfo,
    /// The frame that [`FrameSource::read`] returns next.
    position: u64,
    has_failed: bool,
}

impl FreeFormatMp3 {
    /// Finds the first frame and the length.
    ///
    /// # Errors
    /// When it cannot be read, or has no frame that can be decoded.
    pub(super) fn open(bytes: &TrackBytes) -> Result<Self, MediaError> {
        // Tags behind the frames would count as frames of another kind.
        let mut window = Window::new(bytes.reopen()?);
        let end = without_tags(&mut window, 0, bytes.len().unwrap_or(u64::MAX))?;
        let end = frames_end(&mut window, end)?.unwrap_or(end);
        let frames = bytes.spliced(vec![Piece::Of {
            start: 0,
            length: Some(end),
        }])?;
        let reader = Reader::<_, f32>::new(frames).map_err(fault)?;
        let frames = reader.total_samples();
        let Some(channels) = reader.channels() else {
            return Err(MediaError::Unsupported(
                "free-format MP3 with frames of this length".into(),
            ));
        };
        let info = StreamInfo {
            codec: "MP3".into(),
            container: "mp3".into(),
            sample_rate_hz: reader.sample_rate(),
            channels: usize::from(channels.num()),
            bits_per_sample: None,
            frames,
            rough_duration: None,
            encoder_delay_frames: 0,
            encoder_padding_frames: 0,
            warnings: Vec::new(),
            links: Vec::new(),
        };
        Ok(Self {
            reader,
            info,
            position: 0,
            has_failed: false,
        })
    }
}

impl FrameSource for FreeFormatMp3 {
    fn info(&self) -> &StreamInfo {
        &self.info
    }

    /// The length is that of the frames that were found, some of which may be damaged.
    fn declares_exact_length(&self) -> bool {
        false
    }

    fn read(&mut self, samples: &mut Vec<f32>) -> Result<Option<u64>, MediaError> {
        let decoded = match self.reader.read_frame() {
            Ok(Some(decoded)) => decoded,
            Ok(None) => return Ok(None),
            Err(error) => {
                self.has_failed = true;
                return Err(fault(error));
            }
        };
        samples.clear();
        samples.extend_from_slice(decoded);
        let start = self.position;
        self.position += (samples.len() / self.info.channels) as u64;
        Ok(Some(start))
    }

    /// What is near is decoded up to. Elsewhere it goes to the very frame: enough is decoded before it to
    /// fill the bit reservoir and the filters.
    fn seek(&mut self, frame: u64) -> Result<(), MediaError> {
        let near =
            self.position..self.position + NEAR_SECONDS * u64::from(self.info.sample_rate_hz);
        if !self.has_failed && near.contains(&frame) {
            return Ok(());
        }
        self.has_failed = false;
        self.reader.seek(frame).map_err(fault)?;
        self.position = frame.min(self.info.frames.unwrap_or(frame));
        Ok(())
    }
}

/// Where the last whole frame ends: all are as long as the first, but for a byte of padding. What stands behind it
/// would count as frames of another kind. `None` where something in between is damaged.
fn frames_end(window: &mut Window, end: u64) -> io::Result<Option<u64>> {
    let mut at = 0;
    for _ in 0..MAX_TAGS {
        match window.get(at, 10)? {
            [b'I', b'D', b'3', _, _, flags, sizes @ ..] if sizes.len() == 4 => {
                let size = sizes
                    .iter()
                    .fold(0, |sum, byte| sum << 7 | u64::from(byte & 0x7F));
                at += size + if flags & 0x10 != 0 { 20 } else { 10 };
            }
            _ => break,
        }
    }
    let Some(first) = header(window.get(at, 4)?) else {
        return Ok(None);
    };
    let piece = window.get(at, MAX_FRAME_BYTES)?.to_vec();
    let is_next = |bytes: &[u8]| header(bytes).is_some_and(|next| next.0 == first.0);
    let second = (4..piece.len()).find(|index| is_next(&piece[*index..]));
    let Some(length) = second.and_then(|second| (second as u64).checked_sub(first.1)) else {
        return Ok(None);
    };
    while let Some((kind, padding)) = header(window.get(at, 4)?)
        && kind == first.0
        && at + length + padding <= end
    {
        at += length + padding;
    }
    let rest = window.get(at, (end.saturating_sub(at) as usize).min(SEARCH_BYTES))?;
    let has_more = (0..rest.len()).any(|index| is_next(&rest[index..]));
    Ok((!has_more).then_some(at))
}

/// What stays the same in all heads of a file, and the byte of padding.
fn header(bytes: &[u8]) -> Option<(u32, u64)> {
    let word = u32::from_be_bytes(*bytes.first_chunk()?);
    // Eleven set bits; all but padding, a private bit, and the use of the channels.
    (word >> 21 == 0x7FF).then_some((word & 0xFFFF_FCCF, u64::from(word >> 9 & 1)))
}

fn fault(error: Error) -> MediaError {
    match error {
        Error::Io(error) => error.into(),
        error => MediaError::Damaged(error.to_string()),
    }
}
