//! `rusty-audio play`, and what it takes.

use crate::server::SoundServer;
use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A running player without a window. It is ended when dropped.
pub(crate) struct Player {
    child: Child,
    log: PathBuf,
}

impl Player {
    /// Plays `track` on `server`.
    pub(crate) fn start(
        server: &SoundServer,
        folder: &Path,
        track: &Path,
        options: &[&str],
    ) -> Self {
        Self::start_in(folder, track, options, |command| server.enter(command))
    }

    /// Plays `track` with the environment that `enter` gives the program.
    pub(crate) fn start_in(
        folder: &Path,
        track: &Path,
        options: &[&str],
        enter: impl FnOnce(&mut Command),
    ) -> Self {
        let options = options.iter().map(OsStr::new);
        Self::play(folder, options.chain([track.as_os_str()]), enter)
    }

    /// `play` with any `arguments`, in an environment of its own.
    pub(crate) fn play<'a>(
        folder: &Path,
        arguments: impl IntoIterator<Item = &'a OsStr>,
        enter: impl FnOnce(&mut Command),
    ) -> Self {
        let log = folder.join("player.log");
        let mut command = Command::new(env!("CARGO_BIN_EXE_rusty-audio"));
        command
            .arg("--config-dir")
            .arg(folder.join("settings"))
            .arg("play")
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(File::create(&log).expect("a log"));
        enter(&mut command);
        let child = command.spawn().expect("the program starts");
        Self { child, log }
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: libc::c_int) {
        let id = libc::pid_t::try_from(self.child.id()).expect("a process id");
        // SAFETY: takes numbers; the child has not been waited for, so that the number is its own.
        let result = unsafe { libc::kill(id, signal) };
        assert_eq!(result, 0, "the player lives");
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self, limit: Duration) -> ExitStatus {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            assert!(
                started.elapsed() < limit,
                "it does not end within {limit:?}"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What it has said.
    pub(crate) fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Share of a core it takes while `seconds` pass: all of it, and its busiest thread.
    pub(crate) fn load_over(&self, seconds: f64) -> Load {
        let before = self.thread_ticks();
        let started = Instant::now();
        std::thread::sleep(Duration::from_secs_f64(seconds));
        self.load_since(&before, started.elapsed().as_secs_f64())
    }

    fn load_since(&self, before: &[(u32, u64)], seconds: f64) -> Load {
        let after = self.thread_ticks();
        let taken = |(thread, ticks): &(u32, u64)| {
            let known = before.iter().find(|(id, _)| id == thread);
            ticks.saturating_sub(known.map_or(0, |(_, ticks)| *ticks))
        };
        // A hundred ticks a second on every Linux there is.
        let percent = |ticks: u64| ticks as f64 / seconds;
        Load {
            whole_percent: percent(after.iter().map(taken).sum()),
            busiest_percent: percent(after.iter().map(taken).max().unwrap_or(0)),
        }
    }

    /// Processor time of each thread, in ticks.
    fn thread_ticks(&self) -> Vec<(u32, u64)> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id()));
        let tasks = tasks.expect("the player lives").flatten();
        tasks
            .filter_map(|task| {
                let stat = std::fs::read_to_string(task.path().join("stat")).ok()?;
                // The name, which may hold anything, is in brackets; user and system time follow later.
                let (_, fields) = stat.rsplit_once(')')?;
                let times = fields.split_whitespace().skip(11).take(2);
                let ticks = times.filter_map(|time| time.parse::<u64>().ok()).sum();
                Some((task.file_name().to_str()?.parse().ok()?, ticks))
            })
            .collect()
    }

    /// Voluntary switches of all its threads since it began: how often it has waited.
    pub(crate) fn waits(&self) -> u64 {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id()));
        let tasks = tasks.expect("the player lives").flatten();
        tasks
            .filter_map(|task| {
                let status = std::fs::read_to_string(task.path().join("status")).ok()?;
                let line = status
                    .lines()
                    .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
                line.trim().parse::<u64>().ok()
            })
            .sum()
    }

    /// Memory of its own, in KiB.
    pub(crate) fn private_kib(&self) -> u64 {
        let path = format!("/proc/{}/smaps_rollup", self.child.id());
        let text = std::fs::read_to_string(path).expect("the player lives");
        let line = text.lines().find_map(|line| line.strip_prefix("Pss_Anon:"));
        line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok())
            .expect("a figure")
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a player took of a core.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) whole_percent: f64,
    pub(crate) busiest_percent: f64,
}
