//! Files that symphonia would refuse for a few bytes of their headers, with these bytes changed.

use crate::media::track_bytes::TrackBytes;
use std::io::{self, Read, Seek, SeekFrom};
use symphonia::core::io::MediaSource;

/// Metadata blocks of a FLAC file, or chunks of a CAF file, looked at; real ones have a handful.
const MOST_BLOCKS: usize = 128;
/// Bytes of a CAF file's own header.
const CAF_HEADER_BYTES: u64 = 8;
/// FLAC's kinds of metadata blocks (RFC 9639, section 8.1).
const PADDING: u8 = 1;
const CUESHEET: u8 = 5;
const LAST_BLOCK: u8 = 0x80;

/// A file that shows other bytes in a few places than it has.
///
/// RF64 and BW64 (EBU Tech 3306), WAVE files that may be longer than 4 GiB, are shown as plain WAVE of
/// unknown length. Sound to the end of a CAF file is shown with its length. Cue sheets inside FLAC are shown as padding: their own reader is
/// `library::cue`, and one that `metaflac` wrote would make symphonia refuse the file.
pub(super) struct Disguise {
    bytes: TrackBytes,
    position: u64,
    /// Places, in order, and what is shown there.
    shown: Vec<(u64, u8)>,
}

impl Disguise {
    /// `bytes`, from the beginning.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(super) fn new(mut bytes: TrackBytes) -> io::Result<Self> {
        let mut shown = Vec::new();
        // What cannot be rewound is taken as it is.
        if bytes.len().is_some() {
            let mut magic = Vec::new();
            bytes.by_ref().take(4).read_to_end(&mut magic)?;
            match &magic[..] {
                b"RF64" | b"BW64" => shown = (0..).zip(*b"RIFF").collect(),
                b"caff" => shown = endless_caf_data(&mut bytes)?,
                b"fLaC" => shown = cue_sheet_blocks(&mut bytes)?,
                _ => {}
            }
            bytes.rewind()?;
        }
        Ok(Self {
            bytes,
            position: 0,
            shown,
        })
    }
}

/// The places of the block types, from behind the magic number on.
fn cue_sheet_blocks(bytes: &mut TrackBytes) -> io::Result<Vec<(u64, u8)>> {
    let mut found = Vec::new();
    for _ in 0..MOST_BLOCKS {
        let at = bytes.stream_position()?;
        let mut head = Vec::new();
        bytes.by_ref().take(4).read_to_end(&mut head)?;
        let &[kind, s0, s1, s2] = &head[..] else {
            break;
        };
        if kind & !LAST_BLOCK == CUESHEET {
            found.push((at, kind & LAST_BLOCK | PADDING));
        }
        if kind & LAST_BLOCK != 0 {
            break;
        }
        bytes.seek(SeekFrom::Current(
            u32::from_be_bytes([0, s0, s1, s2]).into(),
        ))?;
    }
    Ok(found)
}

/// The size of a data chunk that says it reaches to the end (-1), from behind the magic number on.
fn endless_caf_data(bytes: &mut TrackBytes) -> io::Result<Vec<(u64, u8)>> {
    let file_bytes = bytes.len().unwrap_or(0);
    let mut at = CAF_HEADER_BYTES;
    for _ in 0..MOST_BLOCKS {
        bytes.seek(SeekFrom::Start(at))?;
        let mut head = Vec::new();
        bytes.by_ref().take(12).read_to_end(&mut head)?;
        let Some((kind, size)) = head.split_first_chunk::<4>() else {
            break;
        };
        let Ok(size) = size.try_into().map(i64::from_be_bytes) else {
            break;
        };
        let content = at + 12;
        if kind == b"data" && size == -1 {
            let size = file_bytes.saturating_sub(content).to_be_bytes();
            return Ok((at + 4..).zip(size).collect());
        }
        match u64::try_from(size)
            .ok()
            .and_then(|size| content.checked_add(size))
        {
            Some(next) if next < file_bytes => at = next,
            _ => break,
        }
    }
    Ok(Vec::new())
}

impl Read for Disguise {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        for &(at, shown) in &self.shown {
            let index = at.checked_sub(self.position);
            let index = index.and_then(|index| usize::try_from(index).ok());
            if let Some(byte) = index.and_then(|index| buffer[..count].get_mut(index)) {
                *byte = shown;
            }
        }
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Disguise {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = self.bytes.seek(to)?;
        Ok(self.position)
    }
}

impl MediaSource for Disguise {
    fn is_seekable(&self) -> bool {
        self.bytes.is_seekable()
    }

    fn byte_len(&self) -> Option<u64> {
        self.bytes.byte_len()
    }
}
