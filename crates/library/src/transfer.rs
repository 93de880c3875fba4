//! The whole collection as text: JSON Lines, one thing a line, to be taken over by this program or read by
//! others.

mod line;

use crate::database::{Database, DatabaseError, ImportedTrack, ListKind};
use crate::model::ListId;
use crate::playlists::ListEntry;
use line::{Line, ListLine, TrackLine};
use std::collections::HashMap;
use std::io::{self, BufRead, Write};
use std::ops::ControlFlow;

/// Tracks taken over in one transaction.
const BATCH: usize = 500;
/// No line is longer: bytes. A list of a million files is shorter.
const MAX_LINE_BYTES: u64 = 256 << 20;

/// What was written or taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Transferred {
    /// Folders of the collection.
    pub folders: u64,
    /// Tracks.
    pub tracks: u64,
    /// Lists.
    pub lists: u64,
}

/// Why an export or import did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The collection.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The file.
    #[error("{}", disk::reason::io_reason(.0))]
    File(#[from] io::Error),
    /// A line that is none of an export. What stood before it has been taken over.
    #[error("line {number} is no line of an export: {reason}")]
    Line {
        /// Counted from one.
        number: u64,
        /// Why not.
        reason: String,
    },
}

/// Writes everything that is known, to be read by [`import`].
///
/// # Errors
/// When the database cannot be read, or `out` takes no more.
pub fn export(database: &Database, out: &mut dyn Write) -> Result<Transferred, TransferError> {
    let reader = database.reader()?;
    let mut done = Transferred::default();
    let mut write = |line: &Line| -> io::Result<()> {
        serde_json::to_writer(&mut *out, line)?;
        out.write_all(b"\n")
    };
    for folder in reader.folders()? {
        write(&Line::Folder { path: folder.path })?;
        done.folders += 1;
    }
    let mut fault = None;
    reader.each_row(
        &mut |row| match write(&Line::Track(Box::new(TrackLine::of(&row)))) {
            Ok(()) => {
                done.tracks += 1;
                ControlFlow::Continue(())
            }
            Err(error) => {
                fault = Some(error);
                ControlFlow::Break(())
            }
        },
    )?;
    if let Some(error) = fault {
        return Err(error.into());
    }
    let lists = reader.lists()?;
    // Numbers of their own: those of the database are other ones wherever they are taken over.
    let numbers: HashMap<ListId, i64> = lists.iter().map(|list| list.id).zip(1..).collect();
    for list in lists {
        let entries = match list.kind {
            ListKind::Tracks => reader.list_entries(list.id)?,
            ListKind::Folder | ListKind::Smart { .. } => Vec::new(),
        };
        write(&Line::List(ListLine::of(&list, &numbers, entries)))?;
        done.lists += 1;
    }
    Ok(done)
}

/// Takes over what [`export`] wrote. Lists come beside those that are there, but for those that are there
/// already with the same entries.
///
/// # Errors
/// When a line is none of an export, or the database cannot be written.
pub fn import(database: &Database, input: &mut dyn BufRead) -> Result<Transferred, TransferError> {
    let mut done = Transferred::default();
    let mut batch = Vec::with_capacity(BATCH);
    let mut lists: HashMap<i64, ListId> = HashMap::new();
    let mut text = Vec::new();
    for number in 1.. {
        text.clear();
        // Reading within a bound: a file without line ends is not one line.
        let read = io::Read::take(&mut *input, MAX_LINE_BYTES).read_until(b'\n', &mut text)?;
        if read == 0 {
            break;
        }
        if text.trim_ascii().is_empty() {
            continue;
        }
        let line = serde_json::from_slice(&text).map_err(|error| TransferError::Line {
            number,
            reason: error.to_string(),
        });
        match line {
            Ok(Line::Folder { path }) => {
                database.add_folder(&path)?;
                done.folders += 1;
            }
            Ok(Line::Track(track)) => {
                batch.push(ImportedTrack::from(*track));
                done.tracks += 1;
                if batch.len() >= BATCH {
                    database.import_tracks(std::mem::take(&mut batch))?;
                }
            }
            Ok(Line::List(list)) => {
                let id = list.id;
                lists.insert(id, import_list(database, &list, &lists)?);
                done.lists += 1;
            }
            Err(error) => {
                database.import_tracks(batch)?;
                return Err(error);
            }
        }
    }
    database.import_tracks(batch)?;
    Ok(done)
}

fn import_list(
    database: &Database,
    line: &ListLine,
    lists: &HashMap<i64, ListId>,
) -> Result<ListId, DatabaseError> {
    let parent = line.parent.and_then(|parent| lists.get(&parent).copied());
    let (name, entries) = (line.name.clone(), line.entries.clone());
    let kind = line.kind();
    let reader = database.reader()?;
    for known in reader.lists()? {
        let is_same = known.name == name && known.parent == parent && known.kind == kind;
        let has_same = || -> Result<bool, DatabaseError> {
            Ok(kind != ListKind::Tracks || reader.list_entries(known.id)? == entries)
        };
        if is_same && has_same()? {
            return Ok(known.id);
        }
    }
    let is_tracks = kind == ListKind::Tracks;
    let id = database.create_list(parent, &name, kind)?;
    if is_tracks && !entries.is_empty() {
        database.edit_list(id, move |_: &[ListEntry]| entries)?;
    }
    Ok(id)
}
