//! The collection, from real files to what is found in them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests may fail loudly"
)]

#[path = "../../benches/support/collection/mod.rs"]
mod collection;
mod list_changes;
mod lists;
mod mutants;
mod scanning;
mod searching;
mod session;
mod survival;
mod transfer;
