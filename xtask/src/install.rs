//! `cargo xtask install` and `uninstall`: the player in a user's own folders, and away again without a trace.

pub(crate) mod files;
mod record;

use files::{Folders, Item};
use record::Record;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use xtask_common::failure::Failure;
use xtask_common::packages::{self, Purpose};
use xtask_common::project;

/// Puts `binary`, or a release build, and what a desktop needs of it in place. What an earlier installation left is
/// taken away first.
pub(crate) fn install(binary: Option<&Path>) -> Result<u8, Failure> {
    let folders = Folders::of_this_user()?;
    let built;
    let binary = match binary {
        Some(binary) => binary,
        None => {
            packages::ensure(Purpose::Run)?;
            built = build()?;
            &built
        }
    };
    if !binary.is_file() {
        let line = format!("{}: no such program", binary.display());
        return Err(Failure::new(line));
    }
    if folders.record().is_file() {
        remove(&folders)?;
    }
    let mut record = Record::default();
    let done = files::all(binary, &folders).and_then(|items| put(&items, &mut record));
    record.write(&folders.record())?;
    done?;
    refresh(&folders);
    println!("Installed {}.", folders.program().display());
    if !is_on_path(&folders.bin) {
        let bin = folders.bin.display();
        println!("{bin} is not on the search path: menus find the player, a terminal does not.");
    }
    Ok(0)
}

/// A release build that knows its commit.
pub(crate) fn build() -> Result<PathBuf, Failure> {
    let mut build = project::cargo(&["build", "--release", "--bin", "rusty-audio"]);
    let commit = Command::new("git")
        .args(["rev-parse", "--short", "HEAD"])
        .current_dir(project::root())
        .output();
    if let Ok(commit) = commit.as_ref()
        && commit.status.success()
    {
        let commit = String::from_utf8_lossy(&commit.stdout);
        build.env("RUSTY_AUDIO_COMMIT", commit.trim());
    }
    project::succeed(&mut build, "the build")?;
    Ok(project::target_dir()?.join("release/rusty-audio"))
}

/// Takes away what [`install`] put in place. Settings, collection and lists stay.
pub(crate) fn uninstall() -> Result<u8, Failure> {
    let folders = Folders::of_this_user()?;
    if !folders.record().is_file() {
        return Err(Failure::new("nothing is installed"));
    }
    remove(&folders)?;
    refresh(&folders);
    folders.forget_empty_cache();
    println!("Removed. Settings, collection and lists are kept.");
    Ok(0)
}

fn put(items: &[Item], record: &mut Record) -> Result<(), Failure> {
    for item in items {
        if let Some(folder) = item.to.parent() {
            record.make_folders(folder)?;
        }
        // A program that runs cannot be written over; its name can be taken.
        let new = item.to.with_extension("new");
        let failed = |error: std::io::Error| Failure::file("write", &item.to, &error);
        fs::write(&new, &item.content).map_err(failed)?;
        if item.is_program {
            make_executable(&new).map_err(failed)?;
        }
        fs::rename(&new, &item.to).map_err(failed)?;
        record.add_file(&item.to);
    }
    Ok(())
}

fn remove(folders: &Folders) -> Result<(), Failure> {
    let path = folders.record();
    let record = Record::read(&path)?;
    fs::remove_file(&path).map_err(|error| Failure::file("remove", &path, &error))?;
    record.remove_all()
}

/// Lets the desktop know. What is not there needs no telling.
fn refresh(folders: &Folders) {
    let mut command = Command::new("update-desktop-database");
    command.arg("-q").arg(folders.applications());
    if folders.applications().is_dir() {
        let _ = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

fn is_on_path(folder: &Path) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|part: PathBuf| part.as_os_str() == OsStr::new(folder))
}

#[cfg(unix)]
fn make_executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> std::io::Result<()> {
    Ok(())
}
