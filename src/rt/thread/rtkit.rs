//! RealtimeKit: a system service that grants real-time scheduling to ordinary users' threads, on
//! the condition that they give up the processor now and then. Its interface:
//! <https://github.com/heftig/rtkit/blob/master/README>.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use zbus::blocking::connection::{Builder, Connection};
use zbus::zvariant::OwnedValue;

const NAME: &str = "org.freedesktop.RealtimeKit1";
const PATH: &str = "/org/freedesktop/RealtimeKit1";
/// How long the service may take for an answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// The level asked for, if the service's limit allows.
const LEVEL: i32 = 20;
/// Children of the thread begin as ordinary ones. The service sets it, and only those with the right
/// to real-time scheduling may take it away.
const RESET_ON_FORK: libc::c_int = 0x4000_0000;

/// The thread to be made an ordinary one again when it computes for too long; 0 for none.
static RAISED: AtomicU32 = AtomicU32::new(0);
/// The thread that was last made an ordinary one for that.
static DEMOTED: AtomicU32 = AtomicU32::new(0);

/// The calling thread's number in the kernel. One system call.
pub(super) fn current_thread_id() -> u32 {
    // SAFETY: takes nothing and cannot fail.
    unsafe { libc::gettid() as u32 }
}

/// Whether the calling thread runs in real time, whoever saw to it. One system call.
pub(super) fn is_real_time() -> bool {
    // SAFETY: takes a thread, 0 being the calling one, and touches no memory.
    let policy = unsafe { libc::sched_getscheduler(0) } & !RESET_ON_FORK;
    matches!(policy, libc::SCHED_FIFO | libc::SCHED_RR)
}

/// Whether the thread lost what it was granted because it computed for too long.
pub(super) fn was_demoted(thread_id: u32) -> bool {
    DEMOTED.load(Ordering::Relaxed) == thread_id
}

/// Asks the service on the system bus to raise a thread of this process. Waits for it, and limits
/// for how long real-time threads of this process may compute without a pause.
///
/// # Errors
/// When there is no bus or service, or it refuses.
pub(super) fn make_real_time(thread_id: u32) -> zbus::Result<()> {
    ask(Builder::system()?, thread_id)
}

fn ask(bus: Builder<'_>, thread_id: u32) -> zbus::Result<()> {
    let bus = bus.method_timeout(PATIENCE).build()?;
    let longest_us: i64 = property(&bus, "RTTimeUSecMax")?;
    let highest: i32 = property(&bus, "MaxRealtimePriority")?;
    DEMOTED.store(0, Ordering::Relaxed);
    // In this order: from the grant on, a thread that computes for too long is noticed.
    RAISED.store(thread_id, Ordering::Relaxed);
    limit_real_time(longest_us.max(0) as u64)?;
    let arguments = (u64::from(thread_id), highest.clamp(1, LEVEL) as u32);
    bus.call_method(
        Some(NAME),
        PATH,
        Some(NAME),
        "MakeThreadRealtime",
        &arguments,
    )?;
    Ok(())
}

fn property<T>(bus: &Connection, name: &str) -> zbus::Result<T>
where
    T: TryFrom<OwnedValue, Error: Into<zbus::Error>>,
{
    let properties = Some("org.freedesktop.DBus.Properties");
    let reply = bus.call_method(Some(NAME), PATH, properties, "Get", &(NAME, name))?;
    let value: OwnedValue = reply.body().deserialize()?;
    T::try_from(value).map_err(Into::into)
}

/// Sets RLIMIT_RTTIME, without which the service refuses: a real-time thread that computes for more
/// than half of `longest_us` without a pause is made an ordinary one, see [`demote`]; the kernel would
/// end the process at the whole.
fn limit_real_time(longest_us: u64) -> std::io::Result<()> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: writes to `limit`, which outlives the call.
    if unsafe { libc::getrlimit(libc::RLIMIT_RTTIME, &raw mut limit) } != 0 {
        return Err(std::io::Error::last_os_error());
    }
    limit.rlim_max = limit.rlim_max.min(longest_us);
    limit.rlim_cur = limit.rlim_max / 2;
    let handler: extern "C" fn(libc::c_int) = demote;
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

/// Handles SIGXCPU: better a callback that may be interrupted than a player that is ended.
/// Two atomics and one system call, as befits a signal handler.
extern "C" fn demote(_signal: libc::c_int) {
    let thread_id = RAISED.swap(0, Ordering::Relaxed);
    if thread_id == 0 {
        return;
    }
    let ordinary = libc::sched_param { sched_priority: 0 };
    // SAFETY: the system call reads `ordinary`, which outlives it; the error number is kept for the
    // code that was interrupted, at an address that is always good.
    unsafe {
        let error = *libc::__errno_location();
        let policy = libc::SCHED_OTHER | RESET_ON_FORK;
        libc::syscall(
            libc::SYS_sched_setscheduler,
            thread_id as libc::pid_t,
            policy,
            &raw const ordinary,
        );
        *libc::__errno_location() = error;
    }
    DEMOTED.store(thread_id, Ordering::Relaxed);
}

#[cfg(test)]
#[path = "rtkit_tests.rs"]
mod tests;
