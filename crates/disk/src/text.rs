//! Text of unknown encoding: playlists, cue sheets, and the tags of old programs.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    Encoding, ISO_8859_2, ISO_8859_4, ISO_8859_13, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250,
    WINDOWS_1252, WINDOWS_1254, WINDOWS_1257, WINDOWS_1258,
};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Encodings that hardly differ from Windows-1252: a few words do not tell them apart.
const LATIN_SCRIPT: [&Encoding; 7] = [
    WINDOWS_1250,
    WINDOWS_1254,
    WINDOWS_1257,
    WINDOWS_1258,
    ISO_8859_2,
    ISO_8859_4,
    ISO_8859_13,
];
/// Bytes beyond ASCII, in different words, before one of those is believed. With 6, of titles in
/// western languages hardly any is misread.
const LATIN_SCRIPT_EVIDENCE: usize = 6;
/// Bytes beyond ASCII, in different words, before an encoding of another script is believed.
const OTHER_SCRIPT_EVIDENCE: usize = 3;

/// The text in `bytes`: UTF-8, or UTF-16 with a byte order mark, or else what the bytes look most
/// like (Windows-1252, Windows-1251, Shift-JIS, GBK and so on). What cannot be decoded becomes
/// U+FFFD. Allocates.
///
/// ```
/// assert_eq!(disk::text::decode_text(b"Bj\xf6rk"), "Bj\u{f6}rk");
/// assert_eq!(disk::text::decode_text("Bj\u{f6}rk".as_bytes()), "Bj\u{f6}rk");
/// ```
pub fn decode_text(bytes: &[u8]) -> String {
    match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => decode(encoding, bytes.get(mark..).unwrap_or_default()),
        None => decode(guess_encoding([bytes]), bytes),
    }
}

/// The encoding of byte strings of one origin, judged together: UTF-8 if all of them are, otherwise
/// a legacy one; Windows-1252 if little speaks for another.
pub fn guess_encoding<'a>(texts: impl IntoIterator<Item = &'a [u8]> + Clone) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    for text in texts.clone() {
        detector.feed(text, false);
        detector.feed(b"\n", false);
    }
    detector.feed(b"", true);
    let guess = detector.guess(None, Utf8Detection::Allow);
    if guess == UTF_8 {
        return guess;
    }
    let is_beyond_ascii = |byte: &&u8| !byte.is_ascii();
    let words = texts
        .into_iter()
        .flat_map(|text| text.split(|b| b.is_ascii_whitespace()));
    let words: BTreeSet<&[u8]> = words.collect();
    let evidence: usize = words
        .iter()
        .map(|word| word.iter().filter(is_beyond_ascii).count())
        .sum();
    let needed = match LATIN_SCRIPT.contains(&guess) {
        true => LATIN_SCRIPT_EVIDENCE,
        false => OTHER_SCRIPT_EVIDENCE,
    };
    if evidence < needed {
        WINDOWS_1252
    } else {
        guess
    }
}

/// UTF-16 with the bytes in any order: that of its mark, else big-endian or not as `is_big_endian` says,
/// else the likelier one. An odd byte at the end is left out, and so is every mark.
///
/// ```
/// assert_eq!(disk::text::decode_utf16(b"\xff\xfeA\0", None), "A");
/// ```
pub fn decode_utf16(bytes: &[u8], is_big_endian: Option<bool>) -> String {
    let mut units = bytes.as_chunks::<2>().0;
    let mut order = is_big_endian;
    while let [first, rest @ ..] = units {
        order = match first {
            [0xFE, 0xFF] => Some(true),
            [0xFF, 0xFE] => Some(false),
            _ => break,
        };
        units = rest;
    }
    let is_big_endian = order.unwrap_or_else(|| {
        // Of most scripts, the upper bytes are zero, or few.
        let zeros = |index: usize| units.iter().filter(|unit| unit[index] == 0).count();
        let kinds = |index: usize| {
            units
                .iter()
                .map(|unit| unit[index])
                .collect::<BTreeSet<u8>>()
        };
        match zeros(0).cmp(&zeros(1)) {
            Ordering::Greater => true,
            Ordering::Less => false,
            Ordering::Equal => kinds(0).len() < kinds(1).len(),
        }
    });
    let encoding = if is_big_endian { UTF_16BE } else { UTF_16LE };
    decode(encoding, units.as_flattened())
}

/// `bytes` read as `encoding`; a byte order mark is not looked for.
pub fn decode(encoding: &'static Encoding, bytes: &[u8]) -> String {
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{BIG5, EUC_KR, GBK, IBM866, SHIFT_JIS, WINDOWS_1251, WINDOWS_1253};

    #[test]
    fn unicode_is_taken_at_its_word() {
        let text = "Björk – 東京";
        let utf16 = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
            let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
            units.flat_map(order).collect()
        };
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            utf16(u16::to_le_bytes),
            utf16(u16::to_be_bytes),
        ] {
            assert_eq!(decode_text(&bytes), text);
        }
        assert_eq!(decode_text(b""), "");
    }

    #[test]
    fn legacy_encodings_are_recognised() {
        for (encoding, text) in [
            (WINDOWS_1251, "Кино\nГруппа крови"),
            (SHIFT_JIS, "宇多田ヒカル\n無罪モラトリアム"),
            (GBK, "邓丽君\n月亮代表我的心"),
            (BIG5, "鄧麗君\n月亮代表我的心"),
            (EUC_KR, "소녀시대\n방탄소년단"),
            (WINDOWS_1253, "Μίκης Θεοδωράκης"),
            (IBM866, "Группа крови"),
            (WINDOWS_1250, "Žluťoučký kůň úpěl"),
            (WINDOWS_1254, "Barış Manço\nŞarkı\nGülümse"),
            (WINDOWS_1252, "“Don’t Stop” – Beyoncé"),
        ] {
            let (bytes, _, is_lossy) = encoding.encode(text);
            assert!(!is_lossy);
            assert_eq!(decode_text(&bytes), text, "{}", encoding.name());
        }
    }

    #[test]
    fn short_western_text_stays_western() {
        for text in [
            "Björk",
            "Café",
            "Mø",
            "MØ",
            "Naïve",
            "Aïcha",
            "Oxygène",
            "Motörhead",
            "Sigur Rós",
            "Queensrÿche",
            "Þórr",
            "ÄÖÜ",
            "©",
            "®",
            "2° Álbum",
            "¿Qué pasa?",
            "São Paulo",
            "Ágætis byrjun",
            "Wish You Were Here – Live",
            "Straße",
            "ÉTÉ",
            "Jokke & Valentinerne Går",
        ] {
            let (bytes, _, is_lossy) = WINDOWS_1252.encode(text);
            assert!(!is_lossy);
            assert_eq!(decode_text(&bytes), text);
        }
    }
}
