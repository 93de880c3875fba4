//! `library export` and `library import`.

use super::super::{Failure, about, json};
use disk::reason::io_reason;
use disk::replace::replace_file;
use library::database::Database;
use library::transfer::{TransferError, Transferred, export as export_to, import as import_from};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

/// What stands for standard output, and input.
const STANDARD: &str = "-";

pub(super) fn export(database: &Database, file: &Path, is_json: bool) -> Result<ExitCode, Failure> {
    if file.as_os_str() == STANDARD {
        let mut out = BufWriter::new(std::io::stdout().lock());
        return match export_to(database, &mut out) {
            Ok(_) => {
                out.flush()?;
                Ok(ExitCode::SUCCESS)
            }
            Err(TransferError::File(error)) => Err(error.into()),
            Err(error) => Err(error.to_string().into()),
        };
    }
    let mut content = Vec::new();
    let done = export_to(database, &mut content).map_err(|error| about(file, error))?;
    replace_file(file, &content).map_err(|error| about(file, io_reason(&error)))?;
    say(done, "exported", is_json)
}

pub(super) fn import(database: &Database, file: &Path, is_json: bool) -> Result<ExitCode, Failure> {
    let done = if file.as_os_str() == STANDARD {
        import_from(database, &mut std::io::stdin().lock())
    } else {
        let input = File::open(file).map_err(|error| about(file, io_reason(&error)))?;
        import_from(database, &mut BufReader::new(input))
    };
    say(
        done.map_err(|error| about(file, error))?,
        "imported",
        is_json,
    )
}

fn say(done: Transferred, what: &str, is_json: bool) -> Result<ExitCode, Failure> {
    let mut out = std::io::stdout().lock();
    if is_json {
        json::write_line(&mut out, &done)?;
    } else {
        let Transferred {
            folders,
            tracks,
            lists,
        } = done;
        writeln!(
            out,
            "{what} {tracks} tracks, {lists} lists, {folders} folders"
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
