//! Sessions of the real program: it plays, and tells what it measured of itself.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use super::arithmetic;
use super::busy::BusyCores;
use super::figures::Figures;
use super::machine;
use super::options::Options;
use super::session_names::{ARITHMETIC, PREFIX, TEN_BANDS};
use xtask_common::failure::Failure;
use xtask_common::interrupt;
use xtask_common::project;

#[cfg(target_os = "linux")]
use xtask_common::desktop::Desktop;

/// Why a session was left out stands under this.
pub(super) const NOT_RUN: &str = "not run/";
/// How such a reason begins when it was not meant to be left out.
const FAILED: &str = "failed: ";

/// A session on PipeWire with many bands.
pub(super) const MANY_BANDS: &str = "PipeWire, 512 frames, 31 bands";
/// A session on PipeWire with fewer and longer callbacks.
pub(super) const LONG: &str = "PipeWire, 2048 frames, 10 bands";
/// The session underruns are judged by.
pub(super) const BUSY: &str = "PipeWire, 256 frames, 10 bands, all cores busy";
/// Without a sound server.
pub(super) const NULL: &str = "null output, 512 frames, 10 bands";

/// One session.
struct Session {
    name: &'static str,
    /// Plays at the pace of a clock instead of a sound server.
    is_null: bool,
    bands: usize,
    buffer_frames: u32,
    is_busy: bool,
}

const SESSIONS: [Session; 5] = [
    Session {
        name: NULL,
        is_null: true,
        bands: 10,
        buffer_frames: 512,
        is_busy: false,
    },
    Session {
        name: TEN_BANDS,
        is_null: false,
        bands: 10,
        buffer_frames: 512,
        is_busy: false,
    },
    Session {
        name: MANY_BANDS,
        is_null: false,
        bands: 31,
        buffer_frames: 512,
        is_busy: false,
    },
    Session {
        name: LONG,
        is_null: false,
        bands: 10,
        buffer_frames: 2_048,
        is_busy: false,
    },
    Session {
        name: BUSY,
        is_null: false,
        bands: 10,
        buffer_frames: 256,
        is_busy: true,
    },
];

/// The program that plays, where, and where it may write.
pub(super) struct Stage {
    /// The built program.
    pub(super) program: PathBuf,
    /// The bundled track.
    pub(super) track: PathBuf,
    /// Its length.
    pub(super) track_seconds: f64,
    /// For settings, presets and figures.
    pub(super) folder: PathBuf,
    /// The desktop without a screen, with a sound server.
    #[cfg(target_os = "linux")]
    pub(super) desktop: Option<Desktop>,
}

impl Stage {
    /// Builds the program and sets the stage in `folder`. Without a desktop it says why in `figures`.
    pub(super) fn set(
        options: &Options,
        folder: &Path,
        figures: &mut Figures,
    ) -> Result<Self, Failure> {
        let profile = options.profile.as_deref().unwrap_or("release");
        // With it the window writes down what its frames take.
        let build = ["build", "--profile", profile, "--features", "inspection"];
        project::succeed(&mut project::cargo(&build), "the build")?;
        figures.say(
            "build/sessions",
            format!("profile {profile}, feature inspection"),
        );
        let track = project::root().join("assets/demo.flac");
        let bytes = fs::read(&track).map_err(|error| Failure::file("read", &track, &error))?;
        let track_seconds = flac_seconds(&bytes)
            .ok_or_else(|| Failure::new(format!("{} does not say its length", track.display())))?;
        Ok(Self {
            program: project::program(profile)?,
            track,
            track_seconds,
            folder: folder.to_owned(),
            #[cfg(target_os = "linux")]
            desktop: start_desktop(figures),
        })
    }

    /// Whether there is a sound server to play through.
    pub(super) fn has_desktop(&self) -> bool {
        #[cfg(target_os = "linux")]
        return self.desktop.is_some();
        #[cfg(not(target_os = "linux"))]
        false
    }

    /// Runs `command` to its end, on the desktop if there is one.
    fn run(&self, command: &mut Command) -> Result<ExitStatus, Failure> {
        #[cfg(target_os = "linux")]
        if let Some(desktop) = &self.desktop {
            return desktop.run(command);
        }
        command
            .status()
            .map_err(|error| Failure::start("the player", &error))
    }
}

#[cfg(target_os = "linux")]
fn start_desktop(figures: &mut Figures) -> Option<Desktop> {
    match xtask_common::packages::ensure(xtask_common::packages::Purpose::Test)
        .and_then(|()| Desktop::start())
    {
        Ok(desktop) => Some(desktop),
        Err(failure) => {
            figures.say(
                format!("{NOT_RUN}everything on a desktop"),
                format!("{FAILED}{failure}"),
            );
            None
        }
    }
}

/// Length by the stream's own header; `None` if it does not say.
fn flac_seconds(bytes: &[u8]) -> Option<f64> {
    let header = bytes.strip_prefix(b"fLaC")?;
    // Behind the block's header of 4 bytes and 10 of sizes: 20 bits of rate, 8 of shape, 36 of length.
    let word = u64::from_be_bytes(header.get(14..22)?.try_into().ok()?);
    let (rate_hz, samples) = (word >> 44, word & ((1 << 36) - 1));
    (rate_hz > 0 && samples > 0).then(|| samples as f64 / rate_hz as f64)
}

