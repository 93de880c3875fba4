//! How a player starts.

use crate::command::TagRequest;
use crate::publisher::Wake;
use crate::status::{OutputChoice, WhenUnplugged};
use crossbeam::channel::Sender;
use dsp::equalizer::EqualizerSettings;
use std::path::PathBuf;

/// Frames a device is asked for where nothing else is said.
pub const DEFAULT_BUFFER_FRAMES: u32 = 512;
/// Frames a device is asked for where nobody can move a slider: every callback wakes a processor,
/// whatever is done in it.
pub const UNATTENDED_BUFFER_FRAMES: u32 = 2_048;

/// How to start a player.
#[derive(Clone)]
pub struct PlayerOptions {
    /// The output to open first.
    pub output: OutputChoice,
    /// Frames to ask the device for per callback, a power of two.
    pub buffer_frames: u32,
    /// Whether the buffer may grow where the sound breaks off, and shrink again when calm.
    pub adapts_buffer: bool,
    /// What happens when the device in use is unplugged.
    pub when_unplugged: WhenUnplugged,
    /// The core to keep the callback's thread on, counted from 0.
    pub core: Option<u32>,
    /// Slider position, 0 to 1.
    pub volume: f32,
    /// The equalizer's settings.
    pub equalizer: EqualizerSettings,
    /// Where the waveforms of tracks are stored; without it none are drawn up.
    pub waveform_folder: Option<PathBuf>,
    /// Where the player asks for the tags of what is in the queue; without it, entries keep the tags
    /// they came with.
    pub tag_requests: Option<Sender<TagRequest>>,
    /// Called for the owner's own feed.
    pub wake: Wake,
}
