//! What the listener does to the equalizer: edits, presets, automatic preamp, undo.

use super::PlayerApp;
use crate::app::AppCommand;
use crate::ui::action::PresetWish;
use crate::ui::equalizer::history::EqualizerState;
use crate::ui::presets::dialog::PresetDialog;
use crate::ui::presets::menu::PresetTitle;
use crate::ui::presets::{self, LoadedPreset};
use ::presets::{automatic_preamp, built_in, store};
use dsp::equalizer::EqualizerSettings;
use engine::command::SoundCommand;
use std::path::Path;

impl PlayerApp {
    /// The rate the equalizer runs at.
    pub(super) fn rate_hz(&self) -> f64 {
        match self.snapshot.output.sample_rate_hz {
            0 => 48_000.0,
            hz => f64::from(hz),
        }
    }

    pub(super) fn edit_equalizer(
        &mut self,
        settings: EqualizerSettings,
        now: f64,
        is_pointer_down: bool,
    ) {
        let before = self.equalizer_state();
        let old = &before.settings;
        // Who moves the preamp does not want it moved.
        if settings.bands == old.bands && settings.curve == old.curve {
            self.settings.is_preamp_automatic &= settings.preamp == old.preamp;
        }
        let flat = EqualizerSettings {
            enabled: settings.enabled,
            ..EqualizerSettings::ten_bands()
        };
        if settings == flat {
            self.settings.preset = None;
        }
        self.history.note(before, now, is_pointer_down);
        self.settings.equalizer = settings;
        self.send_equalizer(now);
    }

    /// Sends what the settings say, with the preamp in its place.
    pub(super) fn send_equalizer(&mut self, now: f64) {
        let rate_hz = self.rate_hz();
        let settings = &mut self.settings.equalizer;
        if self.settings.is_preamp_automatic {
            settings.preamp = automatic_preamp(settings, rate_hz);
            self.preamp_rate_hz = rate_hz;
        }
        self.equalizer.order(settings.clone(), now);
        let command = AppCommand::from(SoundCommand::SetEqualizer(settings.clone()));
        self.backend.send(command);
    }

    /// Half the rate shapes the highest bands, so another rate may want another preamp.
    pub(super) fn follow_rate(&mut self, now: f64) {
        if self.settings.is_preamp_automatic && self.preamp_rate_hz != self.rate_hz() {
            self.preamp_rate_hz = self.rate_hz();
            let settings = &self.settings.equalizer;
            if automatic_preamp(settings, self.preamp_rate_hz) != settings.preamp {
                self.send_equalizer(now);
            }
        }
    }

    pub(super) fn toggle_auto_preamp(&mut self, now: f64) {
        self.note_step(now);
        self.settings.is_preamp_automatic ^= true;
        self.send_equalizer(now);
    }

    pub(super) fn undo_equalizer(&mut self, now: f64) {
        let state = self.history.undo(self.equalizer_state());
        self.return_to(state, now);
    }

    pub(super) fn redo_equalizer(&mut self, now: f64) {
        let state = self.history.redo(self.equalizer_state());
        self.return_to(state, now);
    }

    pub(super) fn on_preset(&mut self, wish: PresetWish, now: f64) {
        if let Err(line) = self.try_preset(wish, now) {
            self.toasts.note(line, now);
        }
    }

    pub(super) fn import(&mut self, path: &Path, now: f64) {
        self.on_preset(PresetWish::Import(path.to_owned()), now);
    }

    pub(super) fn export(&mut self, path: &Path, now: f64) {
        let name = PresetTitle::of(&self.settings).name;
        let done = presets::export(path, &self.settings.equalizer, &name);
        let line = match done {
            Ok(()) => format!("Exported to {}", path.display()),
            Err(line) => line,
        };
        self.toasts.note(line, now);
    }

    fn try_preset(&mut self, wish: PresetWish, now: f64) -> Result<(), String> {
        match wish {
            PresetWish::List => self.presets.list()?,
            PresetWish::LoadBuiltIn(name) => {
                let settings = built_in::preset(name).ok_or("there is no such preset")?;
                let name = name.to_owned();
                self.load(LoadedPreset { name, settings }, now);
            }
            PresetWish::LoadOwn(name) => {
                let settings = self.presets.load(&name)?.settings;
                self.load(LoadedPreset { name, settings }, now);
            }
            PresetWish::AskName => {
                let name = self
                    .settings
                    .preset
                    .as_ref()
                    .map(|preset| preset.name.clone());
                self.ask(PresetDialog::save(name.unwrap_or_default()))?;
            }
            PresetWish::AskNewName(name) => self.ask(PresetDialog::rename(name))?,
            PresetWish::AskDelete(name) => self.ask(PresetDialog::delete(name))?,
            PresetWish::Save(name) => {
                let settings = self.settings.equalizer.clone();
                self.presets.save(&name, &settings)?;
                self.settings.preset = Some(LoadedPreset { name, settings });
            }
            PresetWish::Rename { from, to } => {
                self.presets.rename(&from, &to)?;
                let loaded = self.settings.preset.iter_mut();
                loaded
                    .filter(|loaded| store::is_same_name(&loaded.name, &from))
                    .for_each(|loaded| loaded.name.clone_from(&to));
            }
            PresetWish::Delete(name) => {
                self.presets.delete(&name)?;
                let loaded = self.settings.preset.take();
                self.settings.preset =
                    loaded.filter(|loaded| !store::is_same_name(&loaded.name, &name));
            }
            PresetWish::Import(path) => {
                let (preset, notes) = self.presets.import(&path)?;
                notes
                    .into_iter()
                    .for_each(|note| self.toasts.note(note, now));
                self.load(preset, now);
            }
        }
        Ok(())
    }

    fn ask(&mut self, dialog: PresetDialog) -> Result<(), String> {
        self.preset_dialog = Some(dialog);
        self.presets.list()
    }

    fn load(&mut self, preset: LoadedPreset, now: f64) {
        self.note_step(now);
        self.settings.equalizer = preset.settings.clone();
        self.settings.preset = Some(preset);
        self.send_equalizer(now);
    }

    // A step of its own, however quickly others follow.
    fn note_step(&mut self, now: f64) {
        self.history.end_gesture();
        self.history.note(self.equalizer_state(), now, false);
        self.history.end_gesture();
    }

    fn equalizer_state(&self) -> EqualizerState {
        EqualizerState {
            settings: self.settings.equalizer.clone(),
            preset: self.settings.preset.clone(),
            is_preamp_automatic: self.settings.is_preamp_automatic,
        }
    }

    fn return_to(&mut self, state: Option<EqualizerState>, now: f64) {
        let Some(state) = state else { return };
        // Bypass is for comparing, not an edit.
        let enabled = self.settings.equalizer.enabled;
        self.settings.equalizer = EqualizerSettings {
            enabled,
            ..state.settings
        };
        self.settings.preset = state.preset;
        self.settings.is_preamp_automatic = state.is_preamp_automatic;
        self.send_equalizer(now);
    }
}
