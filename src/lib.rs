//! Rusty Audio: a desktop music player.
//!
//! The crates below it do the work; here they become a program: the command line ([`cli`]) and the
//! window ([`ui`]). `ARCHITECTURE.md` draws the whole house.

pub mod app;
pub mod cli;
pub mod ui;
