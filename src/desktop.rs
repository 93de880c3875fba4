//! The desktop around the program: other starts of it, media keys and whatever else commands a player.

pub mod instance;
