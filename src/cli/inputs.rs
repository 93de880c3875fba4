//! Inputs and presets named on a command line.

use super::Failure;
use crate::dsp::equalizer::EqualizerSettings;
use crate::library::demo::{DEMO_INPUT, unpack_demo};
use crate::library::inputs::expand_input;
use crate::library::preset::read_preset;
use std::path::{Path, PathBuf};

/// The inputs with `demo` replaced by the bundled track, unpacked below `config_dir`.
pub(super) fn with_demo(inputs: Vec<PathBuf>, config_dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unpack = |input: PathBuf| {
        if input.as_os_str() != DEMO_INPUT {
            return Ok(input);
        }
        unpack_demo(config_dir).map_err(|error| {
            Failure::from(format!(
                "{}: the demo cannot be unpacked: {error}",
                config_dir.display()
            ))
        })
    };
    inputs.into_iter().map(unpack).collect()
}

/// Every track the inputs name, in order; what yields nothing is reported on standard error. False
/// says that some did.
pub(super) fn expand(inputs: &[PathBuf]) -> (Vec<PathBuf>, bool) {
    let (mut paths, mut all_good) = (Vec::new(), true);
    for input in inputs {
        if let Err(error) = expand_input(input, &mut |batch| paths.extend(batch)) {
            eprintln!("{error}");
            all_good = false;
        }
    }
    (paths, all_good)
}

/// The equalizer settings a preset's name or file stands for.
pub(super) fn preset(name: &Path) -> Result<EqualizerSettings, Failure> {
    if name.as_os_str() == "flat" {
        return Ok(EqualizerSettings::ten_bands());
    }
    let preset = read_preset(name).map_err(|reason| format!("{}: {reason}", name.display()))?;
    for line in &preset.skipped_lines {
        eprintln!(
            "{}: line {line} is not understood and was skipped",
            name.display()
        );
    }
    Ok(preset.settings)
}
