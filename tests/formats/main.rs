//! Every kind of file, made by its real encoder: all of its frames, from the first, exact after any
//! seek, and the same sound as the reference decoder's. Prints a table for each family.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly")]

#[path = "../encoders/mod.rs"]
mod encoders;
mod lossless;
mod mpeg;
mod plain;
mod table;
mod xiph;
