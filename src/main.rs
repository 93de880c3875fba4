//! Arguments become a window or a command.

use rusty_audio::cli::{self, Outcome};
use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Outcome::Done(code) => code,
        Outcome::Window { .. } => ExitCode::FAILURE,
    }
}
