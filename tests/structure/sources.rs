//! The product's source files.

use std::path::{Path, PathBuf};

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// One file: its name from the root on, and its text.
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Source {
    /// Everything above the tests at the file's end, without comments.
    pub(crate) fn product_code(&self) -> String {
        let code = self.text.split("\n#[cfg(test)]\nmod ").next();
        let code = code.unwrap_or_default().lines();
        code.map(|line| line.split("//").next().unwrap_or_default())
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn is_test(&self) -> bool {
        let stem = self.name.trim_end_matches(".rs");
        stem.ends_with("_tests") || stem.ends_with("/tests") || stem.ends_with("/scripted")
    }
}

/// All files of all crates but those that only test.
pub(crate) fn sources() -> Vec<Source> {
    let mut files = Vec::new();
    for folder in ["crates", "src"] {
        collect(&root().join(folder), &mut files);
    }
    assert!(files.len() > 200, "{}", files.len());
    let sources = files.into_iter().map(|file| Source {
        name: file
            .strip_prefix(root())
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/"),
        text: std::fs::read_to_string(&file).unwrap(),
    });
    sources.filter(|source| !source.is_test()).collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}
