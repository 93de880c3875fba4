//! One entry of a list.

use media::location::{Source, TrackLocation, TrackPart};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

/// One entry of a list: a file or a part of one, which need not be in the collection, nor be there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ListEntry {
    /// The file, or the address of a stream.
    #[serde(with = "path_text")]
    pub path: PathBuf,
    /// Where in it a part begins and ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<(Duration, Option<Duration>)>,
    /// What to show while nothing else is known of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

impl From<PathBuf> for ListEntry {
    fn from(path: PathBuf) -> Self {
        Self {
            path,
            span: None,
            title: None,
        }
    }
}

impl From<&TrackLocation> for ListEntry {
    fn from(location: &TrackLocation) -> Self {
        let part = location.part.as_deref();
        Self {
            path: location.path().to_owned(),
            span: part.map(|part| (part.start, part.end)),
            title: part.and_then(|part| part.tags.title.clone()),
        }
    }
}

impl ListEntry {
    /// Whether it names a file that is not there. Asks the disk.
    pub fn is_missing(&self) -> bool {
        match Source::named(self.path.clone()) {
            Source::File(path) => !path.exists(),
            Source::Stream(_) => false,
        }
    }

    /// Where to play it from.
    pub fn location(&self) -> TrackLocation {
        match self.span {
            None => Source::named(self.path.clone()).into(),
            Some((start, end)) => {
                let mut part = TrackPart {
                    start,
                    end,
                    ..TrackPart::default()
                };
                part.tags.title.clone_from(&self.title);
                TrackLocation::of_part(self.path.clone(), part)
            }
        }
    }
}

/// Paths in JSON: text, or their bytes where they are none.
pub mod path_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::path::{Path, PathBuf};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Stored {
        Text(String),
        Bytes(Vec<u8>),
    }

    /// Writes `path`.
    ///
    /// # Errors
    /// As the serializer.
    pub fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
        match path.to_str() {
            Some(text) => text.serialize(serializer),
            None => bytes(path).serialize(serializer),
        }
    }

    /// Reads a path.
    ///
    /// # Errors
    /// As the deserializer.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
        Ok(match Stored::deserialize(deserializer)? {
            Stored::Text(text) => text.into(),
            Stored::Bytes(bytes) => of_bytes(bytes),
        })
    }

    fn bytes(path: &Path) -> Vec<u8> {
        path.as_os_str().as_encoded_bytes().to_vec()
    }

    #[cfg(unix)]
    fn of_bytes(bytes: Vec<u8>) -> PathBuf {
        use std::os::unix::ffi::OsStringExt;
        std::ffi::OsString::from_vec(bytes).into()
    }

    #[cfg(not(unix))]
    fn of_bytes(bytes: Vec<u8>) -> PathBuf {
        String::from_utf8_lossy(&bytes).into_owned().into()
    }
}
