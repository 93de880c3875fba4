//! The player: queue, control thread, decode worker, renderer and outputs.
//!
//! A window or a command starts a [`player::PlayerHandle`], sends it [`command::PlayerCommand`]s and
//! reads [`status::PlayerSnapshot`]s.

pub mod adaptive;
pub mod analysis;
pub mod chain;
pub mod command;
mod control;
pub mod decode_worker;
pub mod levels;
pub mod offline;
mod options;
pub mod output;
mod overviews;
pub mod pipeline;
#[cfg(feature = "inspection")]
mod planted;
pub mod player;
pub mod publisher;
pub mod queue;
pub mod remote;
pub mod renderer;
pub mod signal_path;
pub mod status;

#[cfg(test)]
#[path = "short_tracks_tests.rs"]
mod short_tracks;
