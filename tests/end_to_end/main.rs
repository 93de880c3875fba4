//! The built program in its real window, on a real sound server: what the sink hears, and what the
//! window tells assistive technology.
//!
//! Runs on the headless desktop of `cargo xtask test`; elsewhere every test says that it did not run.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;

mod buffer;
mod collection;
mod notes;
mod sound;
mod stalls;
mod transport;
mod unplugged;
mod window;
