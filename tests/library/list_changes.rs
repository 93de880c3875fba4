//! Changes of lists that need the disk or the collection, and the command line that makes them.

use crate::collection::rows;
use library::database::{Database, ListKind};
use library::model::ListId;
use library::playlists::{ListChange, ListEntry, ListSort};
use media::tags::Tags;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A collection of three files that are there, in an order of titles that is not that of their names.
fn three(folder: &Path) -> (Database, Vec<PathBuf>) {
    let database = Database::open(&folder.join("data")).unwrap();
    std::fs::create_dir_all(folder.join("music")).unwrap();
    let mut tracks = Vec::new();
    for (name, title) in [
        ("a.flac", "Track 10"),
        ("b.flac", "Track 9"),
        ("c.flac", "Äpfel"),
    ] {
        let path = folder.join("music").join(name);
        std::fs::write(&path, b"x").unwrap();
        let title = Some(title.to_owned());
        tracks.push((
            path,
            Tags {
                title,
                ..Tags::default()
            },
        ));
    }
    rows::fill(&database, &tracks, 1_000);
    (database, tracks.into_iter().map(|(path, _)| path).collect())
}

fn list_of(database: &Database, paths: &[PathBuf]) -> ListId {
    let list = database.create_list(None, "L", ListKind::Tracks).unwrap();
    let entries: Vec<ListEntry> = paths.iter().cloned().map(ListEntry::from).collect();
    database.edit_list(list, move |_| entries).unwrap();
    list
}

#[test]
fn a_list_is_sorted_by_what_the_collection_knows_and_each_change_is_one_step_back() {
    let folder = tempfile::tempdir().unwrap();
    let (database, files) = three(folder.path());
    let list = list_of(&database, &files);
    let reader = database.reader().unwrap();
    let names = |entries: &[ListEntry]| -> String {
        let names = entries
            .iter()
            .map(|entry| entry.path.file_stem().unwrap().to_string_lossy());
        names.collect()
    };
    let sort = |by| {
        let done = database
            .change_list(&reader, list, ListChange::Sort(by), None)
            .unwrap();
        names(&done.entries)
    };
    assert_eq!(
        sort(ListSort::Title),
        "cba",
        "accents do not count, and 9 is before 10"
    );
    assert_eq!(sort(ListSort::Path), "abc");
    assert_eq!(reader.list_steps(list).unwrap(), (true, false));
    assert_eq!(names(&database.undo_list(list).unwrap().unwrap()), "cba");
    assert_eq!(reader.list_steps(list).unwrap(), (true, true));
    assert_eq!(names(&database.redo_list(list).unwrap().unwrap()), "abc");
}

#[test]
fn missing_files_are_found_by_name_or_taken_out() {
    let folder = tempfile::tempdir().unwrap();
    let (database, files) = three(folder.path());
    let gone = PathBuf::from("/nowhere/music/B.FLAC");
    let lost = PathBuf::from("/nowhere/z.flac");
    let stream = PathBuf::from("https://radio.example/live");
    let list = list_of(&database, &[files[0].clone(), gone, lost, stream.clone()]);
    let reader = database.reader().unwrap();
    let change = |change| database.change_list(&reader, list, change, None).unwrap();
    let done = change(ListChange::FindMissing);
    assert_eq!((done.found, done.still_missing), (1, 1));
    assert_eq!(done.entries[1].path, files[1]);
    let done = change(ListChange::RemoveMissing);
    let left: Vec<&PathBuf> = done.entries.iter().map(|entry| &entry.path).collect();
    assert_eq!(
        left,
        [&files[0], &files[1], &stream],
        "an address is not a missing file"
    );
    assert_eq!(done.removed, 1);
}

#[test]
fn places_of_a_list_that_has_become_another_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (database, files) = three(folder.path());
    let list = list_of(&database, &files);
    let reader = database.reader().unwrap();
    let seen = reader.list_entries(list).unwrap();
    database
        .change_list(&reader, list, ListChange::Remove(vec![0]), Some(&seen))
        .unwrap();
    let done = database.change_list(&reader, list, ListChange::Remove(vec![0]), Some(&seen));
    let left: Vec<PathBuf> = done
        .unwrap()
        .entries
        .into_iter()
        .map(|entry| entry.path)
        .collect();
    assert_eq!(
        left,
        &files[1..],
        "the second was meant for another first entry"
    );
}

#[test]
fn a_folder_of_lists_cannot_be_put_into_itself() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(folder.path()).unwrap();
    let outer = database
        .create_list(None, "Outer", ListKind::Folder)
        .unwrap();
    let inner = database
        .create_list(Some(outer), "Inner", ListKind::Folder)
        .unwrap();
    let list = database
        .create_list(None, "List", ListKind::Tracks)
        .unwrap();
    assert!(database.move_list(outer, Some(inner)).is_err());
    assert!(database.move_list(outer, Some(outer)).is_err());
    assert!(
        database.move_list(outer, Some(list)).is_err(),
        "a list is no folder"
    );
    database.move_list(list, Some(inner)).unwrap();
    let reader = database.reader().unwrap();
    assert_eq!(reader.list_named("Outer/Inner/List").unwrap().id, list);
    assert_eq!(reader.list_named("List").unwrap().parent, Some(inner));
}

fn lists(home: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rusty-audio"));
    command
        .arg("--config-dir")
        .arg(home.join("data"))
        .args(["library", "lists"]);
    command.args(arguments).current_dir(home).output().unwrap()
}

#[test]
fn the_command_line_makes_edits_and_exports_lists() {
    let home = tempfile::tempdir().unwrap();
    let (database, _) = three(home.path());
    drop(database);
    let said = |arguments: &[&str]| {
        let output = lists(home.path(), arguments);
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {err}");
        String::from_utf8(output.stdout).unwrap()
    };
    said(&["create", "Mine"]);
    said(&["create", "Smart", "--smart", "apfel"]);
    said(&["add", "Mine", "music/a.flac", "music/b.flac"]);
    said(&["add", "Mine", "music/c.flac"]);
    let done = said(&["move", "Mine", "3", "--before", "1", "--json"]);
    let done: serde_json::Value = serde_json::from_str(&done).unwrap();
    assert_eq!(done["entries"], 3);
    let shown = said(&["show", "Mine", "--json"]);
    let titles: Vec<String> = shown
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["title"].to_string())
        .collect();
    assert_eq!(titles, ["\"Äpfel\"", "\"Track 10\"", "\"Track 9\""]);
    assert!(said(&["show", "Smart"]).contains("c.flac"));
    said(&["export", "Mine", "mine.m3u8"]);
    let text = std::fs::read_to_string(home.path().join("mine.m3u8")).unwrap();
    assert!(text.contains("\nmusic/c.flac\nmusic/a.flac\n"), "{text}");
    said(&["import", "mine.m3u8"]);
    assert!(said(&["show", "mine"]).lines().count() == 3);
    said(&["undo", "Mine"]);
    assert!(said(&["show", "Mine"]).starts_with("1  Track 10"));
    said(&["remove", "Mine", "1", "2"]);
    assert_eq!(said(&["show", "Mine"]).lines().count(), 1);
    said(&["delete", "mine"]);
    let all: Vec<serde_json::Value> = said(&["--json"])
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let names: Vec<&str> = all
        .iter()
        .map(|list| list["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Mine", "Smart"]);
    for (arguments, code) in [
        (&["show", "No such"][..], 1),
        (&["frobnicate"], 2),
        (&["remove", "Mine", "0"], 2),
    ] {
        assert_eq!(
            lists(home.path(), arguments).status.code(),
            Some(code),
            "{arguments:?}"
        );
    }
}
