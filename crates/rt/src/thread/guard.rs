//! No thread may keep a core for itself for ever: a real-time thread that computes for too long without
//! a pause is made an ordinary one, long before nothing else gets to run.
//!
//! The kernel counts how long a real-time thread computes without waiting for anything (RLIMIT_RTTIME,
//! see getrlimit(2)) and sends SIGXCPU, to the thread itself where it can. The handler lowers it.

use super::linux::{self, RESET_ON_FORK};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// How long a real-time thread may compute without a pause, in microseconds.
const MAX_US: u64 = 500_000;
/// Threads that are watched at a time; of more, the ones raised first are let go.
const MAX_THREADS: usize = 8;

/// One watched thread; 0 for none.
struct Watched {
    thread_id: AtomicU32,
    /// The thread's number again, where it has been lowered.
    lowered: AtomicU32,
}

static WATCHED: [Watched; MAX_THREADS] = [const {
    Watched {
        thread_id: AtomicU32::new(0),
        lowered: AtomicU32::new(0),
    }
}; MAX_THREADS];
/// Threads ever watched.
static COUNT: AtomicU32 = AtomicU32::new(0);
/// The limits in force, in microseconds.
static SOFT_US: AtomicU64 = AtomicU64::new(MAX_US);
static HARD_US: AtomicU64 = AtomicU64::new(libc::RLIM_INFINITY);

fn watched(thread_id: u32) -> Option<&'static Watched> {
    WATCHED
        .iter()
        .find(|watched| watched.thread_id.load(Ordering::Relaxed) == thread_id)
}

/// Has a thread of this process lowered when it computes for too long. Does not allocate.
pub(super) fn watch(thread_id: u32) {
    let place = watched(thread_id).unwrap_or_else(|| {
        let next = COUNT.fetch_add(1, Ordering::Relaxed) as usize;
        &WATCHED[next % MAX_THREADS]
    });
    place.lowered.store(0, Ordering::Relaxed);
    place.thread_id.store(thread_id, Ordering::Relaxed);
}

/// Whether the thread lost what it was granted because it computed for too long.
pub(super) fn was_lowered(thread_id: u32) -> bool {
    let is_it = |watched: &Watched| watched.lowered.load(Ordering::Relaxed) == thread_id;
    thread_id != 0 && WATCHED.iter().any(is_it)
}

/// Makes the calling thread an ordinary one. Two system calls; does not allocate.
pub(super) fn lower_current_thread() {
    let thread_id = linux::current_thread_id();
    if watched(thread_id).is_none() {
        watch(thread_id);
    }
    lower(thread_id);
}

/// Limits for how long real-time threads of this process may compute without a pause: half a second, and
/// half of `most_us`, at the whole of which the kernel ends the process. A few system calls; does
/// not allocate.
///
/// # Errors
/// When the system refuses.
pub(super) fn limit_real_time(most_us: u64) -> std::io::Result<()> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: writes to `limit`, which outlives the call.
    if unsafe { libc::getrlimit(libc::RLIMIT_RTTIME, &raw mut limit) } != 0 {
        return Err(std::io::Error::last_os_error());
    }
    limit.rlim_max = limit.rlim_max.min(most_us);
    limit.rlim_cur = limit.rlim_cur.min(MAX_US).min(limit.rlim_max / 2);
    SOFT_US.store(limit.rlim_cur, Ordering::Relaxed);
    HARD_US.store(limit.rlim_max, Ordering::Relaxed);
    let handler: extern "C" fn(libc::c_int) = lower_who_computes;
    // SAFETY: the handler does only what a signal handler may, see there; nothing else in this
    // program handles this signal. The limit is read from a live variable.
    let is_set = unsafe {
        libc::signal(libc::SIGXCPU, handler as libc::sighandler_t) != libc::SIG_ERR
            && libc::setrlimit(libc::RLIMIT_RTTIME, &raw const limit) == 0
    };
    if is_set {
        Ok(())
    } else {
        Err(std::io::Error::last_os_error())
    }
}

/// Handles SIGXCPU: better a thread that may be interrupted than a machine that stands still, or a
/// player that is ended. Atomics and a few system calls, as befits a signal handler.
extern "C" fn lower_who_computes(_signal: libc::c_int) {
    // SAFETY: the error number is kept for the code that was interrupted, at an address that is always
    // good.
    let error = unsafe { *libc::__errno_location() };
    let this = linux::current_thread_id();
    // A sound server's library has real-time threads of its own in this process.
    if watched(this).is_some() || linux::is_real_time() {
        lower(this);
    } else {
        // It went to another thread: one of these it is.
        for watched in &WATCHED {
            match watched.thread_id.load(Ordering::Relaxed) {
                0 => {}
                thread_id => lower(thread_id),
            }
        }
    }
    let limit = libc::rlimit {
        rlim_cur: SOFT_US.load(Ordering::Relaxed),
        rlim_max: HARD_US.load(Ordering::Relaxed),
    };
    // SAFETY: reads `limit`, which outlives the call, and the address from above. The kernel has put the
    // limit up by a second with the signal; it is put back for the next thread.
    unsafe {
        libc::setrlimit(libc::RLIMIT_RTTIME, &raw const limit);
        *libc::__errno_location() = error;
    }
}

/// Makes a thread of this process an ordinary one. May run in a signal handler.
fn lower(thread_id: u32) {
    let ordinary = libc::sched_param { sched_priority: 0 };
    let id = thread_id as libc::pid_t;
    // SAFETY: the system calls take numbers, and read `ordinary`, which outlives them. Signal 0 is
    // none: it tells whether the thread is still one of this process.
    unsafe {
        if libc::syscall(libc::SYS_tgkill, libc::getpid(), id, 0) != 0 {
            return;
        }
        // Who has no right to real-time scheduling must not take this mark away.
        let mark = libc::syscall(libc::SYS_sched_getscheduler, id) as libc::c_int & RESET_ON_FORK;
        let policy = libc::SCHED_OTHER | mark;
        libc::syscall(
            libc::SYS_sched_setscheduler,
            id,
            policy,
            &raw const ordinary,
        );
    }
    if let Some(watched) = watched(thread_id) {
        watched.lowered.store(thread_id, Ordering::Relaxed);
    }
}

#[cfg(test)]
#[path = "guard_tests.rs"]
pub(super) mod tests;
