//! The collection's database, opened once for all threads that write to it.

use library::database::{Database, DatabaseError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Opens the database when it is first needed. Any thread may ask.
pub(super) struct SharedDatabase {
    folder: PathBuf,
    opened: Mutex<Option<Arc<Database>>>,
}

impl SharedDatabase {
    /// The database in `folder`; nothing is opened yet.
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            opened: Mutex::new(None),
        }
    }

    /// Where it is.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether there is a database to be opened. Asks the disk.
    pub(super) fn is_there(&self) -> bool {
        self.folder.join(library::database::FILE_NAME).exists()
    }

    /// The database, made if it is not there. Does I/O the first time.
    ///
    /// # Errors
    /// When it cannot be opened; the next call tries again.
    pub(super) fn open(&self) -> Result<Arc<Database>, DatabaseError> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(database) = opened.as_ref() {
            return Ok(Arc::clone(database));
        }
        let database = Arc::new(Database::open(&self.folder)?);
        *opened = Some(Arc::clone(&database));
        Ok(database)
    }
}
