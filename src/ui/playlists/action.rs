//! What is asked of the listener's lists, besides what they are told to do.

use crate::app::ListAddition;
use library::model::ListId;

/// What a new list is to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NewList {
    /// A list of tracks, which begins with these.
    Tracks(Option<ListAddition>),
    /// A folder of lists.
    Folder,
    /// What a query finds.
    Smart(String),
}

/// A request to the pane of lists.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ListAction {
    /// Asks for the name of a new list.
    AskNew(NewList),
    /// Asks for another name of a list; of the one that is open or chosen where none is named.
    AskRename(Option<ListId>),
    /// Asks for another query of a smart list.
    AskQuery(ListId),
    /// Asks whether to delete a list.
    AskDelete(ListId),
    /// Shows a list's entries, or of none.
    Open(Option<ListId>),
    /// A list was opened: it is to be remembered.
    Opened(Option<ListId>),
}
