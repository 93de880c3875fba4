//! JSON for standard output: one object a line.

use super::Failure;
use disk::shown::moves_text;
use serde::Serialize;
use std::io::Write;

/// Writes `value` as one line. What would move a terminal's cursor or turn the direction of text is
/// written by its number, which JSON reads as the same letter.
///
/// # Errors
/// Where `out` takes no more.
pub(super) fn write_line(out: &mut impl Write, value: &impl Serialize) -> Result<(), Failure> {
    let mut line = String::new();
    // Such letters stand in strings only.
    for letter in serde_json::to_string(value)?.chars() {
        if moves_text(letter) {
            line.push_str(&format!("\\u{:04x}", u32::from(letter)));
        } else {
            line.push(letter);
        }
    }
    Ok(writeln!(out, "{line}")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reorders_text_is_escaped_and_reads_the_same() {
        let name = "a\u{202e}vaw\u{2028}\u{9b}31m\u{7f}\n\u{1f600} \"x\"";
        let mut out = Vec::new();
        assert!(write_line(&mut out, &[name]).is_ok());
        let line = String::from_utf8(out).unwrap();
        assert!(line.trim_end().chars().all(|c| !moves_text(c)), "{line:?}");
        let read: Vec<String> = serde_json::from_str(&line).unwrap();
        assert_eq!(read, [name]);
    }
}
