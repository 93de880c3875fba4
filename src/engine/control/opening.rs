//! Files, folders and playlists on their way into the queue.

use super::{Control, OpenJob};
use crate::engine::command::Placement;
use crate::engine::status::{EntryId, PlayerEvent, Transport};
use crate::library::cue::is_cue;
use crate::library::inputs::expand_input;
use crate::library::playlist::is_playlist;
use crate::library::scanner::{ScanOrder, ScanReport};
use crate::media::location::TrackLocation;
use std::path::PathBuf;

/// Files that are taken in at once; their headers are looked at here.
const MOST_AT_ONCE: usize = 32;

impl Control {
    pub(super) fn open(&mut self, inputs: Vec<PathBuf>, placement: Placement, play: bool) {
        let job = OpenJob {
            placement,
            play,
            found_any: false,
            awaits_more: false,
        };
        self.next_job += 1;
        let number = self.next_job;
        self.jobs.insert(number, job);
        let is_plain = |input: &PathBuf| input.is_file() && !is_playlist(input) && !is_cue(input);
        if inputs.len() <= MOST_AT_ONCE && inputs.iter().all(is_plain) {
            // Plain files need no looking for, and must not wait behind a large folder.
            let mut tracks = Vec::new();
            for input in &inputs {
                if let Err(error) = expand_input(input, &mut |found| tracks.extend(found)) {
                    self.note(&error.to_string());
                }
            }
            self.take_in(number, tracks);
            self.jobs.remove(&number);
        } else {
            self.scan(ScanOrder::Expand {
                job: number,
                inputs,
            });
        }
    }

    pub(super) fn hear_scan(&mut self, report: ScanReport) {
        self.is_dirty = true;
        match report {
            ScanReport::Found { job, tracks } => self.take_in(job, tracks),
            ScanReport::Failed { line, .. } => self.note(&line),
            ScanReport::Expanded { job } => {
                let has_nothing = self
                    .jobs
                    .remove(&job)
                    .is_some_and(|j| j.play && (!j.found_any || j.awaits_more));
                if has_nothing && self.transport == Transport::Stopped {
                    self.tell(PlayerEvent::Finished);
                }
            }
            ScanReport::Tagged(files) => {
                for (key, tags, duration) in files {
                    self.queue.update(EntryId(key), |entry| {
                        entry.tags = tags;
                        entry.duration = entry.duration.or(duration);
                    });
                }
            }
            ScanReport::TaggedNow(track, tags) => {
                if let Some(playing) = self.playings.get_mut(&track) {
                    let title = tags.tags.clone();
                    playing.tags = Some(tags);
                    let entry = playing.request.entry;
                    self.queue.update(entry, |entry| entry.tags = title);
                }
            }
            ScanReport::Idle => self.is_scanning = false,
        }
    }

    fn take_in(&mut self, job: u64, tracks: Vec<TrackLocation>) {
        let Some(job) = self.jobs.get_mut(&job) else {
            return;
        };
        if tracks.is_empty() {
            return;
        }
        let is_first = !std::mem::replace(&mut job.found_any, true);
        let awaited = std::mem::take(&mut job.awaits_more) && self.transport == Transport::Stopped;
        let (placement, play) = (job.placement, job.play);
        if is_first && placement == Placement::Replace {
            if self.transport != Transport::Stopped && !play {
                self.stop();
            }
            self.queue.clear();
            self.heard = None;
            self.line.clear();
            self.warned.clear();
        }
        let before = match placement {
            Placement::Before(id) => Some(id),
            Placement::Replace | Placement::Append => None,
        };
        let ids = self.queue.insert(tracks.clone(), before);
        self.is_scanning = true;
        let keys = ids.iter().map(|id| id.0).zip(tracks).collect();
        self.scan(ScanOrder::ReadTags(keys));
        match ids.first() {
            Some(&first) if (is_first || awaited) && play => self.play_entry(first),
            _ => self.reconsider_next(),
        }
    }

    fn scan(&self, order: ScanOrder) {
        // The scanner lives as long as this sender.
        let _ = self.links.scan.send(order);
    }
}
