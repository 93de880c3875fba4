//! The program is ended at any moment while it scans and edits: what it had said was done is there, and the
//! database is whole.

use crate::collection::{Random, tree};
use library::database::{Database, ListKind};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// How often it is ended.
const KILLS: usize = 40;

#[test]
fn a_program_that_is_killed_leaves_a_whole_database_and_every_list() {
    let (music, config) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let Some(made) = tree::make(music.path(), 400) else {
        println!("not run: needs ffmpeg");
        return;
    };
    {
        let database = Database::open(config.path()).unwrap();
        database.add_folder(music.path()).unwrap();
    }
    let (mut random, mut entries, mut killed_in_time) = (Random(31_337), Vec::<PathBuf>::new(), 0);
    let list = {
        let database = Database::open(config.path()).unwrap();
        database
            .create_list(None, "Kept", ListKind::Tracks)
            .unwrap()
    };
    for round in 0..KILLS {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rusty-audio"))
            .args(["library", "scan", "--json", "--config-dir"])
            .arg(config.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(random.below(180) as u64));
        // Another process edits in the meantime; what it has been told was done must stay.
        let (path, _) = &made[random.below(made.len())];
        {
            let database = Database::open(config.path()).unwrap();
            let new = path.clone();
            let all = database.edit_list(list, move |old| {
                old.iter().cloned().chain([new.into()]).collect()
            });
            entries.push(path.clone());
            assert_eq!(all.unwrap().len(), entries.len());
        }
        killed_in_time += usize::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        let database = Database::open(config.path()).unwrap();
        let reader = database.reader().unwrap();
        assert_eq!(reader.check().unwrap(), None, "round {round}");
        let stored = reader.list_entries(list).unwrap();
        let stored: Vec<PathBuf> = stored.into_iter().map(|entry| entry.path).collect();
        assert_eq!(stored, entries, "round {round}");
        // Something to do for the next one.
        for _ in 0..random.below(60) {
            let (path, _) = &made[random.below(made.len())];
            let file = std::fs::File::options().append(true).open(path).unwrap();
            file.set_modified(std::time::SystemTime::now()).unwrap();
        }
    }
    assert!(
        killed_in_time > 5,
        "{killed_in_time} of {KILLS} while it ran"
    );
    let done = Command::new(env!("CARGO_BIN_EXE_rusty-audio"))
        .args(["library", "scan", "--config-dir"])
        .arg(config.path())
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let reader = Database::open(config.path()).unwrap().reader().unwrap();
    assert_eq!(reader.totals().unwrap().tracks, 400);
}
