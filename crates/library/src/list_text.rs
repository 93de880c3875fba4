//! Lines of playlists and cue sheets, with the bytes of the names in them: a name on disk may be in an
//! encoding that no reading as text gives back.

use disk::text::{decode, decode_text, guess_encoding};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

/// A name or line: what it reads as, and its bytes in the list where those are no UTF-8.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Name {
    /// For reading.
    pub(super) text: String,
    /// As it stands in the list.
    pub(super) bytes: Option<Vec<u8>>,
}

impl Name {
    /// The name `bytes` are where UTF-8, and `text` otherwise.
    pub(super) fn of_bytes(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self::from(text),
            Err(error) => Self {
                text: decode_text(error.as_bytes()),
                bytes: Some(error.into_bytes()),
            },
        }
    }

    /// Without the spaces around it.
    pub(super) fn trimmed(&self) -> Self {
        Self {
            text: self.text.trim().to_owned(),
            bytes: self.bytes.as_ref().map(|bytes| bytes.trim_ascii().to_vec()),
        }
    }

    /// A part of both text and bytes; `part` must cut at ASCII characters.
    pub(super) fn map(&self, part: impl Fn(&[u8]) -> &[u8]) -> Self {
        let cut = part(self.text.as_bytes());
        Self {
            text: String::from_utf8_lossy(cut).into_owned(),
            bytes: self.bytes.as_ref().map(|bytes| part(bytes).to_vec()),
        }
    }
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        Self { text, bytes: None }
    }
}

/// The lines of a list, in UTF-8, in UTF-16 with or without a byte order mark, or in what they look most
/// like; their ends may be LF, CRLF or CR. Those with nothing but spaces are left out; around others, spaces stay, as
/// they may be part of a name. Allocates.
pub(super) fn lines(bytes: &[u8]) -> Vec<Name> {
    let is_end = |letter: char| matches!(letter, '\n' | '\r');
    let of_text = |text: &str| -> Vec<Name> {
        let lines = text.split(is_end);
        let lines = lines.filter(|line| !line.trim().is_empty());
        lines.map(|line| line.to_owned().into()).collect()
    };
    if let Some(encoding) = utf_16(bytes) {
        return of_text(&decode(encoding, bytes.get(2..).unwrap_or_default()));
    }
    if let Some(encoding) = utf_16_unmarked(bytes) {
        return of_text(&decode(encoding, bytes));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return of_text(text);
    }
    let lines: Vec<&[u8]> = bytes
        .split(|byte| matches!(byte, b'\n' | b'\r'))
        .filter(|line| !line.trim_ascii().is_empty())
        .collect();
    // Lines that are UTF-8 say nothing about the others.
    let is_other = |line: &&[u8]| std::str::from_utf8(line).is_err();
    let others: Vec<&[u8]> = lines.iter().copied().filter(is_other).collect();
    let encoding = guess_encoding(others);
    let named = lines
        .into_iter()
        .map(|line| match std::str::from_utf8(line) {
            Ok(text) => Name::from(text.to_owned()),
            Err(_) => Name {
                text: decode(encoding, line),
                bytes: Some(line.to_vec()),
            },
        });
    named.collect()
}

/// The whole of a list as one text, in the encoding it says it is in where it is not Unicode.
pub(super) fn text(bytes: &[u8], declared: Option<&str>) -> String {
    let named = declared.and_then(|label| Encoding::for_label(label.as_bytes()));
    if let Some(encoding) = utf_16(bytes).or(utf_16_unmarked(bytes)) {
        return decode(encoding, bytes)
            .trim_start_matches('\u{feff}')
            .to_owned();
    }
    match named.filter(|_| std::str::from_utf8(bytes).is_err()) {
        Some(encoding) => decode(encoding, bytes),
        None => decode_text(bytes),
    }
}

fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xFF, 0xFE, ..] => Some(UTF_16LE),
        [0xFE, 0xFF, ..] => Some(UTF_16BE),
        _ => None,
    }
}

/// Latin letters in UTF-16 have a zero in every other place.
fn utf_16_unmarked(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(512)];
    let zeros = |parity: usize| {
        head.iter()
            .skip(parity)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let half = head.len() / 2;
    let most = half - half / 4;
    match (zeros(0), zeros(1)) {
        _ if half < 4 => None,
        (0, odd) if odd >= most => Some(UTF_16LE),
        (even, 0) if even >= most => Some(UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(bytes: &[u8]) -> Vec<String> {
        lines(bytes).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn every_encoding_and_every_line_end_gives_the_same_lines() {
        let want = ["#EXTM3U", "a ö.wav", "c d.wav"];
        for text in [
            "#EXTM3U\na ö.wav\n\nc d.wav",
            "#EXTM3U\r\na ö.wav\r\n \t\r\nc d.wav\r\n",
            "#EXTM3U\ra ö.wav\rc d.wav\r",
        ] {
            assert_eq!(texts(text.as_bytes()), want);
            assert_eq!(texts(&[b"\xEF\xBB\xBF", text.as_bytes()].concat()), want);
            let wide = |mark: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
                let text = format!("{mark}{text}");
                text.encode_utf16().flat_map(order).collect()
            };
            for mark in ["\u{feff}", ""] {
                assert_eq!(texts(&wide(mark, u16::to_le_bytes)), want, "{text}");
                assert_eq!(texts(&wide(mark, u16::to_be_bytes)), want, "{text}");
            }
        }
    }

    #[test]
    fn bytes_are_kept_where_they_are_no_utf_8() {
        let found = lines(b"Bj\xf6rk.wav\n\xc3\xb6.wav\n");
        assert_eq!(found[0].text, "Björk.wav");
        assert_eq!(found[0].bytes.as_deref(), Some(&b"Bj\xf6rk.wav"[..]));
        assert_eq!(found[1], Name::from("ö.wav".to_owned()));
    }

    #[test]
    fn a_declared_encoding_counts_where_it_is_no_unicode() {
        assert_eq!(text(b"\xe9\xea", Some("windows-1251")), "йк");
        assert_eq!(text("ö".as_bytes(), Some("ISO-8859-1")), "ö");
        assert_eq!(text(b"\xFF\xFEa\0", None), "a");
    }
}
