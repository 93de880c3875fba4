//! What a desktop does to a player, done to the built program on a sound server of its own: killed servers,
//! devices that go, stopped processes.
//!
//! Runs on the headless desktop of `cargo xtask test`; elsewhere every test says that it did not run. The
//! long forms run where `RUSTY_AUDIO_SURVIVAL=long` is set; their figures stand in `tests/README.md`.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "shared with the tests of the window")]
mod support;

mod devices;
mod ear;
mod events;
mod fallback;
mod files;
mod formats;
mod inputs;
mod load;
mod player;
mod server;
mod servers;
mod signals;
mod stops;

/// A limit on time or cost, as `wanted` in the long form, which is run on a quiet machine; among other tests
/// four times as much, so that only a fault goes over it. What was measured is printed in both.
fn limit(wanted: f64) -> f64 {
    if is_long() { wanted } else { 4.0 * wanted }
}

/// Whether the long forms are wanted.
fn is_long() -> bool {
    std::env::var("RUSTY_AUDIO_SURVIVAL").is_ok_and(|form| form == "long")
}
