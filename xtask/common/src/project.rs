//! Where things are: the root of the project, the target folder, cargo itself.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use crate::failure::Failure;

/// The folder with the workspace's `Cargo.toml`.
pub fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).unwrap_or(own).to_path_buf()
}

/// A cargo command that runs at the root, with the cargo that started us.
pub fn cargo(arguments: &[&str]) -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// The folder cargo builds into, as cargo itself sees it.
pub fn target_dir() -> Result<PathBuf, Failure> {
    let output = cargo(&["metadata", "--format-version", "1", "--no-deps"])
        .output()
        .map_err(|error| Failure::start("cargo metadata", &error))?;
    let text = String::from_utf8_lossy(&output.stdout);
    json_string(&text, "target_directory")
        .map(PathBuf::from)
        .ok_or_else(|| {
            let errors = String::from_utf8_lossy(&output.stderr);
            let reason = errors
                .lines()
                .last()
                .unwrap_or("no target_directory in its answer");
            Failure::new(format!("cargo metadata failed: {reason}"))
        })
}

/// The value of `"key":"…"` in JSON; enough for one path, without a JSON library to compile.
fn json_string(json: &str, key: &str) -> Option<String> {
    let start = json.find(&format!("\"{key}\":\""))? + key.len() + 4;
    let mut value = String::new();
    let mut characters = json[start..].chars();
    loop {
        match characters.next()? {
            '"' => return Some(value),
            '\\' => value.push(characters.next()?),
            other => value.push(other),
        }
    }
}

/// The built program; `profile` is the name of its folder, `debug` or `release`.
pub fn program(profile: &str) -> Result<PathBuf, Failure> {
    let name = format!("rusty-audio{}", env::consts::EXE_SUFFIX);
    Ok(target_dir()?.join(profile).join(name))
}

/// Runs `command` with our own input and output and fails unless it succeeds.
pub fn succeed(command: &mut Command, what: &str) -> Result<(), Failure> {
    let status = command
        .status()
        .map_err(|error| Failure::start(what, &error))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("{what} failed ({status})")))
}

/// What a shell would report for `status`: its code, or 128 and the signal that ended it.
pub fn exit_code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal: Option<i32> = None;
    let code = status
        .code()
        .or(signal.map(|number| 128 + number))
        .unwrap_or(1);
    u8::try_from(code).unwrap_or(1)
}

/// True if `name` is a program on the search path.
pub fn has_command(name: &str) -> bool {
    let Some(path) = env::var_os("PATH") else {
        return false;
    };
    env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_out_of_json_with_its_escapes() {
        let json = r#"{"a":1,"target_directory":"C:\\work\\target","version":1}"#;
        assert_eq!(
            json_string(json, "target_directory").as_deref(),
            Some("C:\\work\\target")
        );
        assert_eq!(json_string(json, "missing"), None);
    }

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(root().join("Cargo.toml").is_file());
    }
}
