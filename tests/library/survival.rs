//! The program is ended at any moment while it scans and edits: what it had said was done is there, and the
//! database is whole.

use crate::collection::{Random, tree};
use library::database::{Database, ListKind};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Instant, SystemTime};

/// How often it is ended.
const KILLS: usize = 40;

/// The program's scan of the folders it knows.
fn scan(config: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_rusty-audio"))
        .args(["library", "scan", "--json", "--config-dir"])
        .arg(config)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Makes files look changed, so that a scan reads them again.
fn touch(paths: &[PathBuf]) {
    for path in paths {
        let file = File::options().append(true).open(path).unwrap();
        file.set_modified(SystemTime::now()).unwrap();
    }
}

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
    let everything: Vec<PathBuf> = made.iter().map(|(path, _)| path.clone()).collect();
    let mut whole_scan = {
        let start = Instant::now();
        assert!(scan(config.path()).wait().unwrap().success());
        touch(&everything);
        let first = start.elapsed();
        let start = Instant::now();
        assert!(scan(config.path()).wait().unwrap().success());
        start.elapsed().min(first)
    };
    for round in 0..KILLS {
        // Something to do.
        touch(&everything);
        let mut child = scan(config.path());
        let until = whole_scan.mul_f64(random.below(900) as f64 / 1_000.0);
        // Another process edits in the meantime; what it has been told was done must stay.
        let path = everything[random.below(everything.len())].clone();
        entries.push(path.clone());
        std::thread::scope(|scope| {
            let editor = scope.spawn(|| {
                let database = Database::open(config.path()).unwrap();
                let all = database.edit_list(list, move |old| {
                    old.iter().cloned().chain([path.into()]).collect()
                });
                all.unwrap().len()
            });
            std::thread::sleep(until);
            match child.try_wait().unwrap() {
                None => killed_in_time += 1,
                // The machine is faster than it was.
                Some(_) => whole_scan = whole_scan.mul_f64(0.8),
            }
            child.kill().unwrap();
            child.wait().unwrap();
            assert_eq!(editor.join().unwrap(), entries.len());
        });
        let database = Database::open(config.path()).unwrap();
        let reader = database.reader().unwrap();
        assert_eq!(reader.check().unwrap(), None, "round {round}");
        let stored = reader.list_entries(list).unwrap();
        let stored: Vec<PathBuf> = stored.into_iter().map(|entry| entry.path).collect();
        assert_eq!(stored, entries, "round {round}");
    }
    println!("{killed_in_time} of {KILLS} while it ran, a whole scan takes {whole_scan:?}");
    assert!(
        killed_in_time > KILLS / 4,
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
