//! The program with its window, on the desktop without a screen: CPU time, memory, time of a frame; and
//! players without a window beside each other.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::figures::Figures;
use super::options::Options;
use super::process::{CpuReading, Memory};
use super::sessions::{NOT_RUN, Stage, note_failure};
use crate::desktop::Desktop;
use crate::failure::Failure;
use crate::interrupt;
use crate::project;
use crate::screenshot::{tool, wait_for_window};

/// Figures of the window stand under this, then what it is doing.
pub(super) const WINDOW: &str = "window/";
/// The window plays, and all of it can be seen.
pub(super) const VISIBLE: &str = "playing, everything visible";
/// The window plays as an icon.
pub(super) const MINIMISED: &str = "playing, minimised";
/// The window shows a track that is paused.
pub(super) const PAUSED: &str = "paused";
/// 95 of 100 frames take at most this much of the window's thread, in ms.
pub(super) const FRAME_P95: &str = "window/frame p95 ms";
/// Figures of players without a window stand under this.
pub(super) const PLAYERS: &str = "player/";

/// Until everything that happens once has happened.
const SETTLE: Duration = Duration::from_secs(3);
/// Until the spectrum and its peaks have fallen to the floor after the sound has stopped.
const FALL: Duration = Duration::from_secs(10);
/// Windows whose frames are timed, one after the other.
const FRAME_LOOKS: u32 = 3;
/// The longest a connection to the window may take.
const CONNECT_LIMIT: Duration = Duration::from_secs(20);
/// More than any window's tree takes.
const MOST_REPLY_BYTES: usize = 1 << 26;

/// A running player that ends with this value.
struct Player(Child);

