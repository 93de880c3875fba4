//! WavPack blocks: decoded one by one, lossless ones to the bit, hybrid ones without their correction.
//!
//! Where blocks are found, in a file of their own or in Matroska, is left to the caller: nothing here reads
//! anything. Every block can be decoded by itself, and its checksum tells whether that went right. Nothing
//! panics, and nothing a block says makes more than its own length be allocated. Written after the format's
//! description, because the only alternative is a binding to the C library.
//!
//! ```
//! use wavpack::{BlockHeader, HEADER_BYTES};
//! assert!(BlockHeader::parse(&[0; HEADER_BYTES]).is_none(), "zeros are no block");
//! ```

mod bits;
mod block;
mod decorrelation;
mod entropy;
mod header;
mod logarithm;
mod packet;
mod restore;

pub use block::{BlockDecoder, custom_rate_hz, is_correction};
pub use header::{BlockHeader, HEADER_BYTES};
pub use packet::{Decoded, PacketDecoder};

/// The most channels that blocks of one stretch of time may have together.
pub const MAX_CHANNELS: usize = 32;
