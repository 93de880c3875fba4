//! What was measured, by name, as it is kept between runs.

use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use xtask_common::failure::Failure;

/// Numbers and words, each under a path of names such as `bench/callback/by bands/10`.
///
/// One flat list: a part of a run replaces what stands under its own prefix, and two runs are compared
/// name by name.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Figures {
    /// Measured values; the name says what of, the report in what unit.
    pub(super) numbers: BTreeMap<String, f64>,
    /// What is not a number.
    pub(super) words: BTreeMap<String, String>,
}

impl Figures {
    /// What `path` holds; nothing if there is no such file.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(Failure::file("read", path, &error)),
        };
        let value: Value = serde_json::from_str(&text)
            .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
        let mut figures = Self::default();
        figures.take_in("", &value);
        Ok(figures)
    }

    /// Writes all to `path`.
    pub(super) fn write(&self, path: &Path) -> Result<(), Failure> {
        let numbers = self
            .numbers
            .iter()
            .map(|(k, v)| (k.clone(), Value::from(*v)));
        let words = self
            .words
            .iter()
            .map(|(k, v)| (k.clone(), Value::from(v.as_str())));
        let all: Map<String, Value> = numbers.chain(words).collect();
        let text = format!("{:#}\n", Value::Object(all));
        fs::write(path, text).map_err(|error| Failure::file("write", path, &error))
    }

    /// Takes in every number and word of `value`, fields below `prefix`.
    pub(super) fn take_in(&mut self, prefix: &str, value: &Value) {
        match value {
            Value::Number(number) => {
                if let Some(number) = number.as_f64() {
                    self.numbers.insert(prefix.to_owned(), number);
                }
            }
            Value::String(word) => {
                self.words.insert(prefix.to_owned(), word.clone());
            }
            Value::Object(fields) => {
                for (name, value) in fields {
                    let name = match prefix {
                        "" => name.clone(),
                        _ => format!("{prefix}/{name}"),
                    };
                    self.take_in(&name, value);
                }
            }
            Value::Null | Value::Bool(_) | Value::Array(_) => {}
        }
    }

    /// Forgets everything under `prefix`.
    pub(super) fn forget(&mut self, prefix: &str) {
        self.numbers.retain(|name, _| !name.starts_with(prefix));
        self.words.retain(|name, _| !name.starts_with(prefix));
    }

    /// The number under `name`.
    pub(super) fn number(&self, name: &str) -> Option<f64> {
        self.numbers.get(name).copied()
    }

    /// The words under `name`, empty where there are none.
    pub(super) fn word(&self, name: &str) -> &str {
        self.words.get(name).map_or("", String::as_str)
    }

    /// Notes a number.
    pub(super) fn set(&mut self, name: impl Into<String>, value: f64) {
        self.numbers.insert(name.into(), value);
    }

    /// Notes words.
    pub(super) fn say(&mut self, name: impl Into<String>, words: impl Into<String>) {
        self.words.insert(name.into(), words.into());
    }

    /// Numbers under `prefix`, by the rest of their names.
    pub(super) fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, f64)> {
        self.numbers
            .iter()
            .filter_map(move |(name, &value)| Some((name.strip_prefix(prefix)?, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let stats = r#"{"callbacks": 12, "callback_us": {"p99": 3.5}, "priority": "normal",
                        "alerts": ["x"], "first_sound_ms": null}"#;
        let mut figures = Figures::default();
        figures.take_in("session/a", &serde_json::from_str(stats).expect("JSON"));
        assert_eq!(figures.number("session/a/callbacks"), Some(12.0));
        assert_eq!(figures.number("session/a/callback_us/p99"), Some(3.5));
        assert_eq!(figures.word("session/a/priority"), "normal");
        assert_eq!((figures.numbers.len(), figures.words.len()), (2, 1));
        let path = std::env::temp_dir().join(format!("figures-{}.json", std::process::id()));
        figures.write(&path).expect("a file");
        let read = Figures::read(&path);
        let _ = fs::remove_file(&path);
        assert_eq!(read.expect("what was written"), figures);
    }

    #[test]
    fn a_part_is_forgotten_by_its_prefix() {
        let mut figures = Figures::default();
        figures.set("bench/a", 1.0);
        figures.set("session/a", 2.0);
        figures.forget("bench/");
        assert_eq!(figures.under("session/").collect::<Vec<_>>(), [("a", 2.0)]);
        assert_eq!(figures.numbers.len(), 1);
    }
}
