//! The built program without a window, playing into silence.

use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a state may take to come on a busy machine.
const LIMIT: Duration = Duration::from_secs(20);

/// A place where the program stores things, with short tracks to play.
pub(crate) struct Home {
    /// Settings, session, runtime folder.
    pub(crate) folder: TempDir,
    /// The address of a session bus; none where there is no bus.
    pub(crate) bus: Option<String>,
}

impl Home {
    /// A new one.
    pub(crate) fn new(bus: Option<&str>) -> Self {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let runtime = folder.path().join("run");
        std::fs::create_dir(&runtime).unwrap();
        let own = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(&runtime, own).unwrap();
        Self {
            folder,
            bus: bus.map(str::to_owned),
        }
    }

    /// A silent WAVE file of that many seconds, mono at 8 kHz.
    pub(crate) fn track(&self, name: &str, seconds: u32) -> PathBuf {
        let (rate, bytes) = (8_000_u32, 16_000 * seconds);
        let mut file = b"RIFF".to_vec();
        file.extend((bytes + 36).to_le_bytes());
        file.extend(b"WAVEfmt ");
        for word in [16, 0x0001_0001, rate, rate * 2, 0x0010_0002] {
            file.extend(u32::to_le_bytes(word));
        }
        file.extend(b"data");
        file.extend(bytes.to_le_bytes());
        file.resize(file.len() + bytes as usize, 0);
        let path = self.folder.path().join(name);
        std::fs::write(&path, file).unwrap();
        path
    }

    /// The program with this place.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rusty-audio"));
        command
            .arg("--config-dir")
            .arg(self.folder.path().join("config"))
            .args(arguments)
            .env("XDG_RUNTIME_DIR", self.folder.path().join("run"))
            .env(
                "DBUS_SESSION_BUS_ADDRESS",
                self.bus.as_deref().unwrap_or("unix:path=/nowhere"),
            )
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs it to an end that must be a success.
    pub(crate) fn ask(&self, arguments: &[&str]) {
        let done = self.run(arguments);
        let line = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{arguments:?}: {line}");
    }

    /// What the running program says of itself; none if none runs.
    pub(crate) fn status(&self) -> Option<Value> {
        let done = self.run(&["--status", "--json"]);
        (done.status.success()).then(|| serde_json::from_slice(&done.stdout).unwrap())
    }

    /// Waits for a state.
    pub(crate) fn wait(&self, what: &str, is_there: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            let status = self.status();
            if let Some(status) = status.as_ref().filter(|status| is_there(status)) {
                return status.clone();
            }
            assert!(start.elapsed() < LIMIT, "not {what} in time: {status:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Plays these without a window, into silence; returns once it plays.
    pub(crate) fn play(&self, tracks: &[&Path]) -> Playing {
        let mut arguments: Vec<&OsStr> = ["play", "--output", "null"].map(OsStr::new).to_vec();
        arguments.extend(tracks.iter().map(|track| track.as_os_str()));
        let child = self.command(&arguments).spawn().unwrap();
        let playing = Playing(child);
        self.wait("playing", |status| status["transport"] == "playing");
        playing
    }
}

/// A player that runs, ended when dropped.
pub(crate) struct Playing(pub(crate) Child);

impl Drop for Playing {
    fn drop(&mut self) {
        // One that has ended already is what is wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
