//! From files to frames: decoders, channel mapping, resampling, tags.

pub mod cache;
pub mod channel_map;
pub mod containment;
pub mod decoder;
pub mod error;
pub mod location;
pub mod loudness;
pub mod overview;
mod overview_store;
pub mod replaygain;
pub mod resampler;
mod seek_limit;
pub mod tag_writer;
pub mod tags;
pub mod track_bytes;
pub mod wav_writer;
