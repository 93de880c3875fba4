//! From files to frames: decoders, tags, loudness, waveforms, resampling. A header is never believed over
//! the file; whatever sound there is comes out, and a fault behind it is a warning. Nothing here is for the
//! audio thread.
//!
//! ```no_run
//! let mut decoder = media::open::Opener::default().open(&"song.flac".into())?;
//! while let Some(frames) = decoder.next_frames()? {
//!     println!("{} samples", frames.len());
//! }
//! # Ok::<(), media::error::MediaError>(())
//! ```

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
pub mod replaygain;
pub mod resampler;
pub mod summary;
pub mod tag_writer;
pub mod tags;
pub mod track_bytes;
pub mod wav_writer;
pub mod waveform;
mod waveform_store;
