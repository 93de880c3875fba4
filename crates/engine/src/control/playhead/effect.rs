//! What the playhead wants done, and lines for the user.

use super::Playhead;
use crate::command::TagRequest;
use crate::decode_worker::TrackRequest;
use crate::status::{EntryId, PlayerEvent};
use disk::shown::{shown, shown_text};
use media::location::TrackLocation;
use rt::ids::{Generation, PlayId};
use std::collections::{HashSet, VecDeque};
use std::path::Path;
use std::time::Duration;

/// Something to be done, by whoever holds the threads and the output.
#[derive(Debug, PartialEq)]
pub(crate) enum Effect {
    /// The renderer: this generation is to be heard, what is older is stale.
    Target(Generation),
    /// The renderer: whether sound is wanted. For sound, an output is opened.
    Sound(bool),
    /// The decode thread: begin a generation with a track.
    Load {
        generation: Generation,
        request: TrackRequest,
        start: Duration,
    },
    /// The decode thread: begin a generation elsewhere in the track it is at.
    Seek {
        generation: Generation,
        request: TrackRequest,
        start: Duration,
    },
    /// The decode thread: what follows a track.
    Follow {
        after: PlayId,
        request: Option<TrackRequest>,
    },
    /// The decode thread: begin an empty generation.
    Silence(Generation),
    /// The decode thread: this track may be wanted soon.
    Prepare(TrackLocation),
    /// Whoever reads tags.
    AskTags(TagRequest),
    /// Whoever draws up waveforms.
    DrawWaveform(TrackLocation),
    /// All feeds.
    Emit(PlayerEvent),
}

/// Effects that have not been carried out.
#[derive(Default)]
pub(super) struct Outbox {
    effects: VecDeque<Effect>,
    /// What has been said of which entry.
    warned: HashSet<(EntryId, String)>,
}

impl Outbox {
    pub(super) fn take(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    pub(super) fn forget_warnings(&mut self) {
        self.warned.clear();
    }
}

impl Playhead {
    pub(super) fn effect(&mut self, effect: Effect) {
        self.outbox.effects.push_back(effect);
    }

    pub(super) fn emit(&mut self, event: PlayerEvent) {
        self.effect(Effect::Emit(event));
    }

    /// A line for the user: something could not be played.
    pub(super) fn note(&mut self, line: &str) {
        self.emit(PlayerEvent::Note(shown_text(line).into_owned()));
    }

    pub(super) fn note_of(&mut self, path: &Path, reason: &str) {
        self.note(&format!("{}: {reason}", shown(path)));
    }

    /// A line for the user: something is wrong with an entry's file, and it plays. Said once of each,
    /// however often it is played.
    pub(super) fn warn_of(&mut self, entry: EntryId, path: &Path, reason: &str) {
        if self.outbox.warned.insert((entry, reason.to_owned())) {
            let line = format!("{}: {reason}", shown(path));
            self.emit(PlayerEvent::Warning(shown_text(&line).into_owned()));
        }
    }
}
