//! Notes that disappear by themselves.

use crate::ui::action::Actions;
use crate::ui::pane::{Pane, PaneContext, Place};
use crate::ui::theme::Palette;
use crate::ui::theme::metrics::TRANSPORT_HEIGHT;
use crate::ui::theme::{fonts, icons};
use crate::ui::widgets::icon_button::IconButton;
use eframe::egui::{
    Align, Align2, Area, Context, CornerRadius, Frame, Id, Label, Layout, Margin, Order, RichText,
    Stroke, Ui, Vec2, vec2,
};
use std::time::Duration;

/// How long a note stays, in seconds.
const STAY_SECONDS: f64 = 6.0;
/// The most notes at once; older ones give way.
const MAX_NOTES: usize = 4;

#[derive(Debug)]
struct Toast {
    text: String,
    until: f64,
    number: u64,
}

/// The notes on screen.
#[derive(Debug, Default)]
pub(crate) struct Toasts {
    toasts: Vec<Toast>,
    shown: u64,
}

impl Toasts {
    /// Shows a line from `now` on, in seconds. A line that is shown already stays longer.
    pub(crate) fn add(&mut self, text: String, now: f64) {
        let until = now + STAY_SECONDS;
        if let Some(same) = self.toasts.iter_mut().find(|toast| toast.text == text) {
            same.until = until;
            return;
        }
        self.shown += 1;
        self.toasts.push(Toast {
            text,
            until,
            number: self.shown,
        });
        if self.toasts.len() > MAX_NOTES {
            self.toasts.remove(0);
        }
    }

    /// Draws the notes above `bottom` (the height taken below them, in points), and asks to be drawn
    /// again only when the next one ends.
    fn draw(&mut self, ctx: &Context, bottom: f32) {
        let now = ctx.time();
        self.toasts.retain(|toast| toast.until > now);
        if self.toasts.is_empty() {
            return;
        }
        let mut dismissed = None;
        Area::new(Id::unique("notes"))
            .order(Order::Foreground)
            .anchor(Align2::RIGHT_BOTTOM, vec2(-16.0, -bottom - 16.0))
            .show(ctx, |ui| {
                ui.spacing_mut().item_spacing.y = 8.0;
                for toast in &self.toasts {
                    if toast_ui(ui, toast) {
                        dismissed = Some(toast.number);
                    }
                }
            });
        self.toasts.retain(|toast| Some(toast.number) != dismissed);
        let next = self
            .toasts
            .iter()
            .map(|toast| toast.until - now)
            .fold(f64::INFINITY, f64::min);
        if next.is_finite() {
            ctx.request_repaint_after(Duration::from_secs_f64(next.max(0.0)));
        }
    }
}

impl Pane for Toasts {
    fn name(&self) -> &'static str {
        "notes"
    }

    fn place(&self, _context: &PaneContext<'_>, _room: Vec2) -> Place {
        Place::Floating
    }

    fn show(&mut self, ui: &mut Ui, _context: &mut PaneContext<'_>, _actions: &mut Actions) {
        self.draw(ui.ctx(), TRANSPORT_HEIGHT);
    }
}

fn toast_ui(ui: &mut Ui, toast: &Toast) -> bool {
    let palette = Palette::of(ui);
    let frame = Frame::new()
        .fill(palette.raised)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(CornerRadius::same(8))
        .shadow(ui.visuals().popup_shadow)
        .inner_margin(Margin {
            left: 14,
            right: 6,
            top: 6,
            bottom: 6,
        });
    let width = 320.0_f32.min(ui.ctx().content_rect().width() - 48.0);
    frame
        .show(ui, |ui| {
            ui.set_width(width);
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let close = IconButton::new(icons::X, "Dismiss note", "")
                        .icon_size(14.0)
                        .side(24.0);
                    let closed = ui
                        .push_id(toast.number, |ui| close.show(ui).clicked())
                        .inner;
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        let text = RichText::new(&toast.text).size(fonts::size::SMALL + 1.0);
                        ui.add(Label::new(text.color(palette.text)).wrap());
                    });
                    closed
                })
                .inner
            })
            .inner
        })
        .inner
}
