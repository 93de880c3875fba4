//! The rows of `cases.tsv`.

use serde_json::Value;
use std::path::{Path, PathBuf};

/// One row.
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) kind: String,
    /// Files beside the table, with the names they are copied to.
    pub(crate) inputs: Vec<(PathBuf, Vec<u8>)>,
    /// The command's words; escapes are still in them.
    pub(crate) command: String,
    pub(crate) check: String,
    pub(crate) expected: Value,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults")
}

/// All rows, in order.
pub(crate) fn cases() -> Vec<Case> {
    let text = std::fs::read_to_string(folder().join("cases.tsv")).unwrap();
    let rows = text.lines().skip(1).filter(|row| !row.is_empty());
    rows.map(case).collect()
}

fn case(row: &str) -> Case {
    let columns: Vec<&str> = row.split('\t').collect();
    let [id, kind, input, command, check, expected, _why] = columns[..] else {
        panic!("not seven columns: {row}");
    };
    let inputs = input
        .split(" | ")
        .map(str::trim)
        .filter(|text| !text.is_empty());
    Case {
        id: id.to_owned(),
        kind: kind.to_owned(),
        inputs: inputs.map(named).collect(),
        command: command.to_owned(),
        check: check.to_owned(),
        expected: serde_json::from_str(expected).unwrap(),
    }
}

/// `file => name`, or the file's own name.
fn named(text: &str) -> (PathBuf, Vec<u8>) {
    let (file, name) = text.split_once("=>").unwrap_or((text, ""));
    let path = folder().join(file.trim());
    let name = match name.trim() {
        "" => path
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .as_bytes()
            .to_vec(),
        name => bytes_of(name),
    };
    (path, name)
}

/// The bytes of a text in which `\xNN` stands for one.
pub(crate) fn bytes_of(text: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), text);
    while let Some((plain, behind)) = rest.split_once("\\x") {
        bytes.extend(plain.as_bytes());
        bytes.push(u8::from_str_radix(&behind[..2], 16).unwrap());
        rest = &behind[2..];
    }
    bytes.extend(rest.as_bytes());
    bytes
}

/// The words of a command; single quotes keep spaces together.
pub(crate) fn words_of(command: &str) -> Vec<Vec<u8>> {
    let (mut words, mut word, mut is_quoted) = (Vec::new(), String::new(), false);
    for letter in command.chars() {
        match letter {
            '\'' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(std::mem::take(&mut word)),
            _ => word.push(letter),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words.iter().map(|word| bytes_of(word)).collect()
}
