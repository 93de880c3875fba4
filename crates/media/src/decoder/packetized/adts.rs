//! AAC in ADTS frames (ISO 14496-3, section 1.A.3), as `.aac` files and radio have it.

use super::ebml::Reader;
use super::index::PacketIndex;
use super::lengths::AAC_FRAMES;
use super::rows::{Rows, is_loss};
use super::stream::{Cut, Heard, Stream, Wrapping};
use crate::error::MediaError;
use crate::track_bytes::TrackBytes;
use std::io::{self, Read, Seek};
use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_AAC;

/// Bytes of a header without its checksum.
const HEADER_BYTES: usize = 7;
/// Mono, stereo and so on to 7.1, by their number in a header.
const CHANNELS: [u16; 8] = [2, 1, 2, 3, 4, 5, 6, 8];
const RATES_HZ: [u32; 13] = rusty_aac::SAMPLE_RATES;

/// What a frame's header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Header {
    /// Object type, rate and channels: the same in all frames of a stream.
    kind: u8,
    rate_hz: u32,
    channels: u16,
    bytes: usize,
    /// Blocks of 1024 frames.
    blocks: u32,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let &[0xFF, second, third, fourth, fifth, sixth, seventh, ..] = bytes else {
            return None;
        };
        if second & 0xF6 != 0xF0 {
            return None;
        }
        let rate_hz = *RATES_HZ.get(usize::from(third >> 2 & 15))?;
        let channels = (third & 1) << 2 | fourth >> 6;
        let length = u16::from_be_bytes([fourth & 3, fifth]) << 3 | u16::from(sixth >> 5);
        let header = Self {
            kind: (third >> 6) + 1,
            rate_hz,
            channels: CHANNELS[usize::from(channels)],
            bytes: length.into(),
            blocks: u32::from(seventh & 3) + 1,
        };
        (header.bytes > HEADER_BYTES).then_some(header)
    }

    fn is_like(&self, other: &Self) -> bool {
        (self.kind, self.rate_hz, self.channels) == (other.kind, other.rate_hz, other.channels)
    }
}

const ROWS: Rows = Rows {
    in_place: 2,
    anywhere: 5,
    head_bytes: HEADER_BYTES,
    frame_bytes: |first, bytes| {
        let first = Header::read(first)?;
        let header = Header::read(bytes).filter(|header| header.is_like(&first))?;
        Some(header.bytes)
    },
};

/// Whether `head`, the first bytes of a file behind its tags, begins with ADTS frames; `is_whole` if it is
/// all of the file.
pub(in crate::decoder) fn starts_adts(head: &[u8], is_whole: bool) -> bool {
    ROWS.start(head, is_whole)
}

/// Whether ADTS frames begin somewhere in `head`, behind damage.
pub(in crate::decoder) fn finds_adts(head: &[u8]) -> bool {
    ROWS.are_in(head)
}

/// Finds the frames of `file`.
///
/// # Errors
/// When it cannot be read, or has none.
pub(super) fn read(file: &mut TrackBytes) -> Result<Stream, MediaError> {
    let mut reader = Reader::new(file)?;
    let mut found = Found::default();
    found.walk(&mut reader)?;
    let first = found.first.ok_or(MediaError::NotAudio)?;
    if first.kind == 3 {
        return Err(MediaError::Unsupported("AAC SSR".into()));
    }
    let mut params = AudioCodecParameters::new();
    params
        .for_codec(CODEC_ID_AAC)
        .with_sample_rate(first.rate_hz)
        .with_channels(Channels::Discrete(first.channels));
    Ok(Stream {
        container: "aac",
        params,
        index: found.index,
        wrapping: Wrapping::Adts,
        heard: Heard::default(),
        warnings: found.warnings,
        cut: found.is_cut.then_some(Cut::Somewhere),
    })
}

/// What was found up to some place.
#[derive(Default)]
struct Found {
    first: Option<Header>,
    index: PacketIndex,
    warnings: Vec<String>,
    /// The last frame is not whole.
    is_cut: bool,
    /// Where the last frame ends.
    end: u64,
}

