//! The one language in which tracks are asked for: in the search box, in filters, in smart lists.
//!
//! ```
//! use library::query::Query;
//! assert!(Query::parse("bjork year:>1990 -remix").is_ok());
//! let error = Query::parse("yaer:1997").unwrap_err();
//! assert!(error.to_string().starts_with("\"yaer:\" is not understood"));
//! ```

mod error;
mod fold;
mod near;
mod parse;
mod values;

pub use error::{QueryError, QueryFault};
pub use fold::{fold, index_words};
pub use near::nearest_words;
pub use values::{CompareTo, Span, TimeFact};

/// What a track must be. Times are seconds since 1970.
#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    /// All of these; with none, any track.
    Every(Vec<Self>),
    /// One of these.
    Either(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// Words in a row, the last one perhaps not to its end, in one field or in any.
    Text {
        /// Where; `None` for anywhere.
        field: Option<TextField>,
        /// What, as written.
        text: String,
        /// The last word is written to its end.
        is_whole: bool,
    },
    /// The codec's name begins so.
    Codec(String),
    /// A number.
    Number(NumberField, CompareTo),
    /// When something happened.
    Time(TimeField, TimeFact),
    /// The file is gone.
    Missing(bool),
}

/// A field of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TextField {
    /// Name of the track.
    Title,
    /// Who performs it, or the album.
    Artist,
    /// Who the album is by.
    AlbumArtist,
    /// The album.
    Album,
    /// Who wrote it.
    Composer,
    /// Genre.
    Genre,
    /// Folder the file is in.
    Folder,
}

/// A field with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NumberField {
    /// The year.
    Year,
    /// Half stars; none is zero.
    Rating,
    /// Frames a second.
    SampleRate,
    /// Bits per sample.
    Bits,
    /// Channels.
    Channels,
    /// Number on its disc.
    Track,
    /// Number of its disc.
    Disc,
    /// Length in seconds.
    Length,
    /// How often it was heard.
    Plays,
    /// How often it was left.
    Skips,
}

/// A field with a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TimeField {
    /// When it came into the collection.
    Added,
    /// When it was last heard.
    Played,
}

impl Query {
    /// Understands `text`; nothing in it means every track.
    ///
    /// # Errors
    /// What of it is not understood.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        parse::parse(text)
    }

    /// The texts that a match must have anywhere, as far as they are asked for one by one: for ranking.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Text {
                field: None, text, ..
            } => vec![text],
            Self::Every(parts) => parts.iter().flat_map(Self::texts).collect(),
            Self::Either(_)
            | Self::Not(_)
            | Self::Text { .. }
            | Self::Codec(_)
            | Self::Number(..)
            | Self::Time(..)
            | Self::Missing(_) => Vec::new(),
        }
    }

    /// The words of text looked for anywhere, for forgiving a typo in them; none where the query says more
    /// than that.
    pub fn plain_words(&self) -> Option<Vec<&str>> {
        match self {
            Self::Text {
                field: None, text, ..
            } => Some(vec![text]),
            Self::Every(parts) => {
                let words: Option<Vec<_>> = parts.iter().map(Self::plain_words).collect();
                Some(words?.concat())
            }
            Self::Either(_)
            | Self::Not(_)
            | Self::Text { .. }
            | Self::Codec(_)
            | Self::Number(..)
            | Self::Time(..)
            | Self::Missing(_) => None,
        }
    }
}

#[cfg(test)]
#[path = "query_tests.rs"]
mod tests;
