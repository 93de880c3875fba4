//! The player: queue, control thread, decode worker, renderer and outputs.
//!
//! A window or a command starts a [`player::PlayerHandle`], sends it [`command::PlayerCommand`]s and
//! reads [`status::PlayerSnapshot`]s.

pub mod analysis;
pub mod command;
pub mod player;
pub mod status;
