//! The shape of the window's sources.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Files of a folder and below, by the path of their module.
fn files(folder: &Path, module: &str, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if name == "tests" {
            continue;
        }
        let module = format!("{module}::{name}");
        if path.is_dir() {
            files(&path, &module, found);
        } else {
            found.insert(module, std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// Every `a::b::c` that is imported, groups taken apart.
fn imports(code: &str) -> Vec<String> {
    fn take_apart(prefix: &str, tree: &str, found: &mut Vec<String>) {
        let Some((head, rest)) = tree.split_once('{') else {
            found.push(format!("{prefix}{}", tree.trim()));
            return;
        };
        let prefix = format!("{prefix}{}", head.trim());
        let (mut depth, mut item) = (0, String::new());
        for c in rest.trim_end().trim_end_matches('}').chars() {
            depth += i32::from(c == '{') - i32::from(c == '}');
            if c == ',' && depth == 0 {
                take_apart(&prefix, &std::mem::take(&mut item), found);
            } else {
                item.push(c);
            }
        }
        if !item.trim().is_empty() {
            take_apart(&prefix, &item, found);
        }
    }
    let mut found = Vec::new();
    for statement in code.split(';') {
        let Some((before, tree)) = statement.rsplit_once("use ") else {
            continue;
        };
        if before.is_empty() || before.ends_with(['\n', ' ', ')']) {
            take_apart("", &tree.replace('\n', " "), &mut found);
        }
    }
    found
}

/// The file `path` leads to from `module`, by its longest beginning that is one.
fn target(path: &str, module: &str, files: &BTreeMap<String, String>) -> Option<String> {
    let path = match path.split_once("::") {
        Some(("crate", rest)) => rest.to_owned(),
        Some(("super", rest)) => format!("{}::{rest}", module.rsplit_once("::")?.0),
        Some(("self", rest)) => format!("{module}::{rest}"),
        _ => format!("{module}::{path}"),
    };
    let parts: Vec<&str> = path.split("::").collect();
    let beginnings = (1..=parts.len()).rev().map(|len| parts[..len].join("::"));
    let mut files = beginnings.filter(|beginning| files.contains_key(beginning));
    files.next().filter(|found| found != module)
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let mut sources = BTreeMap::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui");
    files(&folder, "ui", &mut sources);
    assert!(sources.len() > 50, "{} files", sources.len());
    let mut edges = BTreeMap::new();
    for (module, text) in &sources {
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or(text);
        let reached = imports(code);
        let reached = reached
            .iter()
            .filter_map(|path| target(path, module, &sources));
        edges.insert(module.clone(), reached.collect::<BTreeSet<_>>());
    }
    let count: usize = edges.values().map(BTreeSet::len).sum();
    assert!(count > 200, "{count} imports");
    // Files that import nothing that is left are taken away; those of a circle stay.
    loop {
        let leaves: Vec<String> = edges
            .iter()
            .filter(|(_, reached)| !reached.iter().any(|file| edges.contains_key(file)))
            .map(|(module, _)| module.clone())
            .collect();
        if leaves.is_empty() {
            break;
        }
        edges.retain(|module, _| !leaves.contains(module));
    }
    let circle: Vec<_> = edges.keys().collect();
    assert!(circle.is_empty(), "in or above a circle: {circle:?}");
}
