//! What the audio thread shares with the others. On its side nothing here blocks, allocates or calls the
//! system; on the other side nothing waits for it.
//!
//! ```
//! let (mut settings, mut audio_side) = rt::snapshot::snapshot(&1.0_f32);
//! settings.publish(0.5);
//! assert_eq!(*audio_side.latest(), 0.5);
//! ```

pub mod clock;
pub mod history;
pub mod ids;
pub mod pool;
pub mod ring;
pub mod snapshot;
pub mod thread;
