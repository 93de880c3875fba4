//! Connections and how they are set up.

use super::DatabaseError;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// How long a connection waits for another program that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Pages a reader keeps in memory, in KiB.
const READ_CACHE_KIB: i32 = 4_096;
/// Pages the writer keeps in memory, in KiB: a batch touches more of the index than a search.
const WRITE_CACHE_KIB: i32 = 8_192;
/// Statements kept prepared.
const MAX_STATEMENTS: usize = 64;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Reading only.
    Read,
    /// The writer's.
    Write,
}

/// Opens the file at `path`. Does I/O.
///
/// # Errors
/// When it cannot be opened, or is no database.
pub(super) fn open_connection(path: &Path, mode: Mode) -> Result<Connection, DatabaseError> {
    let flags = match mode {
        Mode::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Mode::Write => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
    };
    let open = || -> rusqlite::Result<Connection> {
        let connection =
            Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(MAX_STATEMENTS);
        let cache_kib = match mode {
            Mode::Read => READ_CACHE_KIB,
            Mode::Write => WRITE_CACHE_KIB,
        };
        // Negative: in KiB.
        connection.pragma_update(None, "cache_size", -cache_kib)?;
        connection.pragma_update(None, "temp_store", "memory")?;
        if mode == Mode::Write {
            connection.pragma_update(None, "journal_mode", "wal")?;
            // With a write-ahead log nothing is damaged by a power cut, and the disk is waited for less.
            connection.pragma_update(None, "synchronous", "normal")?;
            connection.pragma_update(None, "foreign_keys", true)?;
        }
        Ok(connection)
    };
    open().map_err(|error| fault(path, &error))
}

/// `error` as a fault of the file at `path`.
pub(super) fn fault(path: &Path, error: &rusqlite::Error) -> DatabaseError {
    let (path, reason) = (path.to_owned(), error.to_string());
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            DatabaseError::Damaged { path, reason }
        }
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            DatabaseError::Open { path, reason }
        }
        _ => DatabaseError::Failed(reason),
    }
}