impl Found {
    fn walk<R: Read + Seek>(&mut self, reader: &mut Reader<R>) -> io::Result<()> {
        let mut bytes = [0; HEADER_BYTES];
        // Behind damage, one header alone is not believed.
        let mut is_in_step = false;
        loop {
            let at = reader.position();
            if !reader.fill(&mut bytes)? {
                // Less than a head is left.
                self.is_cut |= is_in_step && at < reader.length();
                if !self.is_cut {
                    let end = reader.length();
                    self.look_for_loss(reader, end)?;
                }
                return Ok(());
            }
            let header = Header::read(&bytes);
            let end = header.map_or(0, |header| at + header.bytes as u64);
            let is_frame = match header {
                Some(header) if end <= reader.length() => {
                    is_in_step && self.first.is_some_and(|first| first.is_like(&header))
                        || self.is_followed(reader, header, end)?
                }
                _ => false,
            };
            let is_expected = is_in_step
                && header
                    .is_some_and(|header| self.first.is_some_and(|first| first.is_like(&header)));
            self.is_cut |= is_expected && end > reader.length();
            let Some(header) = header.filter(|_| is_frame) else {
                is_in_step = false;
                reader.go_to(at + 1)?;
                continue;
            };
            is_in_step = true;
            let first = *self.first.get_or_insert(header);
            if header.rate_hz != first.rate_hz {
                self.warnings.push(format!(
                    "its rate changes from {} to {} Hz: what is behind that is not played",
                    first.rate_hz, header.rate_hz
                ));
                return Ok(());
            }
            if at > self.end {
                self.look_for_loss(reader, at)?;
            }
            let bytes = header.bytes as u64;
            self.index.push(at, bytes, AAC_FRAMES * header.blocks);
            self.end = end;
            reader.go_to(end)?;
        }
    }

    /// Tells of sound that stood between the last frame and `to`.
    fn look_for_loss<R: Read + Seek>(&mut self, reader: &mut Reader<R>, to: u64) -> io::Result<()> {
        if self.end > 0 {
            reader.go_to(self.end)?;
            let head = reader.take(HEADER_BYTES as u64 + 1)?;
            if is_loss(to - self.end, &head) {
                MediaError::warn_of_loss(&mut self.warnings);
            }
        }
        Ok(())
    }

    /// Whether a frame of the same kind, or the file's end, comes behind one that ends at `end`.
    fn is_followed<R: Read + Seek>(
        &self,
        reader: &mut Reader<R>,
        header: Header,
        end: u64,
    ) -> io::Result<bool> {
        let mut bytes = [0; HEADER_BYTES];
        reader.go_to(end)?;
        if !reader.fill(&mut bytes)? {
            // The last frame; of a stream that was found before.
            return Ok(self.first.is_none_or(|first| first.is_like(&header)));
        }
        Ok(Header::read(&bytes).is_some_and(|next| next.is_like(&header)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// A frame of stereo LC with that rate's number, of that length.
    fn frame(rate: u8, bytes: usize) -> Vec<u8> {
        let mut frame = vec![0xFF, 0xF1, 0x40 | rate << 2, 0x80, 0, 0x1F, 0xFC];
        frame[3] |= (bytes >> 11) as u8;
        frame[4] = (bytes >> 3) as u8;
        frame[5] |= (bytes << 5) as u8;
        frame.resize(bytes, 0x21);
        frame
    }

    fn found(file: &[u8]) -> Found {
        let mut found = Found::default();
        found
            .walk(&mut Reader::new(Cursor::new(file)).unwrap())
            .unwrap();
        found
    }

    #[test]
    fn headers_are_read() {
        let header = Header::read(&frame(4, 371)).unwrap();
        let expected = Header {
            kind: 2,
            rate_hz: 44_100,
            channels: 2,
            bytes: 371,
            blocks: 1,
        };
        assert_eq!(header, expected);
        assert_eq!(Header::read(&[0xFF, 0xFB, 0x90, 0x64, 0, 0, 0]), None);
        assert_eq!(Header::read(&[0xFF; 7]), None);
    }

    #[test]
    fn frames_are_found_between_damage() {
        let mut file = vec![0xFF; 100];
        file.extend(frame(4, 300).repeat(3));
        file.extend([0; 50]);
        file.extend(frame(4, 200).repeat(2));
        let found = found(&file);
        let places: Vec<_> = (0..5)
            .map(|n| found.index.get(n).map(|p| (p.offset, p.bytes)))
            .collect();
        let expected = [
            (100, 300),
            (400, 300),
            (700, 300),
            (1_050, 200),
            (1_250, 200),
        ];
        assert_eq!(places, expected.map(Some));
        assert_eq!(found.index.frames(), 5 * 1_024);
        assert!(finds_adts(
            &[vec![0; 999], frame(4, 300).repeat(5)].concat()
        ));
        assert!(!finds_adts(&[vec![0; 999], frame(4, 300)].concat()));
    }

    #[test]
    fn a_change_of_rate_is_said() {
        let file = [frame(4, 300).repeat(3), frame(3, 300).repeat(3)].concat();
        let found = found(&file);
        assert_eq!(found.index.len(), 3);
        let line = "its rate changes from 44100 to 48000 Hz: what is behind that is not played";
        assert_eq!(found.warnings, [line]);
    }

    #[test]
    fn one_frame_alone_is_a_file() {
        assert!(starts_adts(&frame(4, 300), true));
        assert!(!starts_adts(&frame(4, 300), false));
        assert_eq!(found(&frame(4, 300)).index.len(), 1);
        assert_eq!(found(&frame(4, 300)[..299]).index.len(), 0);
    }
}
