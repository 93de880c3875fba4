//! What a window or a script may ask of the player.

use super::pipeline::SourceSettings;
use super::status::{EntryId, OutputChoice, RepeatMode, SoundSettings};
use crate::dsp::equalizer::EqualizerSettings;
use std::path::PathBuf;
use std::time::Duration;

/// Where opened tracks go in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// Instead of what is there.
    Replace,
    /// Behind the last one.
    Append,
    /// In front of an entry; behind the last one if it is gone.
    Before(EntryId),
}

/// An order to the control thread. Sending never waits; orders are carried out in turn.
#[derive(Debug, Clone, PartialEq)]
pub enum PlayerCommand {
    /// Adds files, folders (recursively) and playlists. Folders are read in the background.
    Open {
        /// What to add.
        inputs: Vec<PathBuf>,
        /// Where to.
        placement: Placement,
        /// Whether the first track found starts at once.
        play: bool,
    },
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
    /// Slider position, 0 to 1.
    SetVolume(f32),
    /// Silences without moving the slider.
    SetMuted(bool),
    /// What happens at the end.
    SetRepeat(RepeatMode),
    /// Random order, each entry once a round.
    SetShuffle(bool),
    /// Stop at the end of this entry; falls back to off when it has.
    SetStopAfterCurrent(bool),
    /// Takes entries out of the queue; a playing one gives way to the next.
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
    /// Replaces the equalizer's settings, ramped.
    SetEqualizer(EqualizerSettings),
    /// Replaces the settings of the stages behind the equalizer, ramped.
    SetSound(SoundSettings),
    /// How tracks follow one another, what is made of their ReplayGain tags, and how fast they are played;
    /// heard behind what is queued already, which is half a second at most.
    SetSource(SourceSettings),
    /// Whether the output is opened at each track's own rate, where it can be, so that nothing is resampled;
    /// tracks of different rates are then not joined without a gap.
    SetFollowsRate(bool),
    /// Plays through another output, from the same position.
    SelectOutput(OutputChoice),
    /// Looks for devices anew.
    RefreshDevices,
}
