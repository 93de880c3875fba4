//! No catch-all arm where one of our own enums is matched: a new variant has to be thought of in each
//! place.

use crate::sources::{Source, sources};
use std::collections::BTreeSet;
use syn::visit::Visit;

/// Where commands, actions and states are told apart.
const ROOMS: [&str; 3] = ["src/app", "src/ui", "crates/engine/src/control"];

/// Names that ours share with enums of egui and serde_json.
const FOREIGN: [&str; 2] = ["Key", "Value"];

#[test]
fn own_enums_are_matched_without_a_catch_all() {
    let sources = sources();
    let files: Vec<(&Source, syn::File)> = sources
        .iter()
        .map(|source| (source, syn::parse_file(&source.text).unwrap()))
        .collect();
    let mut enums = Enums::default();
    for (_, file) in &files {
        enums.visit_file(file);
    }
    assert!(enums.0.len() > 80, "{}", enums.0.len());
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (source, file) in &files {
        if !ROOMS.iter().any(|room| source.name.starts_with(room)) {
            continue;
        }
        let mut matches = Matches {
            enums: &enums.0,
            own: None,
            seen: 0,
            wrong: Vec::new(),
        };
        matches.visit_file(file);
        seen += matches.seen;
        let at = |arms: &String| format!("{}: {arms}", source.name);
        wrong.extend(matches.wrong.iter().map(at));
    }
    assert!(seen > 50, "{seen} matches on our own enums");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Names of all enums of ours.
#[derive(Default)]
struct Enums(BTreeSet<String>);

impl<'a> Visit<'a> for Enums {
    fn visit_item_enum(&mut self, item: &'a syn::ItemEnum) {
        self.0.insert(item.ident.to_string());
    }
}

struct Matches<'a> {
    enums: &'a BTreeSet<String>,
    /// The enum that `Self` is.
    own: Option<String>,
    seen: usize,
    wrong: Vec<String>,
}

impl<'a> Visit<'a> for Matches<'_> {
    fn visit_item_impl(&mut self, item: &'a syn::ItemImpl) {
        let before = self.own.take();
        if let syn::Type::Path(path) = &*item.self_ty {
            self.own = path.path.segments.last().map(|s| s.ident.to_string());
        }
        syn::visit::visit_item_impl(self, item);
        self.own = before;
    }

    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        if item.ident != "tests" {
            syn::visit::visit_item_mod(self, item);
        }
    }

    fn visit_expr_match(&mut self, expression: &'a syn::ExprMatch) {
        let mut found = Variants {
            enums: self.enums,
            own: self.own.as_deref(),
            name: None,
        };
        for arm in &expression.arms {
            found.visit_pat(&arm.pat);
        }
        if let Some(name) = found.name {
            self.seen += 1;
            let is_catch_all = |arm: &syn::Arm| {
                arm.guard.is_none()
                    && match &arm.pat {
                        syn::Pat::Wild(_) => true,
                        syn::Pat::Ident(pat) => pat.subpat.is_none() && is_binding(&pat.ident),
                        _ => false,
                    }
            };
            if expression.arms.iter().any(is_catch_all) {
                self.wrong.push(format!("a catch-all in a match on {name}"));
            }
        }
        syn::visit::visit_expr_match(self, expression);
    }
}

/// Constants and variants begin with a capital.
fn is_binding(name: &syn::Ident) -> bool {
    name.to_string()
        .starts_with(|c: char| c.is_lowercase() || c == '_')
}

/// Looks for a variant of one of our enums in a pattern.
struct Variants<'a> {
    enums: &'a BTreeSet<String>,
    own: Option<&'a str>,
    name: Option<String>,
}

impl<'a> Visit<'a> for Variants<'_> {
    fn visit_path(&mut self, path: &'a syn::Path) {
        let Some(owner) = path.segments.iter().rev().nth(1) else {
            return;
        };
        let owner = owner.ident.to_string();
        let name = match owner.as_str() {
            "Self" => self.own.unwrap_or_default(),
            other => other,
        };
        if !FOREIGN.contains(&name) && self.enums.contains(name) {
            self.name = Some(name.to_owned());
        }
    }
}
