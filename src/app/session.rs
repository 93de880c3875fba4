//! What was going on when the program ended: the queue, the track and the place in it. Kept as it changes,
//! from the player's snapshots, so that whatever ends the program costs a second at most.

mod document;
mod keeper;

pub(super) use keeper::SessionKeeper;
