//! The program, run in a folder of its own, within bounds of time.

use crate::table::{Case, words_of};
use crate::{Verdict, need};
use serde_json::Value;
use std::ffi::OsString;
use std::fs::File;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(10);
const CPU_LIMIT: Duration = Duration::from_secs(8);
const LISTS: [&str; 5] = ["m3u", "m3u8", "pls", "xspf", "cue"];

/// The folder of a case, with its inputs.
pub(crate) struct Bench {
    folder: tempfile::TempDir,
    /// Where the inputs lie.
    pub(crate) files: PathBuf,
    /// What `{out}` stands for.
    pub(crate) out: PathBuf,
    pub(crate) inputs: Vec<PathBuf>,
}

/// A run of the program.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
}

impl Run {
    /// Lines of error.
    pub(crate) fn lines(&self) -> usize {
        self.err
            .split('\n')
            .filter(|line| !line.trim().is_empty())
            .count()
    }

    /// The objects it printed, one a line.
    pub(crate) fn json(&self) -> Result<Vec<Value>, String> {
        let lines = self.out.lines().filter(|line| !line.trim().is_empty());
        let parsed =
            lines.map(|line| serde_json::from_str(line).map_err(|e| format!("{e}: {line}")));
        parsed.collect()
    }

    /// Whether the exit code is one of `expected.exit`, or 0; with 1 there must be one line of error.
    pub(crate) fn check_exit(&self, expected: &Value, what: &str) -> Verdict {
        self.check_code(expected.get("exit").unwrap_or(&Value::from(0)), what)
    }

    pub(crate) fn check_code(&self, allowed: &Value, what: &str) -> Verdict {
        let is_allowed = match allowed {
            Value::Array(codes) => codes.contains(&self.code.into()),
            code => *code == self.code,
        };
        need(is_allowed, || {
            format!(
                "{what}: exit {}, not {allowed}: {}",
                self.code,
                self.err.trim()
            )
        })?;
        need(self.code != 1 || self.lines() == 1, || {
            format!(
                "{what}: {} lines of error, not one: {}",
                self.lines(),
                self.err.trim()
            )
        })
    }
}

impl Bench {
    pub(crate) fn new(case: &Case) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = folder.path().join("files");
        std::fs::create_dir(&files).unwrap();
        let inputs = case.inputs.iter().map(|(source, name)| {
            let path = files.join(OsString::from_vec(name.clone()));
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let mut content = std::fs::read(source).unwrap();
            let is_list = path
                .extension()
                .is_some_and(|e| LISTS.iter().any(|list| e == *list));
            if is_list {
                content = replaced(&content, b"@DIR@", files.as_os_str().as_bytes());
            }
            std::fs::write(&path, content).unwrap();
            path
        });
        Self {
            inputs: inputs.collect(),
            out: files.join("out.wav"),
            files: files.clone(),
            folder,
        }
    }

    /// A path outside the folder of inputs.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The words of a command with its places filled in.
    pub(crate) fn words(&self, command: &str) -> Vec<OsString> {
        let mut places = vec![
            ("{dir}".to_owned(), &self.files),
            ("{out}".to_owned(), &self.out),
        ];
        places.extend(
            self.inputs
                .iter()
                .enumerate()
                .map(|(at, path)| (format!("{{{at}}}"), path)),
        );
        let mut words = Vec::new();
        for word in words_of(command) {
            if word == b"{}" {
                words.extend(self.inputs.iter().map(|path| path.clone().into_os_string()));
                continue;
            }
            let filled = places.iter().fold(word, |word, (key, path)| {
                replaced(&word, key.as_bytes(), path.as_os_str().as_bytes())
            });
            words.push(OsString::from_vec(filled));
        }
        words
    }

    /// Runs a command of the table.
    pub(crate) fn run(&self, command: &str) -> Result<Run, String> {
        self.run_words(&self.words(command), Stdio::null())
    }

    /// `probe --json` of some paths.
    pub(crate) fn probe(&self, paths: &[OsString]) -> Result<(Run, Vec<Value>), String> {
        let words = ["probe", "--json"].map(OsString::from);
        let ran = self.run_words(&[&words[..], paths].concat(), Stdio::null())?;
        let told = ran.json()?;
        Ok((ran, told))
    }

    /// Runs the program with these words. Wrong where it takes too long, is ended by a signal or panics.
    #[expect(
        clippy::zombie_processes,
        reason = "wait4 waits, and tells the time it took"
    )]
    pub(crate) fn run_words(&self, words: &[OsString], stdin: Stdio) -> Result<Run, String> {
        let (out, err) = (self.beside("stdout"), self.beside("stderr"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_rusty-audio"));
        command
            .arg("--config-dir")
            .arg(self.beside("config"))
            .args(words);
        command
            .stdin(stdin)
            .stdout(File::create(&out).unwrap())
            .stderr(File::create(&err).unwrap());
        let began = Instant::now();
        let child = command
            .current_dir(&self.files)
            .process_group(0)
            .spawn()
            .unwrap();
        // What is held for standard input must be closed for its end to be seen.
        drop(command);
        let (status, cpu) = wait(child.id(), began + LIMIT)?;
        let read =
            |path: &Path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
        let (out, err) = (read(&out), read(&err));
        let Some(code) = status.code() else {
            return Err(format!("ended by {status}"));
        };
        need(cpu <= CPU_LIMIT, || {
            format!("took {cpu:?} of processor time")
        })?;
        need(!err.contains("panicked at"), || format!("panicked: {err}"))?;
        Ok(Run {
            code,
            out,
            err,
            wall: began.elapsed(),
            cpu,
        })
    }
}

/// The end of a child, and the processor time it took.
fn wait(id: u32, deadline: Instant) -> Result<(ExitStatus, Duration), String> {
    let id = libc::pid_t::try_from(id).unwrap();
    let mut is_late = false;
    loop {
        // SAFETY: all zeros is a valid rusage, plain numbers.
        let (mut status, mut usage) = (0, unsafe { std::mem::zeroed::<libc::rusage>() });
        // SAFETY: both pointers are to live values of the right types.
        let done = unsafe { libc::wait4(id, &raw mut status, libc::WNOHANG, &raw mut usage) };
        let time = |t: libc::timeval| Duration::new(t.tv_sec as u64, t.tv_usec as u32 * 1_000);
        if done == id {
            let cpu = time(usage.ru_utime) + time(usage.ru_stime);
            return match is_late {
                true => Err(format!(
                    "had not ended after {LIMIT:?}; {cpu:?} of processor time"
                )),
                false => Ok((ExitStatus::from_raw(status), cpu)),
            };
        }
        assert_eq!(done, 0, "the child was waited for elsewhere");
        if Instant::now() > deadline && !is_late {
            is_late = true;
            // SAFETY: the group was made for this child alone.
            unsafe { libc::kill(-id, libc::SIGKILL) };
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let (mut out, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        if bytes[at..].starts_with(from) {
            out.extend(to);
            at += from.len();
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    out
}

/// A number, or a pair of the least and the most.
pub(crate) fn within(value: Option<f64>, wanted: &Value) -> bool {
    let Some(value) = value else { return false };
    match wanted {
        Value::Array(range) => {
            let end = |at: usize| range[at].as_f64().unwrap();
            (end(0)..=end(1)).contains(&value)
        }
        number => number.as_f64() == Some(value),
    }
}
