//! What the pipeline is told, and what it tells.

use super::deck::Deck;
use media::decoder::TrackDecoder;
use media::error::MediaError;
use rt::ids::{Generation, PlayId};

/// What follows the current track.
pub enum NextTrack {
    /// Not known yet: the end of the track waits for the answer.
    Unknown,
    /// Nothing: the end of the track is the end of the sound.
    Nothing,
    /// This track, joined without a gap or cross-faded.
    Track(PlayId, Box<TrackDecoder>),
}

/// How far [`DecodePipeline::fill`](super::DecodePipeline::fill) came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The ring is full.
    Full,
    /// Nothing to decode: no track, or its end has been queued.
    Idle,
    /// The track has ended and what follows is not known.
    AwaitsNext,
}

/// Something that happened while decoding.
#[derive(Debug)]
pub enum PipelineEvent {
    /// The next track is being decoded now.
    Advanced {
        /// Its number.
        track: PlayId,
        /// The generation it is a part of.
        generation: Generation,
        /// Where it begins, in frames at the output's rate since the generation began.
        begins_at: u64,
    },
    /// The end of the last track has been queued.
    Ended {
        /// The generation that ended.
        generation: Generation,
        /// Its length, as above.
        frames: u64,
    },
    /// A track ended early; what came before is queued, and what follows it follows.
    Broken {
        /// Its number.
        track: PlayId,
        /// Why.
        error: MediaError,
        /// Whether there was any sound of it.
        has_sound: bool,
    },
    /// A track that was to follow cannot be played; another may be named.
    Refused(PlayId, MediaError),
}

impl PipelineEvent {
    /// The track of `deck` ended early, with `error`.
    pub(super) fn broken(deck: &Deck, error: MediaError) -> Self {
        Self::Broken {
            track: deck.track(),
            error,
            has_sound: deck.has_sound(),
        }
    }
}
