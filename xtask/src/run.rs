//! `cargo xtask run`: from a fresh machine to music.

use std::env;
use std::process::Command;

use xtask_common::failure::Failure;
use xtask_common::packages::{self, Purpose};
use xtask_common::project;

/// Installs what is missing, builds, and opens the window with `inputs`, or with the demo track.
pub(crate) fn run(inputs: &[String], debug_build: bool) -> Result<u8, Failure> {
    packages::ensure(Purpose::Run)?;
    let (arguments, profile): (&[&str], _) = if debug_build {
        (&["build"], "debug")
    } else {
        (&["build", "--release"], "release")
    };
    project::succeed(&mut project::cargo(arguments), "the build")?;
    if !has_display() {
        return Err(Failure::new(
            "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set); \
             `rusty-audio play INPUT…` plays without a window",
        ));
    }
    let mut player = Command::new(project::program(profile)?);
    if inputs.is_empty() {
        player.arg("demo");
    } else {
        player.args(inputs);
    }
    become_program(&mut player)
}

fn has_display() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// Replaces this process, so that signals reach the player itself.
#[cfg(unix)]
fn become_program(program: &mut Command) -> Result<u8, Failure> {
    let error = std::os::unix::process::CommandExt::exec(program);
    Err(Failure::start(
        &program.get_program().to_string_lossy(),
        &error,
    ))
}

/// Runs the program and passes its exit code on.
#[cfg(not(unix))]
fn become_program(program: &mut Command) -> Result<u8, Failure> {
    let name = program.get_program().to_string_lossy().into_owned();
    let status = program
        .status()
        .map_err(|error| Failure::start(&name, &error))?;
    Ok(project::exit_code(status))
}
