//! Tracks on disk: what an input names, playlists, presets, and reading tags in the background.

pub mod cue;
pub mod demo;
mod find;
pub mod inputs;
mod list_text;
pub mod playlist;

#[cfg(test)]
mod mutation_tests;
