//! Everything goes out and comes in again; and the command line, which does it.

use crate::collection::rows;
use library::database::{Database, Heard, ListKind, SortOrder};
use library::playlists::ListEntry;
use library::transfer::{export, import};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn exported(database: &Database) -> String {
    let mut out = Vec::new();
    export(database, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn filled(folder: &Path) -> Database {
    let database = Database::open(folder).unwrap();
    database.add_folder(Path::new("/music")).unwrap();
    let tracks = rows::tracks(300);
    rows::fill(&database, &tracks, 1_000);
    for (at, (path, _)) in tracks.iter().enumerate().take(20) {
        for _ in 0..at {
            database
                .count(path, None, Heard::Played, 2_000 + at as i64)
                .unwrap();
        }
        database.count(path, None, Heard::Skipped, 2_000).unwrap();
        let id = database.reader().unwrap().rows_in_file(path).unwrap()[0].id;
        database.rate(id, Some(at as u8 % 11)).unwrap();
    }
    let home = database
        .create_list(None, "Lists", ListKind::Folder)
        .unwrap();
    let list = database
        .create_list(Some(home), "Ünï \"x\"", ListKind::Tracks)
        .unwrap();
    let entries: Vec<ListEntry> = tracks
        .iter()
        .take(5)
        .map(|(path, _)| path.clone().into())
        .collect();
    database.edit_list(list, move |_| entries).unwrap();
    let kind = ListKind::Smart {
        query: "rating:>=4".into(),
        order: SortOrder::MostPlayed,
        most: Some(25),
    };
    database.create_list(None, "Best", kind).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let name = std::ffi::OsStr::from_bytes(b"/music/Bj\xf6rk.mp3");
        let tags = media::tags::Tags::default();
        rows::fill(&database, &[(PathBuf::from(name), tags)], 1_000);
    }
    database
}

#[test]
fn what_was_exported_comes_in_again_whole_and_once() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let text = exported(&filled(a.path()));
    let database = Database::open(b.path()).unwrap();
    let done = import(&database, &mut text.as_bytes()).unwrap();
    assert_eq!((done.folders, done.lists), (1, 3));
    let again = exported(&database);
    for (got, want) in again.lines().zip(text.lines()) {
        assert_eq!(got, want);
    }
    assert_eq!(again.lines().count(), text.lines().count());
    // A second time changes nothing.
    import(&database, &mut text.as_bytes()).unwrap();
    assert!(exported(&database) == text);
    assert_eq!(database.reader().unwrap().check().unwrap(), None);
}

fn rusty_audio(config: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rusty-audio"))
        .args(arguments)
        .arg("--config-dir")
        .arg(config)
        .output()
        .unwrap()
}

fn lines(output: &Output) -> Vec<serde_json::Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn the_command_line_adds_scans_finds_counts_exports_and_imports() {
    let (music, config) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let Some(made) = crate::collection::tree::make(music.path(), 20) else {
        println!("not run: needs ffmpeg");
        return;
    };
    let (home, config) = (music.path().to_str().unwrap(), config.path());
    let run = |arguments: &[&str]| rusty_audio(config, arguments);
    assert_eq!(
        run(&["library", "scan"]).status.code(),
        Some(1),
        "no folder yet"
    );
    assert_eq!(run(&["library", "add", "/no/such"]).status.code(), Some(1));
    assert_eq!(run(&["library", "frobnicate"]).status.code(), Some(2));
    let added = run(&["library", "add", home, "--json"]);
    assert_eq!(lines(&added)[0]["ok"], true);
    let scanned = run(&["library", "scan", "--json"]);
    let report = &lines(&scanned)[0];
    assert!(scanned.status.success());
    for (field, want) in [
        ("found", 20),
        ("read", 20),
        ("unchanged", 0),
        ("missing", 0),
        ("failed", 0),
    ] {
        assert_eq!(report[field], want, "{field}");
    }
    assert!(report["seconds"].as_f64().unwrap() > 0.0);
    let is_plain = |text: &str| text.chars().all(|c| c.is_ascii_alphabetic() || c == ' ');
    let named = made
        .iter()
        .find(|(_, tags)| tags.title.as_deref().is_some_and(is_plain));
    let (path, tags) = named.unwrap();
    let title = tags.title.clone().unwrap_or_default();
    let found = run(&[
        "library",
        "search",
        &format!("title:\"{}\"", title.replace('"', " ")),
        "--json",
    ]);
    let found = lines(&found);
    let row = found
        .iter()
        .find(|row| row["path"] == path.to_str().unwrap())
        .unwrap();
    let fields: Vec<&String> = row.as_object().unwrap().keys().collect();
    let mut want = [
        "path",
        "title",
        "artist",
        "album",
        "album_artist",
        "track",
        "disc",
        "year",
        "genre",
        "duration_seconds",
        "rating",
        "play_count",
    ];
    want.sort_unstable();
    assert_eq!(fields, want.iter().collect::<Vec<_>>());
    assert_eq!(row["artist"], serde_json::to_value(&tags.artist).unwrap());
    let limited = run(&["library", "search", "", "--limit", "3", "--json"]);
    assert_eq!(lines(&limited).len(), 3);
    let wrong = run(&["library", "search", "yaer:1997"]);
    assert_eq!(wrong.status.code(), Some(1));
    let said = String::from_utf8(wrong.stderr).unwrap();
    assert!(
        said.starts_with("\"yaer:\" is not understood") && said.lines().count() == 1,
        "{said}"
    );
    let stats = run(&["library", "stats", "--json"]);
    let stats = &lines(&stats)[0];
    assert_eq!(stats["tracks"], 20);
    for field in ["albums", "artists", "missing", "bytes", "duration_seconds"] {
        assert!(stats[field].is_number(), "{field}");
    }
    let file = config.join("out.jsonl");
    let file = file.to_str().unwrap();
    assert!(run(&["library", "export", file]).status.success());
    let other = tempfile::tempdir().unwrap();
    assert!(
        rusty_audio(other.path(), &["library", "import", file])
            .status
            .success()
    );
    let again = other.path().join("out.jsonl");
    let again = again.to_str().unwrap();
    assert!(
        rusty_audio(other.path(), &["library", "export", again])
            .status
            .success()
    );
    assert_eq!(std::fs::read(file).unwrap(), std::fs::read(again).unwrap());
    assert!(run(&["library", "remove", home]).status.success());
    assert_eq!(lines(&run(&["library", "stats", "--json"]))[0]["tracks"], 0);
}
