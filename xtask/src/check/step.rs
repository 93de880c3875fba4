//! Runs steps one by one, echoes what they print as it comes, and remembers how they went.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::summary::{Counts, Outcome, Summary};
use xtask_common::failure::Failure;
use xtask_common::interrupt;

/// How often a silent step is interrupted to look for ctrl-c.
const LOOK_INTERVAL: Duration = Duration::from_millis(100);

/// Runs steps and collects their outcomes.
pub(super) struct Runner {
    summary: Summary,
}

impl Runner {
    /// A runner that has done nothing yet.
    pub(super) fn new() -> Self {
        Self {
            summary: Summary::default(),
        }
    }

    /// Runs a program that only succeeds or fails.
    pub(super) fn command(&mut self, name: &'static str, mut command: Command) {
        self.task(name, || {
            let status = command
                .status()
                .map_err(|error| Failure::start(name, &error))?;
            if status.success() {
                Ok(())
            } else {
                Err(Failure::new(format!("{name}: {status}")))
            }
        });
    }

    /// Runs a function that succeeds or fails.
    pub(super) fn task(&mut self, name: &'static str, task: impl FnOnce() -> Result<(), Failure>) {
        if interrupt::requested() {
            return self.left_out(&format!("{name}: interrupted"));
        }
        announce(name);
        let started = Instant::now();
        let result = task();
        if let Err(failure) = &result {
            eprintln!("{failure}");
        }
        self.summary.steps.push(Outcome {
            name,
            is_ok: result.is_ok(),
            seconds: started.elapsed().as_secs_f64(),
            tests: None,
        });
    }

    /// Runs `cargo test` and counts the tests in what it prints.
    pub(super) fn tests(&mut self, name: &'static str, command: Command) {
        if interrupt::requested() {
            return self.left_out(&format!("{name}: interrupted"));
        }
        announce(name);
        let started = Instant::now();
        let mut counts = Counts::default();
        let result = self.echo(command, &mut counts);
        if let Err(failure) = &result {
            eprintln!("{failure}");
        }
        self.summary.steps.push(Outcome {
            name,
            is_ok: result.is_ok(),
            seconds: started.elapsed().as_secs_f64(),
            tests: Some(counts),
        });
    }

    /// Something that is not done this time, and why.
    pub(super) fn left_out(&mut self, what: &str) {
        self.summary.not_run.push(what.to_owned());
    }

    /// Prints the summary and gives the exit code.
    pub(super) fn finish(self) -> u8 {
        print!("\n{}", self.summary);
        u8::from(self.summary.totals().failed > 0 || interrupt::requested())
    }

    fn echo(&mut self, mut command: Command, counts: &mut Counts) -> Result<(), Failure> {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| Failure::start("cargo test", &error))?;
        let (sender, lines) = mpsc::channel();
        if let Some(output) = child.stdout.take() {
            thread::Builder::new()
                .name("test-output".to_owned())
                .spawn(move || read_lines(BufReader::new(output), &sender))
                .map_err(|error| Failure::start("the reader of test output", &error))?;
        }
        loop {
            match lines.recv_timeout(LOOK_INTERVAL) {
                Ok(line) => {
                    println!("{line}");
                    counts.scan(&line);
                    if let Some(note) = not_run_note(&line) {
                        self.summary.not_run.push(note.to_owned());
                    }
                }
                Err(RecvTimeoutError::Timeout) if interrupt::requested() => {
                    // It may have ended by the same ctrl-c already.
                    let _ = child.kill();
                    break;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let status = child
            .wait()
            .map_err(|error| Failure::new(format!("cargo test: {error}")))?;
        if status.success() {
            Ok(())
        } else {
            Err(Failure::new(format!("cargo test: {status}")))
        }
    }
}

fn announce(name: &str) {
    println!("\n=== {name} ===");
    // The step's own output must not overtake its heading.
    let _ = std::io::stdout().flush();
}

/// Sends line by line; a test may print bytes that are not UTF-8.
fn read_lines(mut output: impl BufRead, sender: &mpsc::Sender<String>) {
    let mut bytes = Vec::new();
    while output
        .read_until(b'\n', &mut bytes)
        .is_ok_and(|count| count > 0)
    {
        let line = String::from_utf8_lossy(&bytes)
            .trim_end_matches(['\n', '\r'])
            .to_owned();
        if sender.send(line).is_err() {
            return;
        }
        bytes.clear();
    }
}

/// What a test announces that cannot run here.
fn not_run_note(line: &str) -> Option<&str> {
    Some(line.trim().strip_prefix("not run:")?.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_found_at_the_start_of_a_line_only() {
        assert_eq!(
            not_run_note("not run: no sound server"),
            Some("no sound server")
        );
        assert_eq!(not_run_note("this was not run: x"), None);
    }
}
