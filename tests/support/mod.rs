//! What the end-to-end tests stand on: a player process, an ear on the sink, a hand in the window.

pub(crate) mod capture;
pub(crate) mod inspection;
pub(crate) mod listening;
pub(crate) mod player_process;
pub(crate) mod signals;
pub(crate) mod stall;
pub(crate) mod undisturbed;

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use tempfile::TempDir;
use undisturbed::undisturbed;

/// Frames a second of the sink and of every file made here.
pub(crate) const RATE: usize = 48_000;

/// Share of a processor that must be missing to excuse a test that failed again and again: with less, a
/// sound server keeps up at the third attempt.
const EXCUSE: f64 = 0.1;

/// There is one sink and one keyboard focus: one test at a time.
static DESKTOP: Mutex<()> = Mutex::new(());

/// Runs the test called `test` on the headless desktop, as often as [`undisturbed`] lets it, each time
/// with a new folder for its files. Waits for its turn. Says so where there is no such desktop.
pub(crate) fn on_desktop(test: &str, mut attempt: impl FnMut(&Path)) {
    let missing = if !cfg!(feature = "inspection") {
        "the feature `inspection`"
    } else if std::env::var_os("RUSTY_AUDIO_TEST_DESKTOP").is_none() {
        "the headless desktop"
    } else {
        // A test that failed has left nothing behind that the next one could trip over.
        let _turn = DESKTOP.lock().unwrap_or_else(PoisonError::into_inner);
        return undisturbed(test, 3, EXCUSE, || {
            let folder = TempDir::new().expect("a folder for test files");
            attempt(folder.path());
        });
    };
    println!("not run: {test} needs {missing}, use `cargo xtask test`");
}
