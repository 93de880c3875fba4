//! What the project's own commands share.

#[cfg(target_os = "linux")]
pub mod desktop;
pub mod failure;
pub mod interrupt;
pub mod packages;
pub mod project;
