//! Tracks on disk: what an input names, playlists, presets, and reading tags in the background.

pub mod cue;
pub mod demo;
pub mod inputs;
pub mod playlist;
pub mod preset;
pub mod scanner;
