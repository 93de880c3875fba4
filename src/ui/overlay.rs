//! The overlay: measured figures of what the audio path and the window really do.

pub(crate) mod action;
mod alert_log;
mod choice;
mod figures;
pub(crate) mod frame_times;
pub(crate) mod sheet;
mod sparkline;

use crate::ui::action::Actions;
use crate::ui::keymap;
use crate::ui::pane::{Pane, PaneContext, Place};
use crate::ui::theme::Palette;
use crate::ui::theme::metrics::TRANSPORT_HEIGHT;
use crate::ui::theme::{fonts, icons};
use crate::ui::view::ViewAction;
use crate::ui::widgets::icon_button::IconButton;
use action::OverlayAction;
use alert_log::AlertLog;
use choice::{choice, quiet};
use eframe::egui::{
    Align, Align2, Area, Color32, Context, CornerRadius, Frame, Id, Label, Layout, Margin, Order,
    Rect, RichText, Role, ScrollArea, Sense, Stroke, Ui, Vec2, WidgetInfo, vec2,
};
use eframe::epaint::text::{LayoutJob, TextWrapping};
use figures::{Figure, as_text};
use sheet::{Choice, Sheet};
use telemetry::monitor::MonitorSpan;

/// Distance kept from the edges of the window, in points.
const MARGIN: f32 = 8.0;
/// Height of heading, line and margins of the panel, in points.
const CHROME: f32 = 156.0;
/// Width of the panel, in points.
const WIDTH: f32 = 304.0;

/// Width of the names of the figures, in points.
const LABEL_WIDTH: f32 = 136.0;
/// Width of the scroll bar, in points.
const SCROLL_BAR: f32 = 10.0;
/// Height of a line of figures, in points.
const ROW: f32 = 16.0;

/// The overlay: what is chosen to be seen, and the figures as they were last read.
#[derive(Default)]
pub(crate) struct OverlayPane {
    pub(crate) choice: Choice,
    /// Once it has been shown.
    sheet: Option<Sheet>,
    /// What went wrong since the start.
    pub(crate) alerts: AlertLog,
}

impl Pane for OverlayPane {
    fn name(&self) -> &'static str {
        "overlay"
    }

    fn place(&self, context: &PaneContext<'_>, _room: Vec2) -> Place {
        if context.settings.show_overlay {
            Place::Floating
        } else {
            Place::Hidden
        }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut PaneContext<'_>, actions: &mut Actions) {
        let (choice, now) = (self.choice, context.now);
        let drawn = self.sheet.take();
        let sheet = drawn
            .filter(|sheet| sheet.is_current(choice, now))
            .unwrap_or_else(|| {
                let (backend, snapshot) = (&mut *context.backend, context.snapshot);
                Sheet::read(choice, backend, snapshot, context.frames, now)
            });
        let shown = Shown {
            is_compact: context.settings.is_overlay_compact,
            alerts: &self.alerts,
        };
        show(ui.ctx(), &sheet, &shown, actions);
        self.sheet = Some(sheet);
    }
}

/// How the overlay is shown, and what it draws beside the figures of the moment.
struct Shown<'a> {
    /// Three figures and the line only.
    is_compact: bool,
    alerts: &'a AlertLog,
}

// Draws the panel floating over the window.
fn show(ctx: &Context, sheet: &Sheet, shown: &Shown<'_>, actions: &mut Actions) {
    let palette = Palette::of_context(ctx);
    let room = ctx.content_rect();
    // Kept relative to the corner, so that it stays in sight when the window changes its size.
    let offset_id = Id::unique("overlay offset");
    let offset = ctx
        .data(|data| data.get_temp(offset_id))
        .unwrap_or(vec2(-16.0, 16.0));
    let height = room.height() - TRANSPORT_HEIGHT - 2.0 * MARGIN;
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
                .show(ui, |ui| panel(ui, sheet, shown, height - CHROME, actions))
                .inner;
            if moved != Vec2::ZERO {
                ctx.data_mut(|data| data.insert_temp(offset_id, offset + moved));
            }
        });
}

