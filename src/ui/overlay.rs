//! The overlay: measured figures of what the audio path and the window really do.

mod alert_log;
mod figures;
mod sparkline;

use super::action::{Action, Actions};
use super::frame_times::FrameTimes;
use super::icon_button::IconButton;
use super::theme::Palette;
use super::{fonts, icons};
use crate::engine::status::PlayerSnapshot;
use crate::telemetry::TelemetrySnapshot;
pub(crate) use alert_log::AlertLog;
use eframe::egui::{
    Align, Align2, Area, Context, CornerRadius, Frame, Grid, Id, Label, Layout, Margin, Order,
    Rect, RichText, ScrollArea, Sense, Stroke, Ui, Vec2, vec2,
};
use figures::{Figure, Group, as_text, groups};

/// How far back the line goes, in seconds.
pub(crate) const SECONDS_SHOWN: usize = sparkline::SECONDS;
/// Room kept to the edges of the window, in points.
const MARGIN: f32 = 8.0;
/// What of the panel's height is not figures: heading, line and margins, in points.
const CHROME: f32 = 116.0;
/// Width of the panel, in points.
const WIDTH: f32 = 304.0;

/// Width of what a figure is called, in points.
const LABEL_WIDTH: f32 = 128.0;

/// How the overlay is shown, and what it draws beside the figures of the moment.
pub(crate) struct Shown<'a> {
    /// Three figures and the line only.
    pub(crate) is_compact: bool,
    /// The callback's p99 of the last seconds, oldest first, in µs.
    pub(crate) recent_p99_us: Vec<f32>,
    /// What went wrong since the start.
    pub(crate) alerts: &'a AlertLog,
}

/// Draws the panel floating over the window.
pub(crate) fn show(
    ctx: &Context,
    figures: &TelemetrySnapshot,
    snapshot: &PlayerSnapshot,
    frames: &FrameTimes,
    shown: &Shown<'_>,
    actions: &mut Actions,
) {
    let groups = groups(figures, snapshot, frames);
    let palette = Palette::of_context(ctx);
    let room = ctx.content_rect();
    // Kept relative to the corner, so that it stays in sight when the window changes its size.
    let offset_id = Id::unique("overlay offset");
    let offset = ctx
        .data(|data| data.get_temp(offset_id))
        .unwrap_or(vec2(-16.0, 16.0));
    let height = room.height() - super::transport_bar::HEIGHT - 2.0 * MARGIN;
    Area::new(Id::unique("overlay"))
        .order(Order::Middle)
        .anchor(Align2::RIGHT_TOP, offset)
        .default_size(vec2(WIDTH + 24.0, height))
        .constrain_to(room.shrink(MARGIN))
        .show(ctx, |ui| {
            let frame = Frame::new()
                .fill(palette.raised.gamma_multiply(0.97))
                .stroke(Stroke::new(1.0, palette.line))
                .corner_radius(CornerRadius::same(10))
                .inner_margin(Margin::same(12));
            let moved = frame
                .show(ui, |ui| {
                    panel(ui, figures, &groups, shown, height - CHROME, actions)
                })
                .inner;
            if moved != Vec2::ZERO {
                ctx.data_mut(|data| data.insert_temp(offset_id, offset + moved));
            }
        });
}

