//! The listener's presets: list, save, import, export.

pub(crate) mod action;
pub(crate) mod dialog;
pub(crate) mod menu;

use ::presets::{
    PresetError, PresetFormat, ReadPreset, SkippedLine, read_preset, read_preset_named, store,
    write_preset,
};
use dsp::equalizer::EqualizerSettings;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Extensions of preset files. The format is detected by content.
pub(crate) const EXTENSIONS: [&str; 5] = ["txt", "feq", "eqf", "q1", "cfg"];
/// The most numbers of skipped lines in one note.
const MAX_NUMBERS: usize = 8;

/// The preset the equalizer was set to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct LoadedPreset {
    pub(crate) name: String,
    pub(crate) settings: EqualizerSettings,
}

impl LoadedPreset {
    /// Whether `now` differs from the preset. Bypass and an automatic preamp are not part of it.
    pub(crate) fn is_changed(&self, now: &EqualizerSettings, is_preamp_automatic: bool) -> bool {
        let preset = &self.settings;
        preset.bands != now.bands
            || preset.curve != now.curve
            || preset.preamp != now.preamp && !is_preamp_automatic
    }
}

/// Whether `path` looks like a preset, not like music.
pub(crate) fn is_preset_file(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|e| EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(e)))
}

/// The listener's own presets.
#[derive(Debug)]
pub(crate) struct Presets {
    folder: PathBuf,
    names: Vec<String>,
}

impl Presets {
    /// The presets in the settings' folder `config_dir`; reads nothing yet.
    pub(crate) fn new(config_dir: &Path) -> Self {
        Self {
            folder: config_dir.join(store::FOLDER_NAME),
            names: Vec::new(),
        }
    }

    /// The names as last listed.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Lists the folder anew.
    pub(crate) fn list(&mut self) -> Result<(), PresetError> {
        self.names = store::list(&self.folder)?;
        Ok(())
    }

    pub(crate) fn load(&self, name: &str) -> Result<ReadPreset, PresetError> {
        store::load(&self.folder, name)
    }

    pub(crate) fn save(
        &mut self,
        name: &str,
        settings: &EqualizerSettings,
    ) -> Result<(), PresetError> {
        store::save(&self.folder, name, settings)?;
        self.list()
    }

    pub(crate) fn rename(&mut self, from: &str, to: &str) -> Result<(), PresetError> {
        store::rename(&self.folder, from, to)?;
        self.list()
    }

    pub(crate) fn delete(&mut self, name: &str) -> Result<(), PresetError> {
        store::delete(&self.folder, name)?;
        self.list()
    }

    /// Reads the file at `path` and keeps all its presets; returns the first, and notes for the
    /// listener about what was skipped or renamed.
    ///
    /// # Errors
    /// When it holds no preset.
    pub(crate) fn import(&mut self, path: &Path) -> Result<(LoadedPreset, Vec<String>), String> {
        let file = file_name(path);
        let read = read_preset(path).map_err(|reason| format!("{file}: {reason}"))?;
        let mut notes: Vec<String> = skipped(&read, &file).into_iter().collect();
        let own_name = read.name.filter(|name| !name.trim().is_empty());
        let name = own_name.unwrap_or_else(|| match path.file_stem() {
            Some(stem) => stem.to_string_lossy().into_owned(),
            None => file.clone(),
        });
        let name = self.keep(&name, &read.settings).unwrap_or_else(|reason| {
            notes.push(format!("{file} could not be kept: {reason}"));
            name
        });
        for other in &read.other_names {
            let kept = read_preset_named(path, other)
                .map_err(String::from)
                .and_then(|preset| self.keep(other, &preset.settings));
            notes.extend(kept.err().map(|reason| format!("{other}: {reason}")));
        }
        if !read.other_names.is_empty() {
            notes.push(format!(
                "{file}: {} presets imported",
                read.other_names.len() + 1
            ));
        }
        let settings = read.settings;
        Ok((LoadedPreset { name, settings }, notes))
    }

