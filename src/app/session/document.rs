//! The session's files: the queue, which may be long, and the place in it, which changes all the time.

use disk::replace::replace_file;
use library::playlists::ListEntry;
use media::location::TrackLocation;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

const QUEUE_FILE: &str = "session.json";
const PLACE_FILE: &str = "position.json";

#[derive(Serialize, Deserialize, Default)]
struct QueueDocument {
    queue: Vec<ListEntry>,
}

/// Where the listener is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::app) struct Place {
    /// Which entry of the queue is current, counted from 0.
    pub(in crate::app) index: Option<usize>,
    /// Its file, by which it is known again where the queue has changed since.
    pub(in crate::app) entry: Option<ListEntry>,
    /// Where in the track.
    pub(in crate::app) position_seconds: f64,
}

/// A session as it is stored.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::app) struct StoredSession {
    /// The queue.
    pub(in crate::app) queue: Vec<TrackLocation>,
    /// Where the listener was.
    pub(in crate::app) place: Place,
    /// What must be known of the files as they were found.
    pub(in crate::app) notes: Vec<String>,
}

impl StoredSession {
    /// Reads the session in `folder`. What cannot be understood is put aside, with a note, and left out.
    pub(in crate::app) fn read(folder: &Path) -> Self {
        let mut notes = Vec::new();
        let queue: QueueDocument = read(&folder.join(QUEUE_FILE), &mut notes);
        let place: Place = read(&folder.join(PLACE_FILE), &mut notes);
        let queue: Vec<TrackLocation> = queue.queue.iter().map(ListEntry::location).collect();
        Self {
            queue,
            place,
            notes,
        }
    }

    /// The current entry of the queue, if it is the one that was.
    pub(in crate::app) fn current(&self) -> Option<usize> {
        let wanted = self.place.entry.as_ref()?;
        let is_it = |at: &usize| {
            self.queue
                .get(*at)
                .is_some_and(|track| is_same(track, wanted))
        };
        let by_place = self.place.index.filter(is_it);
        by_place.or_else(|| (0..self.queue.len()).find(is_it))
    }

    /// Where in the current track.
    pub(in crate::app) fn position(&self) -> Duration {
        Duration::try_from_secs_f64(self.place.position_seconds).unwrap_or_default()
    }
}

fn is_same(track: &TrackLocation, entry: &ListEntry) -> bool {
    let span = track.part.as_ref().map(|part| (part.start, part.end));
    track.path() == entry.path && span == entry.span
}

/// Writes the queue. Blocks until the disk has it.
///
/// # Errors
/// When the folder cannot be written to.
pub(super) fn write_queue(folder: &Path, queue: &[TrackLocation]) -> io::Result<()> {
    let queue = queue.iter().map(ListEntry::from).collect();
    let text = serde_json::to_vec(&QueueDocument { queue })?;
    replace_file(&folder.join(QUEUE_FILE), &text)
}

/// Writes the place. Blocks until the disk has it.
///
/// # Errors
/// When the folder cannot be written to.
pub(super) fn write_place(folder: &Path, place: &Place) -> io::Result<()> {
    replace_file(&folder.join(PLACE_FILE), &serde_json::to_vec(place)?)
}

fn read<T: DeserializeOwned + Default>(path: &Path, notes: &mut Vec<String>) -> T {
    let reason = match std::fs::read(path) {
        Ok(bytes) => match serde_json::from_slice(&bytes) {
            Ok(document) => return document,
            Err(error) => error.to_string(),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => return T::default(),
        Err(error) => {
            notes.push(format!("The last session could not be read: {error}"));
            return T::default();
        }
    };
    let aside: PathBuf = path.with_extension("json.broken");
    let kept = match std::fs::rename(path, &aside) {
        Ok(()) => format!("kept as {}", aside.display()),
        Err(error) => format!("could not be kept: {error}"),
    };
    notes.push(format!(
        "The last session could not be understood ({reason}); the file is {kept}"
    ));
    T::default()
}
