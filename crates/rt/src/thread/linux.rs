//! What the kernel says of threads.

/// Children of the thread begin as ordinary ones. RealtimeKit sets it, and only those with the right to
/// real-time scheduling may take it away.
pub(super) const RESET_ON_FORK: libc::c_int = 0x4000_0000;

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
