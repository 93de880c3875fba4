//! Single lines of text that end in "…" where they would not fit.

use eframe::egui::text::{LayoutJob, TextWrapping};
use eframe::egui::{Align, Color32, FontId, Galley, Painter, Rect, pos2};
use std::sync::Arc;

/// Lays out one line no wider than `max_width` points; `elided` in the result says if it was cut.
pub(crate) fn line(
    painter: &Painter,
    text: &str,
    font: FontId,
    colour: Color32,
    max_width: f32,
) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text.replace(['\n', '\r'], " "), font, colour);
    job.wrap = TextWrapping {
        break_anywhere: true,
        ..TextWrapping::truncate_at_width(max_width.max(0.0))
    };
    job.halign = Align::LEFT;
    painter.layout_job(job)
}

/// Draws one line, vertically centred in `area` and no wider than it; returns whether it was cut.
pub(crate) fn draw(
    painter: &Painter,
    area: Rect,
    text: &str,
    font: FontId,
    colour: Color32,
) -> bool {
    let galley = line(painter, text, font, colour, area.width());
    let top = area.center().y - galley.size().y / 2.0;
    let elided = galley.elided;
    painter.galley(pos2(area.left(), top), galley, colour);
    elided
}
