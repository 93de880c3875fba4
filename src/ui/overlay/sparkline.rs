//! The last two minutes of the callback's time as a small line.

use crate::ui::fonts;
use crate::ui::theme::Palette;
use eframe::egui::{Align2, CornerRadius, FontId, Sense, Shape, Stroke, Ui, pos2, vec2};

/// Seconds shown.
pub(super) const SECONDS: usize = 120;
/// Height in points.
const HEIGHT: f32 = 36.0;

/// Draws `values_us`, oldest first, one a second, from zero up to their highest.
pub(super) fn show(ui: &mut Ui, values_us: &[f32], deadline_us: f32) {
    let palette = Palette::of(ui);
    let width = ui.available_width();
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
    let painter = ui.painter_at(rect);
    painter.rect_filled(
        rect,
        CornerRadius::same(4),
        palette.rail.gamma_multiply(0.35),
    );
    let highest = values_us.iter().copied().fold(0.0, f32::max);
    if values_us.len() < 2 || highest <= 0.0 {
        let font = FontId::proportional(fonts::size::TINY);
        let text = "p99 a second, once it plays";
        painter.text(
            rect.center(),
            Align2::CENTER_CENTER,
            text,
            font,
            palette.faint,
        );
        return;
    }
    let inner = rect.shrink2(vec2(4.0, 5.0));
    let step = inner.width() / (SECONDS - 1) as f32;
    let points = values_us.iter().rev().take(SECONDS).enumerate();
    let line = points
        .map(|(ago, us)| {
            let x = inner.right() - ago as f32 * step;
            pos2(x, inner.bottom() - us / highest * inner.height())
        })
        .collect();
    painter.add(Shape::line(line, Stroke::new(1.5, palette.accent)));
    response.on_hover_text(format!(
        "The callback's p99, second by second: {highest:.0} µs at most, of {deadline_us:.0} µs"
    ));
}
