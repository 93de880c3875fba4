//! CPU time by thread, where the system tells.

use std::collections::BTreeMap;
use std::time::Instant;

/// What the threads of one name use together.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ThreadUsage {
    /// The threads' name; Linux keeps 15 bytes of it.
    pub name: String,
    /// How many bear it now.
    pub threads: usize,
    /// Their CPU time between the last two looks, in % of one core.
    pub cpu_percent: f64,
}

/// Threads by id, each with its name and its CPU time so far in seconds.
type ThreadTimes = BTreeMap<u32, (String, f64)>;

/// Compares CPU times of this process's threads between looks.
pub(super) struct ThreadMeter {
    looked: Instant,
    last: ThreadTimes,
}

impl ThreadMeter {
    /// A meter that begins now. Makes system calls.
    pub(super) fn new() -> Self {
        Self {
            looked: Instant::now(),
            last: thread_times(),
        }
    }

    /// What was used since the last look, busiest first. Makes system calls and allocates. What a
    /// thread used that has ended since is not in it.
    pub(super) fn look(&mut self) -> Vec<ThreadUsage> {
        let now = thread_times();
        let seconds = self.looked.elapsed().as_secs_f64();
        self.looked = Instant::now();
        let usage = usage_between(&self.last, &now, seconds);
        self.last = now;
        usage
    }
}

fn usage_between(before: &ThreadTimes, now: &ThreadTimes, seconds: f64) -> Vec<ThreadUsage> {
    let mut by_name = BTreeMap::<&str, (usize, f64)>::new();
    for (id, (name, cpu_seconds)) in now {
        // A thread that is new has used all of its time since.
        let earlier = before.get(id).map_or(0.0, |(_, earlier)| *earlier);
        let sum = by_name.entry(name).or_default();
        sum.0 += 1;
        // An id can be given to a new thread, whose time begins anew.
        sum.1 += if *cpu_seconds >= earlier {
            cpu_seconds - earlier
        } else {
            *cpu_seconds
        };
    }
    let mut usage: Vec<_> = by_name
        .into_iter()
        .map(|(name, (threads, cpu_seconds))| ThreadUsage {
            name: name.to_owned(),
            threads,
            cpu_percent: cpu_seconds / seconds.max(1e-3) * 100.0,
        })
        .collect();
    usage.sort_by(|a, b| b.cpu_percent.total_cmp(&a.cpu_percent));
    usage
}

#[cfg(target_os = "linux")]
fn thread_times() -> ThreadTimes {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else {
        return ThreadTimes::new();
    };
    tasks
        .flatten()
        .filter_map(|task| {
            let id = task.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(task.path().join("stat")).ok()?;
            let (name, ticks) = name_and_ticks(&stat)?;
            Some((id, (name.to_owned(), ticks as f64 / TICKS_A_SECOND)))
        })
        .collect()
}

#[cfg(not(target_os = "linux"))]
fn thread_times() -> ThreadTimes {
    ThreadTimes::new()
}

/// The kernel's USER_HZ, which is 100 wherever Rust's standard library runs.
#[cfg(target_os = "linux")]
const TICKS_A_SECOND: f64 = 100.0;

/// The name, and user plus system time in ticks, of a `/proc/<pid>/task/<tid>/stat`: fields 2, 14
/// and 15 of proc(5).
#[cfg(target_os = "linux")]
fn name_and_ticks(stat: &str) -> Option<(&str, u64)> {
    // A name may hold blanks and brackets.
    let (_, rest) = stat.split_once('(')?;
    let (name, rest) = rest.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some((name, user + system))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(list: &[(u32, &str, f64)]) -> ThreadTimes {
        list.iter()
            .map(|&(id, name, seconds)| (id, (name.to_owned(), seconds)))
            .collect()
    }

    #[test]
    fn threads_of_one_name_are_summed_and_the_busiest_comes_first() {
        let before = times(&[
            (1, "main", 5.0),
            (2, "decode", 1.0),
            (3, "gone", 9.0),
            (4, "pool", 3.0),
        ]);
        let now = times(&[
            (1, "main", 5.1),
            (2, "decode", 2.0),
            (4, "pool", 0.2),
            (5, "pool", 0.4),
        ]);
        let usage = usage_between(&before, &now, 2.0);
        let shown: Vec<_> = usage
            .iter()
            .map(|u| (u.name.as_str(), u.threads, (u.cpu_percent * 10.0).round()))
            .collect();
        assert_eq!(
            shown,
            [("decode", 1, 500.0), ("pool", 2, 300.0), ("main", 1, 50.0)]
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn names_may_hold_brackets_and_blanks() {
        let stat = "12 (a) b (c) S 1 2 3 4 -1 4194304 99 0 0 0 250 50 0 0 20 0 4 0 1234 5 6\n";
        assert_eq!(name_and_ticks(stat), Some(("a) b (c", 300)));
        assert_eq!(name_and_ticks("12 (cut off) S 1"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_busy_thread_shows_under_its_name() {
        use std::sync::atomic::{AtomicBool, Ordering};
        let is_ending = AtomicBool::new(false);
        let mut meter = ThreadMeter::new();
        let usage = std::thread::scope(|scope| {
            let worker = std::thread::Builder::new().name("busy-bee".into());
            let work = || {
                while !is_ending.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            };
            worker.spawn_scoped(scope, work).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(600));
            let usage = meter.look();
            is_ending.store(true, Ordering::Relaxed);
            usage
        });
        let bee = usage.iter().find(|u| u.name == "busy-bee").unwrap();
        assert_eq!(bee.threads, 1);
        assert!(bee.cpu_percent > 3.0 && bee.cpu_percent < 110.0, "{bee:?}");
    }
}
