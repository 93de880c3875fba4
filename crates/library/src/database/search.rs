//! Queries as SQLite's: words go through the index, the rest are conditions.

use super::condition::{Condition, condition};
use super::{DatabaseError, Reader};
use crate::model::TrackId;
use crate::query::{Query, nearest_words};
use rusqlite::types::Value;
use rusqlite::{ToSql, params_from_iter};

/// Matches that are ranked. More than these are more than anybody looks through: they come in the order
/// of the index.
const MAX_RANKED: usize = 1_000;
/// What a word found in each field counts: title, artist, album artist, album, composer, genre, folder.
const WEIGHTS: &str = "10.0, 8.0, 7.0, 6.0, 3.0, 2.0, 0.5";

/// The order of what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortOrder {
    /// The best match first; without words, as [`Self::Collection`].
    #[default]
    Relevance,
    /// Album artist, year, album, disc, track.
    Collection,
    /// By title.
    Title,
    /// The newest in the collection first.
    Added,
    /// The last heard first.
    LastPlayed,
    /// The most often heard first.
    MostPlayed,
    /// The best rated first.
    Rating,
    /// Another one each time.
    Random,
}

impl SortOrder {
    fn sql(self) -> &'static str {
        match self {
            Self::Relevance | Self::Collection => "sort_key, track.id",
            Self::Title => "title COLLATE NOCASE, sort_key, track.id",
            Self::Added => "added DESC, sort_key, track.id",
            Self::LastPlayed => "last_played DESC, sort_key, track.id",
            Self::MostPlayed => "play_count DESC, sort_key, track.id",
            Self::Rating => "rating DESC, sort_key, track.id",
            Self::Random => "random()",
        }
    }
}

/// What is found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// The tracks, in order.
    pub tracks: Vec<TrackId>,
    /// What was looked for instead, because nothing matched: words that are nearly those of the query.
    pub instead: Option<String>,
}

impl Reader {
    /// The tracks that `query` asks for, at most `most`, in `order`. Where it is only words and none
    /// matches, a typo or two in them is forgiven. `now` in seconds since 1970.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn search(
        &self,
        query: &Query,
        order: SortOrder,
        most: usize,
        now: i64,
    ) -> Result<Found, DatabaseError> {
        let tracks = self.matching(query, order, most, now)?;
        let words = query.plain_words().filter(|words| !words.is_empty());
        let Some(words) = words.filter(|_| tracks.is_empty() && most > 0) else {
            return Ok(Found {
                tracks,
                instead: None,
            });
        };
        let Some((nearly, instead)) = self.nearly(&words, now)? else {
            return Ok(Found::default());
        };
        let tracks = self.matching(&nearly, order, most, now)?;
        let instead = (!tracks.is_empty()).then_some(instead);
        Ok(Found { tracks, instead })
    }

    /// How many tracks `query` asks for.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn count(&self, query: &Query, now: i64) -> Result<usize, DatabaseError> {
        let condition = condition(query, now);
        let sql = format!(
            "SELECT count(*) FROM track JOIN file ON file.id = file_id WHERE {}",
            condition.whole_sql()
        );
        let mut select = self.connection.prepare_cached(&sql)?;
        let count: i64 =
            select.query_row(params_from_iter(condition.whole_values()), |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    fn matching(
        &self,
        query: &Query,
        order: SortOrder,
        most: usize,
        now: i64,
    ) -> Result<Vec<TrackId>, DatabaseError> {
        let condition = condition(query, now);
        let limit = i64::try_from(most).unwrap_or(i64::MAX);
        if let (SortOrder::Relevance, Some(words)) = (order, &condition.words) {
            return self.by_words(&condition, words, most);
        }
        let needs_file = condition.needs_file();
        let sql = format!(
            "SELECT track.id FROM track {} WHERE {} ORDER BY {} LIMIT {limit}",
            if needs_file {
                "JOIN file ON file.id = file_id"
            } else {
                ""
            },
            condition.whole_sql(),
            order.sql()
        );
        self.ids(&sql, &condition.whole_values())
    }

    fn by_words(
        &self,
        condition: &Condition,
        words: &str,
        most: usize,
    ) -> Result<Vec<TrackId>, DatabaseError> {
        let mut values = vec![Value::from(words.to_owned())];
        let (join, rest) = match &condition.rest {
            None => (String::new(), String::new()),
            Some(rest) => {
                values.extend(condition.values.iter().cloned());
                (
                    "JOIN track ON track.id = search.rowid JOIN file ON file.id = file_id"
                        .to_owned(),
                    format!("AND {rest}"),
                )
            }
        };
        let from = format!("SELECT search.rowid FROM search {join} WHERE search MATCH ? {rest}");
        let first = self.ids(&format!("{from} LIMIT {}", MAX_RANKED + 1), &values)?;
        if first.len() <= 1 {
            return Ok(first.into_iter().take(most).collect());
        }
        if first.len() <= MAX_RANKED {
            let sql = format!(
                "{from} ORDER BY bm25(search, {WEIGHTS}), search.rowid LIMIT {}",
                i64::try_from(most).unwrap_or(i64::MAX)
            );
            return self.ids(&sql, &values);
        }
        if most <= first.len() {
            return Ok(first.into_iter().take(most).collect());
        }
        let limit = i64::try_from(most).unwrap_or(i64::MAX);
        self.ids(&format!("{from} LIMIT {limit}"), &values)
    }

    fn ids(&self, sql: &str, values: &[Value]) -> Result<Vec<TrackId>, DatabaseError> {
        let mut select = self.connection.prepare_cached(sql)?;
        let values = values.iter().map(|value| value as &dyn ToSql);
        let ids = select.query_map(params_from_iter(values), |row| row.get(0))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    /// `words` with each that no track has replaced by the nearest word there is, as a query and as a line
    /// to show.
    fn nearly(&self, words: &[&str], now: i64) -> Result<Option<(Query, String)>, DatabaseError> {
        let word = |text: &str| Query::Text {
            field: None,
            text: text.to_owned(),
            is_whole: false,
        };
        let (mut parts, mut line) = (Vec::new(), Vec::new());
        for text in words {
            if !self
                .matching(&word(text), SortOrder::Relevance, 1, now)?
                .is_empty()
            {
                parts.push(word(text));
                line.push((*text).to_owned());
                continue;
            }
            let known = self.words_like(text)?;
            let known = known.iter().flat_map(|words| words.iter());
            let near = nearest_words(text, known.map(|(word, count)| (word.as_str(), *count)));
            let Some(nearest) = near.first() else {
                return Ok(None);
            };
            line.push(nearest.clone());
            parts.push(Query::Either(near.iter().map(|near| word(near)).collect()));
        }
        Ok(Some((Query::Every(parts), line.join(" "))))
    }
}