impl Drop for Player {
    fn drop(&mut self) {
        // It may have ended by itself, and is reaped all the same.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Measures all of it.
pub(super) fn run(stage: &Stage, options: &Options, figures: &mut Figures) -> Result<(), Failure> {
    let Some(desktop) = &stage.desktop else {
        return Ok(());
    };
    figures.forget(WINDOW);
    figures.forget(PLAYERS);
    println!("Session: window, about {} s", 3 * options.seconds);
    let measured = use_of_machine(stage, desktop, options.seconds, figures);
    note_failure("the window's use of the machine", measured, figures)?;
    let measured = frame_times(stage, desktop, options.seconds, figures);
    note_failure("the time of the window's frames", measured, figures)?;
    println!(
        "Session: players without a window, {} s each",
        options.seconds
    );
    let measured = players(stage, desktop, options.seconds, figures);
    note_failure("players without a window", measured, figures)
}

/// Opens the window with everything in sight, with settings of its own in the folder `settings`.
fn open(
    stage: &Stage,
    desktop: &Desktop,
    settings: &str,
    inspection: Option<u16>,
) -> Result<(Player, String), Failure> {
    let mut command = Command::new(&stage.program);
    command
        .arg("--config-dir")
        .arg(desktop.new_folder(settings)?)
        .args(std::iter::repeat_n(&stage.track, 100))
        .stdout(Stdio::null());
    if let Some(port) = inspection {
        command.env("EGUI_INSPECTION", format!("127.0.0.1:{port}"));
    }
    desktop.enter(&mut command);
    let child = command
        .spawn()
        .map_err(|error| Failure::start("the player", &error))?;
    let mut player = Player(child);
    let window = wait_for_window(desktop, &mut player.0)?;
    tool(desktop, "xdotool", &["windowsize", &window, "1500", "900"])?;
    tool(desktop, "xdotool", &["windowmove", &window, "0", "0"])?;
    tool(desktop, "xdotool", &["windowactivate", "--sync", &window])?;
    // A window that has only just come up misses the key.
    rest(SETTLE)?;
    tool(desktop, "xdotool", &["key", "F12"])?;
    rest(SETTLE)?;
    Ok((player, window))
}

fn use_of_machine(
    stage: &Stage,
    desktop: &Desktop,
    seconds: u32,
    figures: &mut Figures,
) -> Result<(), Failure> {
    let (mut player, window) = open(stage, desktop, "window", None)?;
    let mut note = |doing: &str, seconds: u32| {
        use_while(&mut player, &format!("{WINDOW}{doing}"), seconds, figures)
    };
    note(VISIBLE, seconds)?;
    let shorter = (seconds / 3).max(3);
    tool(desktop, "xdotool", &["windowminimize", &window])?;
    rest(SETTLE)?;
    note(MINIMISED, shorter)?;
    tool(desktop, "xdotool", &["windowmap", &window])?;
    tool(desktop, "xdotool", &["windowactivate", "--sync", &window])?;
    tool(desktop, "xdotool", &["key", "space"])?;
    rest(FALL)?;
    note(PAUSED, shorter)
}

/// Notes CPU time and memory of `player` over `seconds`.
fn use_while(
    player: &mut Player,
    prefix: &str,
    seconds: u32,
    figures: &mut Figures,
) -> Result<(), Failure> {
    let id = player.0.id();
    let before = CpuReading::of(id);
    rest(Duration::from_secs(u64::from(seconds)))?;
    let shares = CpuReading::of(id).since(&before);
    if let Ok(Some(status)) = player.0.try_wait() {
        return Err(Failure::new(format!(
            "{prefix}: the player has ended by itself ({status})"
        )));
    }
    let memory = Memory::of(id);
    figures.set(format!("{prefix}/seconds"), f64::from(seconds));
    figures.set(
        format!("{prefix}/cpu percent"),
        shares.iter().map(|(_, share)| share).sum(),
    );
    figures.set(format!("{prefix}/memory MiB"), memory.own());
    figures.set(format!("{prefix}/memory of files MiB"), memory.files);
    figures.set(format!("{prefix}/rasterizer MiB"), memory.rasterizer);
    let busiest = shares.iter().take(4).filter(|(_, share)| *share >= 0.005);
    let busiest: Vec<String> = busiest
        .map(|(n, share)| format!("{n} {share:.2} %"))
        .collect();
    figures.say(format!("{prefix}/threads"), busiest.join(", "));
    Ok(())
}

/// Whoever reads the window's tree makes it build one for every frame from then on: each window is
/// looked at once, at the end.
fn frame_times(
    stage: &Stage,
    desktop: &Desktop,
    seconds: u32,
    figures: &mut Figures,
) -> Result<(), Failure> {
    let mut looks = Vec::new();
    for number in 0..FRAME_LOOKS {
        let free = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
        let port = free
            .map_err(|error| Failure::new(format!("no free port: {error}")))?
            .port();
        let settings = format!("timed window {number}");
        let (_player, _window) = open(stage, desktop, &settings, Some(port))?;
        rest(Duration::from_secs(u64::from(seconds / FRAME_LOOKS)))?;
        let p95_ms = look(port)
            .map_err(|error| Failure::new(format!("the window's tree: {error}")))?
            .ok_or_else(|| Failure::new("the window does not show the time of its frames"))?;
        looks.push(p95_ms);
    }
    looks.sort_by(f64::total_cmp);
    figures.set(FRAME_P95, looks[looks.len() / 2]);
    figures.set("window/frame p95 worst ms", looks[looks.len() - 1]);
    figures.set("window/frame looks", looks.len() as f64);
    Ok(())
}

/// What the overlay says of the last frames.
fn look(port: u16) -> std::io::Result<Option<f64>> {
    let mut stream = connect(port)?;
    // The first tree may be of before the overlay.
    for _ in 0..3 {
        let tree = ask_for_tree(&mut stream)?;
        if let Some(ms) = number_behind(&tree, b" ms  p95 ") {
            return Ok(Some(ms));
        }
    }
    Ok(None)
}

/// Connects to the window's inspection and takes in its greeting.
fn connect(port: u16) -> std::io::Result<TcpStream> {
    let started = Instant::now();
    let mut stream = loop {
        match TcpStream::connect(("127.0.0.1", port)) {
            Ok(stream) => break stream,
            Err(error) if started.elapsed() > CONNECT_LIMIT => return Err(error),
            Err(_) => thread::sleep(Duration::from_millis(50)),
        }
    };
    stream.set_read_timeout(Some(CONNECT_LIMIT))?;
    let mut greeting = [0; 8];
    stream.read_exact(&mut greeting)?;
    Ok(stream)
}

/// The accessibility tree as MessagePack, in which text stands as it is. Messages follow their length.
fn ask_for_tree(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    // A string of seven bytes.
    stream.write_all(b"\0\0\0\x08\xa7GetTree")?;
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length) as usize;
    if length > MOST_REPLY_BYTES {
        return Err(std::io::Error::other(format!("{length} bytes announced")));
    }
    let mut reply = vec![0; length];
    stream.read_exact(&mut reply)?;
    Ok(reply)
}

/// The number that stands behind the first `mark`.
fn number_behind(bytes: &[u8], mark: &[u8]) -> Option<f64> {
    let at = bytes
        .windows(mark.len())
        .position(|window| window == mark)?;
    let digits = bytes[at + mark.len()..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit() || **byte == b'.');
    let text: String = digits.map(|&byte| char::from(byte)).collect();
    text.parse().ok()
}

/// Both measured from outside, in the same way, one after the other.
fn players(
    stage: &Stage,
    desktop: &Desktop,
    seconds: u32,
    figures: &mut Figures,
) -> Result<(), Failure> {
    let mut own = Command::new(&stage.program);
    own.args(["play", "--headless", "--config-dir"])
        .arg(desktop.new_folder("headless")?)
        .arg("--eq")
        .arg(stage.folder.join("10 bands.txt"));
    watch(
        stage,
        desktop,
        "rusty-audio, 10 bands",
        own,
        seconds,
        figures,
    )?;
    if !project::has_command("audacious") {
        figures.say(format!("{NOT_RUN}audacious -H"), "not installed");
        return Ok(());
    }
    let mut other = Command::new("audacious");
    other.arg("-H");
    watch(stage, desktop, "audacious -H", other, seconds, figures)
}

fn watch(
    stage: &Stage,
    desktop: &Desktop,
    name: &str,
    mut command: Command,
    seconds: u32,
    figures: &mut Figures,
) -> Result<(), Failure> {
    command
        .args(std::iter::repeat_n(&stage.track, 100))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    desktop.enter(&mut command);
    let child = command
        .spawn()
        .map_err(|error| Failure::start(name, &error))?;
    let mut player = Player(child);
    rest(SETTLE)?;
    use_while(&mut player, &format!("{PLAYERS}{name}"), seconds, figures)
}

/// Sleeps, unless somebody wants this to end.
fn rest(time: Duration) -> Result<(), Failure> {
    let started = Instant::now();
    while let Some(left) = time.checked_sub(started.elapsed()) {
        if interrupt::requested() {
            return Err(Failure::new("interrupted"));
        }
        thread::sleep(left.min(Duration::from_millis(200)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_read_out_of_the_tree() {
        let tree = b"\x82\xa5label\xaf2.3 ms  p95 12.5\xa3";
        assert_eq!(number_behind(tree, b" ms  p95 "), Some(12.5));
        assert_eq!(number_behind(tree, b"p99 "), None);
    }
}
