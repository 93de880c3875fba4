//! What ARCHITECTURE.md promises of the house and the compiler cannot hold: which crate may need which,
//! who names an outside crate, what the callback's files must not name, no circles of files, no structs
//! without a bound.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

mod circles;
mod guide;
mod names;
mod sources;
mod structs;
mod wildcards;

use sources::root;

/// A crate, and those of ours that it may need.
const CRATES: [(&str, &[&str]); 10] = [
    ("transforms", &[]),
    ("dsp", &["transforms"]),
    ("rt", &[]),
    ("disk", &[]),
    ("telemetry", &["rt"]),
    ("wavpack", &[]),
    ("media", &["disk", "dsp", "rt", "transforms", "wavpack"]),
    ("presets", &["disk", "dsp"]),
    ("library", &["disk", "media"]),
    ("engine", &["disk", "dsp", "media", "rt", "telemetry"]),
];

#[test]
fn crates_need_only_those_below_them() {
    let mut found = 0;
    for entry in std::fs::read_dir(root().join("crates")).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let (_, allowed) = CRATES
            .iter()
            .find(|(known, _)| *known == name)
            .unwrap_or_else(|| panic!("{name} is not in the picture"));
        // Tests may look further; what is built may not.
        let needs = manifest.split("[dev-dependencies]").next().unwrap();
        for (other, _) in CRATES {
            let is_needed = needs
                .lines()
                .any(|line| line.starts_with(&format!("{other}.workspace")));
            assert!(
                !is_needed || allowed.contains(&other),
                "{name} must not need {other}"
            );
        }
        found += 1;
    }
    assert_eq!(found, CRATES.len());
}

#[test]
fn no_source_of_another_project_is_kept_here() {
    for name in ["third_party", "vendor"] {
        assert!(!root().join(name).exists(), "{name}");
    }
}
