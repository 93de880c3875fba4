//! Places in the queue.

use engine::command::Placement;
use engine::status::PlayerSnapshot;

/// In front of what follows the current entry.
pub(crate) fn after_current(snapshot: &PlayerSnapshot) -> Placement {
    let mut entries = snapshot
        .queue
        .iter()
        .skip_while(|entry| Some(entry.id) != snapshot.current);
    match entries.nth(1) {
        Some(next) => Placement::Before(next.id),
        None => Placement::Append,
    }
}
