//! `rusty-audio library lists`: the listener's lists without a window.

use super::super::{Failure, about, json, report};
use super::now;
use clap::{Subcommand, ValueEnum};
use disk::reason::io_reason;
use disk::replace::replace_file;
use library::database::{Database, ListKind, ListRecord, Reader, SortOrder};
use library::inputs::expand_input;
use library::model::ListId;
use library::playlist::read_playlist;
use library::playlists::{ListChange, ListEntry, ListFormat, ListSort, write_list};
use library::query::Query;
use media::location::TrackLocation;
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What can be done with lists. A list is named by its name, or with the folders it is in as `Folder/Name`;
/// places in it count from 1.
#[derive(Debug, Subcommand)]
pub(super) enum ListsCommand {
    /// Show the entries of a list
    Show { list: String },
    /// Make a list of tracks, a folder of lists, or a smart list
    Create {
        name: String,
        /// A folder of lists
        #[arg(long, conflicts_with = "smart")]
        folder: bool,
        /// What a query finds, such as "genre:jazz year:<1970"
        #[arg(long, value_name = "QUERY")]
        smart: Option<String>,
        /// The order of a smart list
        #[arg(long, value_enum, default_value_t = Order::Collection, requires = "smart")]
        order: Order,
        /// No more tracks than this in a smart list
        #[arg(long, value_name = "N", requires = "smart")]
        limit: Option<u32>,
        /// The folder of lists to make it in
        #[arg(long, value_name = "FOLDER")]
        within: Option<String>,
    },
    /// Give a list another name
    Rename { list: String, name: String },
    /// Put a list into a folder of lists; without one, to the top
    File {
        list: String,
        folder: Option<String>,
    },
    /// Delete a list, or a folder with the lists in it; music files stay
    Delete { list: String },
    /// Put files, folders and playlists at the end of a list
    Add {
        list: String,
        #[arg(value_name = "INPUT", required = true)]
        inputs: Vec<PathBuf>,
    },
    /// Take entries out
    Remove {
        list: String,
        #[arg(value_name = "PLACE", required = true, value_parser = clap::value_parser!(u32).range(1..))]
        places: Vec<u32>,
    },
    /// Take all other entries out
    Crop {
        list: String,
        #[arg(value_name = "PLACE", required = true, value_parser = clap::value_parser!(u32).range(1..))]
        places: Vec<u32>,
    },
    /// Move entries in front of another one
    Move {
        list: String,
        #[arg(value_name = "PLACE", required = true, value_parser = clap::value_parser!(u32).range(1..))]
        places: Vec<u32>,
        /// In front of this place; at the end without it
        #[arg(long, value_name = "PLACE", value_parser = clap::value_parser!(u32).range(1..))]
        before: Option<u32>,
    },
    /// Sort a list
    Sort {
        list: String,
        #[arg(value_enum)]
        by: Key,
    },
    /// Turn the order of a list round
    Reverse { list: String },
    /// Leave the first of entries that are the same
    Dedup { list: String },
    /// Take out files that are not there any more
    Prune { list: String },
    /// For files that are not there, take those of the same name in the library
    Relink { list: String },
    /// Take the last change of a list back
    Undo { list: String },
    /// Make the change again that was taken back last
    Redo { list: String },
    /// Make a list of each playlist file (m3u, m3u8, pls, xspf)
    Import {
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
    /// Write a list to a file: m3u8, pls or xspf, by its extension
    Export { list: String, file: PathBuf },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Key {
    Title,
    Album,
    Length,
    Path,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Order {
    Relevance,
    Collection,
    Title,
    Added,
    LastPlayed,
    MostPlayed,
    Rating,
    Random,
}

impl From<Order> for SortOrder {
    fn from(order: Order) -> Self {
        match order {
            Order::Relevance => Self::Relevance,
            Order::Collection => Self::Collection,
            Order::Title => Self::Title,
            Order::Added => Self::Added,
            Order::LastPlayed => Self::LastPlayed,
            Order::MostPlayed => Self::MostPlayed,
            Order::Rating => Self::Rating,
            Order::Random => Self::Random,
        }
    }
}

/// A list, as a line of `--json` has it; scripts rely on the names.
#[derive(Serialize)]
struct ListLine<'a> {
    id: ListId,
    name: &'a str,
    /// The folder it is in.
    parent: Option<ListId>,
    kind: &'static str,
    entries: Option<usize>,
    query: Option<&'a str>,
}

/// An entry, as a line of `--json` has it.
#[derive(Serialize)]
struct EntryLine {
    place: usize,
    path: String,
    title: String,
    missing: bool,
}

/// What has been done to a list, as `--json` has it.
#[derive(Serialize)]
struct DoneLine<'a> {
    list: &'a str,
    entries: usize,
    removed: usize,
    found: usize,
    missing: usize,
}

/// Carries out `command`, or shows all lists.
pub(super) fn run(
    database: &Database,
    command: Option<ListsCommand>,
    is_json: bool,
) -> Result<ExitCode, Failure> {
    let reader = database.reader()?;
    let of_tracks = |list: &str| reader.list_named(list).map(|list| list.id);
    let places = |places: Vec<u32>| places.into_iter().map(|place| place as usize - 1).collect();
    let (list, change) = match command {
        None => return show_lists(&reader, is_json),
        Some(ListsCommand::Show { list }) => return show_entries(&reader, &list, is_json),
        Some(ListsCommand::Create {
            name,
            folder,
            smart,
            order,
            limit,
            within,
        }) => {
            let kind = match smart {
                Some(query) => {
                    Query::parse(&query).map_err(|error| error.to_string())?;
                    let order = order.into();
                    ListKind::Smart {
                        query,
                        order,
                        most: limit,
                    }
                }
                None if folder => ListKind::Folder,
                None => ListKind::Tracks,
            };
            let parent = within
                .map(|folder| reader.list_named(&folder))
                .transpose()?;
            if let Some(parent) = parent
                .as_ref()
                .filter(|parent| parent.kind != ListKind::Folder)
            {
                return Err(format!("\"{}\" is not a folder of lists", parent.name).into());
            }
            database.create_list(parent.map(|parent| parent.id), &name, kind)?;
            return said(&format!("made {name}"), is_json);
        }
        Some(ListsCommand::Rename { list, name }) => {
            database.rename_list(reader.list_named(&list)?.id, &name)?;
            return said(&format!("{list} is {name} now"), is_json);
        }
        Some(ListsCommand::File { list, folder }) => {
            let folder = folder
                .map(|folder| reader.list_named(&folder))
                .transpose()?;
            database.move_list(reader.list_named(&list)?.id, folder.map(|folder| folder.id))?;
            return said(&format!("moved {list}"), is_json);
        }
        Some(ListsCommand::Delete { list }) => {
            database.delete_list(reader.list_named(&list)?.id)?;
            return said(&format!("deleted {list}"), is_json);
        }
        Some(ListsCommand::Import { files }) => return import(database, &reader, &files, is_json),
        Some(ListsCommand::Export { list, file }) => {
            return export(&reader, &list, &file, is_json);
        }
        Some(ListsCommand::Undo { list }) => {
            return stepped(&list, database.undo_list(of_tracks(&list)?)?, is_json);
        }
        Some(ListsCommand::Redo { list }) => {
            return stepped(&list, database.redo_list(of_tracks(&list)?)?, is_json);
        }
        Some(ListsCommand::Add { list, inputs }) => {
            // A list that is not there is said before folders are read.
            of_tracks(&list)?;
            let entries = found_in(&inputs);
            if entries.is_empty() {
                return Ok(ExitCode::FAILURE);
            }
            let before = None;
            (list, ListChange::Insert { before, entries })
        }
        Some(ListsCommand::Remove { list, places: at }) => (list, ListChange::Remove(places(at))),
        Some(ListsCommand::Crop { list, places: at }) => (list, ListChange::Crop(places(at))),
        Some(ListsCommand::Move {
            list,
            places: at,
            before,
        }) => {
            let before = before.map_or(usize::MAX, |place| place as usize - 1);
            let places = places(at);
            (list, ListChange::Move { places, before })
        }
        Some(ListsCommand::Sort { list, by }) => {
            let by = match by {
                Key::Title => ListSort::Title,
                Key::Album => ListSort::Album,
                Key::Length => ListSort::Length,
                Key::Path => ListSort::Path,
            };
            (list, ListChange::Sort(by))
        }
        Some(ListsCommand::Reverse { list }) => (list, ListChange::Reverse),
        Some(ListsCommand::Dedup { list }) => (list, ListChange::RemoveDuplicates),
        Some(ListsCommand::Prune { list }) => (list, ListChange::RemoveMissing),
        Some(ListsCommand::Relink { list }) => (list, ListChange::FindMissing),
    };
    let done = database.change_list(&reader, of_tracks(&list)?, change, None)?;
    let line = DoneLine {
        list: &list,
        entries: done.entries.len(),
        removed: done.removed,
        found: done.found,
        missing: done.still_missing,
    };
    let mut out = std::io::stdout().lock();
    if is_json {
        json::write_line(&mut out, &line)?;
    } else {
        write!(out, "{list}: {} entries", line.entries)?;
        for (count, words) in [
            (line.removed, "taken out"),
            (line.found, "found again"),
            (line.missing, "still missing"),
        ] {
            if count > 0 {
                write!(out, ", {count} {words}")?;
            }
        }
        writeln!(out)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn said(line: &str, is_json: bool) -> Result<ExitCode, Failure> {
    let mut out = std::io::stdout().lock();
    match is_json {
        true => json::write_line(&mut out, &serde_json::json!({ "done": line }))?,
        false => writeln!(out, "{line}")?,
    }
    Ok(ExitCode::SUCCESS)
}

fn stepped(
    list: &str,
    entries: Option<Vec<ListEntry>>,
    is_json: bool,
) -> Result<ExitCode, Failure> {
    match entries {
        Some(entries) => said(&format!("{list}: {} entries", entries.len()), is_json),
        None => Err(format!("{list}: there is no such change").into()),
    }
}

fn show_lists(reader: &Reader, is_json: bool) -> Result<ExitCode, Failure> {
    let (lists, sizes) = (reader.lists()?, reader.list_sizes()?);
    let mut out = std::io::stdout().lock();
    // Folders in front of what is in them.
    let mut waiting: Vec<(&ListRecord, usize)> = Vec::new();
    let within =
        |parent: Option<ListId>| lists.iter().rev().filter(move |list| list.parent == parent);
    waiting.extend(within(None).map(|list| (list, 0)));
    while let Some((list, depth)) = waiting.pop() {
        waiting.extend(within(Some(list.id)).map(|inner| (inner, depth + 1)));
        let entries =
            (list.kind == ListKind::Tracks).then(|| sizes.get(&list.id).copied().unwrap_or(0));
        let query = match &list.kind {
            ListKind::Smart { query, .. } => Some(query.as_str()),
            ListKind::Tracks | ListKind::Folder => None,
        };
        if is_json {
            let line = ListLine {
                id: list.id,
                name: &list.name,
                parent: list.parent,
                kind: list.kind.name(),
                entries,
                query,
            };
            json::write_line(&mut out, &line)?;
            continue;
        }
        let name = disk::shown::shown_text(&list.name);
        let indent = "  ".repeat(depth);
        match (entries, query) {
            (Some(count), _) => writeln!(out, "{indent}{name}  ({count})")?,
            (None, Some(query)) => writeln!(out, "{indent}{name}  [{query}]")?,
            (None, None) => writeln!(out, "{indent}{name}/")?,
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show_entries(reader: &Reader, list: &str, is_json: bool) -> Result<ExitCode, Failure> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for (place, entry) in (1..).zip(entries_of(reader, list)?) {
        let row = reader.row_of(&entry)?;
        let stem = entry.path.file_stem().unwrap_or(entry.path.as_os_str());
        let title = row
            .map(|row| row.display_title())
            .or_else(|| entry.title.clone());
        let line = EntryLine {
            place,
            path: entry.path.display().to_string(),
            title: title.unwrap_or_else(|| stem.to_string_lossy().into_owned()),
            missing: entry.is_missing(),
        };
        if is_json {
            json::write_line(&mut out, &line)?;
        } else {
            let mark = if line.missing { "missing  " } else { "" };
            let text = format!("{place}  {mark}{}  {}", line.title, line.path);
            writeln!(out, "{}", disk::shown::shown_text(&text))?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The entries of a list, or what a smart list finds.
fn entries_of(reader: &Reader, list: &str) -> Result<Vec<ListEntry>, Failure> {
    let record = reader.list_named(list)?;
    match record.kind {
        ListKind::Tracks => Ok(reader.list_entries(record.id)?),
        ListKind::Folder => Err(format!("{list}: a folder of lists has no entries").into()),
        ListKind::Smart { query, order, most } => {
            let query = Query::parse(&query).map_err(|error| error.to_string())?;
            let most = most.map_or(usize::MAX, |most| most as usize);
            let found = reader.search(&query, order, most, now())?;
            let rows = reader.rows(&found.tracks)?;
            Ok(rows
                .iter()
                .map(|row| ListEntry::from(&row.location()))
                .collect())
        }
    }
}

/// The tracks that inputs name, under names that hold wherever the program is started.
fn found_in(inputs: &[PathBuf]) -> Vec<ListEntry> {
    let mut entries = Vec::new();
    for input in inputs {
        // What cannot be made absolute is said by who looks for it.
        let input = std::path::absolute(input).unwrap_or_else(|_| input.clone());
        let mut take = |found: Vec<TrackLocation>| {
            entries.extend(found.iter().map(ListEntry::from));
        };
        if let Err(error) = expand_input(&input, &mut take) {
            report(error.to_string());
        }
    }
    entries
}

fn import(
    database: &Database,
    reader: &Reader,
    files: &[PathBuf],
    is_json: bool,
) -> Result<ExitCode, Failure> {
    let mut failed = 0;
    for file in files {
        let file = &std::path::absolute(file).unwrap_or_else(|_| file.clone());
        let paths = match read_playlist(file) {
            Ok(paths) => paths,
            Err(error) => {
                report(error.to_string());
                failed += 1;
                continue;
            }
        };
        let entries: Vec<ListEntry> = paths.into_iter().map(ListEntry::from).collect();
        let name = file
            .file_stem()
            .unwrap_or(file.as_os_str())
            .to_string_lossy();
        let count = entries.len();
        let list = database.create_list(None, &name, ListKind::Tracks)?;
        let before = None;
        database.change_list(reader, list, ListChange::Insert { before, entries }, None)?;
        said(&format!("{name}: {count} entries"), is_json)?;
    }
    Ok(match failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

fn export(reader: &Reader, list: &str, file: &Path, is_json: bool) -> Result<ExitCode, Failure> {
    let Some(format) = ListFormat::of(file) else {
        let reason = "a list is written as .m3u8, .pls or .xspf";
        return Err(about(file, reason).into());
    };
    let entries = entries_of(reader, list)?;
    let absolute = std::path::absolute(file).map_err(|error| about(file, io_reason(&error)))?;
    let folder = absolute.parent().unwrap_or(Path::new("/"));
    let content = write_list(&entries, folder, format);
    replace_file(file, &content).map_err(|error| about(file, io_reason(&error)))?;
    said(&format!("exported {} entries", entries.len()), is_json)
}