// Returns how far the panel was dragged by its heading.
fn panel(
    ui: &mut Ui,
    sheet: &Sheet,
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
            let close = IconButton::new(icons::X, "Close overlay", "Close")
                .key(keymap::key_of(&ViewAction::ToggleOverlay.into()));
            if close.icon_size(14.0).side(24.0).show(ui).clicked() {
                actions.push(ViewAction::ToggleOverlay.into());
            }
            let copy = IconButton::new(icons::COPY, "Copy figures", "Copy as text");
            if copy.icon_size(16.0).side(24.0).show(ui).clicked() {
                let text = as_text(&sheet.groups) + &shown.alerts.as_text();
                actions.push(ViewAction::CopyText(text).into());
            }
            let export = IconButton::new(
                icons::EXPORT,
                "Copy history",
                "Copy the last hour, second by second, as CSV",
            );
            if export.icon_size(16.0).side(24.0).show(ui).clicked() {
                actions.push(OverlayAction::CopyHistory.into());
            }
            let (name, hint) = if shown.is_compact {
                ("Show all figures", "Show all figures")
            } else {
                ("Show few figures", "Show the most important figures only")
            };
            let size = IconButton::new(icons::CARET_DOWN, name, hint).on(shown.is_compact);
            if size.icon_size(14.0).side(24.0).show(ui).clicked() {
                actions.push(ViewAction::ToggleOverlaySize.into());
            }
        });
    });
    let choice = sheet.choice;
    sparkline::show(ui, &sheet.line, choice.plotted);
    if !shown.is_compact
        && let Some(plotted) = sparkline::choose(ui, choice.plotted)
    {
        actions.push(OverlayAction::Choose(Choice { plotted, ..choice }).into());
    }
    for alert in sheet.figures.alerts() {
        let icon = RichText::new(icons::WARNING).font(fonts::icon_fill(12.0));
        ui.horizontal_top(|ui| {
            ui.label(icon.color(palette.warning));
            let text = RichText::new(alert.message()).size(fonts::size::SMALL);
            ui.add(Label::new(text.color(palette.warning)).wrap());
        });
    }
    if shown.is_compact {
        ui.spacing_mut().item_spacing.y = 1.0;
        for figure in figures::few(&sheet.figures) {
            line(ui, &figure, &palette);
        }
        return drag.drag_delta();
    }
    ScrollArea::vertical()
        .auto_shrink([false, true])
        .max_height(height)
        .min_scrolled_height(height)
        .show(ui, |ui| {
            for (n, (name, lines)) in sheet.groups.iter().enumerate() {
                ui.add_space(5.0);
                let heading = RichText::new(*name)
                    .font(fonts::strong(fonts::size::TINY))
                    .color(palette.faint);
                if n > 0 {
                    ui.label(heading);
                } else if let Some(span) = choose_span(ui, heading, choice.span) {
                    actions.push(OverlayAction::Choose(Choice { span, ..choice }).into());
                }
                ui.scope(|ui| {
                    ui.spacing_mut().item_spacing.y = 1.0;
                    for figure in lines {
                        line(ui, figure, &palette);
                    }
                });
                if *name == "Signal path" {
                    fill_bar(ui, sheet.figures.ring.fill() as f32, &palette);
                }
            }
            shown.alerts.show(ui);
        });
    drag.drag_delta()
}

// The heading of the callback's figures, and how far back they look; returns the choice where it has
// changed.
fn choose_span(ui: &mut Ui, heading: RichText, span: MonitorSpan) -> Option<MonitorSpan> {
    let mut wanted = span;
    let spans = [
        (MonitorSpan::Session, "Session"),
        (MonitorSpan::Minute, "1 min"),
        (MonitorSpan::TenSeconds, "10 s"),
    ];
    ui.scope(|ui| {
        quiet(ui);
        ui.horizontal(|ui| {
            ui.label(heading);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add_space(SCROLL_BAR - 2.0);
                for (offered, name) in spans {
                    if choice(ui, offered == span, name).clicked() {
                        wanted = offered;
                    }
                }
            });
        });
    });
    (wanted != span).then_some(wanted)
}

/// One figure, painted as two texts: dozens of them are laid out anew in every frame, and a panel, a row
/// and a label for each would take as long as all the rest of the window.
fn line(ui: &mut Ui, figure: &Figure, palette: &Palette) {
    let (id, row) = ui.allocate_space(vec2(WIDTH - SCROLL_BAR, ROW));
    let (label, mut value) = row.split_left_right_at_x(row.left() + LABEL_WIDTH);
    let colour = if figure.is_trouble {
        palette.warning
    } else {
        palette.text
    };
    if ui.is_rect_visible(row) {
        if figure.is_trouble {
            let font = fonts::icon_fill(12.0);
            let at = value.right_center();
            let icon = ui
                .painter()
                .text(at, Align2::RIGHT_CENTER, icons::WARNING, font, colour);
            value.set_right(icon.left() - 4.0);
        }
        elided(ui, label, Align2::LEFT_CENTER, &figure.label, palette.dim);
        elided(ui, value, Align2::RIGHT_CENTER, &figure.value, colour);
    }
    // Assistive technology also reads what is out of sight.
    let texts = [(label, &*figure.label), (value, &*figure.value)];
    for (n, (room, text)) in texts.into_iter().enumerate() {
        let read = ui.interact(room, id.with(n), Sense::hover());
        read.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    }
}

/// Paints `text` on one line of `room`, cut where it is too long.
fn elided(ui: &Ui, room: Rect, align: Align2, text: &str, colour: Color32) {
    let mut job =
        LayoutJob::simple_singleline(text.into(), fonts::text(fonts::size::SMALL), colour);
    job.wrap = TextWrapping::truncate_at_width(room.width());
    let galley = ui.painter().layout_job(job);
    let at = align.align_size_within_rect(galley.size(), room).min;
    ui.painter().galley(at, galley, colour);
}

fn fill_bar(ui: &mut Ui, fill: f32, palette: &Palette) {
    let (rect, _) = ui.allocate_exact_size(vec2(WIDTH - SCROLL_BAR, 6.0), Sense::hover());
    let rail = Rect::from_center_size(rect.center(), vec2(rect.width(), 3.0));
    let mut full = rail;
    full.set_width(rail.width() * fill.clamp(0.0, 1.0));
    ui.painter()
        .rect_filled(rail, CornerRadius::same(2), palette.rail);
    ui.painter()
        .rect_filled(full, CornerRadius::same(2), palette.dim);
}
