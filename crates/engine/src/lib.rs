//! The player: queue, control thread, decode worker, renderer and outputs. It plays what it is given; what
//! an input means, others find out.
//!
//! Whoever starts a [`player::PlayerHandle`] owns it; others command it through a [`remote::PlayerRemote`] and
//! see it through a [`remote::PlayerFeed`] of their own.
//!
//! ```no_run
//! use engine::command::{Placement, TransportCommand};
//! # fn example(player: &engine::player::PlayerHandle) {
//! let remote = player.remote();
//! remote.insert(Placement::Append, true).add(vec!["song.flac".into()]);
//! remote.send(TransportCommand::Pause);
//! # }
//! ```

pub mod adaptive;
pub mod analysis;
pub mod chain;
pub mod command;
mod control;
pub mod decode_worker;
#[cfg(feature = "inspection")]
mod fault_injection;
mod figures;
pub mod levels;
pub mod offline;
mod options;
pub mod output;
pub mod pipeline;
pub mod player;
pub mod publisher;
pub mod queue;
pub mod remote;
pub mod renderer;
pub mod signal_path;
pub mod status;
mod waveforms;

#[cfg(test)]
#[path = "short_tracks_tests.rs"]
mod short_tracks;
