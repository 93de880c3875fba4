//! Files that come into the window: by dialog or dropped on it.

pub(crate) mod dialogs;
pub(crate) mod drop;
pub(crate) mod request;
pub(crate) mod reveal;
