//! One program a user: a second start hands over what it was asked to do.

mod client;
mod place;
mod protocol;
mod requests;
mod server;
mod socket;

pub use client::{AskError, ask};
pub use place::InstancePlace;
pub use protocol::{NamedPath, OpenMode, Reply, Request, Status};
pub use requests::answer_requests;
pub use server::{Answering, InstanceListener};

use std::fs::TryLockError;
use std::io;

/// What a start finds.
pub enum Claim {
    /// Nobody else runs; this one is the running program from now on.
    First(InstanceListener),
    /// Another runs, and has been asked.
    Other(Result<Reply, AskError>),
}

/// Becomes the running program at `place`, or asks `request` of the one that is. Of several starts at once
/// one becomes it, and the others wait for it, at most some seconds.
///
/// # Errors
/// When the lock or the socket cannot be made; the program can run without.
pub fn claim_or_ask(place: &InstancePlace, request: &Request) -> io::Result<Claim> {
    match claim(place)? {
        Some(listener) => Ok(Claim::First(listener)),
        None => Ok(Claim::Other(client::ask_starting(place, request))),
    }
}

/// Becomes the running program at `place`, unless another is.
///
/// # Errors
/// When the lock or the socket cannot be made; the program can run without.
pub fn claim(place: &InstancePlace) -> io::Result<Option<InstanceListener>> {
    let lock = place.open_lock()?;
    match lock.try_lock() {
        Ok(()) => InstanceListener::bind(place, lock).map(Some),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
