//! The `library-scan` thread: reads folders and tags while everything else goes on.

use super::inputs::expand_input;
use crate::media::containment::contained;
use crate::media::location::TrackLocation;
use crate::media::tags::{FileTags, Tags};
use crossbeam::channel::{Receiver, Sender, unbounded};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::Duration;

/// An order to the scanner.
#[derive(Debug)]
pub enum ScanOrder {
    /// Find the tracks of these inputs.
    Expand {
        /// Comes back with what was found.
        job: u64,
        /// Files, folders, playlists.
        inputs: Vec<PathBuf>,
    },
    /// Read the tags of these files, after what is more urgent.
    ReadTags(Vec<(u64, TrackLocation)>),
    /// Read one file's tags and cover before anything else.
    ReadNow(u64, TrackLocation),
}

/// What the scanner has found.
#[derive(Debug)]
pub enum ScanReport {
    /// Tracks, in order.
    Found {
        /// The order's number.
        job: u64,
        /// Where they are.
        tracks: Vec<TrackLocation>,
    },
    /// An input that yields nothing, in one line that names it.
    Failed {
        /// The order's number.
        job: u64,
        /// The line.
        line: String,
    },
    /// An [`ScanOrder::Expand`] is done.
    Expanded {
        /// The order's number.
        job: u64,
    },
    /// Tags of some files, by the numbers they were asked for with.
    Tagged(Vec<(u64, Tags, Option<Duration>)>),
    /// What [`ScanOrder::ReadNow`] asked for.
    TaggedNow(u64, Box<FileTags>),
    /// Nothing is left to do.
    Idle,
}

/// Files whose tags are reported together.
const BATCH: usize = 64;

/// Starts the thread; it ends when the sender is dropped.
///
/// # Errors
/// When the system refuses a thread.
pub fn start_scanner() -> std::io::Result<(Sender<ScanOrder>, Receiver<ScanReport>)> {
    let (orders, order_receiver) = unbounded();
    let (report_sender, reports) = unbounded();
    std::thread::Builder::new()
        .name("library-scan".into())
        .spawn(move || {
            // A closed channel on either side ends the thread.
            let _ = Scanner {
                orders: order_receiver,
                reports: report_sender,
                untagged: VecDeque::new(),
            }
            .run();
        })?;
    Ok((orders, reports))
}

struct Scanner {
    orders: Receiver<ScanOrder>,
    reports: Sender<ScanReport>,
    untagged: VecDeque<(u64, TrackLocation)>,
}

struct Closed;

impl Scanner {
    fn run(mut self) -> Result<(), Closed> {
        loop {
            if self.untagged.is_empty() {
                self.report(ScanReport::Idle)?;
                let order = self.orders.recv().map_err(|_| Closed)?;
                self.obey(order)?;
            }
            self.obey_waiting()?;
            let count = self.untagged.len().min(BATCH);
            let mut tagged = Vec::with_capacity(count);
            for (key, track) in self.untagged.drain(..count).collect::<Vec<_>>() {
                self.obey_waiting()?;
                let read = move || (track.read_tags(false).tags, track.read_duration());
                // Tags that cannot be read are no tags.
                let (tags, duration) = contained("tags", read).unwrap_or_default();
                tagged.push((key, tags, duration));
            }
            if !tagged.is_empty() {
                self.report(ScanReport::Tagged(tagged))?;
            }
        }
    }

    fn obey_waiting(&mut self) -> Result<(), Closed> {
        while let Ok(order) = self.orders.try_recv() {
            self.obey(order)?;
        }
        Ok(())
    }

    fn obey(&mut self, order: ScanOrder) -> Result<(), Closed> {
        match order {
            ScanOrder::ReadTags(files) => self.untagged.extend(files),
            ScanOrder::ReadNow(key, track) => {
                let tags = contained("tags", move || Box::new(track.read_tags(true)));
                let tags = tags.unwrap_or_default();
                self.report(ScanReport::TaggedNow(key, tags))?;
            }
            ScanOrder::Expand { job, inputs } => {
                for input in inputs {
                    let reports = self.reports.clone();
                    let path = input.display().to_string();
                    let result = contained("expand", move || {
                        let mut is_closed = false;
                        let result = expand_input(&input, &mut |tracks| {
                            is_closed |= reports.send(ScanReport::Found { job, tracks }).is_err();
                        });
                        (is_closed, result.map_err(|error| error.to_string()))
                    });
                    let line = match result {
                        Ok((true, _)) => return Err(Closed),
                        Ok((false, Ok(()))) => continue,
                        Ok((false, Err(line))) => line,
                        Err(panicked) => format!("{path}: {panicked}"),
                    };
                    self.report(ScanReport::Failed { job, line })?;
                }
                self.report(ScanReport::Expanded { job })?;
            }
        }
        Ok(())
    }

    fn report(&self, report: ScanReport) -> Result<(), Closed> {
        self.reports.send(report).map_err(|_| Closed)
    }
}
