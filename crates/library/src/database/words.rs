//! The words there are in the index, for forgiving a typo. Those of one first letter are read at a time, and
//! kept until the collection changes: the next key asks for the same ones.

use super::{DatabaseError, Reader};
use crate::query::fold;
use std::sync::Arc;

/// First letters whose words are kept.
const MAX_LETTERS: usize = 4;

/// Words and in how many tracks they are.
pub(super) type Words = Arc<Vec<(String, u64)>>;

/// The words of the letters asked for last, the newest behind the others.
#[derive(Default)]
pub(super) struct WordCache {
    /// Changes when somebody else has written.
    version: i64,
    letters: Vec<(char, Words)>,
}

impl Reader {
    /// The words that begin as `text` does, or with its second letter: the first may be wrong, but not
    /// both.
    pub(super) fn words_like(&self, text: &str) -> Result<Vec<Words>, DatabaseError> {
        let folded = fold(text);
        let mut firsts: Vec<char> = folded
            .chars()
            .filter(|c| c.is_alphanumeric())
            .take(2)
            .collect();
        firsts.dedup();
        firsts
            .into_iter()
            .map(|letter| self.words_of(letter))
            .collect()
    }

    fn words_of(&self, letter: char) -> Result<Words, DatabaseError> {
        let version: i64 = self
            .connection
            .prepare_cached("PRAGMA data_version")?
            .query_row([], |row| row.get(0))?;
        let mut cache = self.words.borrow_mut();
        if cache.version != version {
            cache.letters.clear();
            cache.version = version;
        }
        if let Some((_, words)) = cache.letters.iter().find(|(known, _)| *known == letter) {
            return Ok(Arc::clone(words));
        }
        let mut select = self
            .connection
            .prepare_cached("SELECT term, doc FROM temp.words WHERE term >= ?1 AND term < ?2")?;
        let next = char::from_u32(u32::from(letter) + 1).unwrap_or(char::MAX);
        let found = select.query_map([letter.to_string(), next.to_string()], |row| {
            let count: i64 = row.get(1)?;
            Ok((row.get::<_, String>(0)?, u64::try_from(count).unwrap_or(0)))
        })?;
        // What is no text is no word.
        let words: Words = Arc::new(found.flatten().collect());
        if cache.letters.len() >= MAX_LETTERS {
            cache.letters.remove(0);
        }
        cache.letters.push((letter, Arc::clone(&words)));
        Ok(words)
    }
}
