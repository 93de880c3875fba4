//! Words that are nearly those that were asked for: where nothing matches, a typo or two is forgiven.

use super::fold::fold;
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// Words that stand in for one that was not found.
const MAX_WORDS: usize = 8;
/// Letters from which on a second typo is forgiven.
const LONG_WORD: usize = 8;
/// Letters from which on one is.
const SHORT_WORD: usize = 4;
/// Letters of a word that are compared; longer ones have no typos forgiven.
const MAX_LETTERS: usize = 48;

/// Those of `words` that are `wanted` but for a letter or two, the nearest first, the more frequent before
/// the others. `words` come with how often they occur.
pub fn nearest_words<'a>(wanted: &str, words: impl Iterator<Item = (&'a str, u64)>) -> Vec<String> {
    let wanted = fold(wanted);
    let letters: Vec<char> = wanted.chars().collect();
    let allowed = match letters.len() {
        0..SHORT_WORD => return Vec::new(),
        SHORT_WORD..LONG_WORD => 1,
        LONG_WORD..=MAX_LETTERS => 2,
        _ => return Vec::new(),
    };
    let mut matcher = Matcher::new(Config::DEFAULT);
    let (mut needle, mut haystack) = (Vec::new(), Vec::new());
    let mut found: Vec<(usize, u16, u64, String)> = Vec::new();
    for (word, count) in words {
        let other: Vec<char> = word.chars().take(MAX_LETTERS + 1).collect();
        // As far as it is typed.
        let other_start = &other[..other.len().min(letters.len() + allowed)];
        if other.len() > MAX_LETTERS || other.len() + allowed < letters.len() {
            continue;
        }
        let Some(typos) = typos_at_start(&letters, other_start, allowed) else {
            continue;
        };
        let score = matcher
            .fuzzy_match(
                Utf32Str::new(word, &mut haystack),
                Utf32Str::new(&wanted, &mut needle),
            )
            .unwrap_or(0);
        found.push((typos, score, count, word.to_owned()));
    }
    found.sort_unstable_by(|a, b| {
        let order = (a.0, std::cmp::Reverse(a.1), std::cmp::Reverse(a.2));
        order.cmp(&(b.0, std::cmp::Reverse(b.1), std::cmp::Reverse(b.2)))
    });
    found.truncate(MAX_WORDS);
    found.into_iter().map(|(.., word)| word).collect()
}

/// Letters to be changed, put in, left out or swapped until `wanted` is how `other` begins; none if more
/// than `most`.
fn typos_at_start(wanted: &[char], other: &[char], most: usize) -> Option<usize> {
    let width = other.len() + 1;
    let mut before: Vec<usize> = vec![0; width];
    let mut row: Vec<usize> = (0..width).collect();
    for (i, letter) in wanted.iter().enumerate() {
        let mut next = vec![i + 1; width];
        for (j, of_other) in other.iter().enumerate() {
            let change = row[j] + usize::from(letter != of_other);
            next[j + 1] = change.min(row[j + 1] + 1).min(next[j] + 1);
            let is_swap = i > 0 && j > 0 && wanted[i - 1] == *of_other && *letter == other[j - 1];
            if is_swap {
                next[j + 1] = next[j + 1].min(before[j - 1] + 1);
            }
        }
        if next.iter().all(|typos| *typos > most) {
            return None;
        }
        before = std::mem::replace(&mut row, next);
    }
    row.into_iter().min().filter(|typos| *typos <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_or_two_is_forgiven() {
        let words = [
            ("bjork", 3),
            ("beatles", 9),
            ("metallica", 5),
            ("portishead", 2),
            ("bark", 1),
        ];
        let near = |text| nearest_words(text, words.iter().copied());
        assert_eq!(near("bjrok"), ["bjork"]);
        assert_eq!(near("Beatels"), ["beatles"]);
        assert_eq!(near("metalica"), ["metallica"]);
        assert_eq!(near("portishaed"), ["portishead"]);
        assert_eq!(near("mettalica"), ["metallica"]);
        assert!(near("xyz").is_empty() && near("qqqqqqqq").is_empty());
        // Too short to know.
        assert!(near("bj").is_empty());
    }

    #[test]
    fn a_word_may_not_have_been_typed_to_its_end() {
        assert_eq!(
            nearest_words("metalic", [("metallica", 1)].into_iter()),
            ["metallica"]
        );
    }
}
