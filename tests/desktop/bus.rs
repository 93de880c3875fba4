//! A session bus of a test's own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A running `dbus-daemon`, ended when dropped.
pub(crate) struct Bus {
    daemon: Child,
    /// Where it listens.
    pub(crate) address: String,
}

impl Bus {
    /// Starts one; none, with a line that says so, where the program is not installed.
    pub(crate) fn start() -> Option<Self> {
        let daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address"])
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut daemon) = daemon else {
            println!("not run: needs dbus-daemon");
            return None;
        };
        let mut address = String::new();
        let out = daemon.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut address).unwrap();
        Some(Self {
            daemon,
            address: address.trim().to_owned(),
        })
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        // One that has ended already is what is wanted.
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
