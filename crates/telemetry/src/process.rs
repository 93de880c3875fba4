//! CPU time and memory of this process.

use super::threads::{ThreadMeter, ThreadUsage};
use std::time::{Duration, Instant};
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

/// The shortest time between two looks: the system counts CPU time in steps of 10 ms.
const MIN_LOOK: Duration = Duration::from_millis(500);

/// Looks at this process, at most twice a second.
pub struct ProcessMeter {
    system: System,
    pid: Option<Pid>,
    started: Instant,
    start_cpu_ms: u64,
    looked: Instant,
    last_cpu_ms: u64,
    usage: ProcessUsage,
    threads: ThreadMeter,
    threads_looked: Instant,
    thread_usage: Vec<ThreadUsage>,
}

/// What this process uses.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ProcessUsage {
    /// CPU time between the last two looks, in % of one core.
    pub cpu_percent: f64,
    /// CPU time since the meter was made, in % of one core.
    pub session_cpu_percent: f64,
    /// Resident memory in MiB.
    pub rss_mib: f64,
}

impl Default for ProcessMeter {
    fn default() -> Self {
        Self::new()
    }
}

impl ProcessMeter {
    /// A meter that begins now. Makes system calls.
    pub fn new() -> Self {
        let mut meter = Self {
            system: System::new(),
            pid: sysinfo::get_current_pid().ok(),
            started: Instant::now(),
            start_cpu_ms: 0,
            looked: Instant::now(),
            last_cpu_ms: 0,
            usage: ProcessUsage::default(),
            threads: ThreadMeter::new(),
            threads_looked: Instant::now(),
            thread_usage: Vec::new(),
        };
        if let Some((cpu_ms, rss_mib)) = meter.look() {
            (meter.start_cpu_ms, meter.last_cpu_ms) = (cpu_ms, cpu_ms);
            meter.usage.rss_mib = rss_mib;
        }
        meter
    }

    /// The newest figures. Makes system calls, at most twice a second.
    pub fn usage(&mut self) -> ProcessUsage {
        let elapsed = self.looked.elapsed();
        if elapsed >= MIN_LOOK
            && let Some((cpu_ms, rss_mib)) = self.look()
        {
            let share = |cpu_ms: u64, wall: Duration| cpu_ms as f64 / wall.as_secs_f64() / 10.0;
            self.usage = ProcessUsage {
                cpu_percent: share(cpu_ms.saturating_sub(self.last_cpu_ms), elapsed),
                session_cpu_percent: share(
                    cpu_ms.saturating_sub(self.start_cpu_ms),
                    self.started.elapsed(),
                ),
                rss_mib,
            };
            self.last_cpu_ms = cpu_ms;
            self.looked = Instant::now();
        }
        self.usage
    }

    /// CPU time of the threads, summed by name, busiest first; nothing where the system does not tell
    /// (other than Linux). Makes system calls, at most twice a second, and allocates.
    pub fn threads(&mut self) -> &[ThreadUsage] {
        if self.threads_looked.elapsed() >= MIN_LOOK {
            self.thread_usage = self.threads.look();
            self.threads_looked = Instant::now();
        }
        &self.thread_usage
    }

    fn look(&mut self) -> Option<(u64, f64)> {
        let pid = self.pid?;
        let what = ProcessRefreshKind::nothing().with_cpu().with_memory();
        self.system
            .refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), false, what);
        let process = self.system.process(pid)?;
        Some((
            process.accumulated_cpu_time(),
            process.memory() as f64 / f64::from(1 << 20),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_shows_as_cpu_time() {
        let mut meter = ProcessMeter::new();
        let start = Instant::now();
        let mut x = 1_u64;
        while start.elapsed() < Duration::from_millis(600) {
            x = std::hint::black_box(x.wrapping_mul(3));
        }
        let usage = meter.usage();
        assert!(usage.cpu_percent > 5.0, "{usage:?}");
        assert!(usage.rss_mib > 1.0);
    }
}
