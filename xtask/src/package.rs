//! `cargo xtask package`: packages for distributions.

use crate::install;
use std::fs;
use std::path::PathBuf;
use xtask_common::failure::Failure;
use xtask_common::packages::{self, Purpose};
use xtask_common::project;

const CARGO_DEB_VERSION: &str = "3.8.0";

/// Builds `target/debian/*.deb` with cargo-deb, which is installed beside what is built if it is missing. What is in
/// the package stands in `Cargo.toml`.
pub(crate) fn deb() -> Result<u8, Failure> {
    packages::ensure(Purpose::Run)?;
    let program = install::build()?;
    let folder = project::target_dir()?.join("package");
    fs::create_dir_all(&folder).map_err(|error| Failure::file("make", &folder, &error))?;
    for (what, name) in [
        ("man", "rusty-audio.1"),
        ("bash", "rusty-audio.bash"),
        ("zsh", "_rusty-audio"),
        ("fish", "rusty-audio.fish"),
    ] {
        let path = folder.join(name);
        let text = install::files::generated(&program, what)?;
        fs::write(&path, text).map_err(|error| Failure::file("write", &path, &error))?;
    }
    let mut command = std::process::Command::new(cargo_deb()?);
    command
        .args(["--no-build", "--package", "rusty-audio"])
        .current_dir(project::root());
    project::succeed(&mut command, "cargo-deb")?;
    Ok(0)
}

fn cargo_deb() -> Result<PathBuf, Failure> {
    let folder = project::target_dir()?.join("tools");
    let program = folder.join("bin/cargo-deb");
    if !program.is_file() {
        println!("Installing cargo-deb into {}.", folder.display());
        // It hardly computes anything itself: built quickly.
        let mut install = project::cargo(&["install", "--debug", "--locked", "cargo-deb"]);
        install
            .args(["--version", CARGO_DEB_VERSION, "--root"])
            .arg(&folder);
        project::succeed(&mut install, "the installation of cargo-deb")?;
    }
    Ok(program)
}
