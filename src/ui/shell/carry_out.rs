//! The carrying out of what panes ask for, a file for each room.

mod equalizer;
mod playback;
mod presets;
mod queue;
mod view;
