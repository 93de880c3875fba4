//! Changes of the equalizer: edits, bypass, automatic preamp, undo.

use crate::ui::equalizer::action::EqualizerAction;
use crate::ui::equalizer::history::EqualizerState;
use crate::ui::presets::LoadedPreset;
use crate::ui::shell::PlayerApp;
use ::presets::automatic_preamp;
use dsp::equalizer::EqualizerSettings;
use eframe::egui::Context;
use engine::command::SoundCommand;

impl PlayerApp {
    pub(in crate::ui::shell) fn carry_out_equalizer(
        &mut self,
        ctx: &Context,
        action: EqualizerAction,
    ) {
        let now = ctx.time();
        match action {
            EqualizerAction::Set(settings) => {
                let is_pointer_down = ctx.input(|input| input.pointer.any_down());
                self.edit_equalizer(settings, now, is_pointer_down);
            }
            EqualizerAction::ToggleBypass => {
                let mut settings = self.equalizer_settings(now);
                settings.enabled ^= true;
                self.set_equalizer(settings, now);
            }
            EqualizerAction::ToggleAutoPreamp => {
                self.note_step(now);
                self.settings.is_preamp_automatic ^= true;
                let settings = self.equalizer_settings(now);
                self.set_equalizer(settings, now);
            }
            EqualizerAction::Undo => {
                let state = self.equalizer_state(now);
                let state = self.equalizer.history.undo(state);
                self.return_to(state, now);
            }
            EqualizerAction::Redo => {
                let state = self.equalizer_state(now);
                let state = self.equalizer.history.redo(state);
                self.return_to(state, now);
            }
        }
    }

    /// The rate the equalizer runs at.
    pub(in crate::ui::shell) fn rate_hz(&self) -> f64 {
        match self.snapshot.output.sample_rate_hz {
            0 => 48_000.0,
            hz => f64::from(hz),
        }
    }

    /// The settings that are shown: the player's, or what was asked for last.
    pub(crate) fn equalizer_settings(&mut self, now: f64) -> EqualizerSettings {
        let actual = self.snapshot.equalizer.as_ref();
        self.pending.equalizer.shown(actual, now)
    }

    /// Half the rate shapes the highest bands, so another rate may want another preamp.
    pub(in crate::ui::shell) fn follow_rate(&mut self, now: f64) {
        let rate_hz = self.rate_hz();
        if !self.settings.is_preamp_automatic || self.equalizer.preamp_rate_hz == rate_hz {
            return;
        }
        self.equalizer.preamp_rate_hz = rate_hz;
        let settings = self.equalizer_settings(now);
        if automatic_preamp(&settings, rate_hz) != settings.preamp {
            self.set_equalizer(settings, now);
        }
    }

    /// Sets the equalizer to a preset, as a step of the history.
    pub(crate) fn load_preset(&mut self, preset: LoadedPreset, now: f64) {
        self.note_step(now);
        let settings = preset.settings.clone();
        self.settings.preset = Some(preset);
        self.set_equalizer(settings, now);
    }

    fn edit_equalizer(&mut self, settings: EqualizerSettings, now: f64, is_pointer_down: bool) {
        let before = self.equalizer_state(now);
        let old = &before.settings;
        // A preamp that is moved by hand is not automatic any more.
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
        self.equalizer.history.note(before, now, is_pointer_down);
        self.set_equalizer(settings, now);
    }

    // Sends the settings, with the preamp that follows them if it is automatic.
    fn set_equalizer(&mut self, mut settings: EqualizerSettings, now: f64) {
        if self.settings.is_preamp_automatic {
            let rate_hz = self.rate_hz();
            settings.preamp = automatic_preamp(&settings, rate_hz);
            self.equalizer.preamp_rate_hz = rate_hz;
        }
        self.pending.equalizer.request(settings.clone(), now);
        self.send(SoundCommand::SetEqualizer(settings));
    }

    // A step of its own, however quickly others follow.
    fn note_step(&mut self, now: f64) {
        let state = self.equalizer_state(now);
        let history = &mut self.equalizer.history;
        history.end_gesture();
        history.note(state, now, false);
        history.end_gesture();
    }

    fn equalizer_state(&mut self, now: f64) -> EqualizerState {
        EqualizerState {
            settings: self.equalizer_settings(now),
            preset: self.settings.preset.clone(),
            is_preamp_automatic: self.settings.is_preamp_automatic,
        }
    }

    fn return_to(&mut self, state: Option<EqualizerState>, now: f64) {
        let Some(state) = state else { return };
        // Bypass is for comparing, not an edit.
        let settings = EqualizerSettings {
            enabled: self.equalizer_settings(now).enabled,
            ..state.settings
        };
        self.settings.preset = state.preset;
        self.settings.is_preamp_automatic = state.is_preamp_automatic;
        self.set_equalizer(settings, now);
    }
}
