//! Carries out the actions of panes; a file for each kind.

mod equalizer;
mod lists;
mod playback;
mod presets;
mod queue;
mod view;
