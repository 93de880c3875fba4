//! What a second start and the running program say to each other: a line of JSON each way.

use library::playlists::path_text;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Bytes of the longest request: about a hundred thousand names.
pub(super) const MAX_REQUEST_BYTES: u64 = 32 << 20;

/// What is asked of the running program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Put these into the queue.
    Open {
        /// Absolute paths of files, folders and playlists.
        inputs: Vec<NamedPath>,
        /// Where they go, and what plays.
        how: OpenMode,
        /// Lets the window come to the front on Wayland.
        activation_token: Option<String>,
    },
    /// Bring the window to the front.
    Raise {
        /// Lets it do so on Wayland.
        activation_token: Option<String>,
    },
    /// Play on.
    Play,
    /// Hold.
    Pause,
    /// Play or hold.
    Toggle,
    /// Back to the start of the track, without sound.
    Stop,
    /// The next track.
    Skip,
    /// The track before, or the start of this one.
    Previous,
    /// Go forwards or backwards.
    SeekBy {
        /// Seconds.
        seconds: f64,
    },
    /// Go to a place in the track.
    SeekTo {
        /// Seconds from its start.
        seconds: f64,
    },
    /// Move the volume's slider.
    Volume {
        /// 0 to 100.
        percent: f32,
    },
    /// Say what goes on.
    Status,
}

/// Where opened tracks go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenMode {
    /// In place of the queue; the first one plays. A player without a window does not do it: who asks wants
    /// one.
    Play,
    /// At the end.
    Enqueue,
    /// Behind the one that plays.
    Next,
}

/// A path, which need not be text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NamedPath(#[serde(with = "path_text")] pub PathBuf);

/// What the running program answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// Why it was not done, in a line.
    pub error: Option<String>,
    /// Whether there is a window to raise.
    pub has_window: bool,
    /// What goes on, if that was asked.
    pub status: Option<Status>,
}

/// What goes on in the running program. Scripts rely on these names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// "playing", "paused" or "stopped".
    pub transport: String,
    /// Audible position in the track.
    pub position_seconds: f64,
    /// Length of the track, where known.
    pub duration_seconds: Option<f64>,
    /// The track's file, what of its name is not text replaced.
    pub path: Option<String>,
    /// The track's title, or its file's name.
    pub title: Option<String>,
    /// The track's artist.
    pub artist: Option<String>,
    /// The track's album.
    pub album: Option<String>,
    /// Slider position, 0 to 100.
    pub volume: f32,
    /// Tracks in the queue.
    pub queue_length: usize,
    /// Which of them is current, counted from 0.
    pub queue_index: Option<usize>,
    /// The output in use.
    pub output: String,
    /// Whether the queue is the one the last session left.
    pub restored: bool,
}
