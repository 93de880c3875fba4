//! The frames of ID3v2 that are shown.

use super::bytes::{be_at, split_zero};
use super::pictures::picture_of;
use super::set::{Field, TagSet, Text};
use disk::text::decode_utf16;

const LATIN_1: u8 = 0;
const UTF_16: u8 = 1;
const UTF_16_BE: u8 = 2;
const UTF_8: u8 = 3;
/// Values of one frame.
const MAX_VALUES: usize = 256;

/// Where version 2.2 has no such frame.
const NONE: &[u8; 4] = b"----";

/// Text frames, by their names in versions 2.3 and 2.4, and in 2.2.
const TEXTS: [(&[u8; 4], &[u8; 4], Field); 13] = [
    (b"TIT2", b"TT2 ", Field::Title),
    (b"TPE1", b"TP1 ", Field::Artist),
    (b"TALB", b"TAL ", Field::Album),
    (b"TPE2", b"TP2 ", Field::AlbumArtist),
    (b"TCOM", b"TCM ", Field::Composer),
    (b"TCON", b"TCO ", Field::Id3Genre),
    (b"TRCK", b"TRK ", Field::TrackNumber),
    (b"TPOS", b"TPA ", Field::DiscNumber),
    (b"TDRC", NONE, Field::RecordingDate),
    (b"TYER", b"TYE ", Field::Year),
    (b"TDAT", b"TDA ", Field::DayMonth),
    (b"TDRL", NONE, Field::ReleaseDate),
    (b"TDOR", NONE, Field::ReleaseDate),
];

fn text_field(id: [u8; 4]) -> Option<Field> {
    let known = TEXTS
        .iter()
        .find(|(new, old, _)| id == **new || id == **old);
    known.map(|(_, _, field)| *field)
}

/// Whether [`FrameReader::read`] takes something from frames of this name.
pub(super) fn is_shown(id: [u8; 4]) -> bool {
    text_field(id).is_some()
        || matches!(
            &id,
            b"TXXX"
                | b"TXX "
                | b"USLT"
                | b"ULT "
                | b"APIC"
                | b"PIC "
                | b"RVA2"
                | b"XRVA"
                | b"RVAD"
                | b"RVA "
        )
}

/// Collects the values of a tag's frames.
pub(super) struct FrameReader {
    set: TagSet,
    /// Gains that count where no other field has them.
    adjustments: Vec<(&'static str, String)>,
    want_cover: bool,
}

impl FrameReader {
    pub(super) fn new(want_cover: bool) -> Self {
        Self {
            set: TagSet::default(),
            adjustments: Vec::new(),
            want_cover,
        }
    }

    /// Takes a frame's content. A picture that is not whole is none.
    pub(super) fn read(&mut self, id: [u8; 4], bytes: &[u8], is_whole: bool) {
        if let Some(field) = text_field(id) {
            for text in values(bytes) {
                self.set.push(field, text);
            }
            return;
        }
        match &id {
            b"TXXX" | b"TXX " => self.user_text(bytes),
            b"USLT" | b"ULT " => self.lyrics(bytes),
            b"APIC" | b"PIC " if self.want_cover && is_whole => self.picture(id == *b"PIC ", bytes),
            b"RVA2" | b"XRVA" => self.channel_volumes(bytes),
            b"RVAD" | b"RVA " => self.side_volumes(bytes),
            _ => {}
        }
    }

    pub(super) fn finish(mut self) -> TagSet {
        for (name, value) in self.adjustments {
            self.set.push(Field::Gain(name), value);
        }
        self.set
    }

    fn user_text(&mut self, bytes: &[u8]) {
        let mut values = values(bytes).into_iter();
        let (Some(Text::Unicode(name)), Some(value)) = (values.next(), values.next()) else {
            return;
        };
        if let Some(field) = Field::named(&name) {
            self.set.push(field, value);
            for value in values {
                self.set.push(field, value);
            }
        }
    }

    /// Encoding, three letters of a language, a description, the words.
    fn lyrics(&mut self, bytes: &[u8]) {
        let [encoding, _, _, _, rest @ ..] = bytes else {
            return;
        };
        let words = match split_text(*encoding, rest) {
            Some((description, [])) => description,
            Some((_, words)) => words,
            None => rest,
        };
        // The order of the description's bytes is that of the words, where these have no mark.
        let mark = rest.get(..2).unwrap_or_default();
        self.set.push(Field::Lyrics, text(*encoding, words, mark));
    }

    fn picture(&mut self, is_version_2: bool, bytes: &[u8]) {
        let parsed = || {
            let (encoding, rest) = bytes.split_first()?;
            let (format, rest) = if is_version_2 {
                (rest.get(..3)?, rest.get(3..)?)
            } else {
                split_zero(rest)?
            };
            let (kind, rest) = rest.split_first()?;
            // Such a one is elsewhere.
            if format == b"-->" {
                return None;
            }
            let (_, picture) = split_text(*encoding, rest)?;
            Some((*kind == 3, picture))
        };
        let (is_front, picture) = parsed().unwrap_or((false, &[]));
        if let Some(picture) = picture_of(picture, bytes) {
            self.set.push_picture(is_front, picture);
        }
    }

