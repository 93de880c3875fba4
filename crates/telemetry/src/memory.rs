//! Memory: the audio path's pools, this process, and what the system has left.

use rt::pool::PoolCounters;
use std::time::{Duration, Instant};
use sysinfo::{MemoryRefreshKind, Pid, ProcessRefreshKind, ProcessesToUpdate, System};

const MIB: f64 = (1 << 20) as f64;
/// The shortest time between two looks.
const MIN_LOOK: Duration = Duration::from_millis(500);

/// Watches pools of buffers and the memory of this process.
pub struct MemoryPoolMonitor {
    pools: Vec<(&'static str, PoolCounters)>,
    system: System,
    pid: Option<Pid>,
    looked: Instant,
    usage: MemoryUsage,
}

/// Memory of this process and of the system, in MiB.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
pub struct MemoryUsage {
    /// Of this process, resident now.
    pub resident_mib: f64,
    /// Of this process, the most that was resident: as the system remembers it, elsewhere than on
    /// Linux the most that was seen.
    pub peak_mib: f64,
    /// What the system could still give without swapping, where it tells.
    pub available_mib: Option<f64>,
}

/// One pool's figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct PoolUsage {
    /// The pool.
    pub name: &'static str,
    /// Buffers in all.
    pub capacity: usize,
    /// Buffers that were out when one was last asked for.
    pub in_use: u64,
    /// The most that were ever out.
    pub high_water: u64,
    /// How often none was free.
    pub misses: u64,
}

impl Default for MemoryPoolMonitor {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryPoolMonitor {
    /// A monitor without pools. Makes system calls.
    pub fn new() -> Self {
        let mut monitor = Self {
            pools: Vec::new(),
            system: System::new(),
            pid: sysinfo::get_current_pid().ok(),
            looked: Instant::now(),
            usage: MemoryUsage::default(),
        };
        monitor.look();
        monitor
    }

    /// Watches a pool from now on, in place of the one that had the same name.
    pub fn watch_pool(&mut self, name: &'static str, counters: PoolCounters) {
        self.pools.retain(|(other, _)| *other != name);
        self.pools.push((name, counters));
    }

    /// Figures of the pools.
    pub fn pools(&self) -> impl Iterator<Item = PoolUsage> + '_ {
        self.pools.iter().map(|(name, counters)| PoolUsage {
            name,
            capacity: counters.capacity(),
            in_use: counters.in_use(),
            high_water: counters.high_water(),
            misses: counters.misses(),
        })
    }

    /// The newest figures of process and system. Makes system calls, at most twice a second.
    pub fn usage(&mut self) -> MemoryUsage {
        if self.looked.elapsed() >= MIN_LOOK {
            self.look();
        }
        self.usage
    }

    fn look(&mut self) {
        self.looked = Instant::now();
        self.system
            .refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
        // Where the system does not tell, this is 0.
        let available = self.system.available_memory();
        self.usage.available_mib = (available > 0).then_some(available as f64 / MIB);
        if let Some((resident, peak)) = self.process_memory() {
            self.usage.resident_mib = resident;
            // The kernel's own peak is kept in round numbers.
            self.usage.peak_mib = self.usage.peak_mib.max(peak).max(resident);
        }
    }

    /// Resident and peak, in MiB.
    fn process_memory(&mut self) -> Option<(f64, f64)> {
        #[cfg(target_os = "linux")]
        if let Some(exact) = std::fs::read_to_string("/proc/self/status")
            .ok()
            .and_then(|status| status_memory(&status))
        {
            return Some(exact);
        }
        let pid = self.pid?;
        let what = ProcessRefreshKind::nothing().with_memory();
        self.system
            .refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), false, what);
        let resident = self.system.process(pid)?.memory() as f64 / MIB;
        Some((resident, resident))
    }
}

/// VmRSS and VmHWM of a `/proc/<pid>/status`, in MiB.
#[cfg(target_os = "linux")]
fn status_memory(status: &str) -> Option<(f64, f64)> {
    let kib = |name: &str| -> Option<f64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.strip_suffix("kB")?.trim().parse().ok()
    };
    Some((kib("VmRSS:")? / 1024.0, kib("VmHWM:")? / 1024.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rt::pool::AudioBufferPool;

    #[test]
    fn pools_are_shown_by_name() {
        let mut monitor = MemoryPoolMonitor::new();
        let (mut old, _back) = AudioBufferPool::new(vec![(), ()]);
        monitor.watch_pool("ring", old.counters());
        assert_eq!(std::iter::from_fn(|| old.take()).count(), 2);
        let usage = |monitor: &MemoryPoolMonitor| monitor.pools().collect::<Vec<_>>();
        let want = PoolUsage {
            name: "ring",
            capacity: 2,
            in_use: 2,
            high_water: 2,
            misses: 1,
        };
        assert_eq!(usage(&monitor), [want]);
        let (new, _back) = AudioBufferPool::new(vec![0; 7]);
        monitor.watch_pool("ring", new.counters());
        assert_eq!(usage(&monitor)[0].capacity, 7);
        assert_eq!(usage(&monitor).len(), 1);
    }

    #[test]
    fn memory_that_is_touched_is_resident_and_its_peak_stays() {
        let mut monitor = MemoryPoolMonitor::new();
        let before = monitor.usage();
        assert!(before.resident_mib > 0.5 && before.peak_mib >= before.resident_mib);
        assert!(before.available_mib.is_some_and(|mib| mib > 1.0));
        let block = std::hint::black_box(vec![1_u8; 200 << 20]);
        monitor.look();
        let with = monitor.usage;
        assert!(with.resident_mib > 200.0, "{with:?}");
        drop(block);
        monitor.look();
        let after = monitor.usage;
        assert!(after.peak_mib >= with.resident_mib, "{after:?}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_status_file_is_read_in_kib() {
        let status = "Name:\tx VmRSS: y\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\n";
        assert_eq!(status_memory(status), Some((100.0, 200.0)));
        assert_eq!(status_memory("Name:\tzombie\n"), None);
    }
}
