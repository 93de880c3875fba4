//! The overlay over the window.

use super::PlayerApp;
use crate::ui::action::Actions;
use crate::ui::overlay::{self, Sheet};
use eframe::egui::Context;

impl PlayerApp {
    /// Draws it with figures that are a quarter of a second old at most.
    pub(super) fn overlay(&mut self, ctx: &Context, now_seconds: f64, actions: &mut Actions) {
        let choice = self.figures_chosen;
        let drawn = self.sheet.take();
        let sheet = drawn
            .filter(|sheet| sheet.is_current(choice, now_seconds))
            .unwrap_or_else(|| {
                let backend = &mut *self.backend;
                Sheet::read(choice, backend, &self.snapshot, &self.frames, now_seconds)
            });
        let shown = overlay::Shown {
            is_compact: self.settings.is_overlay_compact,
            alerts: &self.alerts,
        };
        overlay::show(ctx, &sheet, &shown, actions);
        self.sheet = Some(sheet);
    }
}
