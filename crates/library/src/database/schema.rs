//! The tables, brought up to date step by step: the file's `user_version` says how many steps it has.

use super::DatabaseError;
use super::connection::fault;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// Each step once, in order; a step that has been released is never changed.
const MIGRATIONS: [&str; 2] = [
    include_str!("migrations/0001_collection.sql"),
    include_str!("migrations/0002_playlists.sql"),
];

/// Carries out the steps that the database at `path` has not had. Each is whole or not at all.
///
/// # Errors
/// When a newer program has written it, or it cannot be written.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), DatabaseError> {
    loop {
        // Looked at within the transaction: another program may be about the same.
        let step = (|| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let version: i64 =
                transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
            let next = usize::try_from(version).ok();
            let migration = next.and_then(|next| MIGRATIONS.get(next));
            if let Some(migration) = migration {
                transaction.execute_batch(migration)?;
                transaction.pragma_update(None, "user_version", version + 1)?;
                transaction.commit()?;
            }
            Ok((version, migration.is_some()))
        })();
        match step {
            Ok((_, true)) => {}
            Ok((version, false)) if version == MIGRATIONS.len() as i64 => return Ok(()),
            Ok((version, false)) => {
                return Err(DatabaseError::Newer {
                    path: path.to_owned(),
                    version,
                });
            }
            Err(error) => return Err(fault(path, &error)),
        }
    }
}