    /// A name, then for each channel its number, 512ths of a decibel, and a peak of so many bits.
    fn channel_volumes(&mut self, bytes: &[u8]) {
        let Some((name, mut rest)) = split_zero(bytes) else {
            return;
        };
        let is_album = name.eq_ignore_ascii_case(b"album");
        while let [channel, g0, g1, peak_bits, behind @ ..] = rest {
            let peak_bytes = usize::from(*peak_bits).div_ceil(8);
            let Some(peak) = behind.get(..peak_bytes) else {
                return;
            };
            rest = &behind[peak_bytes..];
            // The master volume.
            if *channel != 1 {
                continue;
            }
            let db = f64::from(i16::from_be_bytes([*g0, *g1])) / 512.0;
            let (gain_name, peak_name) = match is_album {
                true => ("album_gain", "album_peak"),
                false => ("track_gain", "track_peak"),
            };
            // A gain by another name is the track's if nothing else is.
            let is_named = is_album || name.eq_ignore_ascii_case(b"track");
            let place = if is_named { 0 } else { self.adjustments.len() };
            self.adjustments
                .insert(place, (gain_name, format!("{db:.2} dB")));
            let full_scale = 2_f64.powi(i32::from(*peak_bits) - 1);
            let value = peak
                .iter()
                .fold(0.0, |n, byte| n * 256.0 + f64::from(*byte));
            if *peak_bits > 0 && value > 0.0 {
                let value = format!("{:.6}", value / full_scale);
                self.adjustments.insert(place, (peak_name, value));
            }
            return;
        }
    }

    /// Signs, bits of a number, and the change of the right and of the left side's amplitude, of which
    /// all bits set are the whole of it.
    fn side_volumes(&mut self, bytes: &[u8]) {
        let [signs, bits, rest @ ..] = bytes else {
            return;
        };
        let size = usize::from(*bits).div_ceil(8);
        if !(1..=8).contains(&size) {
            return;
        }
        let side = |index: usize| {
            let change = be_at(rest, index * size, size)? as f64 / 2_f64.powi(i32::from(*bits));
            Some(if signs >> index & 1 == 1 {
                change
            } else {
                -change
            })
        };
        let (Some(right), Some(left)) = (side(0), side(1)) else {
            return;
        };
        let db = 20.0 * (1.0 + (right + left) / 2.0).log10();
        if db.is_finite() && (right != 0.0 || left != 0.0) {
            self.adjustments.push(("track_gain", format!("{db:.2} dB")));
        }
    }
}

/// The values of a text frame, whose first byte is their encoding.
fn values(bytes: &[u8]) -> Vec<Text> {
    let Some((encoding, mut rest)) = bytes.split_first() else {
        return Vec::new();
    };
    // Without that byte, the text itself begins here.
    if *encoding >= 0x20 {
        return vec![Text::of(super::bytes::to_zero(bytes))];
    }
    let mark = rest.get(..2).unwrap_or_default();
    let is_wide = *encoding == LATIN_1 && is_marked(mark) && rest.contains(&0);
    let encoding = if is_wide { UTF_16 } else { *encoding };
    let mut found = Vec::new();
    while let Some((value, behind)) = split_text(encoding, rest) {
        found.push(text(encoding, value, mark));
        rest = behind;
        if found.len() == MAX_VALUES {
            return found;
        }
    }
    if !rest.is_empty() {
        found.push(text(encoding, rest, mark));
    }
    found
}

/// The text in front of the first terminator, and what is behind.
fn split_text(encoding: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    if !matches!(encoding, UTF_16 | UTF_16_BE) {
        return split_zero(bytes);
    }
    let mut units = bytes.chunks_exact(2);
    let at = 2 * units.position(|unit| unit == [0, 0])?;
    Some((&bytes[..at], &bytes[at + 2..]))
}

fn is_marked(bytes: &[u8]) -> bool {
    matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..])
}

/// `mark` are the first two bytes of the frame's text, which may tell the order of all of it.
fn text(encoding: u8, bytes: &[u8], mark: &[u8]) -> Text {
    match encoding {
        UTF_16 | UTF_16_BE => {
            // Plain text under the wrong encoding byte.
            let is_plain = |byte: &u8| matches!(byte, b' '..=b'~');
            if !is_marked(mark) && !bytes.is_empty() && bytes.iter().all(is_plain) {
                return Text::of(bytes);
            }
            let order = match mark {
                [0xFE, 0xFF] => Some(true),
                [0xFF, 0xFE] => Some(false),
                _ if encoding == UTF_16_BE && !bytes.contains(&0) => Some(true),
                _ => None,
            };
            Text::Unicode(decode_utf16(bytes, order))
        }
        LATIN_1 if is_marked(bytes) && bytes.contains(&0) => {
            Text::Unicode(decode_utf16(bytes, None))
        }
        UTF_8 => Text::of_utf8(bytes),
        // An encoding that does not exist says as little as Latin-1, which old programs wrote for whatever
        // their system used.
        _ => Text::of(bytes),
    }
}
