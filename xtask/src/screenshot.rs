//! `cargo xtask screenshot`: a picture of the real window, playing, on the desktop without a screen.

mod options;

use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::Duration;

use options::Options;
use xtask_common::desktop::Desktop;
use xtask_common::desktop::window::{tool, wait_for_window};
use xtask_common::failure::Failure;
use xtask_common::packages::{self, Purpose};
use xtask_common::project;

/// Time for the window to draw itself anew after a key or a change of size.
const SETTLE: Duration = Duration::from_millis(1_200);
/// A picture with fewer colours shows nothing.
const MIN_COLOURS: u64 = 150;

/// Takes the picture that `arguments` describe.
pub(crate) fn run(arguments: &[String]) -> Result<u8, Failure> {
    let options = Options::parse(arguments)?;
    packages::ensure(Purpose::Test)?;
    let mut build = vec!["build", "--features", "inspection"];
    if options.release {
        build.push("--release");
    }
    project::succeed(&mut project::cargo(&build), "the build")?;
    let program = project::program(if options.release { "release" } else { "debug" })?;

    let desktop = Desktop::start()?;
    let mut command = Command::new(program);
    command
        .arg("--config-dir")
        .arg(desktop.new_folder("player")?);
    if let Some(theme) = &options.theme {
        command.args(["--theme", theme]);
    }
    command.args(&options.inputs);
    desktop.enter(&mut command);
    let mut player = command
        .spawn()
        .map_err(|error| Failure::start("the player", &error))?;
    let result = photograph(&desktop, &mut player, &options);
    // It may have ended by itself, which `photograph` has reported then.
    let _ = player.kill();
    let _ = player.wait();
    result?;
    Ok(0)
}

fn photograph(desktop: &Desktop, player: &mut Child, options: &Options) -> Result<(), Failure> {
    let window = wait_for_window(desktop, player)?;
    let [width, height] = options.size.map(|side| side.to_string());
    tool(
        desktop,
        "xdotool",
        &["windowsize", &window, &width, &height],
    )?;
    tool(desktop, "xdotool", &["windowmove", &window, "0", "0"])?;
    tool(desktop, "xdotool", &["windowactivate", "--sync", &window])?;
    thread::sleep(options.wait);
    for key in &options.keys {
        tool(desktop, "xdotool", &["key", key])?;
        thread::sleep(SETTLE);
    }
    if let Ok(Some(status)) = player.try_wait() {
        return Err(Failure::new(format!(
            "the player ended by itself ({status})"
        )));
    }
    let out = project::root().join(&options.out);
    if let Some(folder) = out.parent() {
        fs::create_dir_all(folder).map_err(|error| Failure::file("create", folder, &error))?;
    }
    let out_name = out.display().to_string();
    tool(
        desktop,
        "import",
        &["-window", &window, "-strip", &out_name],
    )?;
    check_picture(desktop, &out)
}

fn check_picture(desktop: &Desktop, out: &Path) -> Result<(), Failure> {
    let name = out.display().to_string();
    let answer = tool(desktop, "identify", &["-format", "%w %h %k", &name])?;
    let numbers: Vec<u64> = answer
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect();
    let [width, height, colours] = numbers[..] else {
        return Err(Failure::new(format!(
            "identify said `{}` about {name}",
            answer.trim()
        )));
    };
    if colours < MIN_COLOURS {
        return Err(Failure::new(format!(
            "{name} is as good as blank: {colours} colours"
        )));
    }
    println!("{name}: {width}x{height}, {colours} colours");
    Ok(())
}
