//! Tracks on disk: what an input names, be it a file, a folder, a playlist or a cue sheet; and the collection,
//! which knows the tracks below the listener's folders. Knows nothing of playing.
//!
//! ```
//! let missing = library::inputs::expand_input("/no/such/file".as_ref(), &mut |_| {});
//! assert_eq!(missing.unwrap_err().to_string(), "/no/such/file: no such file");
//! ```

pub mod cue;
pub mod database;
pub mod demo;
pub mod error;
mod find;
pub mod inputs;
mod list_text;
pub mod model;
pub mod playlist;
pub mod playlists;
pub mod query;
pub mod scan;
pub mod transfer;

#[cfg(test)]
mod mutation_tests;