// Returns how far the panel was dragged by its heading.
fn panel(
    ui: &mut Ui,
    figures: &TelemetrySnapshot,
    groups: &[Group],
    shown: &Shown<'_>,
    height: f32,
    actions: &mut Actions,
) -> Vec2 {
    let palette = Palette::of(ui);
    ui.set_width(WIDTH);
    ui.spacing_mut().item_spacing = vec2(8.0, 3.0);
    let top = Rect::from_min_size(ui.cursor().min, vec2(WIDTH, 24.0));
    // Below the buttons, so that they are pressed and not dragged.
    let sense = Sense::DRAG;
    let drag = ui.interact(top, Id::unique("overlay heading"), sense);
    ui.horizontal(|ui| {
        ui.label(RichText::new("Performance").font(fonts::strong(fonts::size::BODY)));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            let close = IconButton::new(icons::X, "Close overlay", "Close (F12)");
            if close.icon_size(14.0).side(24.0).show(ui).clicked() {
                actions.push(Action::ToggleOverlay);
            }
            let copy = IconButton::new(icons::COPY, "Copy figures", "Copy as text");
            if copy.icon_size(16.0).side(24.0).show(ui).clicked() {
                let text = as_text(groups) + &shown.alerts.as_text();
                actions.push(Action::CopyText(text));
            }
            let export = IconButton::new(
                icons::EXPORT,
                "Copy history",
                "Copy the last hour, second by second, as CSV",
            );
            if export.icon_size(16.0).side(24.0).show(ui).clicked() {
                actions.push(Action::CopyHistory);
            }
            let (name, hint) = match shown.is_compact {
                true => ("Show all figures", "Show all figures"),
                false => ("Show few figures", "Show the most important figures only"),
            };
            let size = IconButton::new(icons::CARET_DOWN, name, hint).on(shown.is_compact);
            if size.icon_size(14.0).side(24.0).show(ui).clicked() {
                actions.push(Action::ToggleOverlaySize);
            }
        });
    });
    sparkline::show(ui, &shown.recent_p99_us, figures.deadline_us as f32);
    for alert in &figures.alerts {
        let icon = RichText::new(icons::WARNING).font(fonts::icon_fill(12.0));
        ui.horizontal_top(|ui| {
            ui.label(icon.color(palette.warning));
            let text = RichText::new(alert).size(fonts::size::SMALL);
            ui.add(Label::new(text.color(palette.warning)).wrap());
        });
    }
    if shown.is_compact {
        Grid::new("few figures")
            .num_columns(2)
            .spacing([8.0, 1.0])
            .min_row_height(16.0)
            .show(ui, |ui| {
                for figure in figures::few(figures) {
                    line(ui, &figure, &palette);
                    ui.end_row();
                }
            });
        return drag.drag_delta();
    }
    ScrollArea::vertical()
        .max_height(height)
        .min_scrolled_height(height)
        .show(ui, |ui| {
            for (heading, lines) in groups {
                ui.add_space(5.0);
                ui.label(
                    RichText::new(*heading)
                        .font(fonts::strong(fonts::size::TINY))
                        .color(palette.faint),
                );
                Grid::new(*heading)
                    .num_columns(2)
                    .spacing([8.0, 1.0])
                    .min_row_height(16.0)
                    .show(ui, |ui| {
                        for figure in lines {
                            line(ui, figure, &palette);
                            ui.end_row();
                        }
                    });
                if *heading == "Signal path" {
                    fill_bar(ui, figures.ring_fill as f32, &palette);
                }
            }
            shown.alerts.show(ui);
        });
    drag.drag_delta()
}

fn line(ui: &mut Ui, figure: &Figure, palette: &Palette) {
    ui.allocate_ui(vec2(LABEL_WIDTH, 16.0), |ui| {
        ui.set_width(LABEL_WIDTH);
        ui.label(
            RichText::new(figure.label.as_ref())
                .size(fonts::size::SMALL)
                .color(palette.dim),
        );
    });
    let colour = if figure.is_trouble {
        palette.warning
    } else {
        palette.text
    };
    ui.allocate_ui_with_layout(
        vec2(WIDTH - LABEL_WIDTH - 10.0, 16.0),
        Layout::right_to_left(Align::Center),
        |ui| {
            let value = RichText::new(&figure.value)
                .size(fonts::size::SMALL)
                .color(colour);
            ui.add(Label::new(value).truncate());
            if figure.is_trouble {
                let icon = RichText::new(icons::WARNING).font(fonts::icon_fill(12.0));
                ui.label(icon.color(palette.warning));
            }
        },
    );
}

fn fill_bar(ui: &mut Ui, fill: f32, palette: &Palette) {
    let (rect, _) = ui.allocate_exact_size(vec2(WIDTH - 2.0, 6.0), Sense::hover());
    let rail = Rect::from_center_size(rect.center(), vec2(rect.width(), 3.0));
    let mut full = rail;
    full.set_width(rail.width() * fill.clamp(0.0, 1.0));
    ui.painter()
        .rect_filled(rail, CornerRadius::same(2), palette.rail);
    ui.painter()
        .rect_filled(full, CornerRadius::same(2), palette.dim);
}
