//! Why a preset could not be had or kept.

use disk::reason::io_reason;

/// Why a preset could not be read, written, kept or found. The text is one line without the file's name.
///
/// ```
/// use presets::{PresetError, parse_preset};
/// assert!(matches!(parse_preset(b"no preset"), Err(PresetError::NotAPreset(_))));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PresetError {
    /// The disk does not give or take it, in words.
    #[error("{0}")]
    Io(String),
    /// A file this long is no preset.
    #[error("too large for an equalizer preset")]
    TooLarge,
    /// The content is no preset, or damaged.
    #[error("{0}")]
    NotAPreset(String),
    /// The format has no way to say what the equalizer does.
    #[error("{0}")]
    NotInThisFormat(String),
    /// A single preset was asked for by name.
    #[error("this file holds a single preset without a name")]
    NotALibrary,
    /// No preset and no file is called so; `near` are names like it.
    #[error("no file or preset of that name; {}", advice(.near))]
    Unknown {
        /// Names that come near, nearest first.
        near: Vec<String>,
    },
    /// The listener has no preset of this name.
    #[error("there is no preset {0:?}")]
    Missing(String),
    /// The listener has a preset of this name.
    #[error("there is a preset {0:?} already")]
    Taken(String),
    /// A name of nothing but spaces.
    #[error("a preset needs a name")]
    Nameless,
    /// A name that file systems do not take.
    #[error("the name is too long")]
    NameTooLong,
}

impl From<std::io::Error> for PresetError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(io_reason(&error))
    }
}

impl From<PresetError> for String {
    fn from(error: PresetError) -> Self {
        error.to_string()
    }
}

fn advice(near: &[String]) -> String {
    if near.is_empty() {
        "try Flat, Rock or Bass boost".to_owned()
    } else {
        format!("near are {}", near.join(", "))
    }
}
