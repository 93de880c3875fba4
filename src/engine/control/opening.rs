//! Files, folders and playlists on their way into the queue.

use super::{Control, OpenJob};
use crate::engine::command::Placement;
use crate::engine::status::{EntryId, PlayerEvent, Transport};
use crate::library::playlist::is_playlist;
use crate::library::scanner::{ScanOrder, ScanReport};
use std::path::PathBuf;

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
        if inputs
            .iter()
            .all(|input| input.is_file() && !is_playlist(input))
        {
            // Plain files need no looking for, and must not wait behind a large folder.
            self.take_in(number, inputs);
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
            ScanReport::Found { job, paths } => self.take_in(job, paths),
            ScanReport::Failed { line, .. } => self.note(line),
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

    fn take_in(&mut self, job: u64, paths: Vec<PathBuf>) {
        let Some(job) = self.jobs.get_mut(&job) else {
            return;
        };
        if paths.is_empty() {
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
            self.decoding = None;
        }
        let before = match placement {
            Placement::Before(id) => Some(id),
            Placement::Replace | Placement::Append => None,
        };
        let ids = self.queue.insert(paths.clone(), before);
        self.is_scanning = true;
        let keys = ids.iter().map(|id| id.0).zip(paths).collect();
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
