//! What a window, a script or another program may ask of the player.

use super::pipeline::PlaybackSettings;
use super::status::{EntryId, OutputChoice, OutputStages, RepeatMode, WhenUnplugged};
use dsp::equalizer::EqualizerSettings;
use media::location::TrackLocation;
use media::tags::{FileTags, Tags};
use rt::ids::PlayId;
use std::time::Duration;

/// Where new tracks go in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// Instead of what is there.
    Replace,
    /// Behind the last one.
    Append,
    /// In front of an entry; behind the last one if it is gone.
    Before(EntryId),
}

/// A command to the control thread. Sending never waits; commands are carried out in turn.
#[derive(Debug, Clone, PartialEq)]
pub enum PlayerCommand {
    /// Playing, and where in the track.
    Transport(TransportCommand),
    /// The list of tracks and its order.
    Queue(QueueCommand),
    /// What is done to the sound.
    Sound(SoundCommand),
    /// Where the sound goes.
    Output(OutputCommand),
    /// A line for the user, from whoever looks for tracks on the player's behalf; every feed gets it.
    Report(String),
}

/// Playing, and where in the track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TransportCommand {
    /// Plays one entry from its start.
    PlayEntry(EntryId),
    /// Plays on, or starts the current entry.
    Play,
    /// Fades to silence and stays.
    Pause,
    /// Pause or play.
    TogglePause,
    /// Fades to silence and returns to the start of the current entry.
    Stop,
    /// The next entry.
    Next,
    /// Restarts the entry after its first three seconds, else the entry before.
    Previous,
    /// Goes to a position in the current track; past its end means the next entry.
    Seek(Duration),
    /// Goes forwards or backwards by this many seconds.
    SeekBy(f64),
}

/// Names one request to put tracks into the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct InsertionId(pub(crate) u64);

/// What is known of an entry's file.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryTags {
    /// The entry.
    pub entry: EntryId,
    /// Title, artist and so on.
    pub tags: Tags,
    /// Length, where it is known without decoding.
    pub duration: Option<Duration>,
}

/// One place of a queue that is put in order.
#[derive(Debug, Clone, PartialEq)]
pub enum ArrangedTrack {
    /// An entry that is there.
    Kept(EntryId),
    /// A track that comes in.
    New(TrackLocation),
}

/// The list of tracks and its order.
#[derive(Debug, Clone, PartialEq)]
pub enum QueueCommand {
    /// Tracks are being looked for; [`Self::Insert`] brings them.
    BeginInsertion {
        /// The request.
        id: InsertionId,
        /// Where they go.
        placement: Placement,
        /// Whether the first one starts at once.
        play: bool,
    },
    /// Further tracks of a request, in order.
    Insert {
        /// The request.
        id: InsertionId,
        /// The tracks.
        tracks: Vec<TrackLocation>,
    },
    /// No further tracks come of a request.
    EndInsertion(InsertionId),
    /// Tags that a [`TagRequest`] asked for.
    Describe(Vec<EntryTags>),
    /// Tags and cover of what plays, that a [`TagRequest`] asked for.
    DescribePlaying {
        /// The playing.
        play: PlayId,
        /// What its file says.
        tags: Box<FileTags>,
    },
    /// All tags of one [`TagRequest::Entries`] have come.
    Described,
    /// Takes entries out; a playing one gives way to the next.
    Remove(Vec<EntryId>),
    /// Moves entries, in their order, in front of one, or to the end.
    Move {
        /// What moves.
        entries: Vec<EntryId>,
        /// What they end up in front of.
        before: Option<EntryId>,
    },
    /// Empties the queue and stops.
    Clear,
    /// Puts what was remembered in place of what is there, held at a position without sound.
    Restore {
        /// The tracks, in order.
        tracks: Vec<TrackLocation>,
        /// Which of them is current.
        current: Option<usize>,
        /// Where in it.
        position: Duration,
    },
    /// Makes this the queue, in this order; entries that are not named go. What plays plays on, unless it
    /// goes: then there is no sound.
    Arrange(Vec<ArrangedTrack>),
    /// What happens at the end.
    SetRepeat(RepeatMode),
    /// Random order, each entry once a round.
    SetShuffle(bool),
    /// Stop at the end of this entry; falls back to off when it has.
    SetStopAfterCurrent(bool),
}

/// What is done to the sound.
#[derive(Debug, Clone, PartialEq)]
pub enum SoundCommand {
    /// Slider position, 0 to 1.
    SetVolume(f32),
    /// Silences without moving the slider.
    SetMuted(bool),
    /// Replaces the equalizer's settings, ramped.
    SetEqualizer(EqualizerSettings),
    /// Replaces the settings of the stages behind the equalizer, ramped.
    SetStages(OutputStages),
    /// How tracks follow one another, what is made of their ReplayGain tags, and how fast they are played;
    /// heard behind what is queued already, which is half a second at most.
    SetPlayback(PlaybackSettings),
}

/// Where the sound goes.
#[derive(Debug, Clone, PartialEq)]
pub enum OutputCommand {
    /// Whether the output is opened at each track's own rate, where it can be, so that nothing is resampled;
    /// tracks of different rates are then not joined without a gap.
    SetFollowsRate(bool),
    /// Plays through another output, from the same position.
    Select(OutputChoice),
    /// Looks for devices anew.
    Refresh,
    /// What happens when the device in use is unplugged.
    SetWhenUnplugged(WhenUnplugged),
}

/// What the player wants to know of files. Whoever started it reads them, on a thread of his own, and
/// answers with [`QueueCommand::Describe`], and [`QueueCommand::Described`] at its end, or with
/// [`QueueCommand::DescribePlaying`].
#[derive(Debug, Clone, PartialEq)]
pub enum TagRequest {
    /// Tags and lengths of these entries, after what is more urgent.
    Entries(Vec<(EntryId, TrackLocation)>),
    /// Tags and cover of what is about to play, before anything else.
    Playing(PlayId, TrackLocation),
}

impl From<TransportCommand> for PlayerCommand {
    fn from(command: TransportCommand) -> Self {
        Self::Transport(command)
    }
}

impl From<QueueCommand> for PlayerCommand {
    fn from(command: QueueCommand) -> Self {
        Self::Queue(command)
    }
}

impl From<SoundCommand> for PlayerCommand {
    fn from(command: SoundCommand) -> Self {
        Self::Sound(command)
    }
}

impl From<OutputCommand> for PlayerCommand {
    fn from(command: OutputCommand) -> Self {
        Self::Output(command)
    }
}
