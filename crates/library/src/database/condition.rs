//! A query as words for the index and a condition on rows.

use crate::query::{
    CompareTo, NumberField, Query, Span, TextField, TimeFact, TimeField, index_words,
};
use rusqlite::types::Value;

/// The columns of the index.
const ALL_FIELDS: [TextField; 7] = [
    TextField::Title,
    TextField::Artist,
    TextField::AlbumArtist,
    TextField::Album,
    TextField::Composer,
    TextField::Genre,
    TextField::Folder,
];

/// A query in SQLite's terms.
#[derive(Debug, Default)]
pub(super) struct Condition {
    /// What the index is asked; none where there are no words that all must have.
    pub(super) words: Option<String>,
    /// The condition on rows besides; none where words are all.
    pub(super) rest: Option<String>,
    /// The values of `rest`, in order.
    pub(super) values: Vec<Value>,
}

impl Condition {
    /// Everything as one condition on rows.
    pub(super) fn whole_sql(&self) -> String {
        let words = self.words.as_ref().map(|_| IN_INDEX.to_owned());
        let parts: Vec<String> = words.into_iter().chain(self.rest.clone()).collect();
        match parts.is_empty() {
            true => "1".to_owned(),
            false => parts.join(" AND "),
        }
    }

    /// The values of [`Self::whole_sql`].
    pub(super) fn whole_values(&self) -> Vec<Value> {
        let words = self.words.iter().map(|words| Value::from(words.clone()));
        words.chain(self.values.iter().cloned()).collect()
    }

    /// Whether the table of files is asked.
    pub(super) fn needs_file(&self) -> bool {
        self.rest
            .as_ref()
            .is_some_and(|rest| rest.contains("file.") || rest.contains("missing_since"))
    }
}

const IN_INDEX: &str = "track.id IN (SELECT rowid FROM search WHERE search MATCH ?)";

