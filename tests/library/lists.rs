//! Lists: edits against a plain vector, and files of every format read back.

use crate::collection::Random;
use library::database::{Database, ListKind};
use library::playlist::read_playlist;
use library::playlists::{
    EditHistory, ListEntry, ListFormat, crop, move_entries, relink, remove_duplicates,
    remove_entries, reverse, sort_by_key, write_list,
};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

const EDITS: usize = 10_000;

/// One edit at random, made by the operations; beside it what it should come to, by plain means.
fn edit(random: &mut Random, list: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let places: Vec<usize> = (0..random.below(5))
        .map(|_| random.below(list.len() + 2))
        .collect();
    match random.below(9) {
        0..=2 => {
            let at = random.below(list.len() + 1);
            let new: Vec<u32> = (0..1 + random.below(4))
                .map(|_| random.below(50) as u32)
                .collect();
            let mut got = list.to_vec();
            got.splice(at..at, new.iter().copied());
            (got, [&list[..at], &new, &list[at..]].concat())
        }
        3 => {
            let mut want = Vec::new();
            for (at, entry) in list.iter().enumerate() {
                if !places.contains(&at) {
                    want.push(*entry);
                }
            }
            (remove_entries(list, &places), want)
        }
        4 => {
            let before = random.below(list.len() + 1);
            let mut want: Vec<u32> = Vec::new();
            let moved = |at: &usize| places.contains(at);
            let all: Vec<u32> = (0..list.len()).filter(moved).map(|at| list[at]).collect();
            for at in 0..=list.len() {
                if at == before {
                    want.extend(&all);
                }
                if at < list.len() && !moved(&at) {
                    want.push(list[at]);
                }
            }
            (move_entries(list, &places, before), want)
        }
        5 => {
            let mut want = list.to_vec();
            want.sort_unstable();
            (sort_by_key(list, |entry| *entry), want)
        }
        6 => {
            let mut want = list.to_vec();
            want.reverse();
            (reverse(list), want)
        }
        7 if list.len() > 30 => {
            let want = (0..list.len())
                .filter(|at| places.contains(at))
                .map(|at| list[at]);
            (crop(list, &places), want.collect())
        }
        _ => {
            let mut want: Vec<u32> = Vec::new();
            for entry in list {
                if !want.contains(entry) {
                    want.push(*entry);
                }
            }
            (remove_duplicates(list, |entry| *entry), want)
        }
    }
}

#[test]
fn random_edits_undos_and_redos_are_those_of_a_plain_vector() {
    let mut random = Random(4_711);
    let mut history = EditHistory::default();
    let mut list: Vec<u32> = Vec::new();
    // All states there were, and where in them we are.
    let (mut states, mut now) = (vec![Vec::new()], 0_usize);
    for step in 0..EDITS {
        match random.below(4) {
            0 => {
                // No more than 200 edits are kept.
                let can = history.is_possible().0;
                assert_eq!(history.undo(&mut list), can);
                now -= usize::from(can);
            }
            1 => {
                let can = now + 1 < states.len();
                assert_eq!(history.redo(&mut list), can, "{step}");
                now += usize::from(can);
            }
            _ => {
                let (got, want) = edit(&mut random, &list);
                assert_eq!(got, want, "step {step} on {list:?}");
                history.record(&list, &got);
                if got != list {
                    states.truncate(now + 1);
                    states.push(got.clone());
                    now += 1;
                }
                list = got;
            }
        }
        assert_eq!(list, states[now], "step {step}");
    }
    assert!(states.len() > 100);
}

