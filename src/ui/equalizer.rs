//! The equalizer: its tools, its sliders or list of bands, and the history of edits.

pub(crate) mod action;
mod band_row;
mod band_table;
pub(crate) mod editor;
pub(crate) mod history;
pub(crate) mod sliders;
pub(crate) mod ten_bands;
pub(crate) mod tools;
