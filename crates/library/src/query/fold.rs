//! Text as it is compared: without case, accents and the variants of a letter, in every script.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// `text` without case and accents: "Björk" and "BJORK" are "bjork", "Straße" is "strasse", "ｶﾞ" is "ガ".
/// Marks that make another letter, as those of kana, stay. Allocates.
///
/// ```
/// assert_eq!(library::query::fold("Sigur R\u{f3}s"), "sigur ros");
/// assert_eq!(library::query::fold("\u{d6}FTRACK \u{141}\u{f3}d\u{17a}"), "oftrack lodz");
/// ```
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut plain = String::with_capacity(text.len());
    let taken_apart = DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(text.chars());
    for letter in taken_apart.filter(|letter| !is_accent(*letter)) {
        for small in letter.to_lowercase() {
            match small {
                'ø' => plain.push('o'),
                'ß' => plain.push_str("ss"),
                'æ' => plain.push_str("ae"),
                'œ' => plain.push_str("oe"),
                'ł' => plain.push('l'),
                'đ' | 'ð' => plain.push('d'),
                'þ' => plain.push_str("th"),
                'ħ' => plain.push('h'),
                'ŧ' => plain.push('t'),
                'ı' => plain.push('i'),
                'ς' => plain.push('σ'),
                '’' | '‘' | 'ʼ' => plain.push('\''),
                // What lowering makes of a letter may be one with an accent.
                small if is_accent(small) => {}
                small => plain.push(small),
            }
        }
    }
    // Together again what was taken apart and has its own letter: kana, Hangul.
    ComposingNormalizerBorrowed::new_nfc()
        .normalize(&plain)
        .into_owned()
}

/// `text` folded, every sign of a script without spaces between words as a word of its own, so that any
/// part of a title in Chinese or Thai can be found. What the index holds, and what is looked for in it.
pub fn index_words(text: &str) -> String {
    let folded = fold(text);
    if !folded.contains(stands_alone) {
        return folded;
    }
    let mut words = String::with_capacity(folded.len() * 2);
    for letter in folded.chars() {
        if stands_alone(letter) {
            words.push(' ');
            words.push(letter);
            words.push(' ');
        } else {
            words.push(letter);
        }
    }
    words
}

/// Whether the letter may begin a word wherever it stands.
fn stands_alone(letter: char) -> bool {
    matches!(letter,
        '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Accents on Latin, Greek, Cyrillic, Hebrew and Arabic letters.
fn is_accent(letter: char) -> bool {
    matches!(letter,
        '\u{0300}'..='\u{036f}' | '\u{0483}'..='\u{0487}' | '\u{0591}'..='\u{05bd}'
        | '\u{05c1}'..='\u{05c2}' | '\u{064b}'..='\u{065f}' | '\u{0670}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_every_script_are_compared_without_case_and_accents() {
        for (text, want) in [
            ("AC/DC", "ac/dc"),
            ("Motörhead", "motorhead"),
            ("Mo\u{308}torhead", "motorhead"),
            ("Antonín Dvořák", "antonin dvorak"),
            ("İstanbul", "istanbul"),
            ("Ελλάδα Σ", "ελλαδα σ"),
            ("Ёлка Й", "елка и"),
            ("ﬁre Ｆｕｌｌ", "fire full"),
            ("ガ ｶﾞ", "ガ ガ"),
            ("한국", "한국"),
            ("Don’t", "don't"),
            ("Mötley Crüe ÆØÅ", "motley crue aeoa"),
        ] {
            assert_eq!(fold(text), want, "{text}");
        }
    }

    #[test]
    fn signs_that_are_words_stand_apart() {
        let words: Vec<String> = index_words("東京事変 live")
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        assert_eq!(words, ["東", "京", "事", "変", "live"]);
        assert_eq!(index_words("Plain"), "plain");
    }
}
