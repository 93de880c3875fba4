//! From the words of a query to what they mean.

use super::error::{QueryError, QueryFault};
use super::values::{Unit, number, time};
use super::{NumberField, Query, TextField, TimeField};
use std::ops::Range;

/// Bytes of a query that are looked at.
const MAX_BYTES: usize = 4_096;
/// Parts of a query.
const MAX_PARTS: usize = 100;
/// Parentheses within each other.
const MAX_DEPTH: usize = 16;

/// What a field holds.
#[derive(Clone, Copy)]
enum Kind {
    Text(TextField),
    Number(NumberField, Unit, &'static str),
    Time(TimeField),
    Codec,
    Missing,
}

/// The field of this name, in lower case.
fn field(name: &str) -> Option<Kind> {
    Some(match name {
        "title" => Kind::Text(TextField::Title),
        "artist" => Kind::Text(TextField::Artist),
        "albumartist" => Kind::Text(TextField::AlbumArtist),
        "album" => Kind::Text(TextField::Album),
        "composer" => Kind::Text(TextField::Composer),
        "genre" => Kind::Text(TextField::Genre),
        "folder" | "path" => Kind::Text(TextField::Folder),
        "year" | "date" => Kind::Number(NumberField::Year, Unit::Plain, "year:1997 or year:>1990"),
        "rating" => Kind::Number(
            NumberField::Rating,
            Unit::Stars,
            "rating:>=4 or rating:none",
        ),
        "rate" | "samplerate" => Kind::Number(NumberField::SampleRate, Unit::Hertz, "rate:>48k"),
        "bits" => Kind::Number(NumberField::Bits, Unit::Plain, "bits:24"),
        "channels" => Kind::Number(NumberField::Channels, Unit::Plain, "channels:2"),
        "track" => Kind::Number(NumberField::Track, Unit::Plain, "track:1"),
        "disc" => Kind::Number(NumberField::Disc, Unit::Plain, "disc:2"),
        "length" | "duration" => Kind::Number(
            NumberField::Length,
            Unit::Length,
            "length:>5m or length:<2:30",
        ),
        "plays" => Kind::Number(NumberField::Plays, Unit::Plain, "plays:>10"),
        "skips" => Kind::Number(NumberField::Skips, Unit::Plain, "skips:0"),
        "added" => Kind::Time(TimeField::Added),
        "played" => Kind::Time(TimeField::Played),
        "codec" | "format" => Kind::Codec,
        "missing" => Kind::Missing,
        _ => return None,
    })
}

pub(super) fn parse(text: &str) -> Result<Query, QueryError> {
    let mut parser = Parser {
        text,
        at: 0,
        parts: 0,
    };
    if text.len() > MAX_BYTES {
        return Err(parser.fault(0..0, QueryFault::TooLong));
    }
    let query = parser.either(0)?;
    match parser.peek() {
        None => Ok(query),
        Some(_) => Err(parser.fault(parser.at..parser.at + 1, QueryFault::Unopened)),
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    parts: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next letter that is no space; stands at it then.
    fn peek(&mut self) -> Option<char> {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        self.rest().chars().next()
    }

    fn fault(&self, place: Range<usize>, fault: QueryFault) -> QueryError {
        let text = self.text.get(place.clone()).unwrap_or_default().to_owned();
        QueryError { place, text, fault }
    }

    /// Whether "OR" stands here, as a word of its own.
    fn is_at_or(&mut self) -> bool {
        self.peek();
        let behind = self.rest().strip_prefix("OR");
        behind.is_some_and(|rest| {
            !rest.starts_with(|c: char| !c.is_whitespace() && c != '(' && c != ')')
        })
    }

    fn either(&mut self, depth: usize) -> Result<Query, QueryError> {
        let mut found = vec![self.every(depth)?];
        while self.is_at_or() {
            let or = self.at..self.at + 2;
            self.at += 2;
            let next = self.every(depth)?;
            let is_nothing =
                |query: &Query| matches!(query, Query::Every(parts) if parts.is_empty());
            if is_nothing(&next) || found.last().is_some_and(is_nothing) {
                return Err(self.fault(or, QueryFault::LonelyOr));
            }
            found.push(next);
        }
        Ok(match found.len() {
            1 => found.swap_remove(0),
            _ => Query::Either(found),
        })
    }

    fn every(&mut self, depth: usize) -> Result<Query, QueryError> {
        let mut found = Vec::new();
        while let Some(letter) = self.peek() {
            if letter == ')' || self.is_at_or() {
                break;
            }
            self.parts += 1;
            if self.parts > MAX_PARTS {
                return Err(self.fault(self.at..self.at, QueryFault::TooLong));
            }
            found.extend(self.one(depth)?);
        }
        Ok(match found.len() {
            1 => found.swap_remove(0),
            _ => Query::Every(found),
        })
    }

    /// The next part; none where it asks for nothing.
    fn one(&mut self, depth: usize) -> Result<Option<Query>, QueryError> {
        let is_negative = self.rest().starts_with('-')
            && self
                .rest()
                .chars()
                .nth(1)
                .is_some_and(|c| !c.is_whitespace());
        if is_negative {
            self.at += 1;
        }
        let found = if self.rest().starts_with('(') {
            if depth >= MAX_DEPTH {
                return Err(self.fault(self.at..self.at, QueryFault::TooLong));
            }
            self.at += 1;
            let inner = self.either(depth + 1)?;
            // While it is typed it may not have been closed yet.
            if self.peek() == Some(')') {
                self.at += 1;
            }
            let is_nothing = matches!(&inner, Query::Every(parts) if parts.is_empty());
            (!is_nothing).then_some(inner)
        } else {
            self.term()?
        };
        Ok(match found {
            Some(found) if is_negative => Some(Query::Not(Box::new(found))),
            found => found,
        })
    }

    /// A word, a phrase, or a field with either.
    fn term(&mut self) -> Result<Option<Query>, QueryError> {
        let start = self.at;
        let rest = self.rest();
        let name_end = rest
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        let (name, behind) = rest.split_at(name_end);
        if !name.is_empty() && behind.starts_with(':') {
            let value_at = start + name_end + 1;
            let Some(kind) = field(&name.to_ascii_lowercase()) else {
                return Err(self.fault(start..value_at, QueryFault::UnknownField));
            };
            self.at = value_at;
            let (value, is_whole) = self.value();
            if value.trim().is_empty() {
                return Err(self.fault(start..value_at, QueryFault::NoValue));
            }
            return self.of_field(kind, value, is_whole, start).map(Some);
        }
        let (text, is_whole) = self.value();
        Ok((!text.trim().is_empty()).then(|| Query::Text {
            field: None,
            text: text.to_owned(),
            is_whole,
        }))
    }

    fn of_field(
        &self,
        kind: Kind,
        value: &str,
        is_whole: bool,
        start: usize,
    ) -> Result<Query, QueryError> {
        let place = start..self.at;
        let small = value.trim().to_lowercase();
        match kind {
            Kind::Text(field) => Ok(Query::Text {
                field: Some(field),
                text: value.to_owned(),
                is_whole,
            }),
            Kind::Codec => Ok(Query::Codec(small)),
            Kind::Number(field, unit, example) => number(&small, unit)
                .map(|to| Query::Number(field, to))
                .ok_or_else(|| self.fault(place, QueryFault::NotANumber(example))),
            Kind::Time(field) => {
                let example = match field {
                    TimeField::Added => "added:<30d",
                    TimeField::Played => "played:<7d or played:never",
                };
                time(&small)
                    .map(|fact| Query::Time(field, fact))
                    .ok_or_else(|| self.fault(place, QueryFault::NotATime(example)))
            }
            Kind::Missing => match small.as_str() {
                "yes" | "true" | "1" => Ok(Query::Missing(true)),
                "no" | "false" | "0" => Ok(Query::Missing(false)),
                _ => Err(self.fault(place, QueryFault::NotYesOrNo)),
            },
        }
    }

    /// A word, or what stands in quotes, and whether it was written to its end.
    fn value(&mut self) -> (&'a str, bool) {
        let rest = self.rest();
        if let Some(inner) = rest.strip_prefix('"') {
            return match inner.find('"') {
                Some(end) => {
                    self.at += end + 2;
                    (&inner[..end], true)
                }
                None => {
                    self.at = self.text.len();
                    (inner, false)
                }
            };
        }
        // A parenthesis ends a word only where it closes one: "Help!)" but "Untitled(1)".
        let mut open = 0_u32;
        let end = rest
            .find(|c: char| {
                match c {
                    '(' => open += 1,
                    ')' if open > 0 => open -= 1,
                    ')' => return true,
                    _ => {}
                }
                c.is_whitespace() || c == '"'
            })
            .unwrap_or(rest.len());
        self.at += end;
        (&rest[..end], false)
    }
}
