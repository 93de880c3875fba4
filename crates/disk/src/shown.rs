//! Names and messages as one line of a terminal shows them.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter, Write};
use std::path::Path;

/// A path for a line of text: control characters and what reorders text are escaped (`\n`, `\x1b`,
/// `\u{202e}`), bytes that are no UTF-8 are `\xf6`. A backslash stays one, so the result is for reading
/// only.
///
/// ```
/// use std::path::Path;
/// let path = Path::new("a\nb.wav");
/// assert_eq!(disk::shown::shown(path).to_string(), "a\\nb.wav");
/// ```
pub fn shown(path: &Path) -> ShownPath<'_> {
    ShownPath(path)
}

/// What [`shown`] returns.
#[derive(Debug, Clone, Copy)]
pub struct ShownPath<'a>(&'a Path);

impl Display for ShownPath<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for chunk in self.0.as_os_str().as_encoded_bytes().utf8_chunks() {
            write_escaped(chunk.valid(), f)?;
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

/// `text` as one line, escaped like a path by [`shown`]. Allocates only where there is something to
/// escape.
///
/// ```
/// assert_eq!(disk::shown::shown_text("two\nlines"), "two\\nlines");
/// ```
pub fn shown_text(text: &str) -> Cow<'_, str> {
    if !text.contains(moves_text) {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len() + 8);
    // Writing to a string does not fail.
    let _ = write_escaped(text, &mut line);
    Cow::Owned(line)
}

fn write_escaped(text: &str, to: &mut dyn Write) -> fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.find(moves_text) {
        let (plain, from) = rest.split_at(at);
        to.write_str(plain)?;
        let mut letters = from.chars();
        match letters.next() {
            Some(letter @ ('\n' | '\r' | '\t')) => write!(to, "{}", letter.escape_default())?,
            Some(letter) if letter.is_ascii() => write!(to, "\\x{:02x}", u32::from(letter))?,
            Some(letter) => write!(to, "{}", letter.escape_unicode())?,
            None => {}
        }
        rest = letters.as_str();
    }
    to.write_str(rest)
}

/// Whether `letter` is a control character, a line or paragraph separator, or a mark that turns the
/// direction of text.
pub fn moves_text(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_moves_a_cursor_is_left() {
        for (text, want) in [
            ("plain name – Björk 東京.wav", "plain name – Björk 東京.wav"),
            ("one\ntwo\r\tthree", "one\\ntwo\\r\\tthree"),
            ("\x1b[31mred\x07\x7f", "\\x1b[31mred\\x07\\x7f"),
            ("\u{9b}31m\u{85}", "\\u{9b}31m\\u{85}"),
            ("a\u{202e}vaw\u{2028}", "a\\u{202e}vaw\\u{2028}"),
            ("C:\\new", "C:\\new"),
        ] {
            assert_eq!(shown_text(text), want);
            assert_eq!(shown(Path::new(text)).to_string(), want);
        }
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_no_utf_8_are_shown_as_such() {
        use std::os::unix::ffi::OsStrExt;
        let name = std::ffi::OsStr::from_bytes(b"Bj\xf6rk\n.wav");
        assert_eq!(shown(Path::new(name)).to_string(), "Bj\\xf6rk\\n.wav");
    }
}
