//! Behind everything else: a scan takes processor and disk only when nobody else wants them.

/// Lowers the calling thread, and so those that it starts. Where the system refuses, it stays as it is.
pub(super) fn lower() {
    #[cfg(target_os = "linux")]
    {
        /// Of the calling thread, in `ioprio_set` and `setpriority`.
        const SELF: libc::c_int = 0;
        const IOPRIO_WHO_PROCESS: libc::c_int = 1;
        /// The class "best effort" with its lowest level.
        const LOWEST_BEST_EFFORT: libc::c_int = (2 << 13) | 7;
        const NICE: libc::c_int = 10;
        // SAFETY: neither call takes a pointer; both change the calling thread only.
        unsafe {
            libc::setpriority(libc::PRIO_PROCESS, 0, NICE);
            libc::syscall(
                libc::SYS_ioprio_set,
                IOPRIO_WHO_PROCESS,
                SELF,
                LOWEST_BEST_EFFORT,
            );
        }
    }
}
