//! A desktop without a screen or a sound card: Xvfb, a window manager, a message bus and PipeWire
//! with a null sink named `test`.
//!
//! Everything lives in a private folder and is gone when the [`Desktop`] is dropped: no process,
//! no socket and no file stays behind, and the user's own session is never touched.

mod descendants;
mod folder;
mod service;
pub mod window;

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::interrupt;
use crate::packages::{self, Purpose};
use folder::PrivateFolder;
use service::Service;

/// The longest any one service may take to answer.
const START_LIMIT: Duration = Duration::from_secs(20);
/// How often a service is asked whether it is there yet.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// How long a command may take to end after it was asked to.
const END_LIMIT: Duration = Duration::from_secs(5);

const SCREEN: &str = "1600x1000x24";
/// Name of the sink that plays nowhere; its monitor is `test.monitor`.
const SINK: &str = "test";

/// Variables of the user's own session that must not leak in.
const FOREIGN: [&str; 12] = [
    "WAYLAND_DISPLAY",
    "WAYLAND_SOCKET",
    "XAUTHORITY",
    "DESKTOP_SESSION",
    "XDG_CURRENT_DESKTOP",
    "XDG_SESSION_ID",
    "PIPEWIRE_REMOTE",
    "PIPEWIRE_CONFIG_DIR",
    "PULSE_SINK",
    "PULSE_SOURCE",
    "PULSE_COOKIE",
    "SESSION_MANAGER",
];

/// A running desktop.
pub struct Desktop {
    environment: Vec<(&'static str, String)>,
    services: Vec<Service>,
    /// Number of the display and process id of its server.
    display: Option<(u32, u32)>,
    // Last, so that it is removed after everything that writes into it has ended.
    folder: PrivateFolder,
}

impl Desktop {
    /// Starts everything and returns once all of it answers.
    pub fn start() -> Result<Self, Failure> {
        interrupt::install();
        descendants::adopt_orphans();
        let folder = PrivateFolder::create()?;
        let mut desktop = Self {
            environment: Vec::new(),
            services: Vec::new(),
            display: None,
            folder,
        };
        desktop.prepare_environment()?;
        desktop.start_bus()?;
        desktop.start_sound()?;
        desktop.start_display()?;
        Ok(desktop)
    }

