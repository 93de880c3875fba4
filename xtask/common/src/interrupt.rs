//! Ctrl-C and its kin: noted, so that whoever waits can clean up before the process ends.

use std::sync::atomic::{AtomicBool, Ordering};

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// True once somebody asked this process to end.
pub fn requested() -> bool {
    // A lone flag: nothing else is published through it.
    REQUESTED.load(Ordering::Relaxed)
}

/// From now on SIGINT, SIGTERM and SIGHUP are noted instead of ending the process.
#[cfg(unix)]
pub fn install() {
    extern "C" fn note(_signal: libc::c_int) {
        REQUESTED.store(true, Ordering::Relaxed);
    }
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        let handler: extern "C" fn(libc::c_int) = note;
        // SAFETY: the handler only stores to an atomic, which is safe within a signal handler.
        unsafe {
            libc::signal(signal, handler as *const () as libc::sighandler_t);
        }
    }
}

/// Elsewhere the default applies: the process ends.
#[cfg(not(unix))]
pub fn install() {}
