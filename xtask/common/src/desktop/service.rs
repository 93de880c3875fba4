//! One background program of the desktop.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// How long a service may take to end by itself.
const GOODBYE: Duration = Duration::from_secs(2);

/// A running program whose output goes to two files.
pub(crate) struct Service {
    name: &'static str,
    child: Child,
    errors: PathBuf,
}

impl Service {
    /// Starts `command` in a process group of its own; it dies with us, whatever happens.
    pub(crate) fn start(
        name: &'static str,
        mut command: Command,
        folder: &Path,
    ) -> Result<Self, Failure> {
        let output = folder.join(format!("{name}.out"));
        let errors = folder.join(format!("{name}.log"));
        let create =
            |path: &Path| File::create(path).map_err(|error| Failure::file("create", path, &error));
        command
            .stdin(Stdio::null())
            .stdout(create(&output)?)
            .stderr(create(&errors)?)
            .process_group(0);
        // SAFETY: between fork and exec only prctl is called, which is safe there.
        unsafe {
            command.pre_exec(|| {
                // Even a killed parent must not leave this running.
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
                Ok(())
            });
        }
        let child = command
            .spawn()
            .map_err(|error| Failure::start(name, &error))?;
        Ok(Self {
            name,
            child,
            errors,
        })
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Fails if it has ended although it should run.
    pub(crate) fn check(&mut self) -> Result<(), Failure> {
        match self.child.try_wait() {
            Ok(Some(status)) => Err(Failure::new(format!(
                "{} ended ({status}){}",
                self.name,
                self.last_words()
            ))),
            _ => Ok(()),
        }
    }

    /// The last line it wrote to its error output, ready to stand behind a message.
    pub(crate) fn last_words(&self) -> String {
        let log = fs::read_to_string(&self.errors).unwrap_or_default();
        log.lines()
            .rev()
            .find(|line| !line.trim().is_empty())
            .map_or_else(String::new, |line| {
                format!("; {} said: {}", self.name, line.trim())
            })
    }

    /// Asks it to end, and kills it if it does not.
    pub(crate) fn stop(mut self) {
        ask_to_end(self.child.id());
        let asked_at = Instant::now();
        while asked_at.elapsed() < GOODBYE {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        // An error here means that it has ended in the meantime.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends SIGTERM.
pub(crate) fn ask_to_end(process_id: u32) {
    send(process_id, libc::SIGTERM);
}

/// Sends `signal` to one process that descends from us.
pub(crate) fn send(process_id: u32, signal: libc::c_int) {
    let Ok(process_id) = libc::pid_t::try_from(process_id) else {
        return;
    };
    // SAFETY: kill takes plain numbers; a process that is gone only gives an error.
    unsafe {
        libc::kill(process_id, signal);
    }
}
