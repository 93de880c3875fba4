//! What is heard, what is decoded behind it, and what follows: a pure function of commands, of what the
//! decode thread and the renderer report, and of the clock. It touches no thread, device or disk: what is
//! to be done comes out as [`Effect`]s.

mod edits;
mod effect;
mod following;
mod insertions;
mod line;
mod rearranged;
mod reports;
mod shown;
mod transport;

pub(super) use effect::Effect;

use crate::decode_worker::TrackRequest;
use crate::queue::Queue;
use crate::status::{EntryId, RepeatMode, Transport};
use effect::Outbox;
use insertions::Insertions;
use line::DecodedLine;
use media::decoder::StreamInfo;
use media::tags::FileTags;
use rt::ids::{Generation, PlayId};
use std::collections::HashMap;
use std::time::Duration;

/// One playing of an entry that has been sent to the decode thread.
pub(super) struct Play {
    pub(super) request: TrackRequest,
    pub(super) info: Option<StreamInfo>,
    tags: Option<Box<FileTags>>,
    /// Its samples can be beyond full scale.
    pub(super) may_exceed_full_scale: bool,
    /// It has been entered: a fault is no longer the end of all of it.
    was_heard: bool,
    /// It ended before its first frame: it is no part of what is heard.
    is_void: bool,
    /// Which of the streams joined in its file was heard last.
    link: usize,
}

/// All playings that still matter.
#[derive(Default)]
struct Plays {
    last: PlayId,
    by_id: HashMap<PlayId, Play>,
}

/// The generation that is to be heard, and where it is to begin, until it does.
#[derive(Default)]
struct Jump {
    generation: Generation,
    target: Option<Duration>,
}

/// What was last offered to follow a track.
#[derive(PartialEq, Eq, Clone, Copy)]
struct Offer {
    after: PlayId,
    entry: Option<EntryId>,
}

/// What the clock says.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ClockPosition {
    /// The generation that sounds.
    pub(super) generation: Generation,
    /// The playing that sounds.
    pub(super) play: PlayId,
    /// The audible position in it.
    pub(super) position: Duration,
}

/// The state of playback. Its methods take commands and reports; [`Playhead::take_effect`] gives what
/// has to be done, in order.
pub(super) struct Playhead {
    queue: Queue,
    transport: Transport,
    stop_after_current: bool,
    jump: Jump,
    plays: Plays,
    /// The playing that is being rendered, or was jumped to.
    heard: Option<PlayId>,
    /// From the heard one to the one that is being decoded.
    line: DecodedLine,
    offer: Option<Offer>,
    failures_in_a_row: usize,
    insertions: Insertions,
    outbox: Outbox,
    clock: ClockPosition,
}

impl Playhead {
    /// Nothing to play; `seed` decides random orders.
    pub(super) fn new(seed: u64) -> Self {
        Self {
            queue: Queue::new(seed),
            transport: Transport::Stopped,
            stop_after_current: false,
            jump: Jump::default(),
            plays: Plays::default(),
            heard: None,
            line: DecodedLine::default(),
            offer: None,
            failures_in_a_row: 0,
            insertions: Insertions::default(),
            outbox: Outbox::default(),
            clock: ClockPosition::default(),
        }
    }

    /// What the clock says now; before each command and report. True when a jump has arrived.
    pub(super) fn set_clock(&mut self, clock: ClockPosition) -> bool {
        self.clock = clock;
        let has_arrived = self.jump.target.is_some() && clock.generation == self.jump.generation;
        if has_arrived {
            self.jump.target = None;
        }
        has_arrived
    }

    /// The oldest thing that is still to be done.
    pub(super) fn take_effect(&mut self) -> Option<Effect> {
        self.outbox.take()
    }

    /// The generation that is to be heard.
    pub(super) fn generation(&self) -> Generation {
        self.jump.generation
    }

    /// Whether the renderer is about to have something to report: a jump, the next track, the end.
    pub(super) fn expects_news(&self) -> bool {
        self.jump.target.is_some() || self.line.is_ahead()
    }

    /// Whether there is sound.
    pub(super) fn transport(&self) -> Transport {
        self.transport
    }

    /// Whether it plays or is about to.
    pub(super) fn is_playing(&self) -> bool {
        self.transport == Transport::Playing
    }

    /// The listener has asked for something: there may be sound again.
    pub(super) fn forget_silence(&mut self) {
        self.line.forget_soundless();
    }

    /// Where the listener is in the current track.
    pub(super) fn position(&self) -> Duration {
        match self.jump.target {
            Some(target) => target,
            None if self.transport == Transport::Stopped => Duration::ZERO,
            None if Some(self.clock.play) != self.heard => Duration::ZERO,
            None => self.clock.position,
        }
    }

    /// The playings that are heard or queued behind what is heard.
    pub(super) fn queued(&self) -> impl Iterator<Item = &Play> + '_ {
        let plays = self.line.plays();
        plays.filter_map(|play| self.plays.by_id.get(&play))
    }

    /// Rate of the file that is heard.
    pub(super) fn heard_rate_hz(&self) -> Option<u32> {
        Some(self.heard_play()?.info.as_ref()?.sample_rate_hz)
    }

    fn heard_play(&self) -> Option<&Play> {
        self.plays.by_id.get(&self.heard?)
    }

    fn heard_duration(&self) -> Option<Duration> {
        self.heard_play()?.info.as_ref()?.duration()
    }

    fn entry_of(&self, play: PlayId) -> Option<EntryId> {
        self.plays.by_id.get(&play).map(|p| p.request.entry)
    }

    /// A number for another playing of `entry`; what is known of the file from an earlier one stays.
    fn request(&mut self, entry: EntryId) -> Option<TrackRequest> {
        let location = self.queue.entry(entry)?.location.clone();
        self.plays.last = self.plays.last.next();
        let request = TrackRequest {
            track: self.plays.last,
            entry,
            location,
        };
        let mut earlier = self.plays.by_id.values();
        let earlier = earlier.find(|play| play.request.entry == entry);
        let play = Play {
            request: request.clone(),
            info: earlier.and_then(|play| play.info.clone()),
            tags: earlier.and_then(|play| play.tags.clone()),
            may_exceed_full_scale: earlier.is_some_and(|play| play.may_exceed_full_scale),
            was_heard: false,
            is_void: false,
            link: 0,
        };
        self.plays.by_id.insert(request.track, play);
        Some(request)
    }

    /// Whether as many tracks as come round have been without a frame, one behind the other.
    fn is_round_soundless(&self) -> bool {
        let round = match self.queue.repeat {
            RepeatMode::Off => return false,
            RepeatMode::One => 1,
            RepeatMode::All => self.queue.entries().len().max(1),
        };
        self.line.soundless() >= round
    }
}

#[cfg(test)]
#[path = "playhead_tests.rs"]
mod tests;
