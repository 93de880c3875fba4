//! The program is ended at any moment while it scans and edits: what it had said was done is there, and the
//! database is whole.

use crate::collection::{Random, tree};
use library::database::{Database, ListKind};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Instant, SystemTime};

/// How often it is ended; in the long form of `RUSTY_AUDIO_SURVIVAL=long`, more often.
fn kills() -> usize {
    match std::env::var("RUSTY_AUDIO_SURVIVAL").as_deref() {
        Ok("long") => 200,
        _ => 40,
    }
}

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
    let kills = kills();
    for round in 0..kills {
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
    println!("{killed_in_time} of {kills} while it ran, a whole scan takes {whole_scan:?}");
    assert!(
        killed_in_time > kills / 4,
        "{killed_in_time} of {kills} while it ran"
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

/// Playing with a session, and gain being written into its files, beside edits of a list.
fn play(config: &Path, files: &[PathBuf]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_rusty-audio"))
        .args(["play", "--output", "null", "--config-dir"])
        .arg(config)
        .args(files)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The sound of a file, by another program.
fn sound(path: &Path) -> Option<Vec<u8>> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(path)
        .args(["-f", "md5", "-"])
        .output()
        .ok()?;
    output.status.success().then_some(output.stdout)
}

#[test]
fn a_program_that_is_killed_while_it_writes_tags_and_plays_damages_no_file() {
    let (music, config) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let Some(made) = tree::make(music.path(), 20) else {
        println!("not run: needs ffmpeg");
        return;
    };
    let files: Vec<PathBuf> = made.iter().map(|(path, _)| path.clone()).collect();
    let before: Vec<_> = files.iter().map(|path| sound(path)).collect();
    assert!(before.iter().all(Option::is_some), "ffmpeg reads them all");
    let mut random = Random(8_086);
    let rounds = kills() / 4;
    for _ in 0..rounds {
        let mut player = play(config.path(), &files[..3]);
        let mut writer = Command::new(env!("CARGO_BIN_EXE_rusty-audio"))
            .args(["analyze", "--write", "--config-dir"])
            .arg(config.path())
            .args(&files)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let until = std::time::Duration::from_millis(random.below(900) as u64);
        std::thread::sleep(until);
        for child in [&mut writer, &mut player] {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
    for (path, sound_before) in files.iter().zip(&before) {
        assert_eq!(&sound(path), sound_before, "{}", path.display());
    }
}

/// Whether this user's programs may write anywhere, whatever a folder's rights say.
#[cfg(unix)]
fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.starts_with(b"0")
}

#[cfg(unix)]
#[test]
fn a_home_that_cannot_be_written_is_said_in_a_line_and_nothing_is_lost() {
    use std::os::unix::fs::PermissionsExt;
    let config = tempfile::tempdir().unwrap();
    let data = config.path().join("home");
    {
        let database = Database::open(&data).unwrap();
        database
            .create_list(None, "Kept", ListKind::Tracks)
            .unwrap();
    }
    // A file where the folder should be is a home that even root cannot write to.
    let blocked = config.path().join("blocked");
    std::fs::write(&blocked, b"").unwrap();
    let mut homes = vec![blocked.join("data")];
    if !is_root() {
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o500)).unwrap();
        homes.push(data.clone());
    }
    for home in &homes {
        let done = Command::new(env!("CARGO_BIN_EXE_rusty-audio"))
            .args(["library", "lists", "create", "New", "--config-dir"])
            .arg(home)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(1), "{said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    }
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o700)).unwrap();
    let reader = Database::open(&data).unwrap().reader().unwrap();
    assert_eq!(reader.lists().unwrap().len(), 1);
}

/// A disk that is full: no file may grow beyond what the database has already.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_in_a_line_and_what_was_stored_is_whole() {
    let config = tempfile::tempdir().unwrap();
    let list = {
        let database = Database::open(config.path()).unwrap();
        let list = database
            .create_list(None, "Kept", ListKind::Tracks)
            .unwrap();
        let entries = (0..200).map(|n| PathBuf::from(format!("/m/{n}.flac")).into());
        let entries: Vec<library::playlists::ListEntry> = entries.collect();
        database.edit_list(list, move |_| entries).unwrap();
        list
    };
    // SIGXFSZ ends a program that does not look; SQLite gets an error where it is ignored.
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"";
    let done = Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_rusty-audio")])
        .args(["library", "lists", "reverse", "Kept", "--config-dir"])
        .arg(config.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    let reader = Database::open(config.path()).unwrap().reader().unwrap();
    assert_eq!(reader.check().unwrap(), None);
    let stored = reader.list_entries(list).unwrap();
    assert_eq!(stored.len(), 200);
    assert_eq!(stored[0].path, Path::new("/m/0.flac"), "{said}");
}
