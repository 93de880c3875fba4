//! The program with its window, on the desktop without a screen: CPU time, memory, time of a frame.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::figures::Figures;
use super::options::Options;
use super::process::{CpuReading, Memory};
use super::sessions::{Stage, note_failure};
use xtask_common::desktop::Desktop;
use xtask_common::desktop::window::{tool, wait_for_window};
use xtask_common::failure::Failure;
use xtask_common::interrupt;

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
/// 95 of 100 frames take at most this much for layout alone, in ms; what is left is drawing.
pub(super) const LAYOUT_P95: &str = "window/layout p95 ms";

/// Until everything that happens once has happened.
const SETTLE: Duration = Duration::from_secs(3);
/// Until the spectrum and its peaks have fallen to the floor after the sound has stopped.
const FALL: Duration = Duration::from_secs(10);
/// Windows whose frames are timed, one after the other.
const FRAME_LOOKS: u32 = 3;
/// What a window takes to draw the frames it looks back on, twice.
const MIN_LOOK_SECONDS: u32 = 20;

/// A running player that ends with this value.
pub(super) struct Player(pub(super) Child);

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
    println!("Session: window, about {} s", 3 * options.seconds);
    let measured = use_of_machine(stage, desktop, options.seconds, figures);
    note_failure("the window's use of the machine", measured, figures)?;
    let measured = frame_times(stage, desktop, options.seconds, figures);
    note_failure("the time of the window's frames", measured, figures)
}

/// Opens the window with everything in sight, with settings of its own in the folder `settings`.
fn open(
    stage: &Stage,
    desktop: &Desktop,
    settings: &str,
    frame_times: Option<&Path>,
) -> Result<(Player, String), Failure> {
    let mut command = Command::new(&stage.program);
    command
        .arg("--config-dir")
        .arg(desktop.new_folder(settings)?)
        .args(std::iter::repeat_n(&stage.track, 100))
        .stdout(Stdio::null());
    if let Some(path) = frame_times {
        command.env("RUSTY_AUDIO_FRAME_TIMES", path);
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

/// Windows one after the other, each of which writes down what its frames took.
fn frame_times(
    stage: &Stage,
    desktop: &Desktop,
    seconds: u32,
    figures: &mut Figures,
) -> Result<(), Failure> {
    let noted = stage.folder.join("frame times");
    let mut looks = Vec::new();
    for number in 0..FRAME_LOOKS {
        // Of another window, or of another run.
        let _ = fs::remove_file(&noted);
        let settings = format!("timed window {number}");
        let (_player, _window) = open(stage, desktop, &settings, Some(&noted))?;
        let wait = (seconds / FRAME_LOOKS).max(MIN_LOOK_SECONDS);
        rest(Duration::from_secs(u64::from(wait)))?;
        let text = fs::read_to_string(&noted).map_err(|e| Failure::file("read", &noted, &e))?;
        let both: Vec<f64> = text
            .split(' ')
            .filter_map(|n| n.trim().parse().ok())
            .collect();
        let [whole_ms, layout_ms] = both[..] else {
            return Err(Failure::new(format!("no time of a frame: {text}")));
        };
        looks.push((whole_ms, layout_ms));
    }
    looks.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (whole_ms, layout_ms) = looks[looks.len() / 2];
    figures.set(FRAME_P95, whole_ms);
    figures.set(LAYOUT_P95, layout_ms);
    figures.set("window/frame p95 worst ms", looks[looks.len() - 1].0);
    figures.set("window/frame looks", looks.len() as f64);
    Ok(())
}

/// Sleeps, unless somebody wants this to end.
pub(super) fn rest(time: Duration) -> Result<(), Failure> {
    let started = Instant::now();
    while let Some(left) = time.checked_sub(started.elapsed()) {
        if interrupt::requested() {
            return Err(Failure::new("interrupted"));
        }
        thread::sleep(left.min(Duration::from_millis(200)));
    }
    Ok(())
}
