//! Finds and ends every process that descends from this one, however deep and however detached.

use std::collections::HashMap;
use std::fs;
use std::time::{Duration, Instant};

use super::service::send;

/// How long descendants may take to end by themselves before they are killed.
const GOODBYE: Duration = Duration::from_millis(1_500);
/// How long to go on killing; only a process stuck in the kernel takes longer.
const LIMIT: Duration = Duration::from_secs(5);

/// From now on a process whose parent ends becomes our child, so that none escapes us.
pub(crate) fn adopt_orphans() {
    // SAFETY: prctl with this option takes plain numbers.
    unsafe {
        libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    }
}

/// Ends all descendants except `spared` and what descends from them.
pub(crate) fn end_all_but(spared: &[u32]) {
    let started = Instant::now();
    let mut asked: Vec<u32> = Vec::new();
    loop {
        let found = descendants(spared);
        if found.is_empty() || started.elapsed() > LIMIT {
            return;
        }
        for process_id in found {
            if started.elapsed() > GOODBYE {
                send(process_id, libc::SIGKILL);
            } else if !asked.contains(&process_id) {
                send(process_id, libc::SIGTERM);
                asked.push(process_id);
            }
            reap(process_id);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Collects `process_id` if it is a child of ours that has ended.
fn reap(process_id: u32) {
    let Ok(process_id) = libc::pid_t::try_from(process_id) else {
        return;
    };
    let mut status = 0;
    // SAFETY: `status` outlives the call; for a process that is no child of ours it only fails.
    unsafe {
        libc::waitpid(process_id, &raw mut status, libc::WNOHANG);
    }
}

fn descendants(spared: &[u32]) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(process_id) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        if let Some(parent) = parent_of(&stat) {
            children.entry(parent).or_default().push(process_id);
        }
    }
    let mut found = Vec::new();
    let mut open = vec![std::process::id()];
    while let Some(process_id) = open.pop() {
        for &child in children.get(&process_id).into_iter().flatten() {
            if !spared.contains(&child) {
                found.push(child);
                open.push(child);
            }
        }
    }
    found
}

/// The parent's id in a line of `/proc/*/stat`; the name before it may hold any character.
fn parent_of(stat: &str) -> Option<u32> {
    let (_, behind_name) = stat.rsplit_once(')')?;
    behind_name.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parent_is_found_behind_any_name() {
        assert_eq!(parent_of("42 (a b) c)) S 7 42 42 0 -1"), Some(7));
        assert_eq!(parent_of(""), None);
    }
}
