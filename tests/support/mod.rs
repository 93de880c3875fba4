//! What the end-to-end tests stand on: a player process, an ear on the sink, a hand in the window.

pub(crate) mod capture;
pub(crate) mod inspection;
pub(crate) mod listening;
pub(crate) mod player_process;
pub(crate) mod signals;
pub(crate) mod stall;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::TempDir;

/// Frames a second of the sink and of every file made here.
pub(crate) const RATE: usize = 48_000;

/// There is one sink and one keyboard focus: one test at a time.
static DESKTOP: Mutex<()> = Mutex::new(());

/// The headless desktop, held by one test, and a folder for its files.
pub(crate) struct Desktop {
    folder: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Desktop {
    /// Waits for its turn. Says why the test `name` cannot run where there is no such desktop.
    pub(crate) fn enter(name: &str) -> Option<Self> {
        if !cfg!(feature = "inspection") {
            println!("not run: {name} needs the feature `inspection`, use `cargo xtask test`");
            return None;
        }
        if std::env::var_os("RUSTY_AUDIO_TEST_DESKTOP").is_none() {
            println!("not run: {name} needs the headless desktop, use `cargo xtask test`");
            return None;
        }
        Some(Self {
            // A test that failed has left nothing behind that the next one could trip over.
            _turn: DESKTOP.lock().unwrap_or_else(PoisonError::into_inner),
            folder: TempDir::new().expect("a folder for test files"),
        })
    }

    /// Where the test's files go.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// Runs `attempt` until it succeeds, three times at most. For comparing samples over seconds: a busy
/// machine makes a sound server drop a stretch now and then whoever plays, even `pacat`. What the
/// player does wrong it does wrong each time.
pub(crate) fn despite_dropouts(mut attempt: impl FnMut() -> Result<(), String>) {
    for number in 1..=3 {
        match attempt() {
            Ok(()) => return,
            Err(problem) if number < 3 => println!("attempt {number}: {problem}"),
            Err(problem) => panic!("three times in a row, at last: {problem}"),
        }
    }
}
