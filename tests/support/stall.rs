//! Holds one thread of a child process, as if it slept, while the others run on.

use std::path::PathBuf;
use std::ptr::null_mut;
use std::time::{Duration, Instant};

/// System calls a thread is in while it only waits. Held elsewhere, it could keep a lock that a
/// thread merely busy or asleep would not (the allocator's, for one).
const WAITING: [libc::c_long; 5] = [
    libc::SYS_ppoll,
    libc::SYS_epoll_pwait,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_futex,
];
#[cfg(target_arch = "x86_64")]
const WAITING_OLD: [libc::c_long; 2] = [libc::SYS_poll, libc::SYS_epoll_wait];
#[cfg(not(target_arch = "x86_64"))]
const WAITING_OLD: [libc::c_long; 0] = [];

/// How long to try to catch the thread waiting.
const LIMIT: Duration = Duration::from_secs(5);

/// A held thread. It goes on when this is dropped, which has to happen on the thread that made it.
pub(crate) struct Stall {
    thread: libc::pid_t,
    is_held: bool,
}

impl Stall {
    /// Holds the thread called `name` of `process`, a child of this one; the main thread for `None`.
    ///
    /// # Errors
    /// When the system does not let one process trace another.
    pub(crate) fn hold(process: u32, name: Option<&str>) -> std::io::Result<Self> {
        let thread = match name {
            Some(name) => thread_called(process, name),
            None => process,
        };
        let thread = libc::pid_t::try_from(thread).expect("a thread id");
        trace(libc::PTRACE_SEIZE, thread)?;
        let mut stall = Self {
            thread,
            is_held: false,
        };
        let started = Instant::now();
        loop {
            stall.interrupt()?;
            let task = PathBuf::from(format!("/proc/{process}/task/{thread}/syscall"));
            let call = std::fs::read_to_string(task)?;
            let call = call
                .split_whitespace()
                .next()
                .and_then(|call| call.parse().ok());
            if call.is_some_and(|call| WAITING.contains(&call) || WAITING_OLD.contains(&call)) {
                return Ok(stall);
            }
            assert!(started.elapsed() < LIMIT, "the thread never waits");
            trace(libc::PTRACE_CONT, thread)?;
            stall.is_held = false;
            std::thread::sleep(Duration::from_millis(3));
        }
    }

    fn interrupt(&mut self) -> std::io::Result<()> {
        trace(libc::PTRACE_INTERRUPT, self.thread)?;
        let mut status = 0;
        // SAFETY: `status` outlives the call.
        let waited = unsafe { libc::waitpid(self.thread, &raw mut status, libc::__WALL) };
        if waited != self.thread || !libc::WIFSTOPPED(status) {
            return Err(std::io::Error::last_os_error());
        }
        self.is_held = true;
        Ok(())
    }
}

impl Drop for Stall {
    fn drop(&mut self) {
        if self.is_held || self.interrupt().is_ok() {
            // A thread that has ended meanwhile needs no letting go.
            let _ = trace(libc::PTRACE_DETACH, self.thread);
        }
    }
}

fn trace(request: libc::c_uint, thread: libc::pid_t) -> std::io::Result<()> {
    let none = null_mut::<libc::c_void>();
    // SAFETY: none of the requests made here reads or writes memory through its arguments.
    match unsafe { libc::ptrace(request, thread, none, none) } {
        -1 => Err(std::io::Error::last_os_error()),
        _ => Ok(()),
    }
}

fn thread_called(process: u32, name: &str) -> u32 {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).expect("a process");
    let is_wanted = |task: &PathBuf| {
        let comm = std::fs::read_to_string(task.join("comm")).unwrap_or_default();
        comm.trim() == name
    };
    let found = tasks.flatten().map(|task| task.path()).find(is_wanted);
    found
        .as_ref()
        .and_then(|task| task.file_name()?.to_str()?.parse().ok())
        .unwrap_or_else(|| panic!("no thread is called {name}"))
}
