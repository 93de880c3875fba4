//! The command line: everything that needs no window.

mod analyze;
mod devices;
mod generate;
mod inputs;
mod json;
mod library;
mod numbers;
mod output_file;
mod play;
mod probe;
mod remote;
mod render;
mod source;
mod version;

use crate::desktop::instance::{
    AskError, Claim, InstanceListener, InstancePlace, OpenMode, claim_or_ask,
};
use disk::shown::{shown, shown_text};
use engine::output::sound_server::{introduce_program, provide_cookie};
use media::containment::contained;
use media::location::TrackLocation;
pub use play::output_choice;
use remote::RemoteArguments;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Plays music in a window with a live equalizer and spectrum, or without one.
#[derive(Debug, Parser)]
#[command(
    name = "rusty-audio",
    version,
    long_version = version::long(),
    subcommand_precedence_over_arg = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    window: WindowArguments,
    /// Keep settings and everything else the program stores in this folder
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "RUSTY_AUDIO_CONFIG_DIR"
    )]
    config_dir: Option<PathBuf>,
}

/// What the window opens with.
#[derive(Debug, Clone, clap::Args)]
pub struct WindowArguments {
    /// Files, folders, playlists (m3u, m3u8, pls, xspf) or `demo`
    #[arg(value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// Play through this output: a device's name, or `null` for silence
    #[arg(long, value_name = "NAME")]
    pub output: Option<String>,
    /// Frames to ask the device for at a time, a power of two
    /// [default: 512, more where the sound breaks off]
    #[arg(long, value_name = "FRAMES", value_parser = parse_buffer_frames)]
    pub buffer: Option<u32>,
    /// Keep the audio callback on this processor core, counted from 0
    #[arg(long, value_name = "N")]
    pub core: Option<u32>,
    /// Light or dark, instead of what was chosen last
    #[arg(long, value_enum)]
    pub theme: Option<ThemeChoice>,
    /// Open another window beside the one there is; its queue is not remembered
    #[arg(long)]
    pub new_instance: bool,
    #[command(flatten)]
    remote: RemoteArguments,
    /// Print what `--status` says as JSON
    #[arg(long, requires = "status")]
    json: bool,
}

/// A theme asked for on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ThemeChoice {
    /// Dark text on a light ground.
    Light,
    /// Light text on a dark ground.
    Dark,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Play without a window
    Play(play::PlayArguments),
    /// Render to a WAVE file through the equalizer, faster than real time
    Render(render::RenderArguments),
    /// Say what files are: codec, rate, length, tags
    Probe(probe::ProbeArguments),
    /// Measure loudness and peaks, and store ReplayGain if asked to
    Analyze(analyze::AnalyzeArguments),
    /// List sound devices
    Devices(devices::DevicesArguments),
    /// The collection: add folders, scan them, find tracks
    Library(library::LibraryArguments),
    /// Print the manual page or what a shell completes
    #[command(hide = true)]
    Generate(generate::GenerateArguments),
}

/// What is to be done after the command line has been read.
pub enum Outcome {
    /// A command has run.
    Done(ExitCode),
    /// The window is to be opened.
    Window(Box<WindowStart>),
}

/// What the window starts with.
pub struct WindowStart {
    /// Tracks and how to play them, `demo` already a file.
    pub arguments: WindowArguments,
    /// Where settings are kept.
    pub config_dir: PathBuf,
    /// Where the collection and the session are kept.
    pub data_dir: PathBuf,
    /// Where other starts hand over what they are asked to do; none beside another player.
    pub listener: Option<InstanceListener>,
    /// How the inputs come into the queue.
    pub how: OpenMode,
}

/// A command that failed: one line for standard error, none when whoever read its output has left.
pub(crate) struct Failure(Option<String>);

impl From<String> for Failure {
    fn from(line: String) -> Self {
        Self(Some(line))
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self((error.kind() != std::io::ErrorKind::BrokenPipe).then(|| error.to_string()))
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self(Some(error.to_string()))
    }
}

/// Says something on standard error, in one line whatever names and messages hold.
pub(crate) fn report(line: impl std::fmt::Display) {
    eprintln!("{}", shown_text(&line.to_string()));
}

/// A name with a reason behind it, for [`report`].
fn about(path: &Path, reason: impl std::fmt::Display) -> String {
    format!("{}: {reason}", shown(path))
}

/// What the command line says. Exits with 2 on wrong usage, whose words are escaped line by line: they
/// quote what was given.
fn arguments() -> Arguments {
    Arguments::try_parse().unwrap_or_else(|error| {
        let has_control =
            |word: std::ffi::OsString| word.to_string_lossy().contains(char::is_control);
        if !error.use_stderr() || !std::env::args_os().any(has_control) {
            error.exit();
        }
        for line in error.render().to_string().lines() {
            report(line);
        }
        std::process::exit(error.exit_code());
    })
}

/// Reads the command line and runs what needs no window. Exits with 2 on wrong usage.
pub fn run() -> Outcome {
    let arguments = arguments();
    // The collection lies with the settings where their folder is named, else where the system keeps data.
    let data_dir = arguments.config_dir.clone().or_else(default_data_dir);
    let Some((config_dir, data_dir)) = arguments
        .config_dir
        .or_else(default_config_dir)
        .zip(data_dir)
    else {
        return fail(
            "no home folder: name one with --config-dir"
                .to_owned()
                .into(),
        );
    };
    provide_cookie(&config_dir);
    introduce_program();
    let done = match arguments.command {
        None => {
            let opened = open_window(arguments.window, config_dir, data_dir);
            return opened.unwrap_or_else(fail);
        }
        Some(Command::Play(arguments)) => play::run(arguments, &config_dir, &data_dir),
        Some(Command::Render(arguments)) => render_contained(&Arc::new(arguments), &config_dir),
        Some(Command::Probe(arguments)) => probe::run(arguments, &config_dir),
        Some(Command::Analyze(arguments)) => analyze::run(arguments, &config_dir),
        Some(Command::Devices(arguments)) => devices::run(&arguments),
        Some(Command::Library(arguments)) => library::run(arguments, &data_dir),
        Some(Command::Generate(arguments)) => generate::run(&arguments),
    };
    match done {
        Ok(code) => Outcome::Done(code),
        Err(error) => fail(error),
    }
}

