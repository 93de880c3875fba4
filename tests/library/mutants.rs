//! Queries and exports with letters changed, at random but the same ones each time: none may end the program.

use crate::collection::{Random, rows};
use library::database::{Database, SortOrder};
use library::query::Query;
use std::time::{Duration, Instant};

const MUTANTS: usize = 2_000;
const QUERIES: [&str; 8] = [
    "bjork year:>1990 -remix",
    "artist:\"the beatles\" OR (album:post rating:>=4)",
    "added:<30d played:never codec:flac rate:>48k",
    "year:1990..1999 genre:jazz -live \"a love supreme\"",
    "東京 length:>5:30 OR ночь plays:0",
    "((((a OR b) c) -d) e:f)",
    "missing:no track:1-3 rating:none",
    "title:!!! -\"x\" *:^ NEAR(a b) {col}:x",
];

fn mutant(random: &mut Random, original: &str) -> String {
    let mut letters: Vec<char> = original.chars().collect();
    let odd: Vec<char> = "\0\"'():<>=-. *^{}+\u{202e}é東OR%\\~;[]".chars().collect();
    for _ in 0..=random.below(8) {
        let at = random.below(letters.len());
        match random.below(5) {
            0 => letters.truncate(at),
            1 if !letters.is_empty() => drop(letters.remove(at)),
            2 => {
                let part: Vec<char> =
                    letters[at..(at + random.below(20)).min(letters.len())].to_vec();
                letters.splice(at..at, part);
            }
            _ => letters.insert(at.min(letters.len()), *random.of(&odd)),
        }
    }
    letters.into_iter().collect()
}

#[test]
fn no_query_ends_the_program_or_breaks_the_search() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(folder.path()).unwrap();
    rows::fill(&database, &rows::tracks(500), 1_000);
    let reader = database.reader().unwrap();
    let mut random = Random(0x1234_5678_9abc_def1);
    let (mut understood, mut refused) = (0, 0);
    for _ in 0..MUTANTS {
        let original = *random.of(&QUERIES);
        let text = mutant(&mut random, original);
        let begun = Instant::now();
        match Query::parse(&text) {
            Ok(query) => {
                let found = reader.search(&query, SortOrder::Relevance, 50, 2_000);
                assert!(found.is_ok(), "{text:?}: {found:?}");
                assert!(reader.count(&query, 2_000).is_ok(), "{text:?}");
                understood += 1;
            }
            Err(error) => {
                let place = text.get(error.place.clone());
                assert_eq!(place, Some(error.text.as_str()), "{text:?}: {error:?}");
                assert!(!error.to_string().is_empty());
                refused += 1;
            }
        }
        assert!(begun.elapsed() < Duration::from_secs(2), "{text:?}");
    }
    assert!(understood > 300 && refused > 300, "{understood} {refused}");
}

#[test]
fn no_export_ends_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(folder.path()).unwrap();
    rows::fill(&database, &rows::tracks(3), 1_000);
    let mut original = Vec::new();
    library::transfer::export(&database, &mut original).unwrap();
    let original = String::from_utf8(original).unwrap();
    let mut random = Random(99);
    let (mut taken, mut refused) = (0, 0);
    for _ in 0..MUTANTS / 4 {
        let text = mutant(&mut random, &original);
        match library::transfer::import(&database, &mut text.as_bytes()) {
            Ok(_) => taken += 1,
            Err(_) => refused += 1,
        }
    }
    assert!(taken > 20 && refused > 100, "{taken} {refused}");
    assert_eq!(database.reader().unwrap().check().unwrap(), None);
}
