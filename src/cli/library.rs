//! `rusty-audio library`: the collection without a window.

mod listing;
mod lists;
mod transfer;

use super::{Failure, about, json, report};
use clap::Subcommand;
use disk::reason::io_reason;
use indicatif::{ProgressBar, ProgressStyle};
use library::database::{Database, DatabaseError, SortOrder};
use library::query::Query;
use library::scan::{ScanControl, ScanReport, scan};
use listing::FoundTrack;
use serde::Serialize;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How often the progress bar moves.
const PROGRESS_STEP: Duration = Duration::from_millis(100);
/// Faults that are said one by one.
const REPORTED_FAULTS: usize = 20;

/// Arguments of `library`.
#[derive(Debug, clap::Args)]
pub(super) struct LibraryArguments {
    #[command(subcommand)]
    command: LibraryCommand,
}

#[derive(Debug, Subcommand)]
enum LibraryCommand {
    /// Add folders; `scan` then looks what is in them
    Add {
        /// Folders with music
        #[arg(value_name = "DIR", required = true)]
        folders: Vec<PathBuf>,
        /// One JSON object a line and folder
        #[arg(long)]
        json: bool,
    },
    /// Take folders out, and what is known of the files in them; the files stay
    Remove {
        /// Folders that were added
        #[arg(value_name = "DIR", required = true)]
        folders: Vec<PathBuf>,
        /// One JSON object a line and folder
        #[arg(long)]
        json: bool,
    },
    /// Look for what has changed in the folders, and read it
    Scan {
        /// Only these folders
        #[arg(value_name = "DIR")]
        folders: Vec<PathBuf>,
        /// One JSON object at the end
        #[arg(long)]
        json: bool,
    },
    /// Find tracks: words, and fields such as "artist:bjork year:>1990 -remix", in quotes
    Search {
        /// What to look for; nothing finds everything
        #[arg(value_name = "QUERY", required = true)]
        query: Vec<String>,
        /// No more than this many
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
        /// One JSON object a line and track
        #[arg(long)]
        json: bool,
    },
    /// Show the lists, or do something with one
    Lists {
        #[command(subcommand)]
        command: Option<lists::ListsCommand>,
        /// JSON: an object a line
        #[arg(long, global = true)]
        json: bool,
    },
    /// Count what is there
    Stats {
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Write everything that is known, tags, counts, ratings and lists, as JSON Lines
    Export {
        /// The file to write, or `-`
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// One JSON object at the end
        #[arg(long)]
        json: bool,
    },
    /// Take over counts, ratings and lists that were exported
    Import {
        /// The file to read
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// One JSON object at the end
        #[arg(long)]
        json: bool,
    },
}

#[derive(Serialize)]
struct FolderDone {
    path: String,
    ok: bool,
    error: Option<String>,
}

#[derive(Serialize)]
struct Scanned {
    found: u64,
    read: u64,
    unchanged: u64,
    missing: u64,
    failed: u64,
    seconds: f64,
}

#[derive(Serialize)]
struct Stats {
    tracks: u64,
    albums: u64,
    artists: u64,
    missing: u64,
    bytes: u64,
    duration_seconds: f64,
}

impl From<DatabaseError> for Failure {
    fn from(error: DatabaseError) -> Self {
        error.to_string().into()
    }
}

/// Seconds since 1970.
fn now() -> i64 {
    let passed = SystemTime::now().duration_since(UNIX_EPOCH);
    passed.map_or(0, |passed| i64::try_from(passed.as_secs()).unwrap_or(0))
}

pub(super) fn run(arguments: LibraryArguments, data_dir: &Path) -> Result<ExitCode, Failure> {
    let database = Arc::new(Database::open(data_dir)?);
    match arguments.command {
        LibraryCommand::Add { folders, json } => {
            each_folder(&folders, json, "added", |folder| add(&database, folder))
        }
        LibraryCommand::Remove { folders, json } => {
            each_folder(&folders, json, "removed", |folder| {
                remove(&database, folder)
            })
        }
        LibraryCommand::Scan { folders, json } => run_scan(&database, &folders, json),
        LibraryCommand::Search { query, limit, json } => {
            search(&database, &query.join(" "), limit, json)
        }
        LibraryCommand::Lists { command, json } => lists::run(&database, command, json),
        LibraryCommand::Stats { json } => stats(&database, json),
        LibraryCommand::Export { file, json } => transfer::export(&database, &file, json),
        LibraryCommand::Import { file, json } => transfer::import(&database, &file, json),
    }
}

fn each_folder(
    folders: &[PathBuf],
    is_json: bool,
    done: &str,
    each: impl Fn(&Path) -> Result<(), String>,
) -> Result<ExitCode, Failure> {
    let mut out = std::io::stdout().lock();
    let mut failed = 0;
    for folder in folders {
        let error = each(folder).err();
        if let Some(reason) = &error {
            report(about(folder, reason));
            failed += 1;
        }
        if is_json {
            let line = FolderDone {
                path: folder.display().to_string(),
                ok: error.is_none(),
                error,
            };
            json::write_line(&mut out, &line)?;
        } else if error.is_none() {
            writeln!(out, "{done} {}", disk::shown::shown(folder))?;
        }
    }
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// A folder by the one name it always has.
fn named(folder: &Path) -> Result<PathBuf, String> {
    folder.canonicalize().map_err(|error| io_reason(&error))
}

fn add(database: &Database, folder: &Path) -> Result<(), String> {
    let path = named(folder)?;
    if !path.is_dir() {
        return Err("not a folder".into());
    }
    database
        .add_folder(&path)
        .map(drop)
        .map_err(|error| error.to_string())
}

fn remove(database: &Database, folder: &Path) -> Result<(), String> {
    // It may be gone; then it is known by the name it was given.
    let path = named(folder)
        .or_else(|_| std::path::absolute(folder).map_err(|error| io_reason(&error)))?;
    match database
        .remove_folder(&path)
        .map_err(|error| error.to_string())?
    {
        Some(_) => Ok(()),
        None => Err("not a folder of the library".into()),
    }
}

fn run_scan(
    database: &Arc<Database>,
    folders: &[PathBuf],
    is_json: bool,
) -> Result<ExitCode, Failure> {
    let begun = Instant::now();
    let mut wanted = Vec::with_capacity(folders.len());
    for folder in folders {
        wanted.push(named(folder).map_err(|reason| about(folder, reason))?);
    }
    if wanted.is_empty() && database.reader()?.folders()?.is_empty() {
        return Err(
            "the library has no folders; `rusty-audio library add DIR` adds one"
                .to_owned()
                .into(),
        );
    }
    let control = Arc::new(ScanControl::default());
    let stop = Arc::clone(&control);
    // Without a handler the scan ends at once, and what has been stored is stored.
    let _ = ctrlc::set_handler(move || stop.stop());
    let done = {
        let (progress, watched) = (progress_bar(is_json), Arc::clone(&control));
        let (ended, is_ended) = crossbeam::channel::bounded::<()>(0);
        std::thread::scope(|scope| {
            let watch = std::thread::Builder::new().name("progress".into());
            let watching = watch.spawn_scoped(scope, move || {
                use crossbeam::channel::RecvTimeoutError::Timeout;
                while is_ended.recv_timeout(PROGRESS_STEP) == Err(Timeout) {
                    let (read, all) = watched.read();
                    progress.set_length(all);
                    progress.set_position(read);
                    progress.set_message(format!("{} found", watched.found()));
                }
                progress.finish_and_clear();
            });
            let done = scan(database, &wanted, &control, now());
            drop(ended);
            drop(watching);
            done
        })?
    };
    say_faults(&done);
    let seconds = begun.elapsed().as_secs_f64();
    let mut out = std::io::stdout().lock();
    if is_json {
        json::write_line(
            &mut out,
            &Scanned {
                found: done.found,
                read: done.read,
                unchanged: done.unchanged,
                missing: done.missing,
                failed: done.failed,
                seconds,
            },
        )?;
    } else {
        writeln!(
            out,
            "{} files: {} read, {} unchanged, {} missing, {} could not be read; {seconds:.2} s",
            done.found, done.read, done.unchanged, done.missing, done.failed
        )?;
    }
    let is_nothing = done.found == 0 && !done.not_mounted.is_empty();
    Ok(if is_nothing || done.was_stopped {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn progress_bar(is_json: bool) -> ProgressBar {
    if is_json || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    // A constant template: it is valid.
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} read, {msg}") {
        bar.set_style(style);
    }
    bar
}

fn say_faults(done: &ScanReport) {
    for folder in &done.not_mounted {
        report(about(
            folder,
            "not there or not mounted; nothing below it was changed",
        ));
    }
    for fault in done.faults.iter().take(REPORTED_FAULTS) {
        report(about(&fault.path, &fault.reason));
    }
    if let Some(more @ 1..) = done.failed.checked_sub(REPORTED_FAULTS as u64) {
        report(format!("{more} more files could not be read"));
    }
}

fn search(
    database: &Database,
    text: &str,
    limit: Option<usize>,
    is_json: bool,
) -> Result<ExitCode, Failure> {
    let query = Query::parse(text).map_err(|error| error.to_string())?;
    let reader = database.reader()?;
    let most = limit.unwrap_or(usize::MAX);
    let found = reader.search(&query, SortOrder::Relevance, most, now())?;
    if let Some(instead) = &found.instead {
        report(format!("nothing found; this is what matches \"{instead}\""));
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for ids in found.tracks.chunks(256) {
        for row in reader.rows(ids)? {
            let track = FoundTrack::of(&row);
            if is_json {
                json::write_line(&mut out, &track)?;
            } else {
                writeln!(out, "{}", track.line())?;
            }
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn stats(database: &Database, is_json: bool) -> Result<ExitCode, Failure> {
    let totals = database.reader()?.totals()?;
    let mut out = std::io::stdout().lock();
    if is_json {
        json::write_line(
            &mut out,
            &Stats {
                tracks: totals.tracks,
                albums: totals.albums,
                artists: totals.artists,
                missing: totals.missing,
                bytes: totals.bytes,
                duration_seconds: totals.duration.as_secs_f64(),
            },
        )?;
    } else {
        writeln!(
            out,
            "{} tracks, {} albums, {} artists, {} missing; {:.1} GiB, {:.1} hours",
            totals.tracks,
            totals.albums,
            totals.artists,
            totals.missing,
            totals.bytes as f64 / f64::from(1 << 30),
            totals.duration.as_secs_f64() / 3_600.0
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
