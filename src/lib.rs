//! Rusty Audio: a desktop music player.
//!
//! Layers, each importing only from those above it in this list: [`dsp`] (pure signal code), [`rt`]
//! (what the audio thread shares with others), [`media`] (files to frames), [`library`] and
//! [`telemetry`], [`engine`] (queue, decode worker, renderer, outputs), then the command line
//! ([`cli`]) and the window ([`ui`]). `ARCHITECTURE.md` draws the whole house.

pub mod cli;
pub mod dsp;
pub mod engine;
pub mod library;
pub mod media;
pub mod rt;
pub mod telemetry;
pub mod ui;
