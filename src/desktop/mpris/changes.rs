//! What the bus was told last, and what is different now.

use super::metadata::track_id;
use engine::status::{PlayerSnapshot, QueueEntry, RepeatMode, Transport};
use mpris_server::{LoopStatus, Metadata, PlaybackStatus, Property, TrackId, TrackListSignal};
use rt::ids::Generation;
use std::sync::Arc;
use std::time::Duration;

/// Entries around the current one that the bus is told of: the specification allows a part of a long list.
const MAX_TRACKS: usize = 1_000;

/// What the bus is shown at one moment.
#[derive(Clone)]
pub(super) struct Shown {
    pub(super) now: Arc<PlayerSnapshot>,
    pub(super) metadata: Metadata,
}

impl Shown {
    /// The properties that differ from those told `before`; all, where nothing was told.
    pub(super) fn changed_since(&self, before: Option<&Self>) -> Vec<Property> {
        let mut all = vec![
            Property::PlaybackStatus(playback_status(&self.now)),
            Property::LoopStatus(loop_status(&self.now)),
            Property::Shuffle(self.now.is_shuffled),
            Property::Rate(self.now.source.speed),
            Property::Volume(volume(&self.now)),
            Property::Metadata(self.metadata.clone()),
            Property::CanGoNext(can_go_next(&self.now)),
            Property::CanGoPrevious(has_current(&self.now)),
            Property::CanPlay(!self.now.queue.is_empty()),
            Property::CanPause(has_current(&self.now)),
            Property::CanSeek(can_seek(&self.now)),
        ];
        if let Some(before) = before {
            let told = before.changed_since(None);
            all.retain(|property| !told.contains(property));
        }
        all
    }

    /// Where playing went on, if it jumped.
    pub(super) fn jump_since(&self, before: Option<&Self>) -> Option<Duration> {
        let jump = |shown: &Self| -> Option<(Generation, Duration)> { shown.now.pending_seek };
        let (generation, target) = jump(self)?;
        let is_told = before
            .and_then(jump)
            .is_some_and(|(told, position)| told == generation && position == target);
        (!is_told).then_some(target)
    }

    /// The new list, if entries came, went or moved.
    pub(super) fn list_since(&self, before: Option<&Self>) -> Option<TrackListSignal> {
        let before = before?;
        if Arc::ptr_eq(&self.now.queue, &before.now.queue) {
            return None;
        }
        let is_same = self.now.queue.len() == before.now.queue.len()
            && (self.now.queue.iter())
                .zip(before.now.queue.iter())
                .all(|(new, old)| new.id == old.id);
        (!is_same).then(|| TrackListSignal::TrackListReplaced {
            tracks: tracks(&self.now),
            current_track: self.now.current.map_or(TrackId::NO_TRACK, track_id),
        })
    }
}

/// The names of the entries that the bus is told of.
pub(super) fn tracks(now: &PlayerSnapshot) -> Vec<TrackId> {
    let at = now
        .current
        .and_then(|id| now.queue.iter().position(|entry| entry.id == id));
    let most = now.queue.len().saturating_sub(MAX_TRACKS);
    let first = at.unwrap_or(0).saturating_sub(MAX_TRACKS / 2).min(most);
    let part = now.queue.iter().skip(first).take(MAX_TRACKS);
    part.map(|entry: &Arc<QueueEntry>| track_id(entry.id))
        .collect()
}

pub(super) fn playback_status(now: &PlayerSnapshot) -> PlaybackStatus {
    match now.transport {
        Transport::Playing => PlaybackStatus::Playing,
        Transport::Paused => PlaybackStatus::Paused,
        Transport::Stopped => PlaybackStatus::Stopped,
    }
}

pub(super) fn loop_status(now: &PlayerSnapshot) -> LoopStatus {
    match now.repeat {
        RepeatMode::Off => LoopStatus::None,
        RepeatMode::One => LoopStatus::Track,
        RepeatMode::All => LoopStatus::Playlist,
    }
}

/// The slider's position; nothing while muted.
pub(super) fn volume(now: &PlayerSnapshot) -> f64 {
    match now.is_muted {
        true => 0.0,
        false => f64::from(now.volume),
    }
}

pub(super) fn has_current(now: &PlayerSnapshot) -> bool {
    now.current.is_some()
}

pub(super) fn can_seek(now: &PlayerSnapshot) -> bool {
    now.now_playing
        .as_ref()
        .is_some_and(|playing| playing.duration.is_some())
}

pub(super) fn can_go_next(now: &PlayerSnapshot) -> bool {
    let last = now.queue.last().map(|entry| entry.id);
    !now.queue.is_empty()
        && (now.repeat != RepeatMode::Off || now.is_shuffled || now.current != last)
}
