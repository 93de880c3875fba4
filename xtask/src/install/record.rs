//! What an installation has made, so that it can be taken away again.

use std::fs;
use std::path::{Path, PathBuf};
use xtask_common::failure::Failure;

/// Files and folders in the order they were made, as lines of a text: `f` or `d`, a space, the path.
#[derive(Default)]
pub(super) struct Record {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Record {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path).map_err(|error| Failure::file("read", path, &error))?;
        let mut record = Self::default();
        for line in text.lines() {
            match line.split_once(' ') {
                Some(("f", path)) => record.files.push(path.into()),
                Some(("d", path)) => record.folders.push(path.into()),
                _ => {}
            }
        }
        Ok(record)
    }

    pub(super) fn write(&mut self, path: &Path) -> Result<(), Failure> {
        if let Some(folder) = path.parent() {
            self.make_folders(folder)?;
        }
        let line = |kind: char, path: &PathBuf| format!("{kind} {}\n", path.display());
        let files = self.files.iter().map(|path| line('f', path));
        let folders = self.folders.iter().map(|path| line('d', path));
        let text: String = files.chain(folders).collect();
        fs::write(path, text).map_err(|error| Failure::file("write", path, &error))
    }

    pub(super) fn add_file(&mut self, path: &Path) {
        self.files.push(path.to_owned());
    }

    /// Makes a folder and those above it that are missing, and remembers them.
    pub(super) fn make_folders(&mut self, folder: &Path) -> Result<(), Failure> {
        if folder.is_dir() {
            return Ok(());
        }
        if let Some(above) = folder.parent() {
            self.make_folders(above)?;
        }
        fs::create_dir(folder).map_err(|error| Failure::file("make", folder, &error))?;
        self.folders.push(folder.to_owned());
        Ok(())
    }

    /// Takes the files away, and of the folders those that nobody else has put anything into.
    pub(super) fn remove_all(&self) -> Result<(), Failure> {
        for path in &self.files {
            match fs::remove_file(path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Failure::file("remove", path, &error));
                }
                _ => {}
            }
        }
        for folder in self.folders.iter().rev() {
            // One that is not empty is somebody's.
            let _ = fs::remove_dir(folder);
        }
        Ok(())
    }
}
