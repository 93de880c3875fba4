//! The program among others: on a real session bus, with other starts of itself, and as the desktop opens
//! files with it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

mod bus;
mod instance;
mod mpris;
mod player;
