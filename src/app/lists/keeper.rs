//! The `lists` thread: reads and writes the listener's lists.

use super::shown::{ListRow, ListsShown, MAX_PAGES, OpenList, PAGE_ROWS};
use super::{ListAddition, ListCommand};
use crate::app::shared_database::SharedDatabase;
use crossbeam::channel::Receiver;
use disk::replace::replace_file;
use engine::command::{Placement, PlayerCommand};
use engine::remote::PlayerRemote;
use library::database::{Database, DatabaseError, ListKind, Reader};
use library::inputs::expand_input;
use library::model::{ListId, TrackId, TrackRow};
use library::playlist::read_playlist;
use library::playlists::{ListChange, ListEntry, ListFormat, write_list};
use library::query::Query;
use media::location::TrackLocation;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Tracks put into the queue at a time.
const QUEUE_BATCH: usize = 500;

/// What the thread is asked for.
pub(super) enum Order {
    Command(ListCommand),
    Open(Option<ListId>),
    Page(usize),
    /// The collection has changed.
    Refresh,
    End,
}

/// The entries of the open list.
enum Content {
    Entries(Vec<ListEntry>),
    Found(Vec<TrackId>),
}

impl Content {
    fn len(&self) -> usize {
        match self {
            Self::Entries(entries) => entries.len(),
            Self::Found(tracks) => tracks.len(),
        }
    }
}

