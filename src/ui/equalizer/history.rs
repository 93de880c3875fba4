//! Undo and redo of what was done to the equalizer, one step for each gesture.

use crate::ui::presets::LoadedPreset;
use dsp::equalizer::EqualizerSettings;

/// Edits closer together than this are one gesture, in seconds: turns of the wheel, a held key.
const PAUSE_SECONDS: f64 = 0.6;
/// The most steps that are kept.
const MAX_STEPS: usize = 200;

/// The state a step restores.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EqualizerState {
    pub(crate) settings: EqualizerSettings,
    pub(crate) preset: Option<LoadedPreset>,
    pub(crate) is_preamp_automatic: bool,
}

/// The undo and redo stacks.
#[derive(Debug, Default)]
pub(crate) struct EqualizerHistory {
    undo: Vec<EqualizerState>,
    redo: Vec<EqualizerState>,
    /// Time of the last edit of the present gesture; none between gestures.
    last_edit: Option<f64>,
}

impl EqualizerHistory {
    /// Notes the state `before` an edit at `now`, in seconds.
    pub(crate) fn note(&mut self, before: EqualizerState, now: f64, is_pointer_down: bool) {
        self.redo.clear();
        let is_same = self
            .last_edit
            .is_some_and(|last| is_pointer_down || now - last < PAUSE_SECONDS);
        self.last_edit = Some(now);
        if !is_same {
            self.undo.push(before);
            if self.undo.len() > MAX_STEPS {
                self.undo.remove(0);
            }
        }
    }

    /// The next edit begins a step of its own.
    pub(crate) fn end_gesture(&mut self) {
        self.last_edit = None;
    }

    /// The state before the last step.
    pub(crate) fn undo(&mut self, now: EqualizerState) -> Option<EqualizerState> {
        self.end_gesture();
        let before = self.undo.pop()?;
        self.redo.push(now);
        Some(before)
    }

    /// The state before the last [`Self::undo`].
    pub(crate) fn redo(&mut self, now: EqualizerState) -> Option<EqualizerState> {
        self.end_gesture();
        let after = self.redo.pop()?;
        self.undo.push(now);
        Some(after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dsp::units::Decibels;

    fn state(preamp_db: f32) -> EqualizerState {
        EqualizerState {
            settings: EqualizerSettings {
                preamp: Decibels(preamp_db),
                ..EqualizerSettings::ten_bands()
            },
            preset: None,
            is_preamp_automatic: false,
        }
    }

    #[test]
    fn a_gesture_is_one_step_and_an_edit_ends_what_could_be_redone() {
        let mut history = EqualizerHistory::default();
        history.note(state(0.0), 0.0, true);
        history.note(state(-1.0), 5.0, true);
        history.end_gesture();
        history.note(state(-2.0), 5.1, false);
        history.note(state(-3.0), 5.5, false);
        history.note(state(-4.0), 7.0, false);
        assert_eq!(history.undo(state(-5.0)), Some(state(-4.0)));
        assert_eq!(history.undo(state(-4.0)), Some(state(-2.0)));
        assert_eq!(history.undo(state(-2.0)), Some(state(0.0)));
        assert_eq!(history.undo(state(0.0)), None);
        assert_eq!(history.redo(state(0.0)), Some(state(-2.0)));
        history.note(state(-2.0), 9.0, false);
        assert_eq!(history.redo(state(-6.0)), None);
    }
}