    /// Makes `command` run on this desktop.
    pub fn enter(&self, command: &mut Command) {
        for name in FOREIGN {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
    }

    /// A new private folder that goes away with the desktop.
    pub fn new_folder(&self, name: &str) -> Result<PathBuf, Failure> {
        self.folder.subfolder(name)
    }

    /// Runs `command` on this desktop to its end.
    pub fn run(&self, command: &mut Command) -> Result<ExitStatus, Failure> {
        self.enter(command);
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .spawn()
            .map_err(|error| Failure::start(&program, &error))?;
        let mut asked_at: Option<Instant> = None;
        loop {
            let ended = child
                .try_wait()
                .map_err(|error| Failure::new(format!("{program}: {error}")))?;
            if let Some(status) = ended {
                return Ok(status);
            }
            if interrupt::requested() {
                let asked_at = *asked_at.get_or_insert_with(|| {
                    service::ask_to_end(child.id());
                    Instant::now()
                });
                if asked_at.elapsed() > END_LIMIT {
                    // The reason it does not end is the program's own; the next look reaps it.
                    let _ = child.kill();
                }
            }
            std::thread::sleep(POLL_INTERVAL);
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn prepare_environment(&mut self) -> Result<(), Failure> {
        let mut set = |name, value: String| self.environment.push((name, value));
        // Cargo and rustup keep their things in the real home.
        if let Ok(home) = std::env::var("HOME") {
            for (name, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
                let value = std::env::var(name).unwrap_or_else(|_| format!("{home}/{folder}"));
                set(name, value);
            }
        }
        for (name, folder) in [
            ("HOME", "home"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_RUNTIME_DIR", "run"),
        ] {
            set(name, self.folder.subfolder(folder)?.display().to_string());
        }
        let run = self.folder.path().join("run").display().to_string();
        set("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={run}/bus"));
        set("PIPEWIRE_RUNTIME_DIR", run.clone());
        set("PULSE_RUNTIME_PATH", format!("{run}/pulse"));
        set("PULSE_SERVER", format!("unix:{run}/pulse/native"));
        set("XDG_SESSION_TYPE", "x11".to_owned());
        set("LIBGL_ALWAYS_SOFTWARE", "1".to_owned());
        set("RUSTY_AUDIO_TEST_DESKTOP", "1".to_owned());
        self.folder.write(
            "config/wireplumber/main.lua.d/51-no-hardware.lua",
            NO_HARDWARE_LUA,
        )?;
        self.folder.write(
            "config/wireplumber/bluetooth.lua.d/51-no-hardware.lua",
            NO_BLUETOOTH_LUA,
        )?;
        self.folder.write(
            "config/wireplumber/wireplumber.conf.d/51-no-hardware.conf",
            NO_HARDWARE_CONF,
        )
    }

    fn start_bus(&mut self) -> Result<(), Failure> {
        let address = format!("--address=unix:path={}", self.path("run/bus").display());
        self.serve(
            "dbus-daemon",
            &["--session", "--nofork", "--nopidfile", &address],
        )?;
        self.wait_for_socket("dbus-daemon", "run/bus")
    }

    fn start_sound(&mut self) -> Result<(), Failure> {
        self.serve("pipewire", &[])?;
        self.wait_for_socket("pipewire", "run/pipewire-0")?;
        self.serve("wireplumber", &[])?;
        self.serve("pipewire-pulse", &[])?;
        self.wait_for_socket("pipewire-pulse", "run/pulse/native")?;
        // Without the session manager a stream would wait for ever to be connected.
        self.wait_until("wireplumber", |desktop| {
            desktop
                .ask("pactl", &["list", "clients"])
                .contains("WirePlumber")
        })?;
        let name = format!("sink_name={SINK}");
        self.ask(
            "pactl",
            &[
                "load-module",
                "module-null-sink",
                &name,
                "rate=48000",
                "channels=2",
            ],
        );
        self.wait_until("the null sink", |desktop| {
            // Again and again: the session manager may still be choosing a default of its own.
            desktop.ask("pactl", &["set-default-sink", SINK]);
            let info = desktop.ask("pactl", &["info"]);
            info.lines()
                .any(|line| line.trim() == format!("Default Sink: {SINK}"))
        })
    }

    fn start_display(&mut self) -> Result<(), Failure> {
        // It picks a free number itself and writes it to the file descriptor we name.
        self.serve(
            "Xvfb",
            &[
                "-displayfd",
                "1",
                "-screen",
                "0",
                SCREEN,
                "-nolisten",
                "tcp",
                "-noreset",
            ],
        )?;
        let log = self.path("Xvfb.out");
        let number = move || {
            fs::read_to_string(&log)
                .ok()?
                .lines()
                .next()?
                .trim()
                .parse::<u32>()
                .ok()
        };
        self.wait_until("Xvfb", |_| number().is_some())?;
        let number = number().unwrap_or_default();
        self.display = self.services.last().map(|server| (number, server.id()));
        let display = format!(":{number}");
        self.environment.push(("DISPLAY", display));
        self.serve("openbox", &["--sm-disable"])?;
        self.wait_until("openbox", |desktop| {
            !desktop.ask("xdotool", &["get_desktop"]).trim().is_empty()
        })
    }

    fn serve(&mut self, program: &'static str, arguments: &[&str]) -> Result<(), Failure> {
        let mut command = Command::new(program);
        command.args(arguments);
        self.enter(&mut command);
        self.services
            .push(Service::start(program, command, self.folder.path())?);
        Ok(())
    }

    /// What a small helper prints; nothing if it fails.
    fn ask(&self, program: &str, arguments: &[&str]) -> String {
        let mut command = Command::new(program);
        command.args(arguments);
        self.enter(&mut command);
        let output = command.env("LC_ALL", "C").output();
        output
            .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
            .unwrap_or_default()
    }

    fn wait_for_socket(&mut self, who: &str, name: &str) -> Result<(), Failure> {
        let socket = self.path(name);
        self.wait_until(who, |_| UnixStream::connect(&socket).is_ok())
    }

    fn wait_until(&mut self, who: &str, is_there: impl Fn(&Self) -> bool) -> Result<(), Failure> {
        let started = Instant::now();
        while !is_there(self) {
            if interrupt::requested() {
                return Err(Failure::new("interrupted while the desktop was starting"));
            }
            for service in &mut self.services {
                service.check()?;
            }
            if started.elapsed() > START_LIMIT {
                let seconds = START_LIMIT.as_secs();
                let said = self
                    .services
                    .last()
                    .map(Service::last_words)
                    .unwrap_or_default();
                return Err(Failure::new(format!(
                    "{who} did not answer within {seconds} s{said}"
                )));
            }
            std::thread::sleep(POLL_INTERVAL);
        }
        Ok(())
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        // Whatever the command left running goes first, while the services can still say goodbye.
        let own: Vec<u32> = self.services.iter().map(Service::id).collect();
        descendants::end_all_but(&own);
        while let Some(service) = self.services.pop() {
            service.stop();
        }
        descendants::end_all_but(&[]);
        if let Some((number, server)) = self.display {
            remove_display_leftovers(number, server);
        }
    }
}

/// Xvfb removes its lock and socket itself, unless it had to be killed.
fn remove_display_leftovers(number: u32, server: u32) {
    let lock = format!("/tmp/.X{number}-lock");
    let holder = fs::read_to_string(&lock).unwrap_or_default();
    // Somebody else may have taken the number in the meantime.
    if holder.trim().parse() == Ok(server) {
        for name in [lock, format!("/tmp/.X11-unix/X{number}")] {
            if let Err(error) = fs::remove_file(&name) {
                eprintln!("cannot remove {name}: {error}");
            }
        }
    }
}

/// `cargo xtask desktop -- COMMAND…`: runs the command there and passes its exit code on.
pub fn run(arguments: &[String]) -> Result<u8, Failure> {
    let Some((program, rest)) = arguments.split_first() else {
        return Err(Failure::usage(
            "desktop needs a command: cargo xtask desktop -- COMMAND…",
        ));
    };
    packages::ensure(Purpose::Test)?;
    let desktop = Desktop::start()?;
    let status = desktop.run(Command::new(program).args(rest))?;
    Ok(crate::project::exit_code(status))
}

/// Keeps WirePlumber (0.4) away from real sound cards and cameras.
const NO_HARDWARE_LUA: &str = "alsa_monitor.enabled = false\nv4l2_monitor.enabled = false\n\
                               libcamera_monitor.enabled = false\n";
/// Keeps WirePlumber 0.4 away from Bluetooth.
const NO_BLUETOOTH_LUA: &str = "bluez_monitor.enabled = false\n";
/// Keeps WirePlumber 0.5 and later away from all of these.
const NO_HARDWARE_CONF: &str = "wireplumber.profiles = {\n  main = {\n    \
     hardware.audio = disabled\n    hardware.bluetooth = disabled\n    \
     hardware.video-capture = disabled\n  }\n}\n";
