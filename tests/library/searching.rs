//! What is found, against a plain filter over the same tracks.

use crate::collection::{Random, rows};
use library::database::{Database, SortOrder};
use library::query::{Query, fold};
use media::tags::Tags;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const TRACKS: usize = 5_000;
const NOW: i64 = 1_800_000_000;

/// Words as the index has them, by another way: letters and digits in runs, signs of scripts without
/// spaces one by one.
fn tokens(text: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for letter in fold(text).chars() {
        let is_alone = matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{0e00}'..='\u{0e7f}');
        if is_alone {
            found.push(letter.to_string());
            found.push(String::new());
        } else if letter.is_alphanumeric() {
            found.last_mut().unwrap().push(letter);
        } else {
            found.push(String::new());
        }
    }
    found.retain(|token| !token.is_empty());
    found
}

fn has(text: &str, words: &[String]) -> bool {
    let all = tokens(text);
    let Some((last, whole)) = words.split_last() else {
        return false;
    };
    all.windows(words.len())
        .any(|run| run[..whole.len()] == *whole && run[whole.len()].starts_with(last))
}

fn fields<'a>(path: &'a Path, tags: &'a Tags) -> Vec<String> {
    let stem = || path.file_stem().unwrap().to_string_lossy().into_owned();
    let title = tags.title.clone().unwrap_or_else(stem);
    let others = [
        &tags.artist,
        &tags.album_artist,
        &tags.album,
        &tags.composer,
        &tags.genre,
    ];
    let folder = path.parent().unwrap().to_string_lossy().into_owned();
    let others = others.into_iter().flatten().cloned();
    [title].into_iter().chain(others).chain([folder]).collect()
}

struct Collection {
    _folder: tempfile::TempDir,
    database: Database,
    tracks: Vec<(PathBuf, Tags)>,
}

impl Collection {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(folder.path()).unwrap();
        let tracks = rows::tracks(TRACKS);
        rows::fill(&database, &tracks, NOW);
        Self {
            _folder: folder,
            database,
            tracks,
        }
    }

    fn found(&self, query: &str) -> BTreeSet<PathBuf> {
        let reader = self.database.reader().unwrap();
        let query = Query::parse(query).unwrap();
        let found = reader
            .search(&query, SortOrder::Relevance, usize::MAX, NOW)
            .unwrap();
        assert_eq!(found.instead, None);
        assert_eq!(reader.count(&query, NOW).unwrap(), found.tracks.len());
        reader
            .rows(&found.tracks)
            .unwrap()
            .into_iter()
            .map(|row| row.path)
            .collect()
    }

    fn filtered(&self, is_wanted: impl Fn(&Path, &Tags) -> bool) -> BTreeSet<PathBuf> {
        let wanted = self
            .tracks
            .iter()
            .filter(|(path, tags)| is_wanted(path, tags));
        wanted.map(|(path, _)| path.clone()).collect()
    }
}

#[test]
fn words_find_what_a_plain_filter_finds() {
    let collection = Collection::new();
    let mut random = Random(77);
    let mut compared = 0;
    while compared < 40 {
        // Words that are there, perhaps cut short, in one or two.
        let words: Vec<String> = (0..=random.below(2))
            .filter_map(|_| {
                let (path, tags) = &collection.tracks[random.below(TRACKS)];
                let texts = fields(path, tags);
                let all = tokens(&texts[random.below(texts.len())]);
                let word: Vec<char> = all.get(random.below(all.len()))?.chars().collect();
                Some(word[..1 + random.below(word.len())].iter().collect())
            })
            .collect();
        if words.is_empty() {
            continue;
        }
        let want = collection.filtered(|path, tags| {
            let texts = fields(path, tags);
            words
                .iter()
                .all(|word| texts.iter().any(|text| has(text, &tokens(word))))
        });
        assert_eq!(collection.found(&words.join(" ")), want, "{words:?}");
        let without = collection.filtered(|path, tags| {
            let texts = fields(path, tags);
            !texts.iter().any(|text| has(text, &tokens(&words[0])))
        });
        assert_eq!(
            collection.found(&format!("-{}", words[0])),
            without,
            "-{}",
            words[0]
        );
        compared += 1;
    }
}

