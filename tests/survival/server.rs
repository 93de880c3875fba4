//! A sound server of the test's own, which it may kill.

use crate::support::capture::Capture;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The longest anything of the server's is waited for.
const LIMIT: Duration = Duration::from_secs(20);

/// PipeWire, its session manager and its PulseAudio server in a runtime folder of their own, with a null sink
/// `test` as the default. All of it ends when this is dropped, each process by its number.
pub(crate) struct SoundServer {
    run: PathBuf,
    pipewire: Option<Child>,
    session: Option<Child>,
    pulse: Option<Child>,
}

impl SoundServer {
    /// Starts it; its files are in `folder`.
    pub(crate) fn start(folder: &Path) -> Self {
        let run = folder.join("run");
        std::fs::create_dir_all(&run).expect("a folder");
        let mut server = Self {
            run,
            pipewire: None,
            session: None,
            pulse: None,
        };
        server.return_();
        server
    }

    /// Has `command` see this server and no other.
    pub(crate) fn enter(&self, command: &mut Command) {
        let pulse = self.run.join("pulse");
        command
            .env("XDG_RUNTIME_DIR", &self.run)
            .env("PIPEWIRE_RUNTIME_DIR", &self.run)
            .env("PULSE_RUNTIME_PATH", &pulse)
            .env("PULSE_SERVER", format!("unix:{}/native", pulse.display()));
    }

    /// Kills all of it, without a word.
    pub(crate) fn kill(&mut self) {
        for child in [&mut self.pulse, &mut self.session, &mut self.pipewire] {
            end(child);
        }
        // What a killed server leaves behind.
        for name in ["pipewire-0", "pipewire-0.lock", "pulse/native", "pulse/pid"] {
            let _ = std::fs::remove_file(self.run.join(name));
        }
    }

    /// Starts what is not there.
    pub(crate) fn return_(&mut self) {
        if self.pipewire.is_none() {
            self.pipewire = Some(self.spawn("pipewire"));
            self.wait_for_socket("pipewire-0");
        }
        if self.session.is_none() {
            self.session = Some(self.spawn("wireplumber"));
        }
        if self.pulse.is_none() {
            self.pulse = Some(self.spawn("pipewire-pulse"));
            self.wait_for_socket("pulse/native");
        }
        self.wait("the session manager", |server| {
            server.pactl(&["list", "clients"]).contains("WirePlumber")
        });
        self.add_sink("test", "");
        self.set_default("test");
    }

    /// Kills the session manager only.
    pub(crate) fn kill_session(&mut self) {
        end(&mut self.session);
    }

    /// Starts it again. The one in Debian 12 does not connect what plays to null sinks that were there before,
    /// whoever plays: they are made anew.
    pub(crate) fn return_session(&mut self) {
        self.remove_sink("test");
        self.return_();
    }

    /// Adds a null sink with further properties of its device.
    pub(crate) fn add_sink(&self, name: &str, properties: &str) {
        self.load_sink(name, 2, 48_000, properties);
    }

    /// Adds a null sink of so many channels, at a rate in Hz.
    pub(crate) fn add_sink_as(&self, name: &str, channels: u32, rate_hz: u32) {
        self.load_sink(name, channels, rate_hz, "");
    }

    fn load_sink(&self, name: &str, channels: u32, rate_hz: u32, properties: &str) {
        if self.has_sink(name) {
            return;
        }
        self.pactl(&[
            "load-module",
            "module-null-sink",
            &format!("sink_name={name}"),
            &format!("rate={rate_hz}"),
            &format!("channels={channels}"),
            &format!("sink_properties='{properties}'"),
        ]);
        self.wait("a sink", |server| server.has_sink(name));
    }

    /// Takes a null sink away, as if its plug were pulled.
    pub(crate) fn remove_sink(&self, name: &str) {
        let modules = self.pactl(&["list", "short", "modules"]);
        let wanted = format!("sink_name={name}");
        let module = modules
            .lines()
            .find(|line| line.split_whitespace().any(|word| word == wanted))
            .and_then(|line| line.split_whitespace().next());
        if let Some(module) = module {
            self.pactl(&["unload-module", module]);
        }
    }

    fn has_sink(&self, name: &str) -> bool {
        self.pactl(&["list", "short", "sinks"])
            .lines()
            .any(|line| line.split_whitespace().nth(1) == Some(name))
    }

    /// Makes a sink the default, as a user does in the system's settings.
    pub(crate) fn set_default(&self, name: &str) {
        self.wait("the default", |server| {
            // Again and again: a session manager that has just started still chooses by itself.
            server.pactl(&["set-default-sink", name]);
            let info = server.pactl(&["info"]);
            info.lines()
                .any(|line| line == format!("Default Sink: {name}"))
        });
    }

    /// An ear on a sink's monitor.
    pub(crate) fn ear(&self, sink: &str) -> Capture {
        let mut recorder = Command::new("parec");
        self.enter(&mut recorder);
        Capture::of(recorder, &format!("{sink}.monitor"), 50)
    }

    /// What `pactl` prints.
    pub(crate) fn pactl(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("pactl");
        self.enter(&mut command);
        let output = command.env("LC_ALL", "C").args(arguments).output();
        output
            .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
            .unwrap_or_default()
    }

    fn wait(&self, what: &str, is_there: impl Fn(&Self) -> bool) {
        let started = Instant::now();
        while !is_there(self) {
            assert!(started.elapsed() < LIMIT, "{what} within {LIMIT:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn wait_for_socket(&self, name: &str) {
        let socket = self.run.join(name);
        self.wait(name, |_| UnixStream::connect(&socket).is_ok());
    }

    fn spawn(&self, program: &str) -> Child {
        let mut command = Command::new(program);
        self.enter(&mut command);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        // SAFETY: between fork and exec only prctl is called, which is safe there.
        unsafe {
            command.pre_exec(|| {
                // A test that is killed must leave nothing running.
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
                Ok(())
            });
        }
        command
            .spawn()
            .unwrap_or_else(|error| panic!("{program}: {error}"))
    }
}

impl Drop for SoundServer {
    fn drop(&mut self) {
        self.kill();
    }
}

fn end(child: &mut Option<Child>) {
    if let Some(mut child) = child.take() {
        // One that has ended by itself is as good.
        let _ = child.kill();
        let _ = child.wait();
    }
}
