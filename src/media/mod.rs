//! From files to frames: decoders, resampling, tags.

pub mod tags;
