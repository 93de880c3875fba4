//! Bytes of a preset file as lines of words.

/// The text in `bytes`: UTF-16 with a byte order mark, UTF-8 with or without one, and anything else
/// byte by byte as Latin-1, whose printable part Windows-1252 shares.
pub(super) fn decode(bytes: &[u8]) -> String {
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => utf_8_or_latin_1(rest),
        _ => utf_8_or_latin_1(bytes),
    }
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// UTF-8, or Latin-1 when `bytes` are not.
pub(super) fn utf_8_or_latin_1(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

/// Lines with their numbers from 1; ends may be LF, CRLF or CR.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, String)> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    (1..).zip(lines)
}

/// The words of `text` in lower case. A no-break or thin space between groups of digits is a
/// thousands separator and goes; elsewhere it is a space. A typographic minus becomes the plain one.
pub(super) fn words(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let is_digit = |at: usize| letters.get(at).is_some_and(char::is_ascii_digit);
    let mut plain = String::with_capacity(text.len());
    for (at, &letter) in letters.iter().enumerate() {
        match letter {
            '\u{a0}' | '\u{2009}' | '\u{202f}' => {
                let is_group = (at + 1..at + 4).all(is_digit) && !is_digit(at + 4);
                if !(at > 0 && is_digit(at - 1) && is_group) {
                    plain.push(' ');
                }
            }
            '\u{2212}' => plain.push('-'),
            _ => plain.extend(letter.to_lowercase()),
        }
    }
    plain.split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_gives_the_same_text() {
        let want = "Preamp: -1 dB # é\r\n";
        let wide = |to: fn(u16) -> [u8; 2]| want.encode_utf16().flat_map(to).collect::<Vec<_>>();
        let files = [
            want.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", want.as_bytes()].concat(),
            [b"\xff\xfe", wide(u16::to_le_bytes).as_slice()].concat(),
            [b"\xfe\xff", wide(u16::to_be_bytes).as_slice()].concat(),
            b"Preamp: -1 dB # \xe9\r\n".to_vec(),
        ];
        for file in files {
            assert_eq!(decode(&file), want);
        }
        // An odd byte at the end and half a surrogate pair.
        assert_eq!(decode(b"\xff\xfea\0\x00\xd8b"), "a\u{fffd}");
    }

    #[test]
    fn no_break_spaces_part_thousands_or_words() {
        assert_eq!(words("Fc\u{a0}1\u{a0}000\u{a0}Hz"), ["fc", "1000", "hz"]);
        assert_eq!(words("1\u{202f}000,5 \u{2212}3"), ["1000,5", "-3"]);
        assert_eq!(words("20\u{a0}1"), ["20", "1"]);
    }

    #[test]
    fn lines_end_in_any_way() {
        let numbered: Vec<_> = lines("a\r\nb\rc\nd").collect();
        let want = [(1, "a"), (2, "b"), (3, "c"), (4, "d")];
        assert_eq!(numbered, want.map(|(n, line)| (n, line.to_owned())));
    }
}
