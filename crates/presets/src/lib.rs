//! Equalizer presets: files of other players, read and written without loss; the built-in ones; and a
//! folder of the listener's own.
//!
//! A preset says what the equalizer does, not whether it is switched on: whatever is read comes
//! switched on.

mod bells;
pub mod built_in;
mod cascade;
mod eqf;
mod error;
mod feq;
mod filter_line;
mod graphic;
mod headroom;
mod limits;
mod near;
mod number;
mod parametric;
mod preset_text;
pub mod store;

pub use error::PresetError;
pub use headroom::automatic_preamp;

use dsp::equalizer::EqualizerSettings;
use std::io::Read;
use std::path::Path;

/// A preset that was read, and what of its file could not be.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadPreset {
    /// What it sets.
    pub settings: EqualizerSettings,
    /// Lines that are not used, in order; of a Winamp library, records.
    pub skipped_lines: Vec<SkippedLine>,
    /// Its name, where the file holds one.
    pub name: Option<String>,
    /// Names of further presets in the same file.
    pub other_names: Vec<String>,
}

/// A line of a preset file that is not used, wholly or in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SkippedLine {
    /// Its number, from 1.
    pub number: usize,
    /// Why, in a few words.
    pub reason: &'static str,
}

/// The formats presets are written in. All of them are read too, and told apart by content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PresetFormat {
    /// Configuration text of Equalizer APO, as AutoEq's `ParametricEQ.txt`: holds everything.
    Parametric,
    /// One `GraphicEQ:` line, as AutoEq and Wavelet have it: a curve and nothing else.
    GraphicEq,
    /// `.feq` of foobar2000: eighteen bells at its frequencies.
    Foobar,
    /// `.eqf` of Winamp: ten bells at its frequencies, in its steps.
    Winamp,
}

impl From<EqualizerSettings> for ReadPreset {
    fn from(settings: EqualizerSettings) -> Self {
        Self {
            settings,
            skipped_lines: Vec::new(),
            name: None,
            other_names: Vec::new(),
        }
    }
}

/// Reads the preset file at `path`; of a library the first preset.
///
/// # Errors
/// When it cannot be read, is too large or holds no preset, in one line without its name.
pub fn read_preset(path: &Path) -> Result<ReadPreset, PresetError> {
    parse_preset(&read_bytes(path)?)
}

/// Reads the preset called `name` of the Winamp library at `path`.
///
/// # Errors
/// As [`read_preset`], and when there is no preset of that name.
pub fn read_preset_named(path: &Path, name: &str) -> Result<ReadPreset, PresetError> {
    let bytes = read_bytes(path)?;
    match eqf::is_eqf(&bytes) {
        true => eqf::parse(&bytes, Some(name)).map_err(PresetError::NotAPreset),
        false => Err(PresetError::NotALibrary),
    }
}

/// Reads a preset file's content, of whatever format; of a library the first preset.
///
/// # Errors
/// When it holds no preset, in one line.
///
/// ```
/// let read = presets::parse_preset(b"Preamp: -6 dB\nFilter 1: ON PK Fc 1000 Hz Gain 6 dB Q 1.41")?;
/// assert_eq!(read.settings.bands.len(), 1);
/// assert_eq!(read.settings.preamp.0, -6.0);
/// # Ok::<(), presets::PresetError>(())
/// ```
pub fn parse_preset(bytes: &[u8]) -> Result<ReadPreset, PresetError> {
    if bytes.len() as u64 > limits::MAX_BYTES {
        return Err(PresetError::TooLarge);
    }
    if eqf::is_eqf(bytes) {
        return eqf::parse(bytes, None).map_err(PresetError::NotAPreset);
    }
    let text = preset_text::decode(bytes);
    feq::parse(&text)
        .unwrap_or_else(|| parametric::parse(&text))
        .map_err(PresetError::NotAPreset)
}

/// The content of a file that holds `settings` in `format`; `name` goes into formats that have one.
/// [`parse_preset`] gives the same settings back, switched on.
///
/// # Errors
/// When the format cannot hold them, in one line that names the band.
pub fn write_preset(
    settings: &EqualizerSettings,
    format: PresetFormat,
    name: &str,
) -> Result<Vec<u8>, PresetError> {
    let written = match format {
        PresetFormat::Parametric => parametric::write(settings).map(String::into_bytes),
        PresetFormat::GraphicEq => graphic::write_settings(settings).map(String::into_bytes),
        PresetFormat::Foobar => feq::write(settings).map(String::into_bytes),
        PresetFormat::Winamp => eqf::write(settings, name),
    };
    written.map_err(PresetError::NotInThisFormat)
}

/// The preset a listener names: a file, else one of their own in `presets_folder`, else a built-in
/// one. Case does not matter in names.
///
/// # Errors
/// When it is none of these, with the names that come near, or cannot be read; in one line.
pub fn resolve(name_or_path: &Path, presets_folder: &Path) -> Result<ReadPreset, PresetError> {
    // A folder may bear a preset's name by chance.
    if name_or_path.exists() && !name_or_path.is_dir() {
        return read_preset(name_or_path);
    }
    let is_path = name_or_path.components().count() != 1 || name_or_path.extension().is_some();
    let name = name_or_path.to_string_lossy();
    let own = store::list(presets_folder)?;
    let is_own = |name: &str| own.iter().any(|own| store::is_same_name(own, name));
    if is_own(&name) {
        return store::load(presets_folder, &name);
    }
    if let Some(settings) = built_in::preset(&name) {
        return Ok(settings.into());
    }
    let built_in: Vec<&str> = built_in::names().filter(|name| !is_own(name)).collect();
    let names = own.iter().map(String::as_str).chain(built_in);
    match near::names(&name, names).as_slice() {
        [] if is_path => Err(std::io::Error::from(std::io::ErrorKind::NotFound).into()),
        near => Err(PresetError::Unknown {
            near: near.iter().map(|name| (*name).to_owned()).collect(),
        }),
    }
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, PresetError> {
    let file = std::fs::File::open(path)?;
    let mut bytes = Vec::new();
    // One byte more than is allowed tells a larger file, also where the length is not known before.
    file.take(limits::MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
#[path = "preset_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "round_trip_tests.rs"]
mod round_trip_tests;
