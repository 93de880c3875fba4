//! The player's window on the desktop, and programs that look at it.

use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use super::Desktop;
use crate::failure::Failure;

/// How long the window may take to appear; software OpenGL is slow on its first frame.
const WINDOW_LIMIT: Duration = Duration::from_secs(30);

/// The id of the player's window, once it is there.
pub fn wait_for_window(desktop: &Desktop, player: &mut Child) -> Result<String, Failure> {
    let process_id = player.id().to_string();
    let started = Instant::now();
    while started.elapsed() < WINDOW_LIMIT {
        if let Ok(Some(status)) = player.try_wait() {
            return Err(Failure::new(format!(
                "the player ended before its window came ({status})"
            )));
        }
        let found = tool(
            desktop,
            "xdotool",
            &["search", "--onlyvisible", "--pid", &process_id],
        );
        // A toolkit may keep helper windows of one pixel; the last one found is the newest.
        if let Some(window) = found.unwrap_or_default().lines().last() {
            return Ok(window.to_owned());
        }
        thread::sleep(Duration::from_millis(100));
    }
    let seconds = WINDOW_LIMIT.as_secs();
    Err(Failure::new(format!(
        "no window of the player within {seconds} s"
    )))
}

/// What a helper program on the desktop prints; fails if the helper does.
pub fn tool(desktop: &Desktop, program: &str, arguments: &[&str]) -> Result<String, Failure> {
    let mut command = Command::new(program);
    command.args(arguments);
    desktop.enter(&mut command);
    let output = command
        .output()
        .map_err(|error| Failure::start(program, &error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let reason = errors
        .lines()
        .last()
        .unwrap_or("no reason given")
        .to_owned();
    Err(Failure::new(format!(
        "{program} {}: {reason}",
        arguments.first().unwrap_or(&"")
    )))
}