#[test]
fn lists_in_the_database_are_edited_undone_and_redone_across_starts() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random(815);
    let mut database = Database::open(folder.path()).unwrap();
    let list = database.create_list(None, "A", ListKind::Tracks).unwrap();
    let entry = |n: &u32| ListEntry::from(PathBuf::from(format!("/m/{n}.flac")));
    let (mut states, mut now) = (vec![Vec::<u32>::new()], 0_usize);
    for step in 0..150 {
        if step % 50 == 49 {
            drop(database);
            database = Database::open(folder.path()).unwrap();
        }
        match random.below(4) {
            0 => {
                let done = database.undo_list(list).unwrap();
                assert_eq!(done.is_some(), now > 0);
                now = now.saturating_sub(1);
            }
            1 => {
                let can = now + 1 < states.len();
                assert_eq!(database.redo_list(list).unwrap().is_some(), can);
                now += usize::from(can);
            }
            _ => {
                let (new, _) = edit(&mut random, &states[now]);
                let entries = new.iter().map(entry).collect::<Vec<_>>();
                database.edit_list(list, move |_| entries).unwrap();
                if new != states[now] {
                    states.truncate(now + 1);
                    states.push(new);
                    now += 1;
                }
            }
        }
        let stored = database.reader().unwrap().list_entries(list).unwrap();
        assert_eq!(
            stored,
            states[now].iter().map(entry).collect::<Vec<_>>(),
            "step {step}"
        );
    }
    assert_eq!(database.reader().unwrap().check().unwrap(), None);
}

/// Names that are hard for one format or another.
const NAMES: [&str; 16] = [
    "plain.flac",
    "with space.mp3",
    " leading.mp3",
    "#hash first.ogg",
    "hash # inside.ogg",
    "100%20percent.opus",
    "50% off.m4a",
    "Björk – Jóga.flac",
    "東京 事変.mp3",
    "quote\" and 'tick.mp3",
    "\"quoted\".mp3",
    "amp & <less> more.flac",
    "semi;colon=equals.wav",
    "http: not an address.mp3",
    "[playlist].mp3",
    "new\nline.mp3",
];

#[test]
fn every_format_reads_back_the_files_it_was_given() {
    let home = tempfile::tempdir().unwrap();
    let (music, elsewhere) = (
        home.path().join("lists/music"),
        home.path().join("other place"),
    );
    for folder in [&music, &elsewhere] {
        std::fs::create_dir_all(folder).unwrap();
    }
    let mut entries = Vec::new();
    for folder in [&music, &elsewhere] {
        for name in NAMES {
            let path = folder.join(name);
            std::fs::write(&path, b"x").unwrap();
            entries.push(ListEntry {
                path,
                span: None,
                title: Some(format!("A title, of\n{name}")),
            });
        }
    }
    // What is not there must be named as it was, too.
    entries.push(music.join("gone ä#1.mp3").into());
    for extension in ["m3u8", "m3u", "pls", "xspf"] {
        let file = home.path().join(format!("lists/list.{extension}"));
        let format = ListFormat::of(&file).unwrap();
        let text = write_list(&entries, file.parent().unwrap(), format);
        let want: Vec<&Path> = entries.iter().map(|entry| entry.path.as_path()).collect();
        let shown = String::from_utf8_lossy(&text).into_owned();
        let is_relative =
            shown.contains("music/plain.flac") && !shown.contains("lists/music/plain");
        assert!(is_relative, "{shown}");
        for with_breaks in [false, true] {
            let mut bytes = text.clone();
            if with_breaks {
                // As a program on Windows would have it: a mark in front, and two bytes at each end of a line.
                bytes = shown.replace('\n', "\r\n").into_bytes();
                bytes.splice(0..0, *b"\xEF\xBB\xBF");
            }
            std::fs::write(&file, &bytes).unwrap();
            let got = read_playlist(&file).unwrap();
            assert_eq!(got, want, "{extension} {with_breaks}\n{shown}");
        }
    }
}

#[test]
fn lists_from_windows_and_with_addresses_are_found_again_by_name() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join("Album")).unwrap();
    let there = home.path().join("Album/01 Song.mp3");
    std::fs::write(&there, b"x").unwrap();
    let list = home.path().join("w.m3u8");
    std::fs::write(
        &list,
        "D:\\Music\\Album\\01 Song.mp3\r\nhttp://example.org/stream\r\n",
    )
    .unwrap();
    assert_eq!(read_playlist(&list).unwrap(), std::slice::from_ref(&there));
    let entries = [
        ListEntry::from(PathBuf::from("/old/disk/Album/01 song.MP3")),
        PathBuf::from("/old/disk/gone.mp3").into(),
    ];
    let named = HashMap::from([(
        "01 song.mp3".to_owned(),
        vec![home.path().join("Other/01 Song.mp3"), there.clone()],
    )]);
    let done = relink(&entries, &named);
    assert_eq!((done.found, &done.missing[..]), (1, &[1][..]));
    assert_eq!(done.entries[0].path, there);
}
