//! Menus of settings that stand behind a button.

pub(crate) mod device;
mod parts;
pub(crate) mod playback;
pub(crate) mod sound;
