//! CPU time and memory of another process, from `/proc`.

use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

/// Drawing without a graphics card: what its libraries are called, and what they bring along.
const RASTERIZER: [&str; 11] = [
    "libgallium",
    "libLLVM",
    "swrast",
    "libGLX",
    "libEGL",
    "libglapi",
    "libz3",
    "libicu",
    "libdrm",
    "libxml2",
    "libsensors",
];
/// Name of its threads.
pub(super) const RASTERIZER_THREAD: &str = "llvmpipe";

/// CPU time of each thread at one moment.
pub(super) struct CpuReading {
    at: Instant,
    /// Name and nanoseconds, by thread id.
    threads: BTreeMap<u64, (String, u64)>,
}

impl CpuReading {
    /// Looks now. A process that is gone has no threads.
    pub(super) fn of(process_id: u32) -> Self {
        let tasks = fs::read_dir(format!("/proc/{process_id}/task"));
        let threads = tasks.into_iter().flatten().filter_map(|task| {
            let task = task.ok()?;
            let id = task.file_name().to_str()?.parse().ok()?;
            let read = |name| fs::read_to_string(task.path().join(name)).ok();
            // The first word is the time on a processor in ns; `stat` counts in steps of 10 ms.
            let ns = read("schedstat")?.split(' ').next()?.parse().ok()?;
            Some((id, (read("comm")?.trim().to_owned(), ns)))
        });
        Self {
            at: Instant::now(),
            threads: threads.collect(),
        }
    }

    /// CPU time since `earlier` by the threads' names, in % of one core, the busiest first.
    pub(super) fn since(&self, earlier: &Self) -> Vec<(String, f64)> {
        let wall_ns = (self.at - earlier.at).as_nanos() as f64;
        let mut names: BTreeMap<&str, f64> = BTreeMap::new();
        for (id, (name, ns)) in &self.threads {
            let before = earlier.threads.get(id).map_or(0, |(_, ns)| *ns);
            let spent = ns.saturating_sub(before) as f64 / wall_ns * 100.0;
            let group = if name.starts_with(RASTERIZER_THREAD) {
                RASTERIZER_THREAD
            } else {
                name
            };
            *names.entry(group).or_default() += spent;
        }
        let mut shares: Vec<_> = names.into_iter().map(|(n, s)| (n.to_owned(), s)).collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        shares
    }
}

/// Resident memory by what it is, in MiB.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Memory {
    /// The heap, stacks and other memory without a file.
    pub(super) anonymous: f64,
    /// The software rasterizer's libraries.
    pub(super) rasterizer: f64,
    /// The program, other libraries, fonts and whatever else is a file.
    pub(super) files: f64,
}

impl Memory {
    /// Looks now.
    pub(super) fn of(process_id: u32) -> Self {
        let text = fs::read_to_string(format!("/proc/{process_id}/smaps"));
        Self::parse(&text.unwrap_or_default())
    }

    fn parse(smaps: &str) -> Self {
        let mut memory = Self::default();
        let mut path = "";
        for line in smaps.lines() {
            let mut words = line.split_whitespace();
            let first = words.next().unwrap_or_default();
            if first == "Rss:" {
                let kib: f64 = words.next().and_then(|w| w.parse().ok()).unwrap_or(0.0);
                let kind = if RASTERIZER.iter().any(|name| path.contains(name)) {
                    &mut memory.rasterizer
                } else if path.starts_with('/') {
                    &mut memory.files
                } else {
                    &mut memory.anonymous
                };
                *kind += kib / 1024.0;
            } else if !first.ends_with(':') {
                // Addresses, rights, offset, device, inode; a path may hold spaces, but not these.
                path = words.nth(4).unwrap_or("");
            }
        }
        memory
    }

    /// Everything but the rasterizer's libraries.
    pub(super) fn own(&self) -> f64 {
        self.anonymous + self.files
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_told_apart_by_its_files() {
        let smaps = "\
5500-5600 r-xp 00000000 fe:00 12 /usr/bin/rusty-audio
Size:   9000 kB
Rss:    2048 kB
5600-5700 rw-p 00000000 00:00 0 [heap]
Rss:    4096 kB
7f00-7f01 r-xp 00000000 fe:00 13 /usr/lib/libLLVM.so.19.1
Rss:    8192 kB
7f01-7f02 rw-p 00000000 00:00 0
Rss:    1024 kB
";
        let memory = Memory::parse(smaps);
        assert_eq!(
            memory,
            Memory {
                anonymous: 5.0,
                rasterizer: 8.0,
                files: 2.0
            }
        );
        assert_eq!(memory.own(), 7.0);
    }

    #[test]
    fn cpu_time_of_this_process_is_seen() {
        let own = std::process::id();
        let before = CpuReading::of(own);
        let started = Instant::now();
        let mut word = 1_u64;
        while started.elapsed() < std::time::Duration::from_millis(60) {
            word = std::hint::black_box(word.wrapping_mul(3));
        }
        let shares = CpuReading::of(own).since(&before);
        assert!(
            shares.iter().map(|(_, share)| share).sum::<f64>() > 0.0,
            "{shares:?}"
        );
    }
}
