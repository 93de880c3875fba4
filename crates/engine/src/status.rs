//! What the player says of itself: one consistent snapshot, and events that must not be lost.

use super::output::found_device::DeviceKind;
use super::pipeline::PlaybackSettings;
use super::signal_path::SignalPath;
use dsp::balance::BalanceSettings;
use dsp::crossfeed::CrossfeedSettings;
use dsp::equalizer::EqualizerSettings;
use media::location::TrackLocation;
use media::tags::Tags;
use media::waveform::Waveform;
use rt::ids::{Generation, PlayId};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use telemetry::alert::PerformanceAlert;

/// Names one entry of the queue for as long as the program runs, wherever it moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct EntryId(pub u64);

/// Whether there is sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Transport {
    /// Nothing loaded, or back at the start.
    #[default]
    Stopped,
    /// Playing, or about to.
    Playing,
    /// Held where it is.
    Paused,
}

/// What follows the last entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum RepeatMode {
    /// Nothing.
    #[default]
    Off,
    /// The first again.
    All,
    /// Each entry follows itself.
    One,
}

/// One line of the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueEntry {
    /// Its name.
    pub id: EntryId,
    /// Where the track is.
    pub location: TrackLocation,
    /// Title, artist and so on; empty until the file has been looked at.
    pub tags: Tags,
    /// Length, once known.
    pub duration: Option<Duration>,
    /// Why it could not be played, in one line.
    pub error: Option<String>,
}

impl QueueEntry {
    /// The file's path, or the address of a stream.
    pub fn path(&self) -> &Path {
        self.location.path()
    }

    /// The title, or the file's name without its extension.
    pub fn display_title(&self) -> String {
        match &self.tags.title {
            Some(title) => title.clone(),
            None => self
                .path()
                .file_stem()
                .unwrap_or(self.path().as_os_str())
                .to_string_lossy()
                .into(),
        }
    }
}

/// The track that is loaded.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NowPlaying {
    /// Its entry.
    pub entry: EntryId,
    /// Its number in clock readings.
    pub track: PlayId,
    /// The file.
    pub path: PathBuf,
    /// Title, artist and so on.
    pub tags: Tags,
    /// The picture's file bytes (PNG, JPEG, …), as embedded or found beside the file.
    pub cover: Option<Arc<[u8]>>,
    /// Codec as users call it, such as "FLAC".
    pub codec: String,
    /// Rate of the file.
    pub sample_rate_hz: u32,
    /// Channels of the file.
    pub channels: usize,
    /// Bits per sample, for codecs that have such.
    pub bits_per_sample: Option<u32>,
    /// Length, where known.
    pub duration: Option<Duration>,
    /// Its waveform, once it has been drawn up.
    pub waveform: Option<Arc<Waveform>>,
}

/// The stages behind the equalizer, as a listener sets them.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct OutputStages {
    /// A little of each channel in the other, for headphones.
    pub crossfeed: CrossfeedSettings,
    /// Balance, mono and swapped channels.
    pub balance: BalanceSettings,
    /// Whether the limiter may come into circuit where something boosts.
    pub limiter: bool,
}

impl Default for OutputStages {
    fn default() -> Self {
        Self {
            crossfeed: CrossfeedSettings::OFF,
            balance: BalanceSettings::default(),
            limiter: true,
        }
    }
}

/// Which output to play through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum OutputChoice {
    /// The system's default device; the null output while there is none.
    #[default]
    Default,
    /// A device by the name [`OutputStatus::devices`] lists.
    Device(String),
    /// Silence at the pace of a clock.
    Null,
}

/// What happens when the device in use is unplugged while something plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenUnplugged {
    /// Headphones and what is on Bluetooth pause, as does what the system does not know: whoever pulled the
    /// plug did not ask for the loudspeakers. Other devices give way to the default.
    #[default]
    PausePersonal,
    /// Always pauses.
    Pause,
    /// The sound goes on through the system's default.
    GoOn,
}

impl WhenUnplugged {
    /// Whether playback pauses when a device of that kind goes.
    pub fn pauses(self, kind: DeviceKind) -> bool {
        match self {
            Self::PausePersonal => kind != DeviceKind::Room,
            Self::Pause => true,
            Self::GoOn => false,
        }
    }
}

/// The output in use.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OutputStatus {
    /// What was asked for.
    pub choice: OutputChoice,
    /// What is open, as shown to users; empty while nothing is.
    pub name: String,
    /// Whether sound goes nowhere: the clocked null output.
    pub is_null: bool,
    /// Why there is no device, where one was wanted.
    pub problem: Option<String>,
    /// Rate the device runs at.
    pub sample_rate_hz: u32,
    /// Channels of the stream.
    pub channels: usize,
    /// Sample format of the stream, such as "f32".
    pub sample_format: &'static str,
    /// Frames of one callback, as asked for.
    pub buffer_frames: u32,
    /// Names of the devices there are.
    pub devices: Arc<Vec<String>>,
    /// Name of the system's default device, where it is known.
    pub default_device: Option<String>,
    /// How often an output broke or had to be left, since the start.
    pub breaks: u32,
    /// What happens when the device in use is unplugged.
    pub when_unplugged: WhenUnplugged,
}

impl OutputStatus {
    /// Whether the stream's samples are integers, which cut off what is beyond full scale.
    pub fn is_integer(&self) -> bool {
        !self.sample_format.is_empty() && !self.sample_format.starts_with('f')
    }
}

/// Everything the control thread knows, at one moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlayerSnapshot {
    /// Whether there is sound.
    pub transport: Transport,
    /// The queue in its order.
    pub queue: Arc<Vec<Arc<QueueEntry>>>,
    /// The entry that is current, playing or not.
    pub current: Option<EntryId>,
    /// What is loaded.
    pub now_playing: Option<Arc<NowPlaying>>,
    /// A jump under way: show this position until the clock has reached its generation.
    pub pending_seek: Option<(Generation, Duration)>,
    /// Slider position, 0 to 1.
    pub volume: f32,
    /// Silenced.
    pub is_muted: bool,
    /// What happens at the end.
    pub repeat: RepeatMode,
    /// Random order.
    pub is_shuffled: bool,
    /// Stop at the end of this entry.
    pub stop_after_current: bool,
    /// The equalizer's settings.
    pub equalizer: Arc<EqualizerSettings>,
    /// The stages behind it.
    pub sound: OutputStages,
    /// What is done to tracks before the equalizer.
    pub source: PlaybackSettings,
    /// The output in use.
    pub output: Arc<OutputStatus>,
    /// Whether the output is opened at each track's own rate.
    pub follows_rate: bool,
    /// What happens to the sound between file and output.
    pub signal: Arc<SignalPath>,
    /// Folders are still being read.
    pub is_scanning: bool,
}

/// Something that happened and must not be lost.
#[derive(Debug, Clone, PartialEq)]
pub enum PlayerEvent {
    /// A line for the user: a file that could not be played, a device that went away.
    Note(String),
    /// A line for the user: something is wrong with a file that plays all the same, or played in part.
    Warning(String),
    /// A figure has gone over its limit.
    Alert(PerformanceAlert),
    /// An entry began to sound.
    TrackStarted(EntryId),
    /// The queue came to its end.
    Finished,
}
