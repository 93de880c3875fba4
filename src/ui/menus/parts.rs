//! Headings and sliders of the menus of settings.

use crate::ui::theme::Palette;
use crate::ui::theme::fonts;
use crate::ui::widgets::fader::Fader;
use crate::ui::widgets::icon_button::focus_ring;
use eframe::egui::{Align, CornerRadius, Layout, Rect, RichText, Sense, Stroke, Ui, pos2, vec2};

/// Width of a menu of settings, in points.
pub(crate) const WIDTH: f32 = 304.0;

/// A heading, and at the right end of its line the value.
pub(crate) fn heading(ui: &mut Ui, words: &str, value: &str) {
    let palette = Palette::of(ui);
    ui.horizontal(|ui| {
        ui.label(RichText::new(words).font(fonts::strong(13.0)));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new(value).size(13.0).color(palette.dim));
        });
    });
}

/// A slider over the width there is, filled from `from`; a double click goes to `home`. Returns where it
/// was moved to.
pub(crate) fn slider(
    ui: &mut Ui,
    fader: &Fader<'_>,
    value: f64,
    from: f64,
    home: f64,
) -> Option<f64> {
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::click_and_drag());
    let rail = Rect::from_center_size(rect.center(), vec2(rect.width() - 14.0, 4.0));
    let mut wanted = fader.input(ui, &response, rail, value);
    if response.double_clicked() {
        wanted = Some(home);
    }
    let palette = Palette::of(ui);
    let ink = if ui.is_enabled() {
        palette.accent
    } else {
        palette.faint
    };
    let x = fader.position(wanted.unwrap_or(value), rail);
    let from_x = fader.position(from, rail);
    let painter = ui.painter();
    painter.rect_filled(rail, CornerRadius::same(2), palette.rail);
    let filled = Rect::from_x_y_ranges(x.min(from_x)..=x.max(from_x), rail.y_range());
    if ui.is_enabled() {
        painter.rect_filled(filled, CornerRadius::same(2), ink);
    }
    if from == home {
        let notch = Stroke::new(1.0, palette.faint);
        painter.vline(from_x, rail.y_range().expand(4.0), notch);
    }
    let radius = if response.hovered() || response.dragged() {
        7.0
    } else {
        6.0
    };
    painter.circle_filled(pos2(x, rail.center().y), radius, ink);
    focus_ring(ui, &response, 6.0);
    let hint = "Double-click to reset";
    response.on_hover_text(hint);
    wanted
}
