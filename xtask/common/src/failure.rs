//! The one error of these commands: a line for a person.

use std::fmt::{self, Display};
use std::io;
use std::path::Path;

/// Why a command stopped, said in one line.
#[derive(Debug)]
pub struct Failure {
    message: String,
    /// What the process exits with.
    pub exit_code: u8,
}

impl Failure {
    /// A failure that exits with 1.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            exit_code: 1,
        }
    }

    /// Wrong usage: exits with 2.
    pub fn usage(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            exit_code: 2,
        }
    }

    /// "cannot `action` `path`: reason".
    pub fn file(action: &str, path: &Path, error: &io::Error) -> Self {
        Self::new(format!("cannot {action} {}: {error}", path.display()))
    }

    /// A program that could not be started.
    pub fn start(program: &str, error: &io::Error) -> Self {
        Self::new(format!("cannot start {program}: {error}"))
    }
}

impl Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}
