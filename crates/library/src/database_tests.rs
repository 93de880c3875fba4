//! The file itself: new, old, newer, damaged; used by two at once.

use super::connection::{Mode, open_connection};
use super::*;
use crate::model::TrackId;
use media::tags::Tags;

fn file(path: &str, title: &str) -> FileRecord {
    FileRecord {
        id: None,
        path: path.into(),
        stamp: FileStamp::default(),
        sound_hash: 1,
        is_cut: false,
        tracks: vec![TrackRecord {
            tags: Tags {
                title: Some(title.into()),
                ..Tags::default()
            },
            ..TrackRecord::default()
        }],
    }
}

#[test]
fn a_new_file_has_all_steps_and_a_write_ahead_log() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&folder.path().join("new/one")).unwrap();
    let connection = open_connection(database.path(), Mode::Read).unwrap();
    let version: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(version, 2);
    let mode: String = connection
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .unwrap();
    assert_eq!(mode, "wal");
    assert!(
        connection.execute("DELETE FROM track", []).is_err(),
        "a reader does not write"
    );
}

#[test]
fn what_is_no_library_or_of_a_newer_program_is_said_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE_NAME);
    let text =
        b"this is no database at all, whatever its name says; it is long enough to tell".repeat(20);
    std::fs::write(&path, &text).unwrap();
    let error = Database::open(folder.path()).err().unwrap();
    assert!(matches!(&error, DatabaseError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains(FILE_NAME));
    assert_eq!(std::fs::read(&path).unwrap(), text);
    std::fs::remove_file(&path).unwrap();
    drop(Database::open(folder.path()).unwrap());
    let connection = open_connection(&path, Mode::Write).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let error = Database::open(folder.path()).err().unwrap();
    assert_eq!(error, DatabaseError::Newer { path, version: 99 });
}

#[test]
fn a_reader_sees_what_was_written_by_whomever_and_two_writers_take_turns() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (
        Database::open(folder.path()).unwrap(),
        Database::open(folder.path()).unwrap(),
    );
    let reader = a.reader().unwrap();
    std::thread::scope(|scope| {
        for (database, name) in [(&a, "a"), (&b, "b")] {
            std::thread::Builder::new()
                .spawn_scoped(scope, move || {
                    for number in 0..20 {
                        let path = format!("/{name}/{number}.flac");
                        database.store_files(vec![file(&path, name)], 1).unwrap();
                    }
                })
                .unwrap();
        }
    });
    assert_eq!(reader.totals().unwrap().tracks, 40);
    assert_eq!(reader.check().unwrap(), None);
}

#[test]
fn an_error_in_a_transaction_leaves_nothing_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(folder.path()).unwrap();
    let done: Result<(), DatabaseError> = database.writer.write(|transaction| {
        transaction.execute("INSERT INTO folder (path) VALUES (x'2f61')", [])?;
        Err(DatabaseError::Failed("on purpose".into()))
    });
    assert!(done.is_err());
    assert!(database.reader().unwrap().folders().unwrap().is_empty());
    // The writer goes on.
    assert!(database.add_folder("/a".as_ref()).unwrap());
    assert!(!database.add_folder("/a".as_ref()).unwrap());
}

#[test]
fn words_of_a_track_that_has_gone_find_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(folder.path()).unwrap();
    database
        .store_files(
            vec![file("/m/a.flac", "Alpha"), file("/m/b.flac", "Beta")],
            1,
        )
        .unwrap();
    database.add_folder("/m".as_ref()).unwrap();
    let found = |text: &str| {
        let query = crate::query::Query::parse(text).unwrap();
        let reader = database.reader().unwrap();
        reader
            .search(&query, SortOrder::Relevance, 10, 1)
            .unwrap()
            .tracks
    };
    assert_eq!(found("alpha"), [TrackId(1)]);
    let mut changed = file("/m/a.flac", "Gamma");
    changed.id = Some(1);
    database.store_files(vec![changed], 2).unwrap();
    assert!(found("alpha").is_empty());
    assert_eq!(found("gamma"), [TrackId(1)]);
    assert_eq!(database.remove_folder("/m".as_ref()).unwrap(), Some(2));
    assert!(found("gamma").is_empty() && found("beta").is_empty());
    assert_eq!(database.reader().unwrap().check().unwrap(), None);
}