#[test]
fn fields_find_what_a_plain_filter_finds() {
    let collection = Collection::new();
    let year = |tags: &Tags| tags.date.as_deref().and_then(library::model::year_of);
    type Test<'a> = &'a dyn Fn(&Path, &Tags) -> bool;
    let cases: [(&str, Test<'_>); 12] = [
        ("year:1997", &|_, tags| year(tags) == Some(1997)),
        ("year:>1990", &|_, tags| {
            year(tags).is_some_and(|year| year > 1990)
        }),
        ("year:1960-1969", &|_, tags| {
            year(tags).is_some_and(|year| (1960..=1969).contains(&year))
        }),
        ("year:none", &|_, tags| year(tags).is_none()),
        ("track:3", &|_, tags| tags.track_number == Some(3)),
        ("genre:jazz", &|_, tags| {
            has(tags.genre.as_deref().unwrap_or(""), &tokens("jazz"))
        }),
        ("genre:\"post-rock\" OR genre:jazz", &|_, tags| {
            let genre = tags.genre.as_deref().unwrap_or("");
            has(genre, &tokens("post-rock")) || has(genre, &tokens("jazz"))
        }),
        ("album:東", &|_, tags| {
            has(tags.album.as_deref().unwrap_or(""), &tokens("東"))
        }),
        ("title:ночь -genre:rock", &|path, tags| {
            has(&fields(path, tags)[0], &tokens("ночь"))
                && !has(tags.genre.as_deref().unwrap_or(""), &tokens("rock"))
        }),
        ("title:!!!", &|_, tags| {
            tags.title
                .as_deref()
                .is_some_and(|title| title.contains("!!!"))
        }),
        ("rating:none plays:0 played:never", &|_, _| true),
        ("(year:<1970 OR year:>2010) genre:metal", &|_, tags| {
            let year = year(tags);
            year.is_some_and(|year| !(1970..=2010).contains(&year))
                && has(tags.genre.as_deref().unwrap_or(""), &tokens("metal"))
        }),
    ];
    for (query, is_wanted) in cases {
        let want = collection.filtered(is_wanted);
        assert!(!want.is_empty(), "{query} finds something");
        assert_eq!(collection.found(query), want, "{query}");
    }
}

#[test]
fn a_typo_is_forgiven_where_nothing_matches_and_the_best_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(folder.path()).unwrap();
    let track = |artist: &str, title: &str, album: &str| {
        let tags = Tags {
            artist: Some(artist.into()),
            title: Some(title.into()),
            album: Some(album.into()),
            ..Tags::default()
        };
        (PathBuf::from(format!("/m/{artist}/{title}.flac")), tags)
    };
    let tracks = [
        track("Björk", "Jóga", "Homogenic"),
        track(
            "Someone",
            "Cover",
            "Songs of Björk and others, a collection",
        ),
        track("Metallica", "One", "And Justice for All"),
        track("椎名林檎", "丸ノ内サディスティック", "無罪モラトリアム"),
    ];
    rows::fill(&database, &tracks, NOW);
    let reader = database.reader().unwrap();
    let search = |text: &str| {
        let query = Query::parse(text).unwrap();
        let found = reader
            .search(&query, SortOrder::Relevance, 10, NOW)
            .unwrap();
        let titles = reader.rows(&found.tracks).unwrap();
        let titles = titles.into_iter().map(|row| row.tags.title.unwrap());
        (titles.collect::<Vec<_>>(), found.instead)
    };
    assert_eq!(
        search("bjork").0,
        ["Jóga", "Cover"],
        "an artist counts more than an album"
    );
    assert_eq!(
        search("metalica"),
        (vec!["One".into()], Some("metallica".into()))
    );
    assert_eq!(
        search("bjrok joga"),
        (vec!["Jóga".into()], Some("bjork joga".into()))
    );
    assert_eq!(search("林檎").0, ["丸ノ内サディスティック"]);
    assert_eq!(search("サディ").0, ["丸ノ内サディスティック"]);
    assert_eq!(search("zzzzzz"), (vec![], None));
}
