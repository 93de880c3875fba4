//! What is asked of the decode thread, and what it reports.

use super::super::pipeline::PlaybackSettings;
use super::super::status::EntryId;
use media::decoder::StreamInfo;
use media::location::TrackLocation;
use rt::ids::{Generation, PlayId};
use rt::ring::RingProducer;
use std::time::Duration;

/// A playing of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackRequest {
    /// Its number in block headers.
    pub track: PlayId,
    /// The entry.
    pub entry: EntryId,
    /// Where it is.
    pub location: TrackLocation,
}

/// An order to the decode thread.
pub enum DecodeOrder {
    /// Sound for a newly opened output: a ring and its rate. Everything queued is forgotten.
    Configure(RingProducer, u32),
    /// Begin a generation with a track.
    Load {
        /// The generation.
        generation: Generation,
        /// What to play.
        request: TrackRequest,
        /// Where in it.
        start: Duration,
    },
    /// Begin a generation elsewhere in the track that is being decoded.
    Seek {
        /// The generation.
        generation: Generation,
        /// What to play.
        request: TrackRequest,
        /// Where in it.
        start: Duration,
    },
    /// What follows the track `after`; `None` for nothing.
    Next {
        /// The track it follows.
        after: PlayId,
        /// What it is.
        request: Option<TrackRequest>,
    },
    /// Forget everything and begin an empty generation.
    Stop {
        /// The generation.
        generation: Generation,
    },
    /// Somebody takes what is decoded again.
    Resume,
    /// What is done to tracks from now on.
    SetSource(PlaybackSettings),
    /// This track may be wanted soon.
    Prepare(TrackLocation),
    /// Which rates the output can be opened at for the sake of a track.
    FollowRates(FollowedRates),
}

/// Whether tracks are to be played at their own rate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FollowedRates {
    /// The output is opened at the track's rate.
    pub are_followed: bool,
    /// Rates that the output refused.
    pub unavailable_hz: Vec<u32>,
}

impl FollowedRates {
    /// Whether a track at `rate_hz` asks for another rate than the output's.
    pub(super) fn asks_for(&self, rate_hz: u32, output_hz: u32) -> bool {
        self.are_followed && rate_hz != output_hz && !self.unavailable_hz.contains(&rate_hz)
    }
}

impl DecodeOrder {
    /// Whether it makes what was asked before useless.
    pub(super) fn is_jump(&self) -> bool {
        matches!(
            self,
            Self::Load { .. } | Self::Seek { .. } | Self::Stop { .. }
        )
    }

    /// Whether a later jump makes it useless.
    pub(super) fn is_overtaken_by_jumps(&self) -> bool {
        self.is_jump() || matches!(self, Self::Next { .. })
    }
}

/// What the decode thread reports.
#[derive(Debug)]
pub enum DecodeReport {
    /// A track has been opened.
    Opened {
        /// Which.
        request: TrackRequest,
        /// What it is.
        info: StreamInfo,
        /// Whether its samples can be beyond full scale.
        may_exceed_full_scale: bool,
    },
    /// A track is being decoded behind the one before it.
    Advanced {
        /// Its number.
        track: PlayId,
        /// The generation it is a part of.
        generation: Generation,
        /// Where it begins, in frames at the output's rate since the generation began.
        begins_at: u64,
    },
    /// The end of the last track has been decoded.
    Ended {
        /// The generation that ended.
        generation: Generation,
        /// Its length, as above.
        frames: u64,
    },
    /// A panic has retired the thread that was busy with this track: nothing it had is left, and another
    /// thread is needed.
    Retired {
        /// The track's number.
        track: PlayId,
        /// What the panic said.
        reason: String,
    },
    /// The track of this generation is to be played at another rate than the output's: nothing is decoded
    /// until it is loaded anew.
    RateWanted {
        /// The generation.
        generation: Generation,
        /// The track's rate.
        sample_rate_hz: u32,
    },
    /// A track cannot be played from where it was to begin: nothing is decoded until another is named. One
    /// line without the file's name.
    Failed {
        /// Its number.
        track: PlayId,
        /// Why.
        reason: String,
    },
    /// A track ended early; what was named to follow it follows. One line without the file's name.
    Broken {
        /// Its number.
        track: PlayId,
        /// Why.
        reason: String,
        /// Whether there was any sound of it.
        has_sound: bool,
    },
}
