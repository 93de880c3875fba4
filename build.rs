//! What `--version` says of the libraries and of the commit.

use std::fmt::Write;
use std::path::Path;

/// The libraries that decide how the program sounds and looks.
const SHOWN: [&str; 6] = [
    "cpal",
    "eframe",
    "lofty",
    "pipewire",
    "rusqlite",
    "symphonia",
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=RUSTY_AUDIO_COMMIT");
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock");
    println!("cargo::rerun-if-changed={}", lock.display());
    // Outside of the workspace, as when `cargo install` unpacks it, there may be none.
    let lock = std::fs::read_to_string(lock).unwrap_or_default();
    let mut libraries = String::new();
    for package in lock.split("[[package]]") {
        let value = |key: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(key))?;
            line.strip_prefix(" = \"")?.strip_suffix('"')
        };
        if let Some((name, version)) = value("name").zip(value("version"))
            && SHOWN.contains(&name)
        {
            // Writing to a string cannot fail.
            let _ = write!(libraries, "{name} {version}, ");
        }
    }
    let libraries = libraries.trim_end_matches(", ");
    println!("cargo::rustc-env=RUSTY_AUDIO_LIBRARIES={libraries}");
}
