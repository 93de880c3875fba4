//! The built program, running.

use super::inspection::Inspection;
use std::ffi::OsStr;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long the window may take to come up.
const LIMIT: Duration = Duration::from_secs(30);

/// A player in its window. It is ended when dropped.
pub(crate) struct PlayerProcess {
    /// Its window.
    pub(crate) window: Inspection,
    child: Child,
    _config: TempDir,
}

impl PlayerProcess {
    /// Starts it on `inputs` with settings of its own; returns once the window answers and has the
    /// keyboard.
    pub(crate) fn start<S: AsRef<OsStr>>(inputs: &[S]) -> Self {
        Self::start_with(&[], inputs)
    }

    /// Starts it with the longer buffer a listener would choose on a busy machine.
    pub(crate) fn start_steady<S: AsRef<OsStr>>(inputs: &[S]) -> Self {
        Self::start_with(&["--buffer", "8192"], inputs)
    }

    fn start_with<S: AsRef<OsStr>>(options: &[&str], inputs: &[S]) -> Self {
        let config = TempDir::new().expect("a folder for settings");
        let port = free_port();
        let child = Command::new(env!("CARGO_BIN_EXE_rusty-audio"))
            .arg("--config-dir")
            .arg(config.path())
            .args(options)
            .args(inputs)
            .env("EGUI_INSPECTION", format!("127.0.0.1:{port}"))
            .stdin(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut starting = Starting(Some(child));
        let started = Instant::now();
        let window = loop {
            if let Some(window) = Inspection::connect(port) {
                break window;
            }
            let ended = starting.0.as_mut().map(Child::try_wait);
            assert!(
                matches!(ended, Some(Ok(None))),
                "the program has ended: {ended:?}"
            );
            assert!(started.elapsed() < LIMIT, "no window within {LIMIT:?}");
            std::thread::sleep(Duration::from_millis(20));
        };
        let child = starting.0.take().expect("it was started above");
        let mut player = Self {
            window,
            child,
            _config: config,
        };
        player
            .window
            .wait("a transport", |tree| tree.find("Next").map(drop));
        xdotool(&[
            "search",
            "--sync",
            "--onlyvisible",
            "--class",
            "rusty-audio",
            "windowactivate",
            "--sync",
        ]);
        player
    }

    /// Its process id, which is also its main thread's.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Strikes a key on the display's keyboard. Returns the moment before.
    pub(crate) fn strike(&self, key: &str) -> Instant {
        let before = Instant::now();
        xdotool(&["key", key]);
        before
    }

    /// Processor time it has used, all threads together.
    pub(crate) fn processor_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id())).expect("a process");
        // The name, which may hold anything, is in brackets; user and system time follow later.
        let (_, fields) = stat.rsplit_once(')').expect("a name in brackets");
        let mut times = fields.split_whitespace().skip(11).take(2);
        let mut ticks = || {
            times
                .next()
                .and_then(|t| t.parse::<u64>().ok())
                .expect("a time")
        };
        // A hundred ticks a second on every Linux there is.
        Duration::from_millis(10 * (ticks() + ticks()))
    }
}

impl Drop for PlayerProcess {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Ends the program if its window does not come.
struct Starting(Option<Child>);

impl Drop for Starting {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            end(child);
        }
    }
}

fn end(child: &mut Child) {
    // It may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}

fn xdotool(arguments: &[&str]) {
    let status = Command::new("xdotool")
        .args(arguments)
        .stdout(Stdio::null())
        .status()
        .expect("xdotool starts");
    assert!(status.success(), "xdotool {arguments:?}: {status}");
}
