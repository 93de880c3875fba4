//! Requests about presets.

use crate::ui::presets::action::PresetAction;
use crate::ui::presets::dialog::PresetDialog;
use crate::ui::presets::menu::PresetTitle;
use crate::ui::presets::{LoadedPreset, export};
use crate::ui::shell::PlayerApp;
use ::presets::{built_in, store};
use std::path::Path;

impl PlayerApp {
    pub(in crate::ui::shell) fn carry_out_preset(&mut self, action: PresetAction, now: f64) {
        if let Err(line) = self.try_preset(action, now) {
            self.panes.notes.add(line, now);
        }
    }

    /// Writes the equalizer's settings to the file the listener has chosen.
    pub(in crate::ui::shell) fn export_preset(&mut self, path: &Path, now: f64) {
        let settings = self.equalizer_settings(now);
        let name = PresetTitle::of(&settings, &self.settings).name;
        let line = match export(path, &settings, &name) {
            Ok(()) => format!("Exported to {}", path.display()),
            Err(line) => line,
        };
        self.panes.notes.add(line, now);
    }

    fn try_preset(&mut self, action: PresetAction, now: f64) -> Result<(), String> {
        match action {
            PresetAction::List => self.presets.list()?,
            PresetAction::LoadBuiltIn(name) => {
                let settings = built_in::preset(name).ok_or("there is no such preset")?;
                let name = name.to_owned();
                self.load_preset(LoadedPreset { name, settings }, now);
            }
            PresetAction::LoadOwn(name) => {
                let settings = self.presets.load(&name)?.settings;
                self.load_preset(LoadedPreset { name, settings }, now);
            }
            PresetAction::AskName => {
                let loaded = self.settings.preset.as_ref();
                let name = loaded.map(|preset| preset.name.clone());
                self.ask(PresetDialog::save(name.unwrap_or_default()))?;
            }
            PresetAction::AskNewName(name) => self.ask(PresetDialog::rename(name))?,
            PresetAction::AskDelete(name) => self.ask(PresetDialog::delete(name))?,
            PresetAction::Save(name) => {
                let settings = self.equalizer_settings(now);
                self.presets.save(&name, &settings)?;
                self.settings.preset = Some(LoadedPreset { name, settings });
            }
            PresetAction::Rename { from, to } => {
                self.presets.rename(&from, &to)?;
                if let Some(loaded) = &mut self.settings.preset
                    && store::is_same_name(&loaded.name, &from)
                {
                    loaded.name = to;
                }
            }
            PresetAction::Delete(name) => {
                self.presets.delete(&name)?;
                let loaded = self.settings.preset.take();
                self.settings.preset =
                    loaded.filter(|loaded| !store::is_same_name(&loaded.name, &name));
            }
            PresetAction::Import(path) => {
                let (preset, notes) = self.presets.import(&path)?;
                for note in notes {
                    self.panes.notes.add(note, now);
                }
                self.load_preset(preset, now);
            }
        }
        Ok(())
    }

    fn ask(&mut self, dialog: PresetDialog) -> Result<(), String> {
        self.panes.preset_question.ask(dialog);
        Ok(self.presets.list()?)
    }
}
