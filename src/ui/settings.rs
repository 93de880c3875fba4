//! The settings of the window. Those of the player are stored by the program, from the player's snapshot.

use crate::ui::library::columns::LibraryLook;
use crate::ui::presets::LoadedPreset;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Name of the window's section in the settings.
pub(crate) const SECTION: &str = "window";

/// Which colours to draw in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// As the system is set.
    #[default]
    System,
    /// Dark text on a light ground.
    Light,
    /// Light text on a dark ground.
    Dark,
}

/// What stands at the left side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SideView {
    /// The queue.
    #[default]
    Queue,
    /// The collection.
    Library,
    /// The listener's lists.
    Playlists,
}

/// The window's section. Fields that are missing in the file take their defaults.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct WindowSettings {
    pub(crate) theme: ThemeChoice,
    pub(crate) show_overlay: bool,
    pub(crate) is_overlay_compact: bool,
    pub(crate) show_queue: bool,
    /// What stands there.
    pub(crate) side: SideView,
    /// How the library is shown there.
    pub(crate) library: LibraryLook,
    pub(crate) show_equalizer: bool,
    pub(crate) show_levels: bool,
    /// The right time label counts down.
    pub(crate) show_remaining: bool,
    /// The preset the equalizer was last set to.
    pub(crate) preset: Option<LoadedPreset>,
    /// The preamp follows the bands, so that nothing clips.
    pub(crate) is_preamp_automatic: bool,
    /// Bands are listed even when sliders could show them.
    pub(crate) show_bands: bool,
}

impl Default for WindowSettings {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::System,
            show_overlay: false,
            is_overlay_compact: false,
            show_queue: true,
            side: SideView::Queue,
            library: LibraryLook::default(),
            show_equalizer: true,
            show_levels: false,
            show_remaining: false,
            preset: None,
            is_preamp_automatic: false,
            show_bands: false,
        }
    }
}

impl WindowSettings {
    /// Reads the section; where it cannot be understood, the defaults and a line for the listener.
    pub(crate) fn read(section: Option<&Value>) -> (Self, Option<String>) {
        let Some(section) = section else {
            return (Self::default(), None);
        };
        match Self::deserialize(section) {
            Ok(settings) => (settings, None),
            Err(error) => {
                let note = format!(
                    "Settings of the window could not be understood ({error}); it starts with defaults"
                );
                (Self::default(), Some(note))
            }
        }
    }

    /// The section as it is stored.
    pub(crate) fn to_section(&self) -> Value {
        // Fields and names are plain: this cannot fail.
        serde_json::to_value(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dsp::equalizer::EqualizerSettings;
    use serde_json::json;

    #[test]
    fn a_section_comes_back_as_it_was_stored() {
        let settings = WindowSettings {
            theme: ThemeChoice::Light,
            show_remaining: true,
            preset: Some(LoadedPreset {
                name: "Mine".into(),
                settings: EqualizerSettings::ten_bands(),
            }),
            is_preamp_automatic: true,
            ..WindowSettings::default()
        };
        let section = settings.to_section();
        assert_eq!(WindowSettings::read(Some(&section)), (settings, None));
    }

    #[test]
    fn missing_fields_take_their_defaults_and_a_broken_section_is_noted() {
        let (settings, note) = WindowSettings::read(Some(&json!({"show_levels": true})));
        assert!(settings.show_levels && settings.show_queue && note.is_none());
        let (settings, note) = WindowSettings::read(Some(&json!({"theme": 7})));
        assert_eq!(settings, WindowSettings::default());
        assert!(note.is_some());
    }
}