/// Has the running player do what is asked; without one, or beside it where that is wanted, a window is to be
/// opened.
fn open_window(
    mut window: WindowArguments,
    config_dir: PathBuf,
    data_dir: PathBuf,
) -> Result<Outcome, Failure> {
    let place = InstancePlace::of(&data_dir);
    if let Some(request) = window.remote.request() {
        let place = place.map_err(|error| error.to_string())?;
        return remote::run(&place, &request, window.json).map(Outcome::Done);
    }
    window.inputs = inputs::with_demo(window.inputs, &config_dir)?;
    let how = window.remote.open_mode();
    let is_alone = !window.new_instance;
    let claimed = match place {
        Ok(place) if is_alone => claim_or_ask(&place, &remote::open(&window.inputs, how)),
        Ok(_) => Ok(Claim::Other(Err(AskError::NotRunning))),
        Err(error) => Err(error),
    };
    let listener = match claimed {
        Ok(Claim::First(listener)) => Some(listener),
        Ok(Claim::Other(Ok(reply))) if reply.has_window || how != OpenMode::Play => {
            return Ok(Outcome::Done(ExitCode::SUCCESS));
        }
        // One without a window goes on as it is.
        Ok(Claim::Other(Ok(_) | Err(AskError::NotRunning))) => None,
        Ok(Claim::Other(Err(error))) => return Err(error.to_string().into()),
        Err(error) => {
            report(format!("other starts will not find this player: {error}"));
            None
        }
    };
    Ok(Outcome::Window(Box::new(WindowStart {
        arguments: window,
        config_dir,
        data_dir,
        listener,
        how,
    })))
}

/// Renders; a decoder that panics ends its thread only. The track that it was at is then looked for, and
/// the others are rendered.
fn render_contained(
    arguments: &Arc<render::RenderArguments>,
    config_dir: &Path,
) -> Result<ExitCode, Failure> {
    let attempt = |broken: Vec<TrackLocation>| {
        let (arguments, config_dir) = (Arc::clone(arguments), config_dir.to_owned());
        let done = contained("render", move || {
            render::run(&arguments, &config_dir, &broken)
        });
        if done.is_err() {
            // Its thread can no longer tidy up.
            output_file::discard_unfinished();
        }
        done
    };
    let panicked = match attempt(Vec::new()) {
        Ok(done) => return done,
        Err(panicked) => panicked,
    };
    let named = inputs::with_demo(arguments.inputs.clone(), config_dir)?;
    let mut broken = inputs::expand(&named).tracks;
    broken.retain(|track| {
        let place = track.clone();
        let decoded = contained("decode", move || render::decode_all(&place));
        let line = decoded.err().map(|panicked| about(track.path(), panicked));
        line.is_some_and(|line| {
            report(line);
            true
        })
    });
    if broken.is_empty() {
        return Err(panicked.to_string().into());
    }
    attempt(broken).unwrap_or_else(|panicked| Err(panicked.to_string().into()))
}

fn fail(failure: Failure) -> Outcome {
    if let Some(line) = failure.0 {
        report(line);
    }
    Outcome::Done(ExitCode::FAILURE)
}

fn default_config_dir() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "rusty-audio").map(|dirs| dirs.config_dir().to_owned())
}

fn default_data_dir() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "rusty-audio").map(|dirs| dirs.data_dir().to_owned())
}

/// Where files lie that can be made again: with the settings where their folder is named.
pub fn cache_dir(config_dir: &Path) -> PathBuf {
    let dirs = directories::ProjectDirs::from("", "", "rusty-audio");
    match dirs.filter(|dirs| dirs.config_dir() == config_dir) {
        Some(dirs) => dirs.cache_dir().to_owned(),
        None => config_dir.join("cache"),
    }
}

fn parse_buffer_frames(text: &str) -> Result<u32, String> {
    let frames: u32 = text
        .parse()
        .map_err(|_| "not a number of frames".to_owned())?;
    if frames.is_power_of_two() && (16..=16_384).contains(&frames) {
        Ok(frames)
    } else {
        Err("a power of two from 16 to 16384 is wanted".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_config_folder_may_be_named_before_or_behind_a_command() {
        for line in [
            &["x", "--config-dir", "d", "probe", "f"][..],
            &["x", "probe", "f", "--config-dir", "d"],
        ] {
            let arguments = Arguments::try_parse_from(line).unwrap();
            assert!(
                matches!(arguments.command, Some(Command::Probe(_))),
                "{line:?}"
            );
            assert_eq!(arguments.config_dir, Some("d".into()));
        }
        let window =
            Arguments::try_parse_from(["x", "--config-dir", "d", "a.flac", "b.ogg"]).unwrap();
        assert!(window.command.is_none());
        assert_eq!(window.window.inputs.len(), 2);
    }

    #[test]
    fn buffers_are_powers_of_two() {
        assert_eq!(parse_buffer_frames("256"), Ok(256));
        for wrong in ["300", "8", "65536", "x", ""] {
            assert!(parse_buffer_frames(wrong).is_err(), "{wrong}");
        }
    }
}
