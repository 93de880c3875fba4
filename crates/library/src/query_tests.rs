//! What queries mean, and what is said of those that mean nothing.

use super::*;

fn text(field: Option<TextField>, text: &str, is_whole: bool) -> Query {
    Query::Text {
        field,
        text: text.to_owned(),
        is_whole,
    }
}

fn word(word: &str) -> Query {
    text(None, word, false)
}

fn parsed(query: &str) -> Query {
    Query::parse(query).unwrap_or_else(|error| panic!("{query}: {error}"))
}

#[test]
fn words_phrases_fields_and_signs_are_understood() {
    assert_eq!(parsed(""), Query::Every(vec![]));
    assert_eq!(parsed("  bjork "), word("bjork"));
    assert_eq!(
        parsed("bjork \"all is full\""),
        Query::Every(vec![word("bjork"), text(None, "all is full", true)])
    );
    assert_eq!(
        parsed("\"not closed yet"),
        text(None, "not closed yet", false)
    );
    assert_eq!(
        parsed("Artist:\"the who\""),
        text(Some(TextField::Artist), "the who", true)
    );
    assert_eq!(parsed("-live"), Query::Not(Box::new(word("live"))));
    assert_eq!(
        parsed("- live"),
        Query::Every(vec![word("-"), word("live")])
    );
    assert_eq!(
        parsed("a b OR c"),
        Query::Either(vec![Query::Every(vec![word("a"), word("b")]), word("c")])
    );
    assert_eq!(
        parsed("(a OR b) c"),
        Query::Every(vec![Query::Either(vec![word("a"), word("b")]), word("c")])
    );
    // A word is one, whatever its case; and a title may hold parentheses.
    assert_eq!(
        parsed("or ORbital Untitled(1)"),
        Query::Every(vec![word("or"), word("ORbital"), word("Untitled(1)")])
    );
    assert_eq!(parsed("()"), Query::Every(vec![]));
}

#[test]
fn numbers_and_times_are_spans() {
    let number = |query: &str| match parsed(query) {
        Query::Number(_, CompareTo::Within(span)) => span,
        other => panic!("{query}: {other:?}"),
    };
    for (query, inside, outside) in [
        ("year:1997", 1997.0, 1998.0),
        ("year:>1990", 1991.0, 1990.0),
        ("year:>=1990", 1990.0, 1989.0),
        ("year:<1990", 1989.0, 1990.0),
        ("year:1990-1999", 1999.0, 2000.0),
        ("year:1990..", 1990.0, 1989.0),
        ("rating:>=4", 8.0, 7.0),
        ("rating:3.5", 7.0, 8.0),
        ("rate:>48k", 48_001.0, 48_000.0),
        ("rate:44.1k", 44_100.0, 44_000.0),
        ("length:>5:30", 331.0, 330.0),
        ("length:<5m", 299.0, 300.0),
        ("plays:0", 0.0, 1.0),
    ] {
        let span = number(query);
        assert!(
            span.contains(inside) && !span.contains(outside),
            "{query}: {span:?}"
        );
    }
    let ago = |query: &str| match parsed(query) {
        Query::Time(_, TimeFact::Ago(span)) => span,
        other => panic!("{query}: {other:?}"),
    };
    let day = 86_400.0;
    for (query, inside, outside) in [
        ("added:<30d", 29.0 * day, 30.0 * day),
        ("added:2w", 13.0 * day, 15.0 * day),
        ("played:>1y", 366.0 * day, 364.0 * day),
    ] {
        assert!(
            ago(query).contains(inside) && !ago(query).contains(outside),
            "{query}"
        );
    }
    assert_eq!(
        parsed("played:never"),
        Query::Time(TimeField::Played, TimeFact::Never)
    );
    assert_eq!(
        parsed("rating:none"),
        Query::Number(NumberField::Rating, CompareTo::Known(false))
    );
}

#[test]
fn what_is_not_understood_is_said_and_shown_where_it_stands() {
    for (query, stands, fault) in [
        ("bjork yaer:1997", "yaer:", QueryFault::UnknownField),
        ("year:", "year:", QueryFault::NoValue),
        ("artist:\"\"", "artist:", QueryFault::NoValue),
        (
            "a year:many b",
            "year:many",
            QueryFault::NotANumber("year:1997 or year:>1990"),
        ),
        (
            "year:>",
            "year:>",
            QueryFault::NotANumber("year:1997 or year:>1990"),
        ),
        (
            "added:soon",
            "added:soon",
            QueryFault::NotATime("added:<30d"),
        ),
        ("missing:perhaps", "missing:perhaps", QueryFault::NotYesOrNo),
        ("a OR", "OR", QueryFault::LonelyOr),
        ("OR a", "OR", QueryFault::LonelyOr),
        ("a ) b", ")", QueryFault::Unopened),
    ] {
        let error = Query::parse(query).unwrap_err();
        assert_eq!(
            (error.text.as_str(), error.fault),
            (stands, fault),
            "{query}"
        );
        assert_eq!(&query[error.place.clone()], stands);
        assert!(error.to_string().contains(stands) && !error.to_string().contains('\n'));
    }
    let long = "a ".repeat(200);
    assert_eq!(Query::parse(&long).unwrap_err().fault, QueryFault::TooLong);
    let deep = "(".repeat(100);
    assert_eq!(Query::parse(&deep).unwrap_err().fault, QueryFault::TooLong);
}

#[test]
fn every_field_that_a_message_names_is_one() {
    for name in error::FIELD_NAMES.split(", ") {
        let error = Query::parse(&format!("{name}:\u{1}")).err();
        let fault = error.map(|error| error.fault);
        assert_ne!(fault, Some(QueryFault::UnknownField), "{name}");
    }
}
