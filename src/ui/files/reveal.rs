//! A file's folder in the system's file manager.

use std::path::Path;
use std::process::{Command, Stdio};

/// Opens the folder of `file`. Never waits: a thread does.
///
/// # Errors
/// A line for the listener when the system refuses a thread.
pub(crate) fn show_in_folder(file: &Path) -> Result<(), String> {
    let mut command = command(file);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let work = move || {
        // Without a file manager nothing is shown; whoever asked sees that.
        let _ = command.status();
    };
    std::thread::Builder::new()
        .name("show-in-folder".into())
        .spawn(work)
        .map(drop)
        .map_err(|error| format!("The folder could not be shown: {error}"))
}

fn command(file: &Path) -> Command {
    if cfg!(target_os = "macos") {
        let mut command = Command::new("open");
        command.arg("-R").arg(file);
        command
    } else if cfg!(windows) {
        let mut command = Command::new("explorer");
        command.arg("/select,").arg(file);
        command
    } else {
        let mut command = Command::new("xdg-open");
        command.arg(file.parent().unwrap_or(file));
        command
    }
}
