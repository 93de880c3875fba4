//! Looks for things directly, so that what did not come from a package counts too.

use std::process::Command;

use super::needs::Probe;
use crate::project::has_command;

/// True if `probe` finds what it looks for.
pub(crate) fn is_met(probe: &Probe) -> bool {
    match probe {
        Probe::Commands(names) => names.iter().all(|name| has_command(name)),
        Probe::AnyCommand(names) => names.iter().any(|name| has_command(name)),
        Probe::PkgConfig(module) => ["pkg-config", "pkgconf"]
            .iter()
            .any(|tool| answer(tool, &["--exists", module]).is_some()),
        Probe::Libraries(names) => {
            linker_cache().is_some_and(|cache| names.iter().all(|name| cache.contains(name)))
        }
        Probe::Font(language) => {
            answer("fc-list", &[&format!(":lang={language}")]).is_some_and(|list| !list.is_empty())
        }
        Probe::PackageManager => false,
    }
}

/// The libraries the dynamic linker knows. Its tool is often outside a user's search path.
fn linker_cache() -> Option<String> {
    ["ldconfig", "/sbin/ldconfig", "/usr/sbin/ldconfig"]
        .iter()
        .find_map(|program| answer(program, &["-p"]))
}

/// What `program` prints, if it succeeds.
pub(crate) fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C")
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
