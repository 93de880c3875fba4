//! The equalizer: its tools, its sliders or list of bands, and the history of edits.

mod band_row;
mod band_table;
pub(crate) mod history;
pub(crate) mod sliders;
pub(crate) mod tools;
