//! Inputs and presets named on a command line.

use super::{Failure, about, report};
use dsp::equalizer::EqualizerSettings;
use library::demo::{DEMO_INPUT, unpack_demo};
use library::inputs::{expand_input, expand_input_and_lists};
use media::location::TrackLocation;
use media::track_bytes::{PipeKey, pipe_at};
use presets::store::FOLDER_NAME;
use presets::{SkippedLine, resolve};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What stands for standard input.
const STANDARD_INPUT: &str = "-";
/// The file that standard input is.
const STANDARD_INPUT_FILE: &str = "/dev/stdin";

/// The inputs with `demo` replaced by the bundled track, unpacked below `config_dir`, and `-` by standard
/// input where it is a file.
pub(super) fn with_demo(inputs: Vec<PathBuf>, config_dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unpack = |input: PathBuf| {
        if cfg!(unix) && input.as_os_str() == STANDARD_INPUT {
            return Ok(PathBuf::from(STANDARD_INPUT_FILE));
        }
        if input.as_os_str() != DEMO_INPUT {
            return Ok(input);
        }
        unpack_demo(config_dir).map_err(|error| {
            let reason = format!("the demo cannot be unpacked: {error}");
            Failure::from(about(config_dir, reason))
        })
    };
    inputs.into_iter().map(unpack).collect()
}

/// What is said of a pipe that was named before.
const NAMED_AGAIN: &str = "is a pipe that was named before; what comes through it is taken once";

/// The pipes that inputs have named. One gives its bytes once: named again, it would give what was kept of it.
#[derive(Default)]
struct Pipes(BTreeSet<PipeKey>);

impl Pipes {
    fn is_named_again(&mut self, track: &TrackLocation) -> bool {
        pipe_at(track.path()).is_some_and(|pipe| !self.0.insert(pipe))
    }
}

/// What inputs come to.
pub(super) struct Expanded {
    /// Every track they name, in order.
    pub(super) tracks: Vec<TrackLocation>,
    /// Playlists and cue sheets that were read.
    pub(super) lists: Vec<PathBuf>,
    /// Whether each input yields something.
    pub(super) all_good: bool,
}

/// Every track the inputs name; an input that yields nothing is reported on standard error.
pub(super) fn expand(inputs: &[PathBuf]) -> Expanded {
    let (mut tracks, mut lists, mut all_good) = (Vec::new(), Vec::new(), true);
    let mut pipes = Pipes::default();
    for input in inputs {
        let mut take = |batch: Vec<TrackLocation>| {
            for track in batch {
                if pipes.is_named_again(&track) {
                    report(about(track.path(), NAMED_AGAIN));
                    all_good = false;
                } else {
                    tracks.push(track);
                }
            }
        };
        if let Err(error) = expand_input_and_lists(input, &mut take, &mut lists) {
            report(error);
            all_good = false;
        }
    }
    Expanded {
        tracks,
        lists,
        all_good,
    }
}

/// A track an input names, or an input that names none.
pub(super) struct Found {
    /// Where it is, or the input as given.
    pub(super) track: TrackLocation,
    /// Why it yields no track.
    pub(super) fault: Option<String>,
}

/// Every track the inputs name, in order, and the inputs that name none.
pub(super) fn tracks(inputs: &[PathBuf]) -> Vec<Found> {
    let (mut found, mut pipes) = (Vec::new(), Pipes::default());
    for input in inputs {
        let result = expand_input(input, &mut |batch| {
            for track in batch {
                let fault = pipes.is_named_again(&track).then(|| NAMED_AGAIN.to_owned());
                found.push(Found { track, fault });
            }
        });
        if let Err(error) = result {
            let line = error.to_string();
            let named = about(input, "");
            found.push(Found {
                track: input.clone().into(),
                fault: Some(line.strip_prefix(&named).unwrap_or(&line).to_owned()),
            });
        }
    }
    found
}

/// No more lines of a preset than this are reported one by one.
const REPORTED_LINES: usize = 20;

/// The equalizer settings a preset's name or file stands for; what of it is not used is reported on
/// standard error.
pub(super) fn preset(name: &Path, config_dir: &Path) -> Result<EqualizerSettings, Failure> {
    let preset =
        resolve(name, &config_dir.join(FOLDER_NAME)).map_err(|reason| about(name, reason))?;
    for SkippedLine { number, reason } in preset.skipped_lines.iter().take(REPORTED_LINES) {
        report(about(
            name,
            format!("line {number} is not understood and was skipped: {reason}"),
        ));
    }
    if let Some(more @ 1..) = preset.skipped_lines.len().checked_sub(REPORTED_LINES) {
        report(about(name, format!("so were {more} more lines")));
    }
    if !preset.other_names.is_empty() {
        let others = preset.other_names.len();
        report(about(
            name,
            format!("only the first preset is used, {others} more are not"),
        ));
    }
    Ok(preset.settings)
}
