//! The layers of ARCHITECTURE.md, read off the `use crate::` lines; and what the callback's files
//! must not name.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

use std::path::{Path, PathBuf};

/// A folder, and the folders it may import from.
const LAYERS: [(&str, &[&str]); 9] = [
    ("dsp", &[]),
    ("rt", &[]),
    ("media", &["dsp", "rt"]),
    ("library", &["dsp", "rt", "media"]),
    ("telemetry", &["dsp", "rt", "media"]),
    ("engine", &["dsp", "rt", "media", "library", "telemetry"]),
    (
        "cli",
        &["dsp", "rt", "media", "library", "telemetry", "engine"],
    ),
    (
        "ui",
        &["dsp", "rt", "media", "library", "telemetry", "engine"],
    ),
    (
        "desktop",
        &["dsp", "rt", "media", "library", "telemetry", "engine"],
    ),
];

/// Who alone may name a crate.
const NAMED_IN: [(&str, &[&str]); 3] = [
    ("cpal::", &["src/engine/output/device.rs"]),
    ("symphonia::", &["src/media/"]),
    ("eframe::", &["src/ui/", "src/main.rs"]),
];

/// Files whose code runs in the audio callback.
const CALLBACK_FILES: [&str; 9] = [
    "src/engine/renderer.rs",
    "src/dsp/eq_bank.rs",
    "src/dsp/limiter.rs",
    "src/dsp/ramp.rs",
    "src/rt/ring.rs",
    "src/rt/pool.rs",
    "src/rt/clock.rs",
    "src/rt/history.rs",
    "src/telemetry/histogram.rs",
];

fn source_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            source_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    source_files(&root.join("src"), &mut files);
    assert!(files.len() > 50);
    files
        .into_iter()
        .map(|file| {
            let name = file
                .strip_prefix(root)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            (name, std::fs::read_to_string(&file).unwrap())
        })
        .collect()
}

/// Everything above the tests at a file's end.
fn product_code(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

#[test]
fn folders_import_only_from_below() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let Some((layer, allowed)) = LAYERS
            .iter()
            .find(|(layer, _)| file.starts_with(&format!("src/{layer}/")))
        else {
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            for target in line.split("crate::").skip(1) {
                let folder = target
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .next();
                let folder = folder.unwrap_or_default();
                let is_layer = LAYERS.iter().any(|(name, _)| *name == folder);
                if is_layer && folder != *layer && !allowed.contains(&folder) {
                    wrong.push(format!("{file}:{}: {layer} imports {folder}", number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn outside_crates_are_named_only_where_they_belong() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        for (name, homes) in NAMED_IN {
            let is_home = homes.iter().any(|home| file.starts_with(home));
            if !is_home
                && text
                    .lines()
                    .any(|l| l.contains(name) && !l.trim().starts_with("//"))
            {
                wrong.push(format!("{file} names {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_of_the_callback_neither_lock_nor_print_nor_panic() {
    let banned = [
        "Mutex",
        "RwLock",
        ".lock()",
        "println!",
        "format!",
        ".unwrap()",
        ".expect(",
        "panic!",
    ];
    let sources = sources();
    for name in CALLBACK_FILES {
        let (_, text) = sources.iter().find(|(file, _)| file == name).expect(name);
        for word in banned {
            let code = product_code(text);
            let line = code
                .lines()
                .find(|l| l.contains(word) && !l.trim().starts_with("//"));
            assert!(line.is_none(), "{name}: {}", line.unwrap_or_default());
        }
    }
}
