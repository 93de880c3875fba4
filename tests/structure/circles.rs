//! Files of one crate that need each other in a circle. A folder's own file and the files in it count as
//! one thing seen from outside: `control.rs` may hold what `control/effects.rs` goes on with.

use crate::sources::{Source, sources};
use std::collections::{BTreeMap, BTreeSet};

type Module = Vec<String>;

/// The module that a file is, from its crate's root on; the crate first.
fn module_of(name: &str) -> Option<(String, Module)> {
    let (krate, path) = match name.strip_prefix("crates/") {
        Some(rest) => rest.split_once("/src/")?,
        None => ("rusty-audio", name.strip_prefix("src/")?),
    };
    let mut parts: Module = path
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    if matches!(
        parts.last().map(String::as_str),
        Some("lib" | "main" | "mod")
    ) {
        parts.pop();
    }
    Some((krate.to_owned(), parts))
}

/// The paths that the `use` lines of `code` name, each as its parts.
fn used(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for statement in code.split(';') {
        let Some(at) = statement.rfind("use ") else {
            continue;
        };
        let is_start = statement[..at]
            .chars()
            .next_back()
            .is_none_or(|c| c.is_whitespace());
        if is_start {
            expand(&[], statement[at + 4..].trim(), &mut found);
        }
    }
    found
}

/// `a::{b, c::d}` as `a::b` and `a::c::d`.
fn expand(before: &[String], tree: &str, found: &mut Vec<Vec<String>>) {
    let Some(brace) = tree.find('{') else {
        let path = tree.split_whitespace().next().unwrap_or_default();
        let parts = path.split("::").map(str::to_owned);
        found.push(before.iter().cloned().chain(parts).collect());
        return;
    };
    let prefix = tree[..brace].trim_end_matches("::");
    let mut path = before.to_vec();
    path.extend(
        prefix
            .split("::")
            .filter(|p| !p.is_empty())
            .map(str::to_owned),
    );
    let inner = tree[brace + 1..].trim_end().trim_end_matches('}');
    let (mut depth, mut start) = (0, 0);
    for (index, letter) in inner.char_indices().chain([(inner.len(), ',')]) {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                let item = inner[start..index].trim();
                if !item.is_empty() {
                    expand(&path, item, found);
                }
                start = index + 1;
            }
            _ => {}
        }
    }
}

/// The module that `path` leads to, seen from `from`.
fn target(from: &Module, path: &[String], modules: &BTreeSet<Module>) -> Option<Module> {
    let mut base = match path.first()?.as_str() {
        "crate" => Vec::new(),
        "self" | "super" => from.clone(),
        _ => return None,
    };
    let mut rest = &path[1..];
    if path[0] == "super" {
        base.pop();
        while rest.first().is_some_and(|part| part == "super") {
            base.pop();
            rest = &rest[1..];
        }
    }
    base.extend(rest.iter().cloned());
    while !modules.contains(&base) {
        base.pop()?;
    }
    Some(base)
}

/// Whether one is the folder's file of the other.
fn is_within(a: &Module, b: &Module) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

fn circles(sources: &[(Module, Source)]) -> Vec<String> {
    let modules: BTreeSet<Module> = sources.iter().map(|(module, _)| module.clone()).collect();
    let mut needs: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
    for (module, source) in sources {
        let targets = used(&source.product_code());
        let targets = targets
            .iter()
            .filter_map(|path| target(module, path, &modules));
        let targets = targets.filter(|target| !is_within(target, module));
        needs.entry(module.clone()).or_default().extend(targets);
    }
    let mut found = Vec::new();
    for (module, direct) in &needs {
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<&Module> = direct.iter().collect();
        while let Some(next) = waiting.pop() {
            if seen.insert(next) {
                waiting.extend(needs.get(next).into_iter().flatten());
            }
        }
        if seen.contains(module) {
            found.push(module.join("::"));
        }
    }
    found
}

#[test]
fn no_files_need_each_other_in_a_circle() {
    let mut crates: BTreeMap<String, Vec<(Module, Source)>> = BTreeMap::new();
    for source in sources() {
        let Some((krate, module)) = module_of(&source.name) else {
            continue;
        };
        crates.entry(krate).or_default().push((module, source));
    }
    assert!(crates.len() > 8);
    let mut wrong = Vec::new();
    for (krate, sources) in &crates {
        let found = circles(sources);
        wrong.extend(found.into_iter().map(|module| format!("{krate}: {module}")));
    }
    assert!(wrong.is_empty(), "in a circle:\n{}", wrong.join("\n"));
}

#[test]
fn a_circle_is_found() {
    let source = |name: &str, text: &str| {
        let source = Source {
            name: name.into(),
            text: text.into(),
        };
        (module_of(name).unwrap().1, source)
    };
    let a = source("src/a.rs", "use crate::{b::{C, d}, x};\n");
    let b = source("src/b.rs", "use super::e::f;\n");
    let e = source("src/e.rs", "use super::a;\n");
    assert_eq!(circles(&[a, b, e]), ["a", "b", "e"]);
    let a = source("src/a.rs", "use crate::b::C;\n");
    let b = source(
        "src/b.rs",
        "// use crate::a;\n#[cfg(test)]\nmod tests { use crate::a; }\n",
    );
    assert!(circles(&[a, b]).is_empty());
}