/// The thread's state.
pub(super) struct Keeper {
    database: Arc<SharedDatabase>,
    reader: Option<Reader>,
    player: PlayerRemote,
    content: Content,
    now: ListsShown,
    /// Counts contents.
    number: u64,
    shown: Arc<Mutex<Arc<ListsShown>>>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Keeper {
    pub(super) fn new(
        database: Arc<SharedDatabase>,
        player: PlayerRemote,
        shown: Arc<Mutex<Arc<ListsShown>>>,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Self {
        Self {
            database,
            reader: None,
            player,
            content: Content::Entries(Vec::new()),
            now: ListsShown::default(),
            number: 0,
            shown,
            wake,
        }
    }

    pub(super) fn run(mut self, orders: &Receiver<Order>) {
        while let Ok(first) = orders.recv() {
            let mut pages = BTreeSet::new();
            let mut is_ended = false;
            let mut done = Ok(());
            for order in std::iter::once(first).chain(orders.try_iter()) {
                let result = match order {
                    Order::Page(page) => {
                        pages.insert(page);
                        Ok(())
                    }
                    Order::Open(list) => self.open(list),
                    Order::Refresh => self.read_lists(),
                    Order::Command(command) => {
                        let result = self.carry_out(command);
                        if let Err(error) = &result {
                            self.say(error.to_string());
                        }
                        // What can be read is shown whatever became of the command.
                        self.read_lists()
                    }
                    Order::End => {
                        is_ended = true;
                        Ok(())
                    }
                };
                done = done.and(result);
            }
            if is_ended {
                return;
            }
            let done = done.and_then(|()| self.read_pages(pages));
            self.now.fault = done.err().map(|error| error.to_string());
            *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(self.now.clone());
            (self.wake)();
        }
    }

    fn say(&self, line: String) {
        self.player.send(PlayerCommand::Report(line));
    }

    /// None where there is no collection yet.
    fn reader(&mut self) -> Result<Option<&Reader>, DatabaseError> {
        if self.reader.is_none() {
            self.reader = Reader::open_in(self.database.folder())?;
        }
        Ok(self.reader.as_ref())
    }

    /// Opens both, making the collection if there is none.
    fn both(&mut self) -> Result<(Arc<Database>, &Reader), DatabaseError> {
        let database = self.database.open()?;
        if self.reader.is_none() {
            self.reader = Some(database.reader()?);
        }
        match &self.reader {
            Some(reader) => Ok((database, reader)),
            None => Err(DatabaseError::Failed("it cannot be read".into())),
        }
    }

    /// Reads all lists, and the open one again.
    fn read_lists(&mut self) -> Result<(), DatabaseError> {
        let Some(reader) = self.reader()? else {
            return Ok(());
        };
        let (lists, sizes) = (reader.lists()?, reader.list_sizes()?);
        self.now.lists = Arc::new(lists);
        self.now.sizes = Arc::new(sizes);
        let open = self.now.open.as_ref().and_then(|open| open.id);
        self.open(open)
    }

    fn open(&mut self, list: Option<ListId>) -> Result<(), DatabaseError> {
        let record = list.and_then(|list| self.now.list(list).cloned());
        let Some(record) = record.filter(|record| record.kind != ListKind::Folder) else {
            self.now.open = None;
            self.content = Content::Entries(Vec::new());
            return Ok(());
        };
        self.number += 1;
        let mut open = OpenList {
            id: Some(record.id),
            number: self.number,
            ..OpenList::default()
        };
        let Some(reader) = self.reader()? else {
            return Ok(());
        };
        let content = match &record.kind {
            ListKind::Tracks | ListKind::Folder => {
                open.steps = reader.list_steps(record.id)?;
                open.duration = reader.list_duration(record.id)?;
                Content::Entries(reader.list_entries(record.id)?)
            }
            ListKind::Smart { query, order, most } => match Query::parse(query) {
                Ok(query) => {
                    let most = most.map_or(usize::MAX, |most| most as usize);
                    Content::Found(reader.search(&query, *order, most, now())?.tracks)
                }
                Err(error) => {
                    open.fault = Some(error.to_string());
                    Content::Found(Vec::new())
                }
            },
        };
        open.count = content.len();
        self.content = content;
        self.now.open = Some(open);
        self.read_pages(BTreeSet::from([0]))
    }

    fn read_pages(&mut self, pages: BTreeSet<usize>) -> Result<(), DatabaseError> {
        let (Some(reader), Some(open)) = (&self.reader, &mut self.now.open) else {
            return Ok(());
        };
        for page in pages {
            let start = page * PAGE_ROWS;
            let end = (start + PAGE_ROWS).min(self.content.len());
            if start >= end {
                continue;
            }
            let rows = match &self.content {
                Content::Entries(entries) => {
                    let rows = entries[start..end].iter().map(|entry| {
                        Ok(ListRow {
                            track: reader.row_of(entry)?,
                            is_missing: entry.is_missing(),
                            entry: entry.clone(),
                        })
                    });
                    rows.collect::<Result<Vec<_>, DatabaseError>>()?
                }
                Content::Found(tracks) => {
                    let rows = reader.rows(&tracks[start..end])?.into_iter();
                    let row = |track: TrackRow| ListRow {
                        entry: ListEntry::from(&track.location()),
                        is_missing: track.is_missing,
                        track: Some(track),
                    };
                    rows.map(row).collect()
                }
            };
            open.pages.insert(page, Arc::new(rows));
            // Those farthest from where the listener looks go.
            while open.pages.len() > MAX_PAGES {
                let others = open.pages.keys().copied();
                let Some(farthest) = others.max_by_key(|other| other.abs_diff(page)) else {
                    break;
                };
                open.pages.remove(&farthest);
            }
        }
        Ok(())
    }

    fn carry_out(&mut self, command: ListCommand) -> Result<(), DatabaseError> {
        match command {
            ListCommand::Create {
                parent,
                name,
                kind,
                with,
            } => {
                let (database, _) = self.both()?;
                let list = database.create_list(parent, &name, kind)?;
                if let Some(with) = with {
                    self.add(list, with)?;
                }
                self.show_next(list);
            }
            ListCommand::Rename(list, name) => self.both()?.0.rename_list(list, &name)?,
            ListCommand::SetSmart {
                list,
                query,
                order,
                most,
            } => self.both()?.0.set_smart_list(list, &query, order, most)?,
            ListCommand::Delete(list) => self.both()?.0.delete_list(list)?,
            ListCommand::MoveInto(list, parent) => self.both()?.0.move_list(list, parent)?,
            ListCommand::Add(list, what) => {
                let count = self.add(list, what)?;
                let name = self.now.list(list).map(|list| list.name.clone());
                self.say(format!(
                    "Added {} to “{}”",
                    tracks(count),
                    name.unwrap_or_default()
                ));
            }
            ListCommand::Change(list, change) => self.change(list, change)?,
            ListCommand::Undo(list) => drop(self.both()?.0.undo_list(list)?),
            ListCommand::Redo(list) => drop(self.both()?.0.redo_list(list)?),
            ListCommand::Import(files) => {
                for file in files {
                    self.import(&file)?;
                }
            }
            ListCommand::Export(list, file) => self.export(list, &file)?,
            ListCommand::Queue {
                list,
                places,
                placement,
                play,
            } => self.queue(list, &places, placement, play)?,
        }
        Ok(())
    }

    /// Has a list opened when all lists are read again.
    fn show_next(&mut self, list: ListId) {
        self.now.open = Some(OpenList {
            id: Some(list),
            ..OpenList::default()
        });
    }

    fn change(&mut self, list: ListId, change: ListChange) -> Result<(), DatabaseError> {
        let is_open = self.now.open.as_ref().and_then(|open| open.id) == Some(list);
        let known = match &self.content {
            Content::Entries(entries) if is_open => Some(entries.clone()),
            Content::Entries(_) | Content::Found(_) => None,
        };
        let line = match change {
            ListChange::FindMissing => Some("found again"),
            ListChange::RemoveDuplicates | ListChange::RemoveMissing => Some("taken out"),
            ListChange::Insert { .. }
            | ListChange::Remove(_)
            | ListChange::Crop(_)
            | ListChange::Move { .. }
            | ListChange::Sort(_)
            | ListChange::Reverse => None,
        };
        let (database, reader) = self.both()?;
        let done = database.change_list(reader, list, change, known.as_deref())?;
        if let Some(words) = line {
            let mut line = format!("{} {words}", tracks(done.found.max(done.removed)));
            if done.still_missing > 0 {
                line.push_str(&format!(", {} still missing", done.still_missing));
            }
            self.say(line);
        }
        Ok(())
    }

    /// Gives how many entries that are.
    fn add(&mut self, list: ListId, what: ListAddition) -> Result<usize, DatabaseError> {
        let entries = match what {
            ListAddition::Entries(entries) => entries,
            ListAddition::Tracks(ids) => {
                let (_, reader) = self.both()?;
                let mut entries = Vec::with_capacity(ids.len());
                for ids in ids.chunks(QUEUE_BATCH) {
                    entries.extend(reader.rows(ids)?.iter().map(entry_of));
                }
                entries
            }
            ListAddition::Files(inputs) => {
                let mut entries = Vec::new();
                for input in inputs {
                    let mut take = |found: Vec<TrackLocation>| {
                        entries.extend(found.iter().map(ListEntry::from));
                    };
                    if let Err(error) = expand_input(&input, &mut take) {
                        self.say(error.to_string());
                    }
                }
                entries
            }
        };
        let count = entries.len();
        let (database, reader) = self.both()?;
        let change = ListChange::Insert {
            before: None,
            entries,
        };
        database.change_list(reader, list, change, None)?;
        Ok(count)
    }

    fn import(&mut self, file: &Path) -> Result<(), DatabaseError> {
        let paths = match read_playlist(file) {
            Ok(paths) => paths,
            Err(error) => {
                self.say(error.to_string());
                return Ok(());
            }
        };
        let entries: Vec<ListEntry> = paths.into_iter().map(ListEntry::from).collect();
        let name = file.file_stem().unwrap_or(file.as_os_str());
        let name = name.to_string_lossy().into_owned();
        let count = entries.len();
        let (database, _) = self.both()?;
        let list = database.create_list(None, &name, ListKind::Tracks)?;
        self.add(list, ListAddition::Entries(entries))?;
        self.say(format!("“{name}” has {} now", tracks(count)));
        self.show_next(list);
        Ok(())
    }

    fn export(&mut self, list: ListId, file: &Path) -> Result<(), DatabaseError> {
        let format = ListFormat::of(file).unwrap_or(ListFormat::M3u8);
        let entries = self.entries_of(list)?;
        let folder = file.parent().unwrap_or(Path::new(""));
        let content = write_list(&entries, folder, format);
        self.say(match replace_file(file, &content) {
            Ok(()) => format!("Exported {} to {}", tracks(entries.len()), file.display()),
            Err(error) => format!("{}: {}", file.display(), disk::reason::io_reason(&error)),
        });
        Ok(())
    }

    /// The entries of a list of tracks, or what a smart list finds.
    fn entries_of(&mut self, list: ListId) -> Result<Vec<ListEntry>, DatabaseError> {
        let kind = self.now.list(list).map(|list| list.kind.clone());
        let (_, reader) = self.both()?;
        let Some(ListKind::Smart { query, order, most }) = kind else {
            return reader.list_entries(list);
        };
        let query =
            Query::parse(&query).map_err(|error| DatabaseError::Unknown(error.to_string()))?;
        let most = most.map_or(usize::MAX, |most| most as usize);
        let found = reader.search(&query, order, most, now())?;
        let mut entries = Vec::with_capacity(found.tracks.len());
        for ids in found.tracks.chunks(QUEUE_BATCH) {
            entries.extend(reader.rows(ids)?.iter().map(entry_of));
        }
        Ok(entries)
    }

    fn queue(
        &mut self,
        list: ListId,
        places: &[usize],
        placement: Placement,
        play: bool,
    ) -> Result<(), DatabaseError> {
        let entries = self.entries_of(list)?;
        let chosen: Vec<&ListEntry> = match places {
            [] => entries.iter().collect(),
            places => places.iter().filter_map(|at| entries.get(*at)).collect(),
        };
        let insertion = self.player.insert(placement, play);
        let (_, reader) = self.both()?;
        for entries in chosen.chunks(QUEUE_BATCH) {
            let mut locations = Vec::with_capacity(entries.len());
            for entry in entries {
                // What the collection knows of a part is more than the list does.
                let row = match entry.span {
                    Some(_) => reader.row_of(entry)?,
                    None => None,
                };
                locations.push(row.map_or_else(|| entry.location(), |row| row.location()));
            }
            insertion.add(locations);
        }
        Ok(())
    }
}

fn entry_of(row: &TrackRow) -> ListEntry {
    let mut entry = ListEntry::from(&row.location());
    let title = row.display_title();
    entry.title = Some(match &row.tags.artist {
        Some(artist) => format!("{artist} - {title}"),
        None => title,
    });
    entry
}

fn tracks(count: usize) -> String {
    match count {
        1 => "1 track".to_owned(),
        count => format!("{count} tracks"),
    }
}

/// Seconds since 1970.
fn now() -> i64 {
    let passed = SystemTime::now().duration_since(UNIX_EPOCH);
    passed.map_or(0, |passed| i64::try_from(passed.as_secs()).unwrap_or(0))
}
