//! Controls and text that every pane is made of; they know nothing of the player.

pub(crate) mod elided;
pub(crate) mod fader;
pub(crate) mod frequency;
pub(crate) mod frequency_axis;
pub(crate) mod gain;
pub(crate) mod icon_button;
pub(crate) mod row_drag;
pub(crate) mod row_selection;
pub(crate) mod time_format;
