//! From files to frames: decoders, channel mapping, resampling, tags.

pub mod cache;
pub mod channel_map;
pub mod containment;
pub mod decoder;
pub mod duration;
pub mod error;
mod head;
pub mod location;
pub mod loudness;
pub mod open;
pub mod overview;
mod overview_store;
pub mod replaygain;
pub mod resampler;
mod seek_limit;
pub mod tag_writer;
pub mod tags;
pub mod track_bytes;
pub mod wav_writer;
