//! What the window remembers from one start to the next.

use crate::ui::presets::LoadedPreset;
use disk::replace::replace_file;
use dsp::equalizer::EqualizerSettings;
use engine::pipeline::SourceSettings;
use engine::status::{RepeatMode, SoundSettings};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};

/// Which colours to draw in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ThemeChoice {
    /// As the system is set.
    #[default]
    System,
    Light,
    Dark,
}

/// Everything in `settings.json`. Fields that are missing in the file take their defaults.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    pub(crate) theme: ThemeChoice,
    pub(crate) show_overlay: bool,
    pub(crate) is_overlay_compact: bool,
    pub(crate) show_queue: bool,
    pub(crate) show_equalizer: bool,
    pub(crate) show_levels: bool,
    /// The right time label counts down.
    pub(crate) show_remaining: bool,
    /// Slider position, 0 to 1.
    pub(crate) volume: f32,
    pub(crate) is_muted: bool,
    pub(crate) repeat: RepeatMode,
    pub(crate) is_shuffled: bool,
    pub(crate) equalizer: EqualizerSettings,
    /// The preset the equalizer was last set to.
    pub(crate) preset: Option<LoadedPreset>,
    /// The preamp follows the bands, so that nothing clips.
    pub(crate) is_preamp_automatic: bool,
    /// Bands are listed even when sliders could show them.
    pub(crate) show_bands: bool,
    pub(crate) sound: SoundSettings,
    pub(crate) source: SourceSettings,
    /// The output is opened at each track's own rate.
    pub(crate) follows_rate: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::System,
            show_overlay: false,
            is_overlay_compact: false,
            show_queue: true,
            show_equalizer: true,
            show_levels: false,
            show_remaining: false,
            volume: 1.0,
            is_muted: false,
            repeat: RepeatMode::Off,
            is_shuffled: false,
            equalizer: EqualizerSettings::default(),
            preset: None,
            is_preamp_automatic: false,
            show_bands: false,
            sound: SoundSettings::default(),
            source: SourceSettings::default(),
            follows_rate: false,
        }
    }
}

/// The file the settings live in.
#[derive(Debug)]
pub(crate) struct SettingsFile {
    path: PathBuf,
    saved: Settings,
}

impl SettingsFile {
    /// Reads `settings.json` in `config_dir`. A file that cannot be understood is put aside, and the
    /// returned line says so; a missing one means defaults.
    pub(crate) fn open(config_dir: &Path) -> (Self, Settings, Option<String>) {
        let path = config_dir.join("settings.json");
        let (settings, note) = match std::fs::read(&path) {
            Ok(bytes) => match serde_json::from_slice::<Settings>(&bytes) {
                Ok(settings) => (settings.sane(), None),
                Err(error) => (Settings::default(), Some(put_aside(&path, &error))),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => (Settings::default(), None),
            Err(error) => {
                let note = format!("Settings could not be read: {error}");
                (Settings::default(), Some(note))
            }
        };
        let file = Self {
            path,
            saved: settings.clone(),
        };
        (file, settings, note)
    }

    /// The folder it lies in.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// Whether `settings` differ from what the file holds.
    pub(crate) fn is_stale(&self, settings: &Settings) -> bool {
        *settings != self.saved
    }

    /// Writes `settings` unless the file holds them already.
    pub(crate) fn save(&mut self, settings: &Settings) -> io::Result<()> {
        if !self.is_stale(settings) {
            return Ok(());
        }
        // Also when writing fails: one note is enough, not one a second.
        self.saved = settings.clone();
        replace_file(&self.path, &serde_json::to_vec_pretty(settings)?)
    }
}

impl Settings {
    // A file may have been edited by hand.
    fn sane(mut self) -> Self {
        self.volume = if self.volume.is_finite() {
            self.volume.clamp(0.0, 1.0)
        } else {
            1.0
        };
        let balance = &mut self.sound.balance.balance;
        *balance = balance.clamp(-1.0, 1.0);
        let crossfeed = &mut self.sound.crossfeed;
        crossfeed.amount = crossfeed.amount.clamp(0.0, 1.0);
        self.source = self.source.in_range();
        self
    }
}

fn put_aside(path: &Path, error: &serde_json::Error) -> String {
    let aside = path.with_extension("json.broken");
    let kept = match std::fs::rename(path, &aside) {
        Ok(()) => format!("kept as {}", aside.display()),
        Err(error) => format!("could not be kept: {error}"),
    };
    format!(
        "Settings could not be understood ({error}); starting with defaults, the old file is {kept}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use dsp::crossfeed::CrossfeedSettings;

    #[test]
    fn settings_come_back_as_they_were_saved() {
        let folder = tempfile::tempdir().unwrap();
        let (mut file, mut settings, note) = SettingsFile::open(&folder.path().join("new"));
        assert_eq!(note, None);
        assert_eq!(settings, Settings::default());
        settings.theme = ThemeChoice::Light;
        settings.show_remaining = true;
        settings.volume = 0.35;
        settings.repeat = RepeatMode::One;
        settings.equalizer.bands[5].filter.gain_db = 3.5;
        settings.preset = Some(LoadedPreset {
            name: "Mine".into(),
            settings: settings.equalizer.clone(),
        });
        settings.is_preamp_automatic = true;
        settings.sound.crossfeed = CrossfeedSettings::JAN_MEIER;
        settings.sound.balance.balance = -0.25;
        settings.sound.limiter = false;
        settings.source.speed = 1.25;
        settings.source.crossfade.seconds = 4.0;
        assert!(file.is_stale(&settings));
        file.save(&settings).unwrap();
        assert!(!file.is_stale(&settings));
        let (_, again, note) = SettingsFile::open(&folder.path().join("new"));
        assert_eq!(again, settings);
        assert_eq!(note, None);
    }

    #[test]
    fn a_broken_file_is_kept_aside_and_noted() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("settings.json"), b"{\"volume\": ").unwrap();
        let (_, settings, note) = SettingsFile::open(folder.path());
        assert_eq!(settings, Settings::default());
        assert!(note.unwrap().contains("settings.json.broken"));
        let kept = std::fs::read(folder.path().join("settings.json.broken")).unwrap();
        assert_eq!(kept, b"{\"volume\": ");
        assert!(!folder.path().join("settings.json").exists());
    }

    #[test]
    fn fields_an_older_version_did_not_know_take_their_defaults() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("settings.json"), b"{\"volume\": 7.0}").unwrap();
        let (_, settings, note) = SettingsFile::open(folder.path());
        assert_eq!(note, None);
        assert_eq!(
            settings,
            Settings::default(),
            "volume is brought into range"
        );
    }
}
