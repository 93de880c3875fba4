//! What of a query is not understood.

use std::fmt::{self, Display, Formatter};
use std::ops::Range;

/// The fields there are, for messages.
pub(super) const FIELD_NAMES: &str = "title, artist, albumartist, album, composer, genre, folder, codec, year, rating, \
     rate, bits, channels, track, disc, length, plays, skips, added, played, missing";

/// What of a query is not understood, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// Bytes of the query.
    pub place: Range<usize>,
    /// What stands there.
    pub text: String,
    /// What is wrong with it.
    pub fault: QueryFault,
}

/// What is wrong with a part of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryFault {
    /// There is no field of this name.
    UnknownField,
    /// A field without a value.
    NoValue,
    /// Behind a field stands a number, with a sign in front or a range.
    NotANumber(&'static str),
    /// Behind a field stands a time.
    NotATime(&'static str),
    /// Behind a field stands "yes" or "no".
    NotYesOrNo,
    /// "OR" has something on both of its sides.
    LonelyOr,
    /// A parenthesis that was not opened.
    Unopened,
    /// It has too many parts, or is too long.
    TooLong,
}

impl Display for QueryError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let text = &self.text;
        match self.fault {
            QueryFault::UnknownField => write!(
                f,
                "\"{text}\" is not understood: the fields are {FIELD_NAMES}; in quotes it is looked for as text"
            ),
            QueryFault::NoValue => write!(
                f,
                "\"{text}\" is not understood: a value is missing behind it"
            ),
            QueryFault::NotANumber(example) => write!(
                f,
                "\"{text}\" is not understood: a number is wanted, such as {example}"
            ),
            QueryFault::NotATime(example) => write!(
                f,
                "\"{text}\" is not understood: a time is wanted, such as {example}"
            ),
            QueryFault::NotYesOrNo => {
                write!(f, "\"{text}\" is not understood: yes or no is wanted")
            }
            QueryFault::LonelyOr => {
                write!(
                    f,
                    "\"{text}\" is not understood: OR stands between two things"
                )
            }
            QueryFault::Unopened => write!(
                f,
                "\"{text}\" is not understood: nothing was opened before it"
            ),
            QueryFault::TooLong => write!(f, "the query is too long"),
        }
    }
}

impl std::error::Error for QueryError {}