/// A preset without headroom, so that the limiter comes into circuit behind it.
fn preset_text(bands: usize) -> String {
    let bell = |n: usize| {
        let hz = 20.0 * 1_000_f64.powf((n as f64 + 0.5) / bands as f64);
        let gain_db = if n.is_multiple_of(2) { 6 } else { -6 };
        format!(
            "Filter {}: ON PK Fc {hz:.1} Hz Gain {gain_db} dB Q 1.41\n",
            n + 1
        )
    };
    let filters: String = (0..bands).map(bell).collect();
    format!("Preamp: 0 dB\n{filters}")
}

/// Plays every session and takes in what each measured of itself.
pub(super) fn run(stage: &Stage, options: &Options, figures: &mut Figures) -> Result<(), Failure> {
    for session in &SESSIONS {
        if !session.is_null && !stage.has_desktop() {
            figures.say(
                format!("{NOT_RUN}{}", session.name),
                "it needs a sound server",
            );
            continue;
        }
        let seconds = if session.is_busy {
            options.busy_seconds
        } else {
            options.seconds
        };
        println!("Session: {}, {seconds} s", session.name);
        let played = play(stage, session, seconds, figures);
        note_failure(session.name, played, figures)?;
    }
    let calculated = arithmetic::run(options.seconds, figures);
    note_failure(ARITHMETIC, calculated, figures)
}

/// Notes that `what` has failed, and goes on: what else is measured is still worth having. Fails only
/// when somebody wants all of it to end.
pub(super) fn note_failure(
    what: &str,
    result: Result<(), Failure>,
    figures: &mut Figures,
) -> Result<(), Failure> {
    match result {
        Err(failure) if interrupt::requested() => Err(failure),
        Err(failure) => {
            eprintln!("{what}: {failure}");
            figures.say(format!("{NOT_RUN}{what}"), format!("{FAILED}{failure}"));
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Whether anything was to be measured and could not.
pub(super) fn any_failed(figures: &Figures) -> bool {
    let mut words = figures.words.iter();
    words.any(|(name, why)| name.starts_with(NOT_RUN) && why.starts_with(FAILED))
}

fn play(
    stage: &Stage,
    session: &Session,
    seconds: u32,
    figures: &mut Figures,
) -> Result<(), Failure> {
    let preset = stage.folder.join(format!("{} bands.txt", session.bands));
    fs::write(&preset, preset_text(session.bands))
        .map_err(|error| Failure::file("write", &preset, &error))?;
    let stats = stage.folder.join("stats.json");
    // As many times as needed, the first from so far in that the sound lasts as long as wanted.
    let times = (f64::from(seconds) / stage.track_seconds).ceil().max(1.0);
    let skipped = times * stage.track_seconds - f64::from(seconds);
    let mut command = Command::new(&stage.program);
    command
        .args(["play", "--headless", "--until-end", "--config-dir"])
        .arg(stage.folder.join("config"))
        .arg("--eq")
        .arg(&preset)
        .arg("--stats")
        .arg(&stats)
        .args(["--seek", &format!("{skipped:.3}")])
        .args(["--buffer", &session.buffer_frames.to_string()]);
    if session.is_null {
        command.args(["--output", "null"]);
    }
    command.args(std::iter::repeat_n(&stage.track, times as usize));
    let (load_before, stolen_before) = (machine::load(), machine::stolen_seconds());
    let busy = session.is_busy.then(BusyCores::start).transpose()?;
    let status = stage.run(&mut command)?;
    drop(busy);
    if !status.success() {
        return Err(Failure::new(format!("the player failed ({status})")));
    }
    let text = fs::read_to_string(&stats).map_err(|error| Failure::file("read", &stats, &error))?;
    let value: Value = serde_json::from_str(&text)
        .map_err(|error| Failure::new(format!("{}: {error}", stats.display())))?;
    let prefix = format!("{PREFIX}{}", session.name);
    figures.take_in(&prefix, &value);
    figures.set(format!("{prefix}/seconds"), f64::from(seconds));
    if let Some(load) = load_before {
        figures.set(format!("{prefix}/load before"), load);
    }
    if let (Some(before), Some(now)) = (stolen_before, machine::stolen_seconds()) {
        figures.set(format!("{prefix}/stolen seconds"), now - before);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_track_says_how_long_it_is() {
        let bytes = fs::read(project::root().join("assets/demo.flac")).expect("the track");
        let seconds = flac_seconds(&bytes).expect("a length");
        assert!((seconds - 1_277_952.0 / 44_100.0).abs() < 1e-9, "{seconds}");
        assert_eq!(flac_seconds(b"RIFF"), None);
    }

    #[test]
    fn a_preset_has_as_many_filters_as_asked_for() {
        let text = preset_text(31);
        assert_eq!(text.matches("ON PK").count(), 31);
        assert!(
            text.contains("Filter 31: ON PK Fc 17891.3 Hz Gain 6 dB Q 1.41"),
            "{text}"
        );
    }
}
