//! What the audio thread shares with the others: nothing here blocks it.

pub mod clock;
pub mod history;
pub mod ids;
pub mod pool;
pub mod ring;
pub mod snapshot;
pub mod thread;
