//! What is asked of the queue's list.

/// A movement in the queue's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListMove {
    /// Rows down; negative is up.
    By(isize),
    /// Pages down; negative is up.
    Page(isize),
    /// The first row.
    First,
    /// The last row.
    Last,
}

/// A request to the list or its filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QueueAction {
    /// Moves the list's cursor and selects its row alone.
    Move(ListMove),
    /// Moves the list's cursor and extends the selection to it.
    Extend(ListMove),
    SelectAll,
    PlaySelected,
    RemoveSelected,
    FocusFilter,
    LeaveFilter,
    JumpToPlaying,
    /// Moves the selected entries by one place.
    Carry {
        down: bool,
    },
    /// Takes the last change back.
    Undo,
    /// Makes it again.
    Redo,
}
