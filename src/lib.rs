//! Rusty Audio: a desktop music player.
//!
//! The crates below it do the work; here they become a program: the command line ([`cli`]), the
//! window ([`ui`]) and what connects them with the desktop ([`desktop`]). `ARCHITECTURE.md` draws the whole house.

pub mod app;
pub mod cli;
pub mod desktop;
pub mod ui;
