//! An error of the file system in words for the owner of the file.

use std::io;

/// Why the system would not do it, without the file's name and without numbers: "no such file",
/// "permission denied", or its own words with a small first letter. Allocates.
///
/// ```
/// let error = std::io::Error::from(std::io::ErrorKind::NotFound);
/// assert_eq!(disk::reason::io_reason(&error), "no such file");
/// ```
pub fn io_reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        io::ErrorKind::IsADirectory => "is a folder".into(),
        _ => {
            // "Too many levels of symbolic links (os error 40)": the number helps nobody.
            let text = error.to_string();
            let text = text.split(" (os error").next().unwrap_or(&text);
            let mut letters = text.chars();
            match letters.next() {
                Some(first) => first.to_lowercase().chain(letters).collect(),
                None => "cannot be read".into(),
            }
        }
    }
}
