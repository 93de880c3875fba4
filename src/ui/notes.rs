//! Lines for the listener: notes that go by themselves, and the banner that stays.

pub(crate) mod banner;
pub(crate) mod toasts;