/// What `query` asks at `now`.
pub(super) fn condition(query: &Query, now: i64) -> Condition {
    let parts = match query {
        Query::Every(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    let (mut words, mut rest, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        match index_query(part) {
            // The same word twice asks for nothing more.
            Some(part) if words.contains(&part) => {}
            Some(part) => words.push(part),
            None => rest.push(row_sql(part, now, &mut values)),
        }
    }
    Condition {
        words: (!words.is_empty()).then(|| words.join(" AND ")),
        rest: (!rest.is_empty()).then(|| rest.join(" AND ")),
        values,
    }
}

/// `query` in the index's own language; none where it asks for more than words that are there.
fn index_query(query: &Query) -> Option<String> {
    let joined = |parts: &[Query], word: &str| {
        let parts: Option<Vec<String>> = parts.iter().map(index_query).collect();
        let parts = parts.filter(|parts| !parts.is_empty())?;
        Some(format!("({})", parts.join(word)))
    };
    match query {
        Query::Text {
            field,
            text,
            is_whole,
        } => text_query(*field, text, *is_whole),
        Query::Every(parts) => joined(parts, " AND "),
        Query::Either(parts) => joined(parts, " OR "),
        Query::Not(_)
        | Query::Codec(_)
        | Query::Number(..)
        | Query::Time(..)
        | Query::Missing(_) => None,
    }
}

/// None where there is no letter in it that the index has.
fn text_query(field: Option<TextField>, text: &str, is_whole: bool) -> Option<String> {
    let words = index_words(text).replace(['"', '\0'], " ");
    if !words.contains(char::is_alphanumeric) {
        return None;
    }
    let columns = match field {
        None => String::new(),
        Some(field) => format!("{{{}}} : ", columns(field)),
    };
    let prefix = if is_whole { "" } else { " *" };
    Some(format!("({columns}\"{words}\"{prefix})"))
}

fn columns(field: TextField) -> &'static str {
    match field {
        TextField::Title => "title",
        TextField::Artist => "artist album_artist",
        TextField::AlbumArtist => "album_artist",
        TextField::Album => "album",
        TextField::Composer => "composer",
        TextField::Genre => "genre",
        TextField::Folder => "folder",
    }
}

fn row_sql(query: &Query, now: i64, values: &mut Vec<Value>) -> String {
    let mut joined = |parts: &[Query], word: &str, none: &str| {
        let parts: Vec<String> = parts
            .iter()
            .map(|part| row_sql(part, now, values))
            .collect();
        match parts.is_empty() {
            true => none.to_owned(),
            false => format!("({})", parts.join(word)),
        }
    };
    match query {
        Query::Every(parts) => joined(parts, " AND ", "1"),
        Query::Either(parts) => joined(parts, " OR ", "0"),
        Query::Not(inner) => format!("NOT {}", row_sql(inner, now, values)),
        Query::Text { field, text, .. } => match index_query(query) {
            Some(words) => {
                values.push(words.into());
                IN_INDEX.to_owned()
            }
            None => signs_sql(*field, text, values),
        },
        Query::Codec(codec) => {
            values.push(codec.clone().into());
            "instr(lower(coalesce(codec, '')), ?) = 1".to_owned()
        }
        Query::Number(field, to) => number_sql(*field, *to, values),
        Query::Time(field, fact) => time_sql(*field, *fact, now, values),
        Query::Missing(is_missing) => {
            let is = if *is_missing { "IS NOT" } else { "IS" };
            format!("(missing_since {is} NULL)")
        }
    }
}

/// Signs that the index does not know, such as "!!!".
fn signs_sql(field: Option<TextField>, text: &str, values: &mut Vec<Value>) -> String {
    let fields = match &field {
        Some(field) => std::slice::from_ref(field),
        None => &ALL_FIELDS[..6],
    };
    let columns = fields.iter().flat_map(|field| columns(*field).split(' '));
    let columns = columns.map(|column| match column {
        "folder" => "file.path".to_owned(),
        // The index has columns of these names too.
        column => format!("track.{column}"),
    });
    let tests = columns.map(|column| {
        values.push(text.to_owned().into());
        format!("instr(coalesce(CAST({column} AS TEXT), ''), ?)")
    });
    format!("({})", tests.collect::<Vec<_>>().join(" OR "))
}

fn number_sql(field: NumberField, to: CompareTo, values: &mut Vec<Value>) -> String {
    let column = match field {
        NumberField::Year => "year",
        NumberField::Rating => "rating",
        NumberField::SampleRate => "sample_rate_hz",
        NumberField::Bits => "bits_per_sample",
        NumberField::Channels => "channels",
        NumberField::Track => "track_number",
        NumberField::Disc => "disc_number",
        NumberField::Length => "(duration_ns / 1e9)",
        NumberField::Plays => "play_count",
        NumberField::Skips => "skip_count",
    };
    match to {
        CompareTo::Known(is_known) => {
            let is = if is_known { "IS NOT" } else { "IS" };
            format!("({column} {is} NULL)")
        }
        CompareTo::Within(span) => span_sql(column, span, values),
    }
}

fn time_sql(field: TimeField, fact: TimeFact, now: i64, values: &mut Vec<Value>) -> String {
    let column = match field {
        TimeField::Added => "added",
        TimeField::Played => "last_played",
    };
    match fact {
        TimeFact::Never => format!("({column} IS NULL)"),
        TimeFact::Ever => format!("({column} IS NOT NULL)"),
        // Less long ago is later.
        TimeFact::Ago(Span { from, to }) => {
            let moment = |(ago, is_in): (f64, bool)| (now as f64 - ago, is_in);
            let span = Span {
                from: to.map(moment),
                to: from.map(moment),
            };
            span_sql(column, span, values)
        }
    }
}

/// What is not known lies in no span.
fn span_sql(column: &str, span: Span, values: &mut Vec<Value>) -> String {
    let mut tests = vec![format!("{column} IS NOT NULL")];
    if let Some((from, is_in)) = span.from {
        values.push(from.into());
        tests.push(format!("{column} {} ?", if is_in { ">=" } else { ">" }));
    }
    if let Some((to, is_in)) = span.to {
        values.push(to.into());
        tests.push(format!("{column} {} ?", if is_in { "<=" } else { "<" }));
    }
    format!("({})", tests.join(" AND "))
}