    // Saves under a name that is free.
    fn keep(&mut self, name: &str, settings: &EqualizerSettings) -> Result<String, String> {
        self.list()?;
        let numbered = (2..).map(|number| format!("{name} {number}"));
        for name in std::iter::once(name.to_owned()).chain(numbered) {
            if !self
                .names
                .iter()
                .any(|known| store::is_same_name(known, &name))
            {
                self.save(&name, settings)?;
                return Ok(name);
            }
            if self
                .load(&name)
                .is_ok_and(|known| known.settings == *settings)
            {
                return Ok(name);
            }
        }
        Err("no name is free".into())
    }
}

/// Writes `settings` to `path`, in the format its extension names.
///
/// # Errors
/// When the format cannot hold them or the file cannot be written, in one line.
pub(crate) fn export(path: &Path, settings: &EqualizerSettings, name: &str) -> Result<(), String> {
    let file = file_name(path);
    let is = |e: &str| {
        path.extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case(e))
    };
    let content = if is("feq") {
        write_preset(settings, PresetFormat::Foobar, name)
    } else if is("eqf") || is("q1") {
        write_preset(settings, PresetFormat::Winamp, name)
    } else {
        // A curve without bands is written as GraphicEQ, which more programs read.
        write_preset(settings, PresetFormat::GraphicEq, name)
            .or_else(|_| write_preset(settings, PresetFormat::Parametric, name))
    };
    content
        .map_err(String::from)
        .and_then(|bytes| std::fs::write(path, bytes).map_err(|error| error.to_string()))
        .map_err(|reason| format!("{file} was not exported: {reason}"))
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

/// "Lines 3, 7 of HD 600.txt were skipped".
fn skipped(read: &ReadPreset, file: &str) -> Option<String> {
    // Only presets of a library have names; their numbers count presets, not lines.
    let unit = if read.name.is_some() {
        "Preset"
    } else {
        "Line"
    };
    match read.skipped_lines.as_slice() {
        [] => None,
        [SkippedLine { number, reason }] => {
            Some(format!("{unit} {number} of {file} was skipped: {reason}"))
        }
        lines => {
            let numbers = lines
                .iter()
                .take(MAX_NUMBERS)
                .map(|line| line.number.to_string());
            let numbers = numbers.collect::<Vec<_>>().join(", ");
            let more = match lines.len().saturating_sub(MAX_NUMBERS) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            Some(format!("{unit}s {numbers}{more} of {file} were skipped"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_never_takes_the_place_of_another_preset() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("HD 600.txt");
        let mut presets = Presets::new(folder.path());
        let mut import = |text: &str| {
            std::fs::write(&file, text).unwrap();
            let (preset, notes) = presets.import(&file).unwrap();
            (preset.name, notes)
        };
        let one = "Preamp: -6.3 dB\nFilter 1: ON PK Fc 105 Hz Gain 6.5 dB Q 0.70\n";
        assert_eq!(import(one), ("HD 600".into(), vec![]));
        assert_eq!(import(one), ("HD 600".into(), vec![]), "the same again");
        let other = "Filter 1: ON PK Fc 90 Hz Gain 6.5 dB Q 0.70\nnonsense\n\nmore nonsense\n";
        let note = "Lines 2, 4 of HD 600.txt were skipped".to_owned();
        assert_eq!(import(other), ("HD 600 2".into(), vec![note]));
        assert_eq!(presets.names(), ["HD 600", "HD 600 2"]);
    }

    #[test]
    fn the_extension_chooses_the_format_and_a_curve_alone_is_written_as_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let read = |name: &str| std::fs::read_to_string(path(name)).unwrap();
        let ten = EqualizerSettings::ten_bands();
        export(&path("a.txt"), &ten, "a").unwrap();
        assert!(read("a.txt").contains("Filter 1: ON PK"));
        let refused = export(&path("a.feq"), &ten, "a").unwrap_err();
        assert!(refused.starts_with("a.feq was not exported: "), "{refused}");
        let curve = dsp::equalizer::GraphicCurve {
            points: vec![(20.0, -1.0), (20_000.0, 2.0)],
        };
        let only = EqualizerSettings {
            bands: Vec::new(),
            curve: Some(curve),
            ..ten
        };
        export(&path("b.txt"), &only, "b").unwrap();
        assert!(read("b.txt").starts_with("GraphicEQ: 20 -1"));
    }
}
