//! What every layer needs of the file system: kinds of files by their [`extensions`], paths as one
//! line can show them ([`shown`]), [`text`] whose encoding nobody wrote down, errors in words
//! ([`reason`]), and a write that is whole or not at all ([`replace`]).
//!
//! Nothing here knows what a file is about.

pub mod extensions;
pub mod reason;
pub mod replace;
pub mod shown;
pub mod text;
